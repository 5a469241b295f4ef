using System.Text.RegularExpressions;
using Kabar.Core;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;

namespace Kabar.Tests.Server.Hosting;

public sealed partial class MetricsPageTests
{
    [Fact]
    public void Every_line_is_one_that_Prometheus_reads_under_a_head_that_comes_once()
    {
        using var metrics = new KabarMetrics(new ConnectionRegistry(new Limits(), new FakeClock()));
        metrics.CountRequest();
        metrics.CountRefusal(Refusal.WrongPassword);

        var page = new MetricsPage(metrics).Render();

        page.ShouldEndWith("\n");
        var types = new Dictionary<string, string>();
        var lines = page[..^1].Split('\n');
        foreach (var line in lines)
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal)) continue;
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                types.TryAdd(words[2], words[3]).ShouldBeTrue(line);
                words[3].ShouldBeOneOf("counter", "gauge");
                continue;
            }

            var match = Figure().Match(line);
            match.Success.ShouldBeTrue(line);
            types.ShouldContainKey(match.Groups["name"].Value, "the head comes before");
        }

        lines.ShouldBeUnique();
        lines.ShouldContain("kabar_requests_total 1");
        lines.ShouldContain("kabar_refusals_total{refusal=\"WrongPassword\"} 1");
        lines.Count(line => line.StartsWith("kabar_refusals_total{", StringComparison.Ordinal)).ShouldBe(Enum.GetValues<Refusal>().Length + 1);
        types["kabar_connections"].ShouldBe("gauge");
        types["kabar_messages_total"].ShouldBe("counter");
        types.ShouldContainKey("process_resident_memory_bytes");
    }

    [Fact]
    public void Two_realms_in_one_process_have_each_their_own_figures()
    {
        using var one = new KabarMetrics(new ConnectionRegistry(new Limits(), new FakeClock()));
        using var other = new KabarMetrics(new ConnectionRegistry(new Limits(), new FakeClock()));
        for (var i = 0; i < 3; i++) one.CountMessage();
        other.CountMessage();

        Figures(one).ShouldBe(["kabar_messages_total 3"]);
        Figures(other).ShouldBe(["kabar_messages_total 1"]);

        static IEnumerable<string> Figures(KabarMetrics metrics) =>
            new MetricsPage(metrics).Render().Split('\n').Where(line => line.StartsWith("kabar_messages_total ", StringComparison.Ordinal));
    }

    [GeneratedRegex("""^(?<name>[a-z_]+)(\{[a-z]+="[A-Za-z]+"\})? [0-9.E+]+$""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Figure();
}
