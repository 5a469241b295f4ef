using System.Diagnostics;

namespace Kabar.Cli.Bench;

/// <summary>
/// One connection that keeps a number of messages in flight, to all its recipients in turn. Requests are put together in one buffer
/// and answers looked at where they arrived, so that the loop allocates nothing.
/// </summary>
internal sealed class Sender
{
    private static readonly Lazy<BenchWords> Words = new(() => new BenchWords());

    private readonly LoadConnection _connection;
    private readonly LoadWindow _window;
    private readonly int _number;
    private readonly byte[] _head;
    private readonly Recipient[] _recipients;
    private readonly SentMessages? _messages;
    private readonly byte[][] _fillers;
    private readonly byte[] _requests;
    private readonly long[] _sentAt;
    private int _sent;
    private int _answered;

    /// <param name="connection">Its connection.</param>
    /// <param name="window">Says when to stop, and is told what came.</param>
    /// <param name="number">Its number, by which texts name it.</param>
    /// <param name="account">Whose session it presents.</param>
    /// <param name="recipients">Whom it writes to; himself it leaves out.</param>
    /// <param name="messages">Notes what was acknowledged; null where nobody compares.</param>
    /// <param name="options">The depth, and the bytes of a text.</param>
    public Sender(
        LoadConnection connection, LoadWindow window, int number, BenchAccount account, IEnumerable<Recipient> recipients, SentMessages? messages,
        BenchOptions options)
    {
        (_connection, _window, _number, _messages) = (connection, window, number, messages);
        _head = options.IsNative ? "send "u8.ToArray() : account.SendHead;
        _recipients = [.. recipients.Where(recipient => recipient.Account != account)];
        _fillers = MakeFillers(number, options);
        var longest = _head.Length + _recipients.Max(recipient => recipient.NameField.Length) + MessageStamp.Length + _fillers[0].Length;
        _requests = new byte[options.Depth * longest];
        _sentAt = new long[options.Depth];
    }

    public Task RunAsync() => _window.WatchAsync(async () =>
    {
        while (true)
        {
            if (_window.Take(_sentAt.Length - (_sent - _answered)) is var allowed && allowed > 0) await _connection.SendAsync(Compose(allowed));
            if (_sent == _answered) return;
            _connection.Received(await _connection.ReceiveAsync());
            TakeAnswers(Stopwatch.GetTimestamp());
        }
    });

    private Memory<byte> Compose(int count)
    {
        var length = 0;
        var now = Stopwatch.GetTimestamp();
        for (; count > 0; count--)
        {
            _sentAt[_sent % _sentAt.Length] = now;
            length += Write(_requests.AsSpan(length), RecipientOf(_sent), _sent);
            _sent++;
        }

        return _requests.AsMemory(0, length);
    }

    private int Write(Span<byte> request, Recipient recipient, int sequence)
    {
        var length = _head.Length;
        _head.CopyTo(request);
        recipient.NameField.CopyTo(request[length..]);
        length += recipient.NameField.Length;
        MessageStamp.Write(request[length..], _number, sequence);
        length += MessageStamp.Length;
        var filler = _fillers[sequence % _fillers.Length];
        filler.CopyTo(request[length..]);
        return length + filler.Length;
    }

    private static byte[][] MakeFillers(int number, BenchOptions options)
    {
        const int Different = 64;
        var (random, words) = (new Random(number), options.Words ? Words.Value : null);
        return [.. Enumerable.Range(0, words is null ? 1 : Different).Select(_ =>
        {
            var filler = new byte[options.Body - MessageStamp.Length + 2];
            if (words is null) filler.AsSpan().Fill((byte)'x');
            else words.Fill(random, filler.AsSpan(..^2));
            "\r\n"u8.CopyTo(filler.AsSpan(filler.Length - 2));
            return filler;
        })];
    }

    private void TakeAnswers(long now)
    {
        while (_connection.TryTake(out var reply))
        {
            if (_answered == _sent) throw new IOException("a reply came that nobody had asked for");
            var message = _answered++;
            if (WireReply.IsOk(reply.Span))
            {
                Acknowledged(message, now - _sentAt[message % _sentAt.Length]);
            }
            else
            {
                _window.Failures.Add(WireReply.MessageOf(reply.Span));
            }
        }
    }

    private void Acknowledged(int message, long ticks)
    {
        var recipient = RecipientOf(message);
        if (recipient.Queued is { } queued)
        {
            queued.Add(ticks, _window.IsMeasuring);
            return;
        }

        _window.Answered(ticks);
        _messages?.Acknowledge(message);
        recipient.Reader?.Announce();
    }

    // Each sender begins with another recipient, or all would write to the same one at the same time.
    private Recipient RecipientOf(int message) => _recipients[(int)(((uint)_number + (uint)message) % (uint)_recipients.Length)];
}
