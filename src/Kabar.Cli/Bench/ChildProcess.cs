using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Kabar.Cli.Bench;

/// <summary>This executable once more, with another command. It ends with its owner: asked first, and killed where it doesn't listen.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int LinesKept = 20;
    private const int TerminationSignal = 15;

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(25);

    // Who has pressed Ctrl-C does not want to wait, and the data are thrown away.
    private static readonly TimeSpan LongestHurriedStop = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly CancellationToken _hurry;
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _said = new();
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

    /// <summary>Waits until it listens for clients.</summary>
    /// <returns>What it said about it, after "listening on".</returns>
    public Task<string> ListensAsync(CancellationToken cancellationToken) => SaysAsync(_listening.Task, cancellationToken);

    /// <summary>Waits until it listens for HTTP.</summary>
    /// <returns>Where.</returns>
    public Task<string> ServesHttpAsync(CancellationToken cancellationToken) => SaysAsync(_serving.Task, cancellationToken);

    private async Task<string> SaysAsync(Task<string> said, CancellationToken cancellationToken)
    {
        var ended = _process.WaitForExitAsync(cancellationToken);
        await Task.WhenAny(said, ended, Task.Delay(LongestStart, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        if (said.IsCompleted) return await said;
        if (!ended.IsCompleted) throw new CommandFault($"The server does not listen after {LongestStart.TotalSeconds} s: {Complaint}");
        await Task.WhenAll(_output, _errors);
        throw new CommandFault($"The server ended before it listened: {Complaint}");
    }

    /// <summary>Waits until it has done its work.</summary>
    /// <returns>The last lines that it printed.</returns>
    public async Task<IReadOnlyList<string>> DoneAsync(TimeSpan longest, CancellationToken cancellationToken)
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
        return [.. _said];
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
        const string Word = "listening on ", ForPeers = "(link)", ForHttp = "http://";
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            Keep(_said, line);
            if (!line.StartsWith(Word, StringComparison.Ordinal) || line.EndsWith(ForPeers, StringComparison.Ordinal)) continue;
            if (line.AsSpan(Word.Length).StartsWith(ForHttp)) _serving.TrySetResult(line[(Word.Length + ForHttp.Length)..]);
            else _listening.TrySetResult(line[Word.Length..]);
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
            lock (_complaints) Keep(_complaints, line);
    }

    private static void Keep(Queue<string> lines, string line)
    {
        lines.Enqueue(line);
        if (lines.Count > LinesKept) lines.Dequeue();
    }
}
