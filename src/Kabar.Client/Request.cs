using System.Text.Json;

namespace Kabar.Client;

/// <summary>What becomes of a request that was sent when the connection breaks before its answer.</summary>
internal enum Repetition
{
    /// <summary>It is sent again, because doing it twice is as good as doing it once.</summary>
    Repeated,

    /// <summary>Whoever waits is told that nobody knows whether it was done.</summary>
    Reported,

    /// <summary>It was of the moment, and counts as done.</summary>
    Forgotten,

    /// <summary>It belonged to the connection, and goes with it.</summary>
    Dropped,
}

/// <summary>One request and who waits for its answer. Its line is written once; a repetition sends the same bytes.</summary>
internal abstract class Request(long id, byte[] line, Repetition repetition)
{
    public long Id => id;

    /// <summary>Without its end. It may hold a password, and is shown nowhere.</summary>
    public byte[] Line => line;

    public Repetition Repetition => repetition;

    /// <summary>When it was last sent, by the clock's timestamps.</summary>
    public long SentAt { get; set; }

    /// <summary>Whether it may have been done before, on a connection that broke.</summary>
    public bool IsRepetition { get; set; }

    /// <summary>How many connections have broken while it was the one to be answered.</summary>
    public int Breaks { get; set; }

    /// <summary>Whether it is about a session besides its own, which may be unknown.</summary>
    public abstract bool NamesSession { get; }

    /// <summary>Nobody waits any more.</summary>
    public abstract bool IsOver { get; }

    /// <summary>Hands over the reply, whether it grants or refuses.</summary>
    /// <exception cref="IOException">The reply is not one of the protocol.</exception>
    public abstract void Answer(JsonElement reply);

    public abstract void Fail(Exception reason);

    /// <summary>For one that is forgotten.</summary>
    public abstract void Forget();
}

/// <summary>A request of a caller.</summary>
/// <param name="id">Its id.</param>
/// <param name="line">Its line.</param>
/// <param name="repetition">What becomes of it at a break.</param>
/// <param name="read">Reads what a granting reply says.</param>
/// <param name="doneCode">The refusal that a repetition is given when it had been done before; the result is then the default.</param>
internal sealed class Request<T>(long id, byte[] line, Repetition repetition, Func<JsonElement, T> read, string? doneCode)
    : Request(id, line, repetition)
{
    private readonly TaskCompletionSource<T?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T?> Answered => _answer.Task;

    public override bool NamesSession => doneCode == Codes.UnknownSession;

    public override bool IsOver => _answer.Task.IsCompleted;

    public override void Answer(JsonElement reply)
    {
        if (ReplyReader.Refusal(reply) is not { } refusal) _answer.TrySetResult(read(reply));
        else if (IsRepetition && refusal.Code == doneCode) _answer.TrySetResult(default);
        else _answer.TrySetException(refusal);
    }

    public override void Fail(Exception reason) => _answer.TrySetException(reason);

    public override void Forget() => _answer.TrySetResult(default);

    /// <summary>The caller waits no longer.</summary>
    public void Abandon(CancellationToken cancellationToken) => _answer.TrySetCanceled(cancellationToken);
}

/// <summary>A request of the connection itself.</summary>
/// <param name="id">Its id.</param>
/// <param name="line">Its line.</param>
/// <param name="answered">What to do with the reply; called by the connection's reader, before it reads on.</param>
internal sealed class ConnectionRequest(long id, byte[] line, Action<JsonElement>? answered) : Request(id, line, Repetition.Dropped)
{
    public override bool NamesSession => false;

    public override bool IsOver => false;

    public static ConnectionRequest New(long id, string verb, ReadOnlySpan<(string, object?)> parameters, Action<JsonElement>? answered = null) =>
        new(id, RequestLine.Write(id, verb, parameters), answered);

    public override void Answer(JsonElement reply) => answered?.Invoke(reply);

    public override void Fail(Exception reason)
    {
        // Nobody waits.
    }

    public override void Forget()
    {
        // Nobody waits.
    }
}
