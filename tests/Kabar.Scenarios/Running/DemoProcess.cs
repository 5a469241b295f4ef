using System.Diagnostics;
using System.Text;

namespace Kabar.Scenarios.Running;

/// <summary>A running <c>kabar demo</c> on ports of its own, and what it has printed to type.</summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private const string LastLine = "Ctrl-C ends the demo";
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource _isReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();

    private DemoProcess(Process process) => _process = process;

    /// <summary>Standard output so far.</summary>
    public string Output
    {
        get
        {
            lock (_lock) return _output.ToString();
        }
    }

    public static async Task<DemoProcess> StartAsync()
    {
        var start = new ProcessStartInfo(KabarCommand.Executable, ["demo", "--listen", "127.0.0.1:0", "--listen2", "127.0.0.1:0", "--http", "127.0.0.1:0", "--http2", "127.0.0.1:0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("The executable did not start.");
        var demo = new DemoProcess(process);
        process.OutputDataReceived += (_, line) => demo.Take(line.Data, demo._output);
        process.ErrorDataReceived += (_, line) => demo.Take(line.Data, demo._error);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await Eventually.CompletesAsync(demo._isReady.Task, "the demo says what to type");
            return demo;
        }
        catch
        {
            await demo.DisposeAsync();
            throw;
        }
    }

    /// <summary>As Ctrl-C does, but also where a shell has let its background jobs ignore that.</summary>
    public async Task InterruptAsync()
    {
        const int Sigterm = 15;
        KabarProcess.Signal(_process.Id, Sigterm).ShouldBe(0);
        await Eventually.CompletesAsync(_process.WaitForExitAsync(), "the demo ends");
        lock (_lock) _error.ToString().ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Take(string? line, StringBuilder text)
    {
        if (line is null) return;
        lock (_lock) text.AppendLine(line);
        if (line.Contains(LastLine, StringComparison.Ordinal)) _isReady.TrySetResult();
    }
}
