namespace Kabar.Cli.Bench;

/// <summary>A side of a correspondence: accounts and the server they are at.</summary>
/// <param name="Target">The server.</param>
/// <param name="Accounts">Who sends, or who reads.</param>
/// <param name="Realm">The realm's name as the other side writes it; null where both are in one.</param>
internal sealed record Side(Target Target, IReadOnlyList<BenchAccount> Accounts, string? Realm = null);

/// <summary>
/// Messages from their senders to their readers: half of the connections send, the other half read what was sent, and the two are
/// compared. The readers may be in another realm, where messages arrive some time after they were acknowledged.
/// </summary>
internal sealed class Correspondence : IDisposable
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private readonly LoadWindow _window;
    private readonly ConnectionSet _sending;
    private readonly ConnectionSet _reading;
    private readonly SentMessages[] _messages;
    private readonly Recipient[] _recipients;
    private readonly InboxReader[] _readers;
    private readonly Sender[] _senders;

    private Correspondence(Side from, Side to, BenchOptions options, ConnectionSet sending, ConnectionSet reading)
    {
        _window = new LoadWindow(options);
        (_sending, _reading) = (sending, reading);
        _messages = [.. Enumerable.Range(0, sending.Count).Select(_ => new SentMessages())];
        // The connections are dealt out to the inboxes, and then to the senders.
        var inboxes = Math.Min(reading.Count, to.Accounts.Count);
        _readers = [.. Enumerable.Range(0, inboxes).Select(inbox => new InboxReader(
            to.Accounts[inbox], [.. Enumerable.Range(0, reading.Count).Where(number => number % inboxes == inbox).Select(number => reading[number])],
            _window, _messages) { Polls = Polls, Patience = to.Realm is null ? TimeSpan.Zero : LongestSilence })];
        _recipients = [.. _readers.Select((reader, inbox) => new Recipient(to.Accounts[inbox], to.Realm) { Reader = reader })];
        _senders = [.. Enumerable.Range(0, sending.Count).Select(number => new Sender(
            sending[number], _window, number, from.Accounts[number % from.Accounts.Count], _recipients, _messages[number], options))];
    }

    /// <summary>From request to answer, of the sends inside the window.</summary>
    public LatencyHistogram Latencies => _window.Latencies;

    /// <summary>From request to answer, of the polls inside the window.</summary>
    public LatencyHistogram Polls { get; } = new();

    public Failures Failures => _window.Failures;

    /// <summary>How many connections read; the others send.</summary>
    public static int Reading(BenchOptions options) => Math.Max(1, options.Connections / 2);

    /// <summary>How many connections send.</summary>
    public static int Sending(BenchOptions options) => Math.Max(1, options.Connections - Reading(options));

    public static async Task<Correspondence> OpenAsync(Side from, Side to, BenchOptions options, CancellationToken cancellationToken)
    {
        var sending = await ConnectionSet.OpenAsync(from.Target.EndPoint, Sending(options), cancellationToken);
        try
        {
            return new Correspondence(from, to, options, sending, await ConnectionSet.OpenAsync(to.Target.EndPoint, Reading(options), cancellationToken));
        }
        catch
        {
            sending.Dispose();
            throw;
        }
    }

    /// <summary>Sends and reads through the window, and reads on until everything has come.</summary>
    /// <returns>The window's stretch; what is read after it is not in it.</returns>
    public async Task<Stretch> RunAsync(ProcessFigures? server, CancellationToken cancellationToken)
    {
        var receiving = Task.WhenAll(_readers.Select(reader => reader.RunAsync()));
        try
        {
            return await _window.RunAsync(() => _senders.Select(sender => sender.RunAsync()), Dispose, server, cancellationToken);
        }
        finally
        {
            foreach (var reader in _readers) reader.Finish();
            await Task.WhenAny(receiving, Task.Delay(InboxReader.LongestDrain, cancellationToken));
            if (!receiving.IsCompleted) Dispose();
            await receiving;
        }
    }

    /// <summary>What was acknowledged against what was read.</summary>
    public Delivery Delivery() => _messages.Aggregate(_readers.Aggregate(new Delivery(), (sum, reader) => reader.AddTo(sum)), (sum, sender) => sender.AddTo(sum));

    /// <summary>Closes all connections; loops that wait on one end.</summary>
    public void Dispose()
    {
        _sending.Dispose();
        _reading.Dispose();
    }
}
