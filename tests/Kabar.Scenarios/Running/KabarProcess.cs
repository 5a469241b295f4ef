using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Kabar.Scenarios.Running;

/// <summary>A running <c>kabar serve</c> on ports of its own. Disposing it ends the process, which must not be left to a finalizer.</summary>
internal sealed partial class KabarProcess : IAsyncDisposable
{
    private const int Sigterm = 15;
    private const int Sigcont = 18;
    private const int Sigstop = 19;
    private readonly Process _process;
    private readonly Dictionary<string, int> _ports = [];
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly int _expected;
    private bool _isDisposed;

    private KabarProcess(Process process, int expected)
    {
        _process = process;
        _expected = expected;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public Uri? Http { get; private set; }

    /// <summary>Standard output and error so far.</summary>
    public string Log
    {
        get
        {
            lock (_lock) return _output.ToString() + _error;
        }
    }

    /// <summary>
    /// Starts it with a listener for each of <paramref name="listeners"/> (<c>chat</c>, <c>chat,tls</c>) and waits until it says where it
    /// listens. The names of <paramref name="settings"/> are those below <c>KABAR__</c>, such as <c>Limits__RequestsPerSecond</c>.
    /// </summary>
    public static Task<KabarProcess> StartAsync(
        DataDirectory data, IReadOnlyList<string> listeners, IReadOnlyDictionary<string, string>? settings = null, bool http = false) =>
        StartAsync(
            data,
            [
                .. listeners.SelectMany(listener => (string[])["--listen", $"127.0.0.1:0,dialect={listener}"]),
                .. http ? (string[])["--http", "127.0.0.1:0"] : [],
            ],
            listeners.Count + (http ? 1 : 0),
            settings);

    /// <summary>Starts it with these arguments of <c>kabar serve</c> and waits for as many lines that say where it listens.</summary>
    public static async Task<KabarProcess> StartAsync(
        DataDirectory data, IReadOnlyList<string> arguments, int listening, IReadOnlyDictionary<string, string>? settings = null)
    {
        var start = new ProcessStartInfo(KabarCommand.Executable, ["serve", "--data", data.Location, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) start.Environment["KABAR__" + name] = value;

        var process = Process.Start(start) ?? throw new InvalidOperationException("The executable did not start.");
        var server = new KabarProcess(process, listening);
        process.OutputDataReceived += (_, line) => server.TakeOutput(line.Data);
        process.ErrorDataReceived += (_, line) => server.TakeError(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var ended = process.WaitForExitAsync();
            await Eventually.CompletesAsync(Task.WhenAny(server._listening.Task, ended), "the server says where it listens");
            if (!server._listening.Task.IsCompleted) Assert.Fail($"The server ended with {process.ExitCode} before it listened:\n{server.Log}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A listener for each of the five dialects, and one for the native protocol.</summary>
    public static Task<KabarProcess> StartAsync(DataDirectory data, IReadOnlyDictionary<string, string>? settings = null) =>
        StartAsync(data, Transcripts.Plays.Spoken, settings);

    public int PortOf(string listener) => _ports[listener];

    public async ValueTask<Stream> ConnectAsync(string listener, CancellationToken cancellationToken) =>
        new NetworkStream(await ConnectSocketAsync(listener, cancellationToken), ownsSocket: true);

    /// <summary>Takes whatever certificate the realm shows.</summary>
    public async ValueTask<Stream> ConnectOverTlsAsync(string listener, CancellationToken cancellationToken)
    {
        var tls = new SslStream(await ConnectAsync(listener, cancellationToken));
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
                cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>The native protocol at <c>/ws</c> of the HTTP listener.</summary>
    public async ValueTask<Stream> ConnectOverWebSocketAsync(CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(new UriBuilder(Http ?? throw new InvalidOperationException("There is no HTTP listener.")) { Scheme = "ws", Path = "/ws" }.Uri, cancellationToken);
            return new WebSocketStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects from an address of 127.0.0.0/8.</summary>
    public async ValueTask<Socket> ConnectSocketAsync(string listener, CancellationToken cancellationToken, string from = "127.0.0.1")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(IPAddress.Loopback, PortOf(listener), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<LineClient> ClientAsync(string listener, string from = "127.0.0.1") =>
        new(new NetworkStream(await ConnectSocketAsync(listener, CancellationToken.None, from), ownsSocket: true));

    /// <summary>As an operator or the system ends it.</summary>
    public void Terminate() => _ = Signal(_process.Id, Sigterm);

    /// <summary>Stops it where it stands, as a machine does that has no time for it: its sockets stay open and nobody reads them.</summary>
    public void Freeze() => Signal(_process.Id, Sigstop).ShouldBe(0);

    public void Thaw() => Signal(_process.Id, Sigcont).ShouldBe(0);

    /// <summary>As a crash or the kernel ends it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Eventually.CompletesAsync(_process.WaitForExitAsync(), "the killed process is gone");
    }

    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await Eventually.CompletesAsync(_process.WaitForExitAsync(), "the server ends");
        return _process.ExitCode;
    }

    public async Task StopAsync()
    {
        Terminate();
        (await ExitAsync()).ShouldBe(0, Log);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void TakeOutput(string? line)
    {
        if (line is null) return;
        lock (_lock)
        {
            _output.AppendLine(line);
            if (HttpLine().Match(line) is { Success: true } http) Http = new Uri(http.Groups["uri"].Value);
            else if (ListenerLine().Match(line) is { Success: true } listener)
                _ports[listener.Groups["listener"].Value.Replace(" ", "", StringComparison.Ordinal)] =
                    int.Parse(listener.Groups["port"].Value, CultureInfo.InvariantCulture);

            if (_ports.Count + (Http is null ? 0 : 1) == _expected) _listening.TrySetResult();
        }
    }

    private void TakeError(string? line)
    {
        if (line is null) return;
        lock (_lock) _error.AppendLine(line);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Signal(int process, int signal);

    [GeneratedRegex(@"^listening on 127\.0\.0\.1:(?<port>[0-9]+) \((?<listener>[^)]*)\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListenerLine();

    [GeneratedRegex("^listening on (?<uri>http://127\\.0\\.0\\.1:[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HttpLine();
}
