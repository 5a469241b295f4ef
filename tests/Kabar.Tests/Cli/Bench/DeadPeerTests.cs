using System.Diagnostics;
using System.Text;
using Kabar.Cli;
using Kabar.Cli.Bench;

namespace Kabar.Tests.Cli.Bench;

public class DeadPeerTests
{
    private const string Listed = """{"realm":"dua","kind":"native","state":"down","queue":1234,"queue_bytes":56789,"oldest_seconds":12.5,"last_contact":"2026-01-01T00:00:00Z"}""";

    private static readonly BenchAccount Account = new("bench001", "secret");

    [Fact]
    public void Every_tenth_recipient_is_away_and_all_others_come_in_turn()
    {
        var here = Enumerable.Range(0, 7).Select(_ => new Recipient(Account)).ToArray();
        var away = Enumerable.Range(0, 2).Select(_ => new Recipient(Account, "dua")).ToArray();
        var mixed = DeadPeerLoad.Mix(here, away);

        mixed.Where((_, place) => place % 10 == 9).ShouldAllBe(recipient => away.Contains(recipient));
        mixed.Where((_, place) => place % 10 != 9).ShouldAllBe(recipient => here.Contains(recipient));
        here.ShouldAllBe(recipient => mixed.Contains(recipient));
        DeadPeerLoad.Mix([.. Enumerable.Range(0, 100).Select(_ => new Recipient(Account))], away).Length.ShouldBe(120);
    }

    [Fact]
    public void A_recipient_in_another_realm_is_named_with_it()
    {
        Encoding.ASCII.GetString(new Recipient(Account).NameField).ShouldBe("bench001 ");
        Encoding.ASCII.GetString(new Recipient(Account, "dua").NameField).ShouldBe("bench001@dua ");
    }

    [Fact]
    public void The_queue_is_read_from_the_peers_line_and_must_hold_what_was_acknowledged()
    {
        var messages = new QueuedMessages();
        messages.Add(Stopwatch.Frequency, isMeasured: false);
        messages.Add(Stopwatch.Frequency, isMeasured: true);
        var queue = QueueFigures.Of(["""{"realm":"tiga","queue":1,"queue_bytes":1,"oldest_seconds":null}""", Listed], "dua", messages);

        (queue.Peer, queue.State, queue.Entries, queue.Bytes).ShouldBe(("dua", "down", 1234, 56789));
        (queue.Acknowledged, queue.Measured, queue.Latency.P50).ShouldBe((2, 1, 1_000_000));
        queue.IsWhole.ShouldBeTrue();
        (queue with { Acknowledged = 1235 }).IsWhole.ShouldBeFalse();
    }

    [Fact]
    public void A_list_without_the_peer_or_without_JSON_is_a_fault()
    {
        Should.Throw<CommandFault>(() => QueueFigures.Of([Listed], "tiga", new QueuedMessages())).Message.ShouldContain("tiga");
        Should.Throw<CommandFault>(() => QueueFigures.Of(["realm  state"], "dua", new QueuedMessages()));
    }

    [Fact]
    public void A_comparison_is_a_ratio_or_nothing()
    {
        var latency = new LatencyFigures(1, 300, 3, 4);
        var load = new LoadFigures { Answered = 1, Seconds = 1, PerSecond = 1, Latency = latency, ServerCpu = 42 };
        var yardstick = load with { ServerCpu = 20, Latency = latency with { P99 = 200 } };

        Comparison.Of("federated", load, "local", yardstick).ShouldBe(new Comparison("federated", "local", 2.1, 1.5));
        Comparison.Of("federated", load, "local", yardstick with { ServerCpu = null }).ServerCpu.ShouldBeNull();
        Comparison.Of("federated", null, "local", yardstick).ShouldBe(new Comparison("federated", "local", null, null));
    }
}
