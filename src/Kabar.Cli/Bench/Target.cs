using System.Diagnostics;
using System.Net;

namespace Kabar.Cli.Bench;

/// <summary>What the load is put on: a server of our own, a bare echo, or a server that runs already.</summary>
internal sealed class Target : IAsyncDisposable
{
    public const string Kabar = "kabar";
    public const string Echo = "echo";

    private static readonly TimeSpan LongestCommand = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private static readonly KeyValuePair<string, string>[] LimitsOff =
        [new("KABAR__Limits__ConnectionsPerAddress", "0"), new("KABAR__Limits__RequestsPerSecond", "0")];

    private readonly string _name;
    private readonly TemporaryFolder? _folder;
    private ChildProcess? _process;
    private string? _settings;
    private StartFigures? _start;

    private Target(string name, TemporaryFolder? folder) => (_name, _folder) = (name, folder);

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Where it serves HTTP; null for nowhere.</summary>
    public IPEndPoint? Http { get; private set; }

    /// <summary>Its process's number, where it is known.</summary>
    public int? ProcessId { get; private set; }

    /// <summary>What its process uses, where it is known.</summary>
    public ProcessFigures? Figures => ProcessId is { } id ? new ProcessFigures(id) : null;

    /// <summary>Who has a session there.</summary>
    public IReadOnlyList<BenchAccount> Accounts { get; private set; } = [];

    /// <summary>Whether a message that was sent can be read.</summary>
    public bool KeepsMessages => _name != Echo;

    /// <summary>Starts a server with fresh data and so many accounts, and logs them in.</summary>
    public static Task<Target> StartKabarAsync(BenchOptions options, ServerSetup setup, int accounts, CancellationToken cancellationToken) =>
        ReadyAsync(new Target(Kabar, new TemporaryFolder(options.Data)), async target =>
        {
            var made = BenchAccount.Make(accounts);
            var users = Path.Combine(target._folder!.Path, "users.jsonl"); // it was made with one
            await BenchAccount.WriteAsync(users, made, cancellationToken);
            await target.CommandAsync(["user", "import", users], cancellationToken);
            await target.StartAsync(
                setup.Arguments(target.Data), [.. LimitsOff, .. setup.Variables],
                $"limits on connections per address and requests per second off; data on {new DriveInfo(target._folder.Path).DriveFormat}", cancellationToken);
            if (setup.HasHttp) target.Http = IPEndPoint.Parse(await target._process!.ServesHttpAsync(cancellationToken)); // it was just started
            await Login.LogInAsync(target.EndPoint, made, cancellationToken);
            target.Accounts = made;
        });

    /// <summary>Starts an echo. Its accounts are made up: it answers anybody.</summary>
    public static Task<Target> StartEchoAsync(BenchOptions options, int accounts, CancellationToken cancellationToken) =>
        ReadyAsync(new Target(Echo, new TemporaryFolder(options.Data)), async target =>
        {
            List<string> arguments = ["bench", EchoServer.CommandName];
            if (options.InlineScheduling) arguments.Add("--inline-scheduling");
            await target.StartAsync(arguments, [], null, cancellationToken);
            target.Accounts = BenchAccount.Make(accounts);
            foreach (var account in target.Accounts) account.Use(Guid.NewGuid().ToString());
        });

    /// <summary>Takes a server that runs already.</summary>
    public static Task<Target> AttachAsync(
        BenchOptions options, IPEndPoint server, string users, int accounts, CancellationToken cancellationToken) =>
        ReadyAsync(new Target(server.ToString(), folder: null), async target =>
        {
            (target.EndPoint, target.ProcessId) = (server, options.ServerPid);
            target.Accounts = await BenchAccount.ReadAsync(users, Math.Max(accounts, BenchAccount.Most), cancellationToken);
            await Login.LogInAsync(target.EndPoint, target.Accounts, cancellationToken);
        });

    /// <summary>Runs a command of this executable on the data of a server of our own.</summary>
    /// <returns>The last lines that it printed.</returns>
    public async Task<IReadOnlyList<string>> CommandAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        await using var command = ChildProcess.Start([.. arguments, "--data", Data], _folder!.Path, LimitsOff, cancellationToken); // a server of our own has one
        return await command.DoneAsync(LongestCommand, cancellationToken);
    }

    /// <summary>Puts load on it; an end of the server before the load's is a fault, told with its last words.</summary>
    public async Task<T> WatchAsync<T>(Func<Task<T>> load)
    {
        try
        {
            var result = await load();
            return _process is { HasEnded: true } ? throw new CommandFault("The server ended before the load did.") : result;
        }
        catch (CommandFault fault) when (_process is { HasEnded: true } ended)
        {
            throw new CommandFault($"{fault.Message} Its last words:{Environment.NewLine}{ended.Complaint}");
        }
    }

    /// <summary>A result of this target, to be filled in.</summary>
    public WorkloadResult Result(Workload workload) => new() { Workload = workload, Target = _name, Settings = _settings, Start = _start };

    /// <summary>Ends a server of our own and leaves its data.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process) return;
        (_process, ProcessId) = (null, null);
        await process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder?.Dispose();
    }

    private string Data => Path.Combine(_folder!.Path, "data"); // asked of servers of our own alone

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

    private async Task StartAsync(
        IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> variables, string? remark, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        _process = ChildProcess.Start(arguments, _folder!.Path, variables, cancellationToken); // a server of our own has one
        var said = await _process.ListensAsync(cancellationToken);
        EndPoint = IPEndPoint.TryParse(said.Split(' ')[0], out var bound) ? bound : throw new CommandFault($"The server listens on \"{said}\": no address.");
        (await ConnectionSet.OpenAsync(EndPoint, 1, cancellationToken)).Dispose();
        var took = Stopwatch.GetElapsedTime(started);
        ProcessId = _process.Id;
        await Task.Delay(Settling, cancellationToken);
        _start = new StartFigures(Math.Round(took.TotalMilliseconds, 1), new ProcessFigures(_process.Id).ResidentBytes());
        _settings = remark is null ? said : $"{said}; {remark}";
    }
}
