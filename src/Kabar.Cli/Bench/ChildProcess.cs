using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Kabar.Cli.Bench;

/// <summary>This executable once more, with another command. It ends with its owner: asked first, and killed where it doesn't listen.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int LinesKept = 20;
    private const int TerminationSignal = 15;

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(25);

    // Between listening and saying so.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(1);

    // Who has pressed Ctrl-C does not want to wait, and the data are thrown away.
    private static readonly TimeSpan LongestHurriedStop = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly CancellationToken _hurry;
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _complaints = new();
    private readonly Task _output;
    private readonly Task _errors;

    private ChildProcess(Process process, CancellationToken hurry)
    {
        (_process, _hurry) = (process, hurry);
        _output = ReadOutputAsync();
        _errors = ReadErrorsAsync();
    }

    /// <summary>The operating system's number for it.</summary>
    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Its last words on the error stream.</summary>
    public string Complaint
    {
        get
        {
            lock (_complaints) return _complaints.Count == 0 ? "it said nothing" : string.Join(Environment.NewLine, _complaints);
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="folder">Its working folder: not this process's, where a kabar.json may lie.</param>
    /// <param name="variables">What its environment has besides.</param>
    /// <param name="hurry">When it is cancelled, stopping may not take long.</param>
    public static ChildProcess Start(
        IEnumerable<string> arguments, string folder, IEnumerable<KeyValuePair<string, string>> variables, CancellationToken hurry)
    {
        var executable = Environment.ProcessPath ?? throw new CommandFault("The operating system does not say which executable this is.");
        var start = new ProcessStartInfo(executable)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // `dotnet kabar.dll`: the executable is the runtime's host, and the first argument the program.
        if (Path.GetFileNameWithoutExtension(executable) == "dotnet")
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, typeof(ChildProcess).Assembly.GetName().Name + ".dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        SocketTuning.RemoveFrom(start.Environment);
        var process = Process.Start(start) ?? throw new CommandFault($"{executable} could not be started.");
        process.StandardInput.Close();
        return new ChildProcess(process, hurry);
    }

    /// <summary>Waits until it accepts connections.</summary>
    /// <returns>What it said about it, after "listening on"; null where it said nothing.</returns>
    public async Task<string?> ListensAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var ended = _process.WaitForExitAsync(cancellationToken);
        while (Stopwatch.GetElapsedTime(started) < LongestStart)
        {
            // What is printed wakes this at once; a server that prints nothing is found by knocking.
            var pause = Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            await Task.WhenAny(_listening.Task.IsCompleted ? pause : _listening.Task, pause, ended);
            cancellationToken.ThrowIfCancellationRequested();
            if (ended.IsCompleted)
            {
                await Task.WhenAll(_output, _errors);
                throw new CommandFault($"The server ended before it listened: {Complaint}");
            }

            if (!await AcceptsAsync(endPoint, cancellationToken)) continue;
            await Task.WhenAny(_listening.Task, Task.Delay(LongestSilence, cancellationToken));
            return _listening.Task.IsCompletedSuccessfully ? await _listening.Task : null;
        }

        throw new CommandFault($"The server does not listen on {endPoint} after {LongestStart.TotalSeconds} s: {Complaint}");
    }

    /// <summary>Waits until it has done its work.</summary>
    public async Task DoneAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken).WaitAsync(longest, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new CommandFault($"\"{CommandLine}\" was not done after {longest.TotalSeconds} s: {Complaint}");
        }

        await Task.WhenAll(_output, _errors);
        if (_process.ExitCode != 0) throw new CommandFault($"\"{CommandLine}\" failed with {_process.ExitCode}: {Complaint}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            if (OperatingSystem.IsWindows() || Signal(_process.Id, TerminationSignal) != 0) _process.Kill();
            if (!await EndsAsync(_hurry.IsCancellationRequested ? LongestHurriedStop : LongestStop))
            {
                _process.Kill();
                await EndsAsync(LongestHurriedStop);
            }
        }

        _process.Dispose();
    }

    private string CommandLine =>
        "kabar " + string.Join(' ', _process.StartInfo.ArgumentList.Where(argument => !argument.EndsWith(".dll", StringComparison.Ordinal)));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);

    private static async Task<bool> AcceptsAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = new LoadConnection(endPoint, 0);
            await connection.ConnectAsync().AsTask().WaitAsync(cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<bool> EndsAsync(TimeSpan longest)
    {
        using var deadline = new CancellationTokenSource(longest);
        // A Ctrl-C that comes meanwhile hurries it.
        using var hurried = _hurry.Register(() => deadline.CancelAfter(LongestHurriedStop));
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return _process.HasExited;
        }
    }

    private async Task ReadOutputAsync()
    {
        const string Word = "listening";
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (line.StartsWith(Word, StringComparison.OrdinalIgnoreCase))
                _listening.TrySetResult(line[Word.Length..].Replace(" on ", "", StringComparison.Ordinal).Trim());
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (_complaints)
            {
                _complaints.Enqueue(line);
                if (_complaints.Count > LinesKept) _complaints.Dequeue();
            }
        }
    }
}
