using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kabar.Cli.Bench;

/// <summary>What the load is put on: a server of our own, a bare echo, or a server that runs already.</summary>
internal sealed class Target : IAsyncDisposable
{
    public const string Kabar = "kabar";
    public const string Echo = "echo";

    private static readonly TimeSpan LongestImport = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly string _name;
    private readonly TemporaryFolder? _folder;
    private ChildProcess? _process;
    private string? _settings;
    private StartFigures? _start;

    private Target(string name, IPEndPoint endPoint, TemporaryFolder? folder) => (_name, EndPoint, _folder) = (name, endPoint, folder);

    public IPEndPoint EndPoint { get; }

    /// <summary>Its process, where it is known.</summary>
    public ProcessFigures? Figures { get; private set; }

    /// <summary>Who has a session there.</summary>
    public IReadOnlyList<BenchAccount> Accounts { get; private set; } = [];

    /// <summary>Whether a message that was sent can be read.</summary>
    public bool KeepsMessages => _name != Echo;

    /// <summary>What a server of our own said at its end, where it has ended by itself.</summary>
    public string? LastWords => _process is { HasEnded: true } ? _process.Complaint : null;

    /// <summary>Starts a server with fresh data and so many accounts, and logs them in.</summary>
    public static Task<Target> StartKabarAsync(BenchOptions options, int accounts, CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder(options.Data);
        return ReadyAsync(new Target(Kabar, FreeEndPoint(), folder), async target =>
        {
            KeyValuePair<string, string>[] limitsOff =
                [new("KABAR__Limits__ConnectionsPerAddress", "0"), new("KABAR__Limits__RequestsPerSecond", "0")];
            var (data, users) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "users.jsonl"));
            var made = BenchAccount.Make(accounts);
            await BenchAccount.WriteAsync(users, made, cancellationToken);
            await using (var import = ChildProcess.Start(["user", "import", users, "--data", data], folder.Path, limitsOff, cancellationToken))
                await import.DoneAsync(LongestImport, cancellationToken);
            await target.StartAsync(
                ["serve", "--data", data, "--listen", $"{target.EndPoint},dialect=message-service"], folder.Path, limitsOff,
                $"limits on connections per address and requests per second off; data on {new DriveInfo(folder.Path).DriveFormat}", cancellationToken);
            await Login.LogInAsync(target.EndPoint, made, cancellationToken);
            target.Accounts = made;
        });
    }

    /// <summary>Starts an echo. Its accounts are made up: it answers anybody.</summary>
    public static Task<Target> StartEchoAsync(BenchOptions options, int accounts, CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder(options.Data);
        return ReadyAsync(new Target(Echo, FreeEndPoint(), folder), async target =>
        {
            List<string> arguments = ["bench", EchoServer.CommandName, "--port", target.EndPoint.Port.ToString(CultureInfo.InvariantCulture)];
            if (options.InlineScheduling) arguments.Add("--inline-scheduling");
            await target.StartAsync(arguments, folder.Path, [], null, cancellationToken);
            target.Accounts = BenchAccount.Make(accounts);
            foreach (var account in target.Accounts) account.Use(Guid.NewGuid().ToString());
        });
    }

    /// <summary>Takes a server that runs already.</summary>
    public static Task<Target> AttachAsync(BenchOptions options, IPEndPoint server, string users, CancellationToken cancellationToken) =>
        ReadyAsync(new Target(server.ToString(), server, folder: null), async target =>
        {
            if (options.ServerPid is { } id) target.Figures = new ProcessFigures(id);
            target.Accounts = await BenchAccount.ReadAsync(users, cancellationToken);
            await Login.LogInAsync(target.EndPoint, target.Accounts, cancellationToken);
        });

    /// <summary>A result of this target, to be filled in.</summary>
    public WorkloadResult Result(Workload workload) => new() { Workload = workload, Target = _name, Settings = _settings, Start = _start };

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _folder?.Dispose();
    }

    private static async Task<Target> ReadyAsync(Target target, Func<Target, Task> prepare)
    {
        try
        {
            await prepare(target);
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    private static IPEndPoint FreeEndPoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!; // bound
    }

    private async Task StartAsync(
        IEnumerable<string> arguments, string folder, IEnumerable<KeyValuePair<string, string>> variables, string? remark,
        CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        _process = ChildProcess.Start(arguments, folder, variables, cancellationToken);
        var said = await _process.ListensAsync(EndPoint, cancellationToken);
        var took = Stopwatch.GetElapsedTime(started);
        Figures = new ProcessFigures(_process.Id);
        await Task.Delay(Settling, cancellationToken);
        _start = new StartFigures(Math.Round(took.TotalMilliseconds, 1), Figures.ResidentBytes());
        _settings = string.Join("; ", new[] { said, remark }.Where(part => part is not null));
    }
}
