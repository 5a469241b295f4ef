using System.Net;
using System.Net.Sockets;

namespace Kabar.Scenarios.Federation;

internal enum LinkMode
{
    /// <summary>Everything goes through at once.</summary>
    Pass,

    /// <summary>Connections are reset, new ones refused.</summary>
    Cut,

    /// <summary>Each direction arrives later, in order.</summary>
    Delay,

    /// <summary>Connections are accepted, everything on them is swallowed, and nobody is told.</summary>
    HalfOpen,
}

/// <summary>The bad network between two realms: a TCP proxy in front of one's link, told by the test how bad it is to be.</summary>
/// <remarks>
/// A connection that has lived in a half-open link never comes back, as behind a firewall that has forgotten it: what was swallowed is
/// gone, and only its two ends (or a cut) can end it, each for itself.
/// </remarks>
internal sealed class LinkProxy : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<LinkPassage> _passages = [];
    private readonly List<Task> _running = [];
    private readonly TimeProvider _time;
    private readonly Random _jitters;
    private Socket? _listener;
    private LinkMode _mode;
    private TimeSpan _delay;
    private TimeSpan _jitter;
    private long _passed;
    private long _swallowed;
    private int _accepted;

    private LinkProxy(int target, TimeProvider time, int seed)
    {
        Target = target;
        _time = time;
        _jitters = new Random(seed);
        Port = FreePorts.Take();
        _listener = Listen();
    }

    public int Port { get; }

    /// <summary>The port of 127.0.0.1 behind it.</summary>
    public int Target { get; }

    /// <summary>What an invitation is to carry in place of the realm's own address.</summary>
    public string Address => FormattableString.Invariant($"127.0.0.1:{Port}");

    public LinkMode Mode
    {
        get
        {
            lock (_lock) return _mode;
        }
    }

    /// <summary>Bytes handed on, of both directions.</summary>
    public long BytesPassed => Interlocked.Read(ref _passed);

    public long BytesSwallowed => Interlocked.Read(ref _swallowed);

    public int ConnectionsAccepted => Volatile.Read(ref _accepted);

    public static LinkProxy To(int target, TimeProvider? time = null, int seed = 0) => new(target, time ?? TimeProvider.System, seed);

    public void Pass() => Change(LinkMode.Pass, default, default);

    public void Cut() => Change(LinkMode.Cut, default, default);

    /// <summary>Each direction takes between <paramref name="by"/> and <paramref name="by"/> and <paramref name="jitter"/> longer.</summary>
    public void Delay(TimeSpan by, TimeSpan jitter) => Change(LinkMode.Delay, by, jitter);

    public void HalfOpen() => Change(LinkMode.HalfOpen, default, default);

    public async ValueTask DisposeAsync()
    {
        Cut();
        Task[] running;
        lock (_lock) running = [.. _running];
        await Task.WhenAll(running);
    }

    /// <summary>When what comes in now is to go out.</summary>
    internal long DueNow()
    {
        lock (_lock)
            return _time.GetTimestamp() + (long)((_delay + _jitter * _jitters.NextDouble()).TotalSeconds * _time.TimestampFrequency);
    }

    internal async Task UntilAsync(long due, CancellationToken cancellationToken)
    {
        var left = _time.GetElapsedTime(_time.GetTimestamp(), due);
        if (left > TimeSpan.Zero) await Task.Delay(left, _time, cancellationToken);
    }

    internal void CountPassed(int bytes) => Interlocked.Add(ref _passed, bytes);

    internal void CountSwallowed(int bytes) => Interlocked.Add(ref _swallowed, bytes);

    private void Change(LinkMode mode, TimeSpan delay, TimeSpan jitter)
    {
        lock (_lock)
        {
            (_mode, _delay, _jitter) = (mode, delay, jitter);
            if (mode == LinkMode.HalfOpen)
            {
                foreach (var passage in _passages) passage.Freeze();
            }

            if (mode == LinkMode.Cut)
            {
                _listener?.Dispose();
                _listener = null;
                foreach (var passage in _passages) passage.Reset();
            }
            else
            {
                _listener ??= Listen();
            }
        }
    }

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        listener.Listen();
        _running.Add(AcceptAsync(listener));
        return listener;
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                Take(await listener.AcceptAsync());
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Take(Socket near)
    {
        lock (_lock)
        {
            Interlocked.Increment(ref _accepted);
            var passage = new LinkPassage(this, near);
            if (_mode == LinkMode.Cut)
            {
                passage.Reset();
                passage.Dispose();
                return;
            }

            if (_mode == LinkMode.HalfOpen) passage.Freeze();
            _passages.Add(passage);
            _running.RemoveAll(task => task.IsCompleted);
            _running.Add(CarryAsync(passage));
        }
    }

    private async Task CarryAsync(LinkPassage passage)
    {
        await passage.RunAsync();
        lock (_lock) _passages.Remove(passage);
        passage.Dispose();
    }
}
