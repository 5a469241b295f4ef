using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation;

/// <summary>A realm over the lives of its process: one name, one folder, the same ports every time it starts.</summary>
internal sealed class RealmProcess : IAsyncDisposable
{
    private const string Listener = "realm-chat";
    private readonly DataDirectory _data = DataDirectory.Empty();
    private readonly Dictionary<string, string> _settings;
    private readonly bool _linked;
    private readonly int? _webPort;
    private volatile KabarProcess? _server;

    private RealmProcess(string name, IReadOnlyDictionary<string, string>? settings, bool linked, int? linkPort, bool web)
    {
        Name = name;
        LinkPort = linkPort ?? FreePorts.Take();
        _linked = linked;
        _webPort = web ? FreePorts.Take() : null;
        _settings = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        _settings.TryAdd("Limits__RequestsPerSecond", "0");
        _settings.TryAdd("Limits__ConnectionsPerAddress", "0");
    }

    public string Name { get; }

    public int Port { get; } = FreePorts.Take();

    public int LinkPort { get; }

    /// <summary>Where the page of the browser client is.</summary>
    public Uri Web => new(FormattableString.Invariant($"http://127.0.0.1:{_webPort ?? throw new InvalidOperationException($"{Name} was started without the page.")}/"));

    public string LinkAddress => FormattableString.Invariant($"127.0.0.1:{LinkPort}");

    /// <summary>The process of now; null while there is none.</summary>
    public KabarProcess? Server => _server;

    /// <summary>Everybody's password here.</summary>
    public static string PasswordOf(string username) => $"sandi-{username}";

    /// <summary>Creates it with these users and does not start it.</summary>
    public static async Task<RealmProcess> CreateAsync(
        string name, IReadOnlyList<string> usernames, IReadOnlyDictionary<string, string>? settings = null, bool linked = true, int? linkPort = null, bool web = false)
    {
        var realm = new RealmProcess(name, settings, linked, linkPort, web);
        try
        {
            await realm._data.ImportAsync(string.Concat(usernames.Select(AccountLine)));
            return realm;
        }
        catch
        {
            await realm.DisposeAsync();
            throw;
        }
    }

    public static async Task<RealmProcess> StartAsync(string name, params string[] usernames)
    {
        var realm = await CreateAsync(name, usernames);
        try
        {
            await realm.StartAsync();
            return realm;
        }
        catch
        {
            await realm.DisposeAsync();
            throw;
        }
    }

    public async Task StartAsync()
    {
        string[] link = _linked ? ["--link", LinkAddress] : [];
        string[] http = _webPort is null ? [] : ["--http", Web.Authority];
        var listen = FormattableString.Invariant($"127.0.0.1:{Port},dialect={Listener}");
        _server = await KabarProcess.StartAsync(_data, ["--realm", Name, "--listen", listen, .. link, .. http], 1 + (_linked ? 1 : 0) + (http.Length > 0 ? 1 : 0), _settings);
    }

    public async Task KillAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is not { } server) return;
        server.HasExited.ShouldBeFalse($"{Name} was already gone:\n{server.Log}");
        await server.KillAsync();
        await server.DisposeAsync();
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is not { } server) return;
        await using var owned = server;
        await server.StopAsync();
    }

    /// <summary>Takes accounts from JSON Lines, as <c>kabar user import</c> does.</summary>
    public Task ImportAsync(string jsonLines) => _data.ImportAsync(jsonLines);

    /// <summary>The folder of its data.</summary>
    public string Data => _data.Location;

    /// <summary>Lets what was said seem to have been said earlier. It is stopped and started again for that.</summary>
    public async Task MakeOlderAsync(string text, TimeSpan by)
    {
        const string Script = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute('UPDATE message SET sent = sent - ? WHERE text = ?', (int(sys.argv[2]), sys.argv[3])); d.commit()";
        var wasRunning = _server is not null;
        await StopAsync();
        var start = new ProcessStartInfo(Requires.Program("python3"), ["-c", Script, Path.Combine(_data.Location, "kabar.db"), ((long)by.TotalMilliseconds).ToString(CultureInfo.InvariantCulture), text]);
        using (var python = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start."))
        {
            await Eventually.CompletesAsync(python.WaitForExitAsync(), "what was said is older");
            python.ExitCode.ShouldBe(0);
        }

        if (wasRunning) await StartAsync();
    }

    /// <summary>A path beside its data, for backups.</summary>
    public string Beside(string name) => _data.Beside(name);

    /// <summary>Runs a command on its data, beside the server or without one.</summary>
    public Task<CommandResult> CommandAsync(params string[] arguments) => KabarCommand.RunAsync([.. arguments, "--data", _data.Location]);

    public async Task BackupAsync(string copy) => (await CommandAsync("backup", copy)).ShouldHaveDone();

    public async Task RestoreAsync(string copy) => (await CommandAsync("restore", copy)).ShouldHaveDone();

    /// <returns>A code that joins one realm with this one. The one that accepts it dials <paramref name="address"/>.</returns>
    public async Task<string> InviteAsync(string? address = null)
    {
        string[] where = address is null ? [] : ["--address", address];
        var code = (await CommandAsync(["peer", "invite", .. where])).ShouldHaveDone().Output.Trim();
        code.ShouldStartWith("kabar-peer:");
        code.ShouldNotContain('\n');
        return code;
    }

    public async Task AcceptAsync(string code, string from) =>
        (await CommandAsync("peer", "accept", code)).ShouldHaveDone().Output.Trim().ShouldBe($"joined with {from}");

    public async Task<IReadOnlyList<PeerState>> PeersAsync() => PeerState.Read((await CommandAsync("peer", "list", "--json")).ShouldHaveDone().Output);

    public async Task<PeerState> PeerAsync(string realm) =>
        (await PeersAsync()).SingleOrDefault(peer => peer.Realm == realm) ?? throw new InvalidOperationException($"{Name} has no peer {realm}.");

    public async Task<RealmExport> ExportAsync() => RealmExport.Read(Name, (await CommandAsync("export")).ShouldHaveDone().Output);

    public async Task<Stream> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects as soon as somebody listens.</summary>
    public async Task<Stream> ConnectEventuallyAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        Stream? connection = null;
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    connection = await ConnectAsync();
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            $"{Name} takes a connection",
            within);
        return connection ?? throw new UnreachableException();
    }

    public async Task<LineClient> ClientAsync() => new(await ConnectAsync());

    public async Task<RealmUser> UserAsync(string username)
    {
        var client = await ClientAsync();
        return new RealmUser(this, client, await client.LogInAsync(username, PasswordOf(username)), username);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server) await server.DisposeAsync();
        _data.Dispose();
    }

    private static string AccountLine(string username) => new JsonObject
    {
        ["username"] = username,
        ["nama"] = $"{char.ToUpperInvariant(username[0])}{username[1..]}",
        ["password"] = PasswordOf(username),
    }.ToJsonString(JsonSerializerOptions.Default) + "\n";
}
