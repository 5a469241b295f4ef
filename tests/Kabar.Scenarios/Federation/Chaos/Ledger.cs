using System.Diagnostics;

namespace Kabar.Scenarios.Federation.Chaos;

internal enum Outcome
{
    /// <summary>The connection broke, or patience ended, before an answer: it may have been done or not.</summary>
    Unknown,

    /// <summary><c>Message Sent</c>, or its own speaker saw it in the group.</summary>
    Acknowledged,

    /// <summary>An error reply told the sender.</summary>
    Refused,

    /// <summary>Not seen in the group, though its speaker saw a later one of his on the same connection: it was taken and must be somewhere.</summary>
    PassedOver,
}

/// <summary>One text and what its sender knows of it. <c>To</c> is null for the group; times are of <see cref="Stopwatch"/>.</summary>
internal sealed record Sending(Stamp Stamp, string? To, long Begun)
{
    public Outcome Outcome { get; set; }

    public string? Reply { get; set; }

    public long Answered { get; set; } = long.MaxValue;

    /// <summary>Where it has been seen in the group, and when first.</summary>
    public Dictionary<string, long> Seen { get; } = [];
}

/// <summary>What one connection in the group was shown, in its order.</summary>
internal sealed record View(string Realm, string User, List<Stamp> Shown);

/// <summary>The bookkeeping of a run: everything anybody sent, what he was answered, and what anybody saw.</summary>
internal sealed class Ledger(Func<long>? now = null)
{
    private readonly Func<long> _now = now ?? Stopwatch.GetTimestamp;
    private readonly Lock _lock = new();
    private readonly Dictionary<Stamp, Sending> _sendings = [];
    private readonly List<View> _views = [];
    private int _settled;

    /// <summary>Texts whose sender has gone on.</summary>
    public int Settled => Volatile.Read(ref _settled);

    public long Now => _now();

    public IReadOnlyList<Sending> Sendings
    {
        get
        {
            lock (_lock) return [.. _sendings.Values];
        }
    }

    public IReadOnlyList<View> Views
    {
        get
        {
            lock (_lock) return [.. _views.Select(view => view with { Shown = [.. view.Shown] })];
        }
    }

    /// <summary>Before the first byte goes out.</summary>
    public void Begin(Stamp stamp, string? to)
    {
        lock (_lock) _sendings.Add(stamp, new Sending(stamp, to, _now()));
    }

    public void Answer(Stamp stamp, Outcome outcome, string? reply = null)
    {
        lock (_lock)
        {
            // What the group has shown meanwhile weighs more than that its speaker did not wait for it.
            var sending = _sendings[stamp];
            if (sending.Outcome == Outcome.Unknown) sending.Outcome = outcome;
            (sending.Reply, sending.Answered) = (reply, _now());
        }

        Interlocked.Increment(ref _settled);
    }

    /// <summary>A later text of its speaker was shown on the connection that took this one.</summary>
    public void PassOver(Stamp stamp)
    {
        lock (_lock)
        {
            if (_sendings[stamp].Outcome == Outcome.Unknown) _sendings[stamp].Outcome = Outcome.PassedOver;
        }
    }

    /// <summary>Its speaker was told, by himself, that it will not be in the group.</summary>
    public void Refuse(Stamp stamp, string reply)
    {
        lock (_lock)
            if (_sendings[stamp] is { Outcome: Outcome.Unknown } sending) (sending.Outcome, sending.Reply) = (Outcome.Refused, reply);
    }

    public View OpenView(string realm, string user)
    {
        var view = new View(realm, user, []);
        lock (_lock) _views.Add(view);
        return view;
    }

    /// <summary>Somebody sees it in the group. Its own speaker's seeing is its acknowledgement, however late.</summary>
    public void See(View view, Stamp stamp)
    {
        lock (_lock)
        {
            view.Shown.Add(stamp);
            if (!_sendings.TryGetValue(stamp, out var sending)) return;
            sending.Seen.TryAdd(view.Realm, _now());
            if (view.User == stamp.User && view.Realm == stamp.Realm) sending.Outcome = Outcome.Acknowledged;
        }
    }
}
