using System.Diagnostics;

namespace Kabar.Scenarios.Running;

/// <summary>A terminal with a program in it, and somebody who types and reads there; made by tmux.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private readonly string _tmux = Requires.Program("tmux");
    private readonly string _socket = $"kabar-{Guid.NewGuid():N}";

    private Terminal()
    {
    }

    /// <param name="command">A line for the shell.</param>
    /// <param name="columns">Its width.</param>
    /// <param name="rows">Its height.</param>
    public static async Task<Terminal> OpenAsync(string command, int columns = 150, int rows = 60)
    {
        var terminal = new Terminal();
        await terminal.RunAsync("new-session", "-d", "-x", $"{columns}", "-y", $"{rows}", "-c", Environment.CurrentDirectory, command);
        return terminal;
    }

    /// <summary>Types a line and Enter.</summary>
    public async Task TypeAsync(string line)
    {
        await RunAsync("send-keys", "-l", line);
        await RunAsync("send-keys", "Enter");
    }

    /// <summary>Types without Enter.</summary>
    public Task WriteAsync(string text) => RunAsync("send-keys", "-l", text);

    /// <summary>Presses keys by their names: <c>Enter</c>, <c>C-c</c>, <c>M-1</c>, <c>PageUp</c>.</summary>
    public Task PressAsync(params string[] keys) => RunAsync(["send-keys", .. keys]);

    public Task ResizeAsync(int columns, int rows) => RunAsync("resize-window", "-x", $"{columns}", "-y", $"{rows}");

    /// <summary>Pastes, marked as such if the program has asked for that.</summary>
    public async Task PasteAsync(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text);
            await RunAsync("load-buffer", file);
            await RunAsync("paste-buffer", "-p");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What is on the screen, with its colours as escape sequences.</summary>
    public Task<string> ColouredScreenAsync() => RunAsync("capture-pane", "-p", "-e");

    /// <summary>What is on the screen.</summary>
    public Task<string> ScreenAsync() => RunAsync("capture-pane", "-p");

    public async Task ShowsAsync(Func<string, bool> condition, string what)
    {
        var screen = "";
        try
        {
            await Eventually.BecomesTrueAsync(async () => condition(screen = await ScreenAsync()), what);
        }
        catch (Exception)
        {
            screen.ShouldBe(what);
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await RunAsync("kill-server");

    private async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(_tmux, ["-L", _socket, "-f", "/dev/null", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("tmux did not start.");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Eventually.CompletesAsync(process.WaitForExitAsync(), "tmux has done it");
        process.ExitCode.ShouldBe(0, await error);
        return await output;
    }
}
