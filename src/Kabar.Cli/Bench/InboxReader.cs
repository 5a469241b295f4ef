using System.Diagnostics;

namespace Kabar.Cli.Bench;

/// <summary>
/// Reads one account's inbox and notes what came. Where it has several connections it asks on them in turn: with two requests on the
/// way, the order in which their answers arrive would not be the order of the messages.
/// </summary>
internal sealed class InboxReader
{
    /// <summary>How long whoever awaits <see cref="DrainAsync"/> does so.</summary>
    public static readonly TimeSpan LongestDrain = TimeSpan.FromMinutes(2);

    private const int MessagesAPoll = 10;
    private const int MostPages = 1_000_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly BenchAccount _account;
    private readonly LoadConnection[] _connections;
    private readonly LoadWindow _window;
    private readonly SentMessages[] _senders;
    private readonly int[] _last;
    private readonly Bell _due = new();
    private int _announced;
    private int _taken;
    private int _polls;
    private long _outOfOrder;
    private long _strange;
    private volatile bool _isFinishing;

    /// <param name="account">Whose inbox.</param>
    /// <param name="connections">What it asks on.</param>
    /// <param name="window">Is told what failed.</param>
    /// <param name="senders">What each sender's messages have come to, by its number.</param>
    public InboxReader(BenchAccount account, LoadConnection[] connections, LoadWindow window, SentMessages[] senders)
    {
        (_account, _connections, _window, _senders) = (account, connections, window, senders);
        _last = new int[senders.Length];
        Array.Fill(_last, -1);
    }

    /// <summary>From request to reply, of the polls inside the window.</summary>
    public LatencyHistogram? Polls { get; init; }

    /// <summary>How long messages that were announced may be on their way here, with nothing coming; in one realm they are there at once.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>A message for this inbox was acknowledged. Any sender may call it.</summary>
    public void Announce()
    {
        if (Interlocked.Increment(ref _announced) % MessagesAPoll == 0) _due.Ring();
    }

    /// <summary>No more will be announced.</summary>
    public void Finish()
    {
        _isFinishing = true;
        _due.Ring();
    }

    /// <summary>Polls once for every ten messages announced, until <see cref="Finish"/>; then until nothing is left.</summary>
    public Task RunAsync() => _window.WatchAsync(async () =>
    {
        while (true)
        {
            await _due.WaitAsync();
            if (_isFinishing) break;
            await PollAsync();
        }

        await DrainAsync();
    });

    /// <summary>Polls until nothing is left, nor on its way.</summary>
    public async Task DrainAsync()
    {
        var came = Stopwatch.GetTimestamp();
        for (var page = 0; page < MostPages; page++)
        {
            if (await PollAsync() > 0)
            {
                came = Stopwatch.GetTimestamp();
                continue;
            }

            if (_taken >= Volatile.Read(ref _announced) || Stopwatch.GetElapsedTime(came) >= Patience) return;
            await Task.Delay(Pause);
        }
    }

    /// <summary>Adds what it alone can tell to a count.</summary>
    public Delivery AddTo(Delivery delivery) =>
        delivery with { OutOfOrder = delivery.OutOfOrder + _outOfOrder, Strange = delivery.Strange + _strange };

    private async Task<int> PollAsync()
    {
        var asked = Stopwatch.GetTimestamp();
        var reply = await _connections[_polls++ % _connections.Length].AskAsync(_account.InboxRequest);
        if (_window.IsMeasuring) Polls?.Record(Stopwatch.GetTimestamp() - asked);
        if (WireReply.IsOk(reply.Span)) return WireReply.ReadTexts(reply.Span, Take);
        _window.Failures.Add(WireReply.MessageOf(reply.Span));
        return 0;
    }

    private void Take(ReadOnlySpan<byte> text)
    {
        _taken++;
        if (!MessageStamp.TryRead(text, out var sender, out var sequence) || sender < 0 || sender >= _senders.Length || sequence < 0)
        {
            _strange++;
            return;
        }

        if (sequence < _last[sender]) _outOfOrder++;
        _last[sender] = Math.Max(_last[sender], sequence);
        _senders[sender].Receive(sequence);
    }
}
