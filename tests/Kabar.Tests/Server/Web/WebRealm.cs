using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Kabar.Core;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kabar.Tests.Server.Web;

/// <summary>A realm with an HTTP listener in this process, and those who ask it.</summary>
internal sealed class WebRealm : IAsyncDisposable
{
    private readonly TemporaryFolder _data;

    private WebRealm(TemporaryFolder data) => _data = data;

    /// <summary>The server.</summary>
    public required KabarHost Host { get; init; }

    /// <summary>The realm behind it.</summary>
    public Realm Realm => Host.Realm;

    /// <summary>Where it listens.</summary>
    public Uri Address => new($"http://{Host.HttpEndPoint}");

    /// <summary>Starts it, with messi (an administrator) and lineker, whose passwords are <c>surabaya</c>.</summary>
    public static async Task<WebRealm> StartAsync(Func<KabarOptions, KabarOptions>? change = null, TimeProvider? clock = null)
    {
        var data = new TemporaryFolder();
        var quiet = new ConfigurationBuilder().AddInMemoryCollection([new("Logging:LogLevel:Default", "None")]).Build();
        var options = new KabarOptions { Data = data.Path, Realm = "satu", Listen = ["127.0.0.1:0"], Http = "127.0.0.1:0", Language = "en" };
        var realm = new WebRealm(data) { Host = await KabarHost.StartAsync(change?.Invoke(options) ?? options, quiet, clock ?? TimeProvider.System, CancellationToken.None) };
        await realm.AddAsync("messi", "Lionel Messi", isAdmin: true);
        await realm.AddAsync("lineker", "Gary Lineker", isAdmin: false);
        return realm;
    }

    /// <summary>Makes an account.</summary>
    public async Task<Account> AddAsync(string username, string name, bool isAdmin)
    {
        var added = await Realm.Accounts.AddAsync(username, name, [], new Password("surabaya"u8.ToArray()), isAdmin, CancellationToken.None);
        return added.TryGet(out var account, out var refusal) ? account : throw new InvalidOperationException($"{username} was refused: {refusal}.");
    }

    /// <summary>A browser with a cookie jar of its own; logged in where a name is given.</summary>
    public async Task<HttpClient> OpenBrowserAsync(string? username = null)
    {
        var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = Address };
        if (username is not null)
            (await browser.PostAsync("/api/session", Json($$"""{"username":"{{username}}","password":"surabaya"}"""))).StatusCode.ShouldBe(HttpStatusCode.OK);
        return browser;
    }

    /// <summary>A JSON body.</summary>
    public static StringContent Json(string text) => new(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _data.Dispose();
    }
}
