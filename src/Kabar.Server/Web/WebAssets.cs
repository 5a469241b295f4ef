using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Kabar.Server.Web;

/// <summary>
/// The files of the browser client, which are part of the executable. The page itself is asked for each time; everything else stands under <c>/assets/HASH/</c>, where the hash
/// is that of all files together, so that a browser never asks again for what it has, and modules of two versions never meet.
/// </summary>
internal sealed class WebAssets
{
    private const string Page = "index.html";
    private const string Prefix = "web/";
    private const string Forever = "public, max-age=31536000, immutable";
    private const string AskAgain = "no-cache";

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".webmanifest"] = "application/manifest+json",
    }.ToFrozenDictionary();

    private readonly string? _folder;
    private readonly FrozenDictionary<string, Asset> _assets;
    private readonly string _hash;

    /// <param name="folder">Where the files are read from each time, for those who work on them; null for those in the executable.</param>
    public WebAssets(string? folder)
    {
        _folder = folder is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var files = folder is null ? ReadEmbedded() : [];
        _hash = HashOf(files);
        _assets = files.ToFrozenDictionary(file => file.Key, file => new Asset(ContentTypes[Path.GetExtension(file.Key)], Served(file.Key, file.Value, _hash)));
    }

    /// <summary>What is served, by path from the page's folder.</summary>
    public IEnumerable<string> Paths => _assets.Keys;

    public void Map(IEndpointRouteBuilder routes)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods("/", methods, context => SendAsync(context, Page, AskAgain));
        routes.MapMethods($"/assets/{_hash}/{{**path}}", methods, context =>
            SendAsync(context, context.Request.RouteValues["path"] as string ?? "", _folder is null ? Forever : AskAgain));
    }

    private async Task SendAsync(HttpContext context, string path, string caching)
    {
        if (Find(path) is not { } asset)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var headers = context.Response.Headers;
        headers.CacheControl = caching;
        headers.ETag = asset.Tag.ToString();
        headers.Vary = "Accept-Encoding";
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Compare(asset.Tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (encoding, bytes) = asset.For(context.Request.GetTypedHeaders().AcceptEncoding);
        if (encoding is not null) headers.ContentEncoding = encoding;
        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private Asset? Find(string path)
    {
        if (_folder is null) return _assets.GetValueOrDefault(path);

        var file = Path.GetFullPath(Path.Combine(_folder, path));
        var isInside = file.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        if (!isInside || !File.Exists(file) || !ContentTypes.TryGetValue(Path.GetExtension(file), out var type)) return null;
        var bytes = File.ReadAllBytes(file);
        return new Asset(type, path == Page ? Addressed(bytes, _hash) : bytes);
    }

    private static byte[] Served(string path, byte[] bytes, string hash) =>
        path == Page ? Addressed(bytes, hash)
        : Path.GetExtension(path) is ".js" or ".css" ? Comments.Without(bytes)
        : bytes;

    // The page names its files from its own folder.
    private static byte[] Addressed(byte[] page, string hash) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(page).Replace("=\"./", $"=\"/assets/{hash}/", StringComparison.Ordinal));

    private static Dictionary<string, byte[]> ReadEmbedded()
    {
        var assembly = typeof(WebAssets).Assembly;
        var files = new Dictionary<string, byte[]>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!; // it was just listed
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files.Add(name[Prefix.Length..].Replace('\\', '/'), bytes);
        }

        return files;
    }

    private static string HashOf(Dictionary<string, byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, bytes) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(path));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    /// <summary>A file, and how it is sent; compressed when it is first asked for.</summary>
    private sealed class Asset(string contentType, byte[] bytes)
    {
        private readonly Lazy<byte[]> _brotli = new(() => Compress(bytes, static target => new BrotliStream(target, CompressionLevel.SmallestSize)));
        private readonly Lazy<byte[]> _gzip = new(() => Compress(bytes, static target => new GZipStream(target, CompressionLevel.SmallestSize)));

        public string ContentType => contentType;

        // Weak: it stands for all the ways it is sent.
        public EntityTagHeaderValue Tag { get; } = new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"", isWeak: true);

        public (string? Encoding, byte[] Bytes) For(IList<StringWithQualityHeaderValue> accepted)
        {
            return Accepts("br") ? ("br", _brotli.Value)
                : Accepts("gzip") ? ("gzip", _gzip.Value)
                : (null, bytes);

            bool Accepts(string encoding) => accepted.Any(one => one.Quality != 0 && one.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase));
        }

        private static byte[] Compress(byte[] bytes, Func<Stream, Stream> compressor)
        {
            using var target = new MemoryStream();
            using (var stream = compressor(target)) stream.Write(bytes);
            return target.ToArray();
        }
    }
}
