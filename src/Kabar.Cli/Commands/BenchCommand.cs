using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Kabar.Cli.Bench;

namespace Kabar.Cli.Commands;

/// <summary>`kabar bench`: puts load on a server and reports what it did.</summary>
internal static class BenchCommand
{
    private const int LongestSeconds = 3600;
    private const int MostConnections = 60_000;
    private const int MostListeners = 5_000;
    private const string AllWorkloads = "all";
    private const string NativeDialect = "kabar";

    private static readonly string[] DefaultWorkloads = [Word(Workload.Send)];

    private static readonly Option<string[]> Workloads = new("--workload")
    {
        Description = "What to ask: send (messages in flight on every connection), inbox (half of them read, and all is compared), idle (connections that ask "
            + "nothing), connect (connect, one command, close), group (members speak in turn and all of a group hear it), federated (half of them send in one realm, "
            + "half read in another, beside the same within one realm), search (a store full of messages, a million or --count, in which users look for words), push (many "
            + "listen, and one writes to one of them at a time), fanout (all of a large group listen, and several speak at a time), sockets (WebSockets that listen and hear nothing), or all. May be given several times.",
        DefaultValueFactory = _ => DefaultWorkloads,
    };

    private static readonly Option<int?> Connections = Number("--connections", "Connections at a time (default 100; 10,000 for idle alone and for sockets, 1,000 that listen for push).", 1, MostConnections);
    private static readonly Option<int?> Depth = Number("--depth", "Requests in flight on each connection, or texts in each group (default 1; 8 for fanout).", 1, 4096);
    private static readonly Option<int?> Groups = Number("--groups", "Groups of the group workload (default 10).", 1, 1000);
    private static readonly Option<int?> Members = Number("--members", "Members of each group, with a connection each (default 50; 1,000 for fanout).", 1, 1000);
    private static readonly Option<int?> Body = Number("--body", "Bytes of a message's text (default 100).", MessageStamp.Length + 1, 1024 * 1024);
    private static readonly Option<double?> Duration = Seconds("--duration", "How long to measure (default 10), or with --count at most (default 600).", 0.1);
    private static readonly Option<double?> Warmup = Seconds("--warmup", "How long to load before measuring (default 2).", 0);
    private static readonly Option<long?> Count = new("--count") { Description = "Measure this many messages, instead of a time.", HelpName = "N" };

    private static readonly Option<string> Server = new("--server")
    {
        Description = "A server that runs already, on this machine; with --users. Its own limits hold. Without it, each workload starts a server of its own "
            + "whose limits on connections per address and requests per second are off.",
        HelpName = "HOST:PORT",
    };

    private static readonly Option<FileInfo> Users = new("--users")
    {
        Description = "That server's accounts, two at least: JSON Lines with username and password, as for `kabar user import`.",
        HelpName = "FILE",
    };

    private static readonly Option<int?> ServerPid = Number("--server-pid", "That server's process, for its CPU and memory.", 1, int.MaxValue);

    private static readonly Option<DirectoryInfo> Data = new("--data")
    {
        Description = "Where servers put their data while they run (default: the temporary folder). A file system in memory makes syncs free.",
        HelpName = "DIR",
    };

    private static readonly Option<bool> Verify = new("--verify") { Description = "After send, read every inbox and compare." };
    private static readonly Option<bool> DeadPeer = new("--dead-peer")
    {
        Description = "Run send a second time with a joined realm that is down, to whose users every tenth message goes, and compare.",
    };

    private static readonly Option<string> Dialect = new("--dialect")
    {
        Description = "What send speaks: message-service, or kabar, the native protocol.",
        DefaultValueFactory = _ => ServerSetup.Plain.Dialect,
    };

    private static readonly Option<bool> Indexed = new("--indexed")
    {
        Description = "Run send twice, without the full-text index and with it, on texts of words, and compare.",
    };

    private static readonly Option<bool> Echo = new("--echo") { Description = "Before each workload measure a bare echo on the same network stack." };
    private static readonly Option<bool> Inline = new("--inline-scheduling") { Description = "Let the echo's transport run on its polling threads." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON document." };

    public static Command Create()
    {
        var command = new Command("bench", "Puts load on a server and reports rate, latency, CPU and memory.")
        {
            Workloads, Connections, Depth, Groups, Members, Body, Duration, Count, Warmup, Server, Users, ServerPid, Data, Verify, Dialect, DeadPeer, Indexed, Echo, Inline, Json,
        };
        Workloads.AcceptOnlyFromAmong([.. Enum.GetValues<Workload>().Select(Word), AllWorkloads]);
        Dialect.AcceptOnlyFromAmong(ServerSetup.Plain.Dialect, NativeDialect);
        Count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() is < 1) result.AddError("--count is 1 or more.");
        });
        command.Validators.Add(result =>
        {
            var (server, users) = (result.GetValue(Server), result.GetValue(Users));
            if ((server is null) != (users is null)) result.AddError("--server and --users belong together; one is missing.");
            if (server is not null && TryParse(server) is null)
                result.AddError("--server reads HOST:PORT with a loopback address: load is put on this machine only.");
            var workloads = WorkloadsOf(result);
            if (server is not null && (result.GetValue(DeadPeer) || result.GetValue(Indexed) || workloads.Any(workload => workload is Workload.Federated or Workload.Search or Workload.Sockets)))
                result.AddError("federated, search, sockets, --dead-peer and --indexed have servers or data of their own: they go without --server.");
            if ((result.GetValue(DeadPeer) || result.GetValue(Indexed)) && !workloads.Contains(Workload.Send)) result.AddError("--dead-peer and --indexed belong to the workload send.");
            if (result.GetValue(DeadPeer) && result.GetValue(Indexed)) result.AddError("--dead-peer and --indexed are two comparisons: one at a time.");
            if (workloads.Contains(Workload.Group)) CheckGroups(result);
            if (workloads.Contains(Workload.Fanout) && (result.GetValue(Depth) ?? FanoutLoad.DefaultDepth) > (result.GetValue(Members) ?? FanoutLoad.DefaultMembers))
                result.AddError("--depth: a member of a group says one text at a time, and it has not so many (--members).");
            if (workloads.Contains(Workload.Push) && (result.GetValue(Connections) ?? PushLoad.DefaultListeners) > MostListeners)
                result.AddError($"push has {MostListeners} who listen at most, with an account each (--connections).");
            if (server is null && result.GetValue(ServerPid) is not null) result.AddError("--server-pid belongs to --server.");
        });
        command.SetAction((result, cancellationToken) => RunAsync(Surroundings.OfProcess, result, cancellationToken));
        command.Subcommands.Add(EchoCommand());
        return command;
    }

    /// <summary>The echo that <c>--echo</c> starts; nobody types it.</summary>
    private static Command EchoCommand()
    {
        var inline = new Option<bool>("--inline-scheduling");
        var command = new Command(EchoServer.CommandName, "The yardstick of --echo.") { inline };
        command.Hidden = true;
        command.SetAction((result, stopping) => EchoServer.RunAsync(result.GetValue(inline), stopping));
        return command;
    }

    private static Task<int> RunAsync(Surroundings around, ParseResult result, CancellationToken cancellationToken) => Execution.RunAsync(around, async () =>
    {
        // A person at a terminal wants to see that it goes on; a pipe does not.
        Action<string> progress = Console.IsErrorRedirected ? _ => { } : around.Error.WriteLine;
        var report = await BenchRun.RunAsync(Read(result), progress, cancellationToken);
        if (result.GetValue(Json)) await around.Output.WriteLineAsync(JsonSerializer.Serialize(report, BenchDocument.Default.BenchReport));
        else ReportTable.Write(report, around.Output);
        if (!report.IsSound) throw new CommandFault("Something failed, or what was read is not what was acknowledged.");
    });

    private static BenchOptions Read(ParseResult result)
    {
        var defaults = new BenchOptions();
        var count = result.GetValue(Count);
        return defaults with
        {
            Workloads = WorkloadsOf(result.CommandResult),
            Connections = result.GetValue(Connections) ?? defaults.Connections,
            IdleConnections = result.GetValue(Connections) ?? defaults.IdleConnections,
            Listeners = result.GetValue(Connections) ?? defaults.Listeners,
            Depth = result.GetValue(Depth) ?? defaults.Depth,
            FanoutDepth = result.GetValue(Depth) ?? defaults.FanoutDepth,
            FanoutMembers = result.GetValue(Members) ?? defaults.FanoutMembers,
            Groups = result.GetValue(Groups) ?? defaults.Groups,
            Members = result.GetValue(Members) ?? defaults.Members,
            Body = result.GetValue(Body) ?? defaults.Body,
            Duration = result.GetValue(Duration) is { } seconds ? TimeSpan.FromSeconds(seconds) : count is null ? defaults.Duration : TimeSpan.FromMinutes(10),
            Warmup = result.GetValue(Warmup) is { } warmup ? TimeSpan.FromSeconds(warmup) : defaults.Warmup,
            Count = count,
            Server = result.GetValue(Server) is { } server ? TryParse(server) : null,
            Users = result.GetValue(Users)?.FullName,
            ServerPid = result.GetValue(ServerPid),
            Data = result.GetValue(Data)?.FullName,
            Verify = result.GetValue(Verify),
            IsNative = result.GetValue(Dialect) == NativeDialect,
            DeadPeer = result.GetValue(DeadPeer),
            Indexed = result.GetValue(Indexed),
            Echo = result.GetValue(Echo),
            InlineScheduling = result.GetValue(Inline),
        };
    }

    private static Workload[] WorkloadsOf(SymbolResult result)
    {
        // While the line is being checked, an option that is not on it has not yet its default.
        var names = result.GetValue(Workloads) is { Length: > 0 } asked ? asked : DefaultWorkloads;
        return names.Contains(AllWorkloads)
            // What needs servers or data of our own is not among all that a given one can be asked.
            ? [.. Enum.GetValues<Workload>().Where(workload => workload is not (Workload.Federated or Workload.Search or Workload.Sockets) || result.GetValue(Server) is null)]
            : [.. names.SelectMany(name => Enum.GetValues<Workload>().Where(workload => Word(workload) == name)).Distinct()];
    }

    // The name of an enumeration's value is the word a person types.
    private static string Word(Workload workload) => workload.ToString().ToLowerInvariant();

    private static void CheckGroups(CommandResult result)
    {
        var defaults = new BenchOptions();
        var (depth, members) = (result.GetValue(Depth) ?? defaults.Depth, result.GetValue(Members) ?? defaults.Members);
        if (depth > members) result.AddError($"--depth {depth}: a member of a group says one text at a time, and it has {members} (--members).");
        if ((result.GetValue(Groups) ?? defaults.Groups) * members > MostConnections)
            result.AddError($"--groups times --members is {MostConnections} at most.");
    }

    private static IPEndPoint? TryParse(string server)
    {
        var colon = server.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return null;
        var host = server[..colon].Trim('[', ']');
        if (host == "localhost") return new IPEndPoint(IPAddress.Loopback, port);
        return IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address) ? new IPEndPoint(address, port) : null;
    }

    private static Option<int?> Number(string name, string description, int least, int most)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is { } value && (value < least || value > most)) result.AddError($"{name} is from {least} to {most}.");
        });
        return option;
    }

    private static Option<double?> Seconds(string name, string description, double least)
    {
        var option = new Option<double?>(name) { Description = description, HelpName = "SECONDS" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is { } value && !(value >= least && value <= LongestSeconds))
                result.AddError($"{name} is from {least} to {LongestSeconds}.");
        });
        return option;
    }
}
