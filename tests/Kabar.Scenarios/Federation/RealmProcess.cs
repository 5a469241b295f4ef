using System.Diagnostics;
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
    private volatile KabarProcess? _server;

    private RealmProcess(string name, IReadOnlyDictionary<string, string>? settings, bool linked, int? linkPort)
    {
        Name = name;
        LinkPort = linkPort ?? FreePorts.Take();
        _linked = linked;
        _settings = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        _settings.TryAdd("Limits__RequestsPerSecond", "0");
        _settings.TryAdd("Limits__ConnectionsPerAddress", "0");
    }

    public string Name { get; }

    public int Port { get; } = FreePorts.Take();

    public int LinkPort { get; }

    public string LinkAddress => FormattableString.Invariant($"127.0.0.1:{LinkPort}");

    /// <summary>The process of now; null while there is none.</summary>
    public KabarProcess? Server => _server;

    /// <summary>Everybody's password here.</summary>
    public static string PasswordOf(string username) => $"sandi-{username}";

    /// <summary>Creates it with these users and does not start it.</summary>
    public static async Task<RealmProcess> CreateAsync(
        string name, IReadOnlyList<string> usernames, IReadOnlyDictionary<string, string>? settings = null, bool linked = true, int? linkPort = null)
    {
        var realm = new RealmProcess(name, settings, linked, linkPort);
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
        var listen = FormattableString.Invariant($"127.0.0.1:{Port},dialect={Listener}");
        _server = await KabarProcess.StartAsync(_data, ["--realm", Name, "--listen", listen, .. link], _linked ? 2 : 1, _settings);
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
