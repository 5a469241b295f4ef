using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kabar.Core;
using Kabar.Server.Connections;
using Kabar.Server.Control;
using Kabar.Server.Federation;
using Kabar.Server.Lines;
using Kabar.Server.Native;
using Kabar.Server.Web;
using Kabar.Server.Web.Api;
using Kabar.Storage;
using Kabar.Storage.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Hosting;

/// <summary>
/// A running realm: the composition root. It holds the data directory, opens the store, and listens. The end comes in this order:
/// stop listening, let connections answer what they have taken in, end the links, close the store, let go of the directory.
/// </summary>
internal sealed class KabarHost : IAsyncDisposable
{
    private const string NameKey = "realm";

    // What Linux has room for in the address of a Unix socket, less the NUL.
    private const int LongestSocketPath = 107;

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(20);

    private readonly WebApplication _application;
    private readonly SqliteStore _store;
    private readonly DataDirectory _data;
    private readonly List<(LineListener Listener, ListenOptions Bound)> _lines = [];
    private (HttpListener Listener, ListenOptions Bound)? _http;
    private (X509Certificate2 Certificate, X509Certificate2Collection Chain)? _certificate;

    private KabarHost(KabarOptions options, IConfiguration configuration, DataDirectory data, SqliteStore store, RealmName name, TimeProvider clock)
    {
        (_data, _store) = (data, store);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A port that is taken is told by the command, in a sentence.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Logging.AddConfiguration(configuration.GetSection("Logging"));
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.PostConfigure<LoggerFilterOptions>(QuietLogs.Keep);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestStop);
        builder.Services.AddRouting();
        AddKabar(builder.Services, options, store, name, clock);
        var started = clock.GetUtcNow();
        builder.Services.AddSingleton(provider => new RunningServer(
            started, provider.GetRequiredService<KabarMetrics>(), provider.GetRequiredService<ConnectionRegistry>(), provider.GetRequiredService<NativeFrontEnd>(), () => [.. Listening]));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.Configure<SocketTransportOptions>(TuneSockets);
        builder.Services.Configure<KestrelServerOptions>(kestrel => Listen(kestrel, options, name, clock));
        _application = builder.Build();
        MonitoringEndpoints.Map(_application);
        WebFrontEnd.Map(_application);
        _application.Services.GetRequiredService<KabarMetrics>().AddGauge(
            "kabar_unindexed_messages", "Messages that the index does not hold yet.", () => store.UnindexedMessages);
        _application.Services.GetRequiredService<KabarMetrics>().AddGauge(
            "kabar_unsearchable_messages", "Entries that the full-text index has not come to yet.", () => store.UnsearchableMessages);
        PeerMetrics.Add(_application.Services.GetRequiredService<KabarMetrics>(), Peers, clock);
    }

    /// <summary>What is served, as the operator reads it: <c>127.0.0.1:8889 (realm-chat)</c>.</summary>
    public IEnumerable<string> Listening =>
        _lines.Select(line => $"{line.Bound.IPEndPoint} ({line.Listener.Speech.Name}{(line.Listener.IsTls ? ", tls" : "")})")
            .Concat(_http is var (http, bound) ? [$"{(http.IsTls ? "https" : "http")}://{bound.IPEndPoint}"] : [])
            .Concat(Peers.ListensAt is { } link ? [$"{link} (link)"] : []);

    /// <summary>The SHA-256 of the certificate, which a client can pin; null where nothing listens with TLS.</summary>
    public string? Fingerprint => _certificate is { Certificate: var certificate } ? TlsCertificate.Fingerprint(certificate) : null;

    /// <summary>Where the line listeners are bound, in the order of the settings.</summary>
    public IEnumerable<IPEndPoint> LineEndPoints => _lines.Select(line => line.Bound.IPEndPoint!); // bound, after the start

    /// <summary>Where the HTTP listener is bound; null for nowhere.</summary>
    public IPEndPoint? HttpEndPoint => _http?.Bound.IPEndPoint;

    /// <summary>The realm behind it.</summary>
    public Realm Realm => _application.Services.GetRequiredService<Realm>();

    /// <summary>What is served over HTTP.</summary>
    public IEnumerable<(string Method, string Path)> Routes =>
        from endpoint in _application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        select (method, endpoint.RoutePattern.RawText ?? "");

    /// <summary>The realms it is joined with.</summary>
    public Peers Peers => _application.Services.GetRequiredService<Peers>();

    /// <summary>Starts a realm.</summary>
    /// <exception cref="SettingException">A setting is wrong, or a port or the data directory is taken.</exception>
    public static async Task<KabarHost> StartAsync(KabarOptions options, IConfiguration configuration, TimeProvider clock, CancellationToken cancellationToken)
    {
        var data = DataDirectory.TryHold(options.Data) ?? throw new SettingException($"Data \"{options.Data}\" is in use by another kabar.");
        SqliteStore? store = null;
        try
        {
            store = SqliteStore.Open(data.Database, clock, options.Search ? data.SearchIndex : null);
            var name = await NameOf(options, store);
            var host = new KabarHost(options, configuration, data, store, name, clock);
            await host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            if (store is not null) await store.DisposeAsync();
            data.Dispose();
            throw;
        }
    }

    /// <summary>The name that data carry, or the one a realm has until it is given one.</summary>
    public static RealmName StoredName(SqliteStore store) =>
        RealmName.TryParse(store.FindSetting(NameKey) ?? "kabar", out var name) ? name : throw new SettingException("The data carry no valid realm name; run 'kabar check'.");

    /// <summary>Completes when the process is asked to stop.</summary>
    public Task WaitForStopAsync(CancellationToken cancellationToken) => _application.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None);
        await Peers.DisposeAsync();
        await _application.DisposeAsync();
        await _store.DisposeAsync();
        File.Delete(DataDirectory.ControlSocketIn(_data.Path));
        _data.Dispose();
    }

    /// <summary>The services, by hand: what there is, and what each is made of.</summary>
    private static void AddKabar(IServiceCollection services, KabarOptions options, IStore store, RealmName name, TimeProvider clock)
    {
        services.AddSingleton(clock);
        services.AddSingleton(options.Limits);
        services.AddSingleton(options);
        services.AddSingleton(_ => LegacyPeers.Of(options, clock));
        services.AddSingleton(provider => new Peers(
            name, store, options, LinkIdentity.Open(options.Data, name, clock), provider.GetRequiredService<LegacyPeers>(), clock, provider.GetRequiredService<ILogger<Peers>>()));
        services.AddSingleton<IPeers>(provider => provider.GetRequiredService<Peers>());
        services.AddSingleton(provider => new Realm(name, store, options.ForRealm(), clock, provider.GetRequiredService<IPeers>()));
        services.AddSingleton<ConnectionRegistry>();
        services.AddSingleton<KabarMetrics>();
        services.AddSingleton<SessionWatches>();
        services.AddSingleton<LineFrontEnd>();
        services.AddSingleton<NativeFrontEnd>();
        services.AddSingleton(provider => new ConnectionDoor(
            provider.GetRequiredService<LineFrontEnd>(),
            provider.GetRequiredService<NativeFrontEnd>(),
            provider.GetRequiredService<ConnectionRegistry>(),
            options.Limits,
            provider.GetRequiredService<KabarMetrics>(),
            clock,
            provider.GetRequiredService<ILogger<ConnectionDoor>>()));
        services.AddSingleton(_ => new Backups(options.Data, clock));
        services.AddSingleton<PeerCommands>();
        services.AddSingleton<BackupCommands>();
        services.AddSingleton<StatusCommands>();
        services.AddSingleton<OperatorCommands>();
        services.AddSingleton<ControlListener>();
        services.AddHostedService<Housekeeping>();
        services.AddSingleton<MetricsPage>();
        services.AddSingleton(new WebAssets(options.Web));
        services.AddSingleton<WebErrors>();
        services.AddSingleton<HttpAdmission>();
        services.AddSingleton<WebSessions>();
        services.AddSingleton<SessionEndpoints>();
        services.AddSingleton<AdminEndpoints>();
        services.AddSingleton<TokenEndpoints>();
        services.AddSingleton<TokenRates>();
        services.AddSingleton<BotDoor>();
        services.AddSingleton<BotEndpoints>();
        ApiDocument.Add(services, name);
    }

    private static void TuneSockets(SocketTransportOptions sockets)
    {
        // One byte, so that a completed flush means "taken by the kernel" and not "copied inside this process": an inbox counts as
        // read only then.
        sockets.MaxWriteBufferSize = 1;
        sockets.Backlog = 4096;

        // What a client has sent is read on the pool thread that was woken for it, without another hop.
        sockets.UnsafePreferInlineScheduling = true;
    }

    private static async Task<RealmName> NameOf(KabarOptions options, SqliteStore store)
    {
        var stored = store.FindSetting(NameKey);
        if (options.Realm is null) return StoredName(store);

        var wanted = options.Realm.ToLowerInvariant();
        if (stored is null) await store.SetSettingAsync(NameKey, wanted);
        else if (stored != wanted) throw new SettingException($"Realm \"{wanted}\": these data belong to the realm \"{stored}\"; a realm keeps its name.");
        return StoredName(store);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        // Connections are asked to finish before the listeners and the transport under them go.
        _application.Lifetime.ApplicationStopping.Register(_application.Services.GetRequiredService<ConnectionRegistry>().Stop);
        try
        {
            await Peers.StartAsync(Realm, isOffline: false, cancellationToken);
            await _application.StartAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            throw new SettingException($"Cannot listen: {exception.Message}");
        }

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(DataDirectory.ControlSocketIn(_data.Path), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void UseCertificate(HttpsConnectionAdapterOptions https, KabarOptions options, RealmName name, TimeProvider clock)
    {
        _certificate ??= TlsCertificate.Load(options.Tls, options.Data, name, clock);
        (https.ServerCertificate, https.ServerCertificateChain) = _certificate.Value;
    }

    private void Listen(KestrelServerOptions kestrel, KabarOptions options, RealmName name, TimeProvider clock)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = WebBodies.MostBytes;
        var services = kestrel.ApplicationServices;
        foreach (var listener in options.Listeners)
        {
            kestrel.Listen(listener.EndPoint, bound =>
            {
                _lines.Add((listener, bound));
                if (listener.IsTls) bound.UseHttps(https => UseCertificate(https, options, name, clock));
                var door = services.GetRequiredService<ConnectionDoor>();
                bound.Run(connection => door.ServeAsync(connection, listener.Speech));
            });
        }

        if (options.HttpListener is { } http)
        {
            kestrel.Listen(http.EndPoint, bound =>
            {
                _http = (http, bound);

                var admission = services.GetRequiredService<HttpAdmission>();
                bound.Use(next => connection => admission.ServeAsync(connection, next));

                // A WebSocket over HTTP/2 is another matter, which no browser needs.
                bound.Protocols = HttpProtocols.Http1;
                if (http.IsTls) bound.UseHttps(https => UseCertificate(https, options, name, clock));
            });
        }

        var socket = DataDirectory.ControlSocketIn(_data.Path);
        File.Delete(socket); // of a server that was killed: the directory is ours
        if (System.Text.Encoding.UTF8.GetByteCount(socket) > LongestSocketPath)
            throw new SettingException($"Data \"{options.Data}\": the full path is too long for a socket in it; at most 94 bytes.");
        kestrel.ListenUnixSocket(socket, bound => bound.Run(services.GetRequiredService<ControlListener>().ServeAsync));
    }
}
