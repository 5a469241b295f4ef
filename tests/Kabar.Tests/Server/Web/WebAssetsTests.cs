using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Kabar.Tests.Server.Web;

public sealed partial class WebAssetsTests : IAsyncLifetime
{
    private WebRealm _realm = null!; // both are set before each test
    private HttpClient _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _realm = await WebRealm.StartAsync();
        _browser = await _realm.OpenBrowserAsync();
    }

    public ValueTask DisposeAsync()
    {
        _browser.Dispose();
        return _realm.DisposeAsync();
    }

    [Fact]
    public async Task The_page_is_asked_for_each_time_and_names_files_that_are_kept_for_good()
    {
        using var page = await _browser.GetAsync("/");
        page.Headers.CacheControl!.NoCache.ShouldBeTrue();
        var files = AssetPath().Matches(await page.Content.ReadAsStringAsync()).Select(match => match.Value).ToArray();
        files.ShouldNotBeEmpty();
        foreach (var file in files)
        {
            using var asset = await _browser.GetAsync(file);
            asset.StatusCode.ShouldBe(HttpStatusCode.OK, file);
            asset.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        }

        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        (await _browser.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Nothing_in_the_page_is_code_or_style_and_nothing_comes_from_elsewhere()
    {
        using var answer = await _browser.GetAsync("/");
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        foreach (var part in new[] { "default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'" })
            policy.Split("; ").ShouldContain(part);
        policy.ShouldNotContain("unsafe");
        var page = await answer.Content.ReadAsStringAsync();
        page.ShouldNotContain("<style");
        page.ShouldNotContain("style=");
        page.ShouldNotContain("://");
        InlineScript().IsMatch(page).ShouldBeFalse();
        InlineHandler().IsMatch(page).ShouldBeFalse();
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("")]
    public async Task A_file_comes_as_the_browser_wants_it_compressed(string encoding)
    {
        var plain = await _browser.GetByteArrayAsync("/");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (encoding.Length > 0) request.Headers.Add("Accept-Encoding", encoding);
        using var answer = await _browser.SendAsync(request);
        answer.Content.Headers.ContentEncoding.ShouldBe(encoding.Length > 0 ? [encoding] : []);
        answer.Headers.Vary.ShouldContain("Accept-Encoding");
        await using var body = await answer.Content.ReadAsStreamAsync();
        await using var decoded = encoding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var bytes = new MemoryStream();
        await decoded.CopyToAsync(bytes);
        bytes.ToArray().ShouldBe(plain);
    }

    [Theory]
    [InlineData("kabar.json")]
    [InlineData("../index.html")]
    [InlineData("%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("//etc/passwd")]
    [InlineData("")]
    public async Task What_is_no_file_of_the_page_is_not_there(string path) =>
        (await StatusOfAsync(_realm, $"{await FolderAsync(_browser)}/{path}")).ShouldBe(HttpStatusCode.NotFound);

    [Fact]
    public async Task Files_of_another_version_are_not_there()
    {
        using var asset = await _browser.GetAsync("/assets/0123456789abcdef/js/main.js");
        asset.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Whoever_only_wants_to_know_gets_the_head()
    {
        using var answer = await _browser.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentLength.ShouldBe((await _browser.GetByteArrayAsync("/")).Length);
    }

    [Fact]
    public async Task What_a_browser_does_not_take_it_is_not_sent()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Accept-Encoding", "br;q=0, gzip");
        (await _browser.SendAsync(request)).Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
    }

    [Fact]
    public async Task A_folder_for_those_who_work_on_the_page_shows_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        var web = Directory.CreateDirectory(Path.Combine(folder.Path, "web")).FullName;
        await File.WriteAllTextAsync(Path.Combine(web, "index.html"), "<link href=\"./css/a.css\">", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "secret.js"), "secret", TestContext.Current.CancellationToken);
        await using var realm = await WebRealm.StartAsync(options => options with { Web = web });
        using var browser = await realm.OpenBrowserAsync();
        (await browser.GetStringAsync("/")).ShouldMatch("^<link href=\"/assets/[^/]+/css/a.css\">$");
        await File.WriteAllTextAsync(Path.Combine(web, "own.js"), "own", TestContext.Current.CancellationToken);
        var assets = await FolderAsync(browser);
        (await StatusOfAsync(realm, $"{assets}/own.js")).ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "../secret.js", "%2e%2e/secret.js", "%2e%2e%2fsecret.js", "css/../../secret.js", $"/{folder.Path}/secret.js" })
            (await StatusOfAsync(realm, $"{assets}/{path}")).ShouldBe(HttpStatusCode.NotFound, path);
    }

    [Fact]
    public async Task A_folder_may_be_named_with_a_slash_behind_it()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "index.html"), "here", TestContext.Current.CancellationToken);
        await using var realm = await WebRealm.StartAsync(options => options with { Web = folder.Path + "/" });
        using var browser = await realm.OpenBrowserAsync();
        (await browser.GetStringAsync("/")).ShouldBe("here");
    }

    private static async Task<string> FolderAsync(HttpClient browser) => AssetFolder().Match(await browser.GetStringAsync("/")).Value;

    // As it stands: a client of the framework would resolve the dots by itself.
    private static async Task<HttpStatusCode> StatusOfAsync(WebRealm realm, string path)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(realm.Host.HttpEndPoint!); // it listens
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {realm.Host.HttpEndPoint}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return (HttpStatusCode)int.Parse((await reader.ReadLineAsync())!.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("/assets/[0-9a-f]{16}", RegexOptions.NonBacktracking)]
    private static partial Regex AssetFolder();

    [GeneratedRegex("/assets/[0-9a-f]{16}/[^\"]+", RegexOptions.NonBacktracking)]
    private static partial Regex AssetPath();

    [GeneratedRegex("<script *>", RegexOptions.NonBacktracking)]
    private static partial Regex InlineScript();

    [GeneratedRegex(" on[a-z]+=", RegexOptions.NonBacktracking)]
    private static partial Regex InlineHandler();
}
