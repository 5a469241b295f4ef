using System.Text.Json;
using Kabar.Cli.Bench;

namespace Kabar.Tests.Cli.Bench;

public class ReportTableTests
{
    private static readonly LatencyFigures Latency = new(1, 2, 3, 4);

    private static readonly LoadFigures Load = new() { Answered = 5000, Seconds = 2, PerSecond = 2500, Latency = Latency, ServerCpu = 42.5 };

    [Fact]
    public void Ratios_and_a_queue_are_told_below_the_tables()
    {
        var shown = Show(
            new WorkloadResult { Workload = Workload.Federated, Target = "satu to dua", Load = Load, Comparison = new Comparison("federated", "local", 2.1, 1.5) },
            new WorkloadResult
            {
                Workload = Workload.Send,
                Target = "satu, dua down",
                Load = Load,
                Comparison = new Comparison("send with a dead peer", "send without", 1.2, null),
                Queue = new QueueFigures("dua", "down", Acknowledged: 600, Entries: 601, Bytes: 1024 * 1024, Measured: 500, Latency),
            });

        shown.ShouldContain("federated 2.10 × local (server CPU each; p99 1.50 ×)");
        shown.ShouldContain("send with a dead peer 1.20 × send without (server CPU each)");
        shown.ShouldContain("queue for dua (down): 601 entries, 1.0 MB; 600 messages to it were acknowledged");
        shown.ShouldContain("100 connections, 1 in flight on each, texts of 100 bytes, 10 s after 2 s of warm-up");
    }

    [Fact]
    public void A_report_of_groups_says_how_many_and_how_large_they_were()
    {
        var shown = Show(new WorkloadResult { Workload = Workload.Group, Target = Target.Kabar, Load = Load, Delivery = new Delivery(5000, 5000) });

        shown.ShouldContain("10 groups of 50 members, 1 in flight in each");
        shown.ShouldNotContain("connections");
    }

    [Fact]
    public void A_report_of_searches_shows_the_index_and_each_kind()
    {
        var search = new SearchFigures
        {
            Messages = 1_000_000,
            IndexingSeconds = 9.5,
            IndexingCpu = 8.25,
            DatabaseBytes = 2 * 1024 * 1024,
            IndexBytes = 3 * 1024 * 1024,
            Searches = [new SearchKind("a rare word", 500, 6.6, new LatencyFigures(1500, 20_000, 25_000, 30_000), 2_000)],
        };
        var shown = Show(new WorkloadResult { Workload = Workload.Search, Target = "SQLite", Search = search });

        shown.ShouldContain("1,000,000 messages, 2.0 MB; their index 3.0 MB, made in 9.5 s, 8.25 µs of CPU a message");
        shown.ShouldMatch(@"a rare word +500 +6\.6 +1\.50 +20\.00 +30\.00 +2\.00");
    }

    [Fact]
    public void What_pushes_and_fan_out_measure_is_said_and_what_the_index_costs()
    {
        var push = new WorkloadResult { Workload = Workload.Push, Target = Target.Kabar, Load = Load };
        var shown = Show(Report(push) with { Listeners = 1_000, FanoutMembers = 500, FanoutDepth = 8 });
        shown.ShouldContain("1,000 listen and one writes to one of them at a time");
        shown.ShouldContain("a group of 500 who listen, 8 in flight in it");
        shown.ShouldNotContain("connections");

        Show(new WorkloadResult { Workload = Workload.Send, Target = "kabar, Search on", Load = Load, Indexed = new IndexedSends(33.5, 1.5) })
            .ShouldContain("kabar, Search on: 33.50 µs of server CPU a message with all that was left to do, which took 1.5 s");
    }

    [Fact]
    public void A_queue_that_lacks_something_is_not_sound_in_the_document_either()
    {
        var queue = new QueueFigures("dua", "down", Acknowledged: 600, Entries: 599, Bytes: 1, Measured: 500, Latency);
        var report = Report(new WorkloadResult { Workload = Workload.Send, Target = "satu, dua down", Load = Load, Queue = queue });
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(report, BenchDocument.Default.BenchReport));

        report.IsSound.ShouldBeFalse();
        document.RootElement.GetProperty("isSound").GetBoolean().ShouldBeFalse();
        document.RootElement.GetProperty("results")[0].GetProperty("queue").GetProperty("entries").GetInt64().ShouldBe(599);
    }

    private static string Show(params WorkloadResult[] results) => Show(Report(results));

    private static string Show(BenchReport report)
    {
        using var output = new StringWriter();
        ReportTable.Write(report, output);
        // However wide the console is that the tests run in.
        return string.Join(' ', output.ToString().Split('\n').Select(line => line.TrimEnd()));
    }

    private static BenchReport Report(params WorkloadResult[] results) => new()
    {
        Version = "0.1.0",
        System = "a system",
        Processors = 2,
        Connections = 100,
        Depth = 1,
        Body = 100,
        Groups = results.Any(result => result.Workload == Workload.Group) ? 10 : null,
        Members = results.Any(result => result.Workload == Workload.Group) ? 50 : null,
        WarmupSeconds = 2,
        DurationSeconds = 10,
        Results = results,
    };
}
