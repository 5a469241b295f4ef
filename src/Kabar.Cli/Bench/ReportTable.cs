using System.Globalization;
using Spectre.Console;

namespace Kabar.Cli.Bench;

/// <summary>The report for a person: a table of the loads, one of the idle connections, one of the starts, and what went wrong.</summary>
internal static class ReportTable
{
    private const string None = "–";
    private const int WidthInAPipe = 160;

    public static void Write(BenchReport report, TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (Console.IsOutputRedirected) console.Profile.Width = WidthInAPipe;
        Line(console, $"kabar {report.Version}, {report.System}, {report.Processors} processors");
        if (report.Results.Any(result => result.Load is not null)) Line(console, string.Join(", ", Asked(report)));

        foreach (var result in report.Results.Where(result => result.Settings is not null).DistinctBy(result => result.Target))
            Line(console, $"{result.Target}: {result.Settings}");

        if (report.Results.Any(result => result.Load is not null)) console.Write(Loads(report));
        if (report.Results.Any(result => result.Delivery is not null)) console.Write(Deliveries(report));
        foreach (var result in report.Results)
            if (result.Search is { } search) WriteSearch(console, search);
        if (report.Results.Any(result => result.Idle is not null)) console.Write(Idles(report));
        if (report.Results.Any(result => result.Start is not null)) console.Write(Starts(report));
        foreach (var result in report.Results) Compare(console, result);
        foreach (var result in report.Results)
            foreach (var (sentence, count) in result.Failures)
                Line(console, $"{Word(result.Workload)} on {result.Target}: {count:N0} × {sentence}");
    }

    private static IEnumerable<string> Asked(BenchReport report)
    {
        if (report.Results.Any(result => result.Load is not null && result.Workload is not (Workload.Group or Workload.Push or Workload.Fanout)))
            yield return $"{report.Connections} connections, {report.Depth} in flight on each";
        if (report is { Groups: { } groups, Members: { } members })
            yield return $"{groups} groups of {members} members, {report.Depth} in flight in each (deliveries are counted; latencies are to the last member)";
        if (report is { Listeners: { } listeners })
            yield return $"{listeners:N0} listen and one writes to one of them at a time (latencies are from his writing to the other's reading)";
        if (report is { FanoutMembers: { } listening, FanoutDepth: { } inTheAir })
            yield return $"a group of {listening:N0} who listen, {inTheAir} in flight in it (deliveries are counted; latencies are to the last member)";
        yield return $"texts of {report.Body} bytes";
        yield return (report.Count is { } messages ? $"{messages:N0} messages" : $"{report.DurationSeconds} s") + $" after {report.WarmupSeconds} s of warm-up";
    }

    private static Table Loads(BenchReport report)
    {
        var table = TableOf(
            "workload", "on", "answered", "per second", "p50 µs", "p99 µs", "p99.9 µs", "longest µs", "server CPU µs", "× echo", "generator µs", "others’ CPUs");
        foreach (var result in report.Results)
        {
            if (result.Load is not { } load) continue;
            var echo = result.Target == Target.Echo ? null : report.Results.FirstOrDefault(other => other.Target == Target.Echo && other.Workload == result.Workload);
            AddRow(table, [
                Word(result.Workload), result.Target, Whole(load.Answered), Whole(load.PerSecond), .. Latencies(load.Latency), Hundredths(load.ServerCpu),
                Hundredths(load.ServerCpu / echo?.Load?.ServerCpu), Hundredths(load.GeneratorCpu), Hundredths(load.OthersProcessors),
            ]);
            if (load.Polls is { } polls)
            {
                AddRow(table, [
                    "  its polls", result.Target, Whole(polls.Answered), Whole(polls.Answered / load.Seconds), .. Latencies(polls.Latency), "", "", "", "",
                ]);
            }
            if (result.Queue is { } queue)
            {
                AddRow(table, [
                    $"  to {queue.Peer}, {queue.State}", result.Target, Whole(queue.Measured), Whole(queue.Measured / load.Seconds), .. Latencies(queue.Latency),
                    "", "", "", "",
                ]);
            }
        }

        return table;
    }

    private static void Compare(IAnsiConsole console, WorkloadResult result)
    {
        if (result.Comparison is { } comparison)
        {
            var p99 = comparison.P99 is null ? "" : $"; p99 {Hundredths(comparison.P99)} ×";
            Line(console, $"{comparison.What} {Hundredths(comparison.ServerCpu)} × {comparison.Than} (server CPU each{p99})");
        }

        if (result.Indexed is { } indexed)
            Line(console, $"{result.Target}: {Hundredths(indexed.ServerCpu)} µs of server CPU a message with all that was left to do, which took {Tenths(indexed.CatchingUpSeconds)} s");

        if (result.Queue is { } queue)
        {
            Line(console, $"queue for {queue.Peer} ({queue.State}): {queue.Entries:N0} entries, {Megabytes(queue.Bytes)} MB; "
                + $"{queue.Acknowledged:N0} messages to it were acknowledged");
        }
    }

    private static void WriteSearch(IAnsiConsole console, SearchFigures search)
    {
        Line(console, $"{search.Messages:N0} messages, {Megabytes(search.DatabaseBytes)} MB; their index {Megabytes(search.IndexBytes)} MB, "
            + $"made in {Tenths(search.IndexingSeconds)} s, {Hundredths(search.IndexingCpu)} µs of CPU a message");
        var table = TableOf("search for", "searches", "found", "p50 ms", "p99 ms", "longest ms", "CPU ms");
        foreach (var kind in search.Searches)
        {
            AddRow(
                table, kind.Kind, Whole(kind.Searches), Tenths(kind.Found), Hundredths(kind.Latency.P50 / 1000), Hundredths(kind.Latency.P99 / 1000), Hundredths(kind.Latency.Longest / 1000),
                Hundredths(kind.Cpu / 1000));
        }

        console.Write(table);
    }

    private static Table Deliveries(BenchReport report)
    {
        var table = TableOf("delivery", "on", "acknowledged", "received", "lost", "doubled", "out of order", "strange");
        foreach (var result in report.Results)
        {
            if (result.Delivery is not { } all) continue;
            AddRow(
                table, Word(result.Workload), result.Target, Whole(all.Acknowledged), Whole(all.Received), Whole(all.Lost), Whole(all.Doubled),
                Whole(all.OutOfOrder), Whole(all.Strange));
        }

        return table;
    }

    private static Table Idles(BenchReport report)
    {
        var table = TableOf("idle", "on", "connections", "opened in s", "before MB", "open MB", "held MB", "KB each", "answered", "closed");
        foreach (var result in report.Results)
        {
            if (result.Idle is not { } idle) continue;
            AddRow(table, "", result.Target, Whole(idle.Connections), Tenths(idle.OpeningSeconds), Megabytes(idle.BytesBefore), Megabytes(idle.BytesOpen),
                Megabytes(idle.BytesHeld), Tenths(idle.BytesPerConnection / 1024.0), $"{idle.Answered} of {idle.Asked}", Whole(idle.Closed));
        }

        return table;
    }

    private static Table Starts(BenchReport report)
    {
        var table = TableOf("start for", "on", "listening after ms", "MB a second later");
        foreach (var result in report.Results)
            if (result.Start is { } start) AddRow(table, Word(result.Workload), result.Target, Tenths(start.Milliseconds), Megabytes(start.ResidentBytes));
        return table;
    }

    private static Table TableOf(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var (number, column) in columns.Index())
            table.AddColumn(new TableColumn(new Text(column)) { Alignment = number < 2 ? Justify.Left : Justify.Right });
        return table;
    }

    private static void AddRow(Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell)));

    private static IEnumerable<string> Latencies(LatencyFigures latency) =>
        [Tenths(latency.P50), Tenths(latency.P99), Tenths(latency.P999), Tenths(latency.Longest)];

    // What a server says is text, and no markup.
    private static void Line(IAnsiConsole console, string text) => console.WriteLine(text);

    // The name of an enumeration's value is the word a person types.
    private static string Word(Workload workload) => workload.ToString().ToLowerInvariant();

    private static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Tenths(double? number) => number?.ToString("N1", CultureInfo.InvariantCulture) ?? None;

    private static string Hundredths(double? number) => number?.ToString("N2", CultureInfo.InvariantCulture) ?? None;

    private static string Megabytes(long? bytes) => Tenths(bytes / (1024.0 * 1024));
}
