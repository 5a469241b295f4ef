using System.Diagnostics;
using System.Text.RegularExpressions;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios;

/// <summary>What the kernel saw: the text written to the store's log, a sync of that file completed, and only then the reply.</summary>
public sealed partial class SyncTraceScenarios(ITestOutputHelper log)
{
    private const string Text = "jejak-di-pasir-4711";

    [Fact]
    public async Task The_log_is_on_disk_before_the_sender_is_told()
    {
        var strace = Requires.Program("strace");
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data);
        await using var client = await server.ClientAsync("message-service");
        var token = await client.LogInAsync("messi", "surabaya");
        var trace = data.Beside("trace");

        // 1. A trace of a single send.
        using (var tracer = await AttachAsync(strace, server.Id, trace))
        {
            (await client.AskAsync($"send {token} lineker {Text}")).ShouldBe(LineClient.Sent);
            await server.StopAsync();
            await Eventually.CompletesAsync(tracer.WaitForExitAsync(), "strace ends with the server");
        }

        // 2. Its three moments, in the order in which the kernel saw them begin and end.
        var lines = await File.ReadAllLinesAsync(trace);
        foreach (var line in lines.Where(line => line.Contains("sync", StringComparison.Ordinal) || line.Contains(Text, StringComparison.Ordinal)))
            log.WriteLine(line.Length > 240 ? line[..240] : line);

        var written = Array.FindIndex(lines, line => WriteCall().IsMatch(line) && line.Contains(Text, StringComparison.Ordinal));
        written.ShouldBeGreaterThanOrEqualTo(0, "the text was written to a file of the store");
        var file = WriteCall().Match(lines[written]).Groups["file"].Value;
        file.ShouldStartWith(data.Location);

        var told = Array.FindIndex(lines, written, line => line.Contains("Message Sent", StringComparison.Ordinal) && !line.Contains("resumed", StringComparison.Ordinal));
        told.ShouldBeGreaterThan(written, "the reply was sent after the text was written");
        SyncEndsBetween(lines, file, written, told).ShouldBeTrue($"no sync of {file} began after line {written + 1} of the trace and ended before line {told + 1}");
    }

    private static async Task<Process> AttachAsync(string strace, int server, string trace)
    {
        var start = new ProcessStartInfo(strace,
        [
            "-f", "-y", "-s", "8192", "-o", trace, "-p", server.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "-e", "trace=fsync,fdatasync,sendmsg,sendto,write,writev,pwrite64,pwritev",
        ])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        var tracer = Process.Start(start) ?? throw new InvalidOperationException("strace did not start.");
        var first = await Eventually.CompletesAsync(tracer.StandardError.ReadLineAsync(), "strace has attached") ?? "";
        Requires.That(first.Contains("attached", StringComparison.Ordinal), $"strace may not attach here: {first}");
        _ = tracer.StandardError.ReadToEndAsync();
        return tracer;
    }

    /// <summary>A call that another thread interrupts in the trace stands on two lines of one process number: begun, and resumed.</summary>
    private static bool SyncEndsBetween(string[] lines, string file, int from, int to)
    {
        for (var begun = from + 1; begun < to; begun++)
        {
            var sync = SyncCall().Match(lines[begun]);
            if (!sync.Success || sync.Groups["file"].Value != file) continue;
            if (sync.Groups["end"].Value == "0") return true;

            var thread = sync.Groups["thread"].Value;
            for (var resumed = begun + 1; resumed < to; resumed++)
            {
                if (lines[resumed].StartsWith(thread + " ", StringComparison.Ordinal))
                {
                    if (lines[resumed].Contains("sync resumed", StringComparison.Ordinal) && lines[resumed].EndsWith("= 0", StringComparison.Ordinal)) return true;
                    break;
                }
            }
        }

        return false;
    }

    [GeneratedRegex(@"^[0-9]+ +(write|writev|pwrite64|pwritev)\([0-9]+<(?<file>/[^>]*)>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WriteCall();

    [GeneratedRegex(@"^(?<thread>[0-9]+) +(fsync|fdatasync)\([0-9]+<(?<file>[^>]*)>(\) += (?<end>-?[0-9]+)| <unfinished)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SyncCall();
}
