using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>A write that is one function and may append entries and put parcels into outboxes.</summary>
internal sealed class Change<T>(MessageLog log, Outboxes outboxes, Func<Staging, T> work) : Write<T>
{
    private readonly Staging _staging = new(log, outboxes);
    private T? _result;

    // Set by Execute, without which nothing succeeds.
    protected override T Result => _result!;

    public override void Execute(Database database)
    {
        _staging.Begin(database);
        _result = work(_staging);
    }

    public override void Apply() => _staging.Apply();
}

/// <summary>What one write has put into the open transaction, and what that changes in memory once it is committed.</summary>
internal sealed class Staging(MessageLog log, Outboxes outboxes)
{
    private readonly List<(Message Message, Conversation Conversation, AccountId Sender)> _entries = new(1);
    private readonly List<(OutboxQueue Queue, OutboxEntry Entry)> _parcels = [];
    private readonly List<Action> _afterCommit = [];
    private Database? _database;

    /// <summary>The connection with the open transaction.</summary>
    public Database Database => _database ?? throw new InvalidOperationException("No transaction is open.");

    /// <summary>Begins, or begins anew.</summary>
    public void Begin(Database database)
    {
        _database = database;
        _entries.Clear();
        _parcels.Clear();
        _afterCommit.Clear();
    }

    /// <summary>Appends an entry at the next position, or at one that it comes with.</summary>
    public Message Append(Conversation conversation, in NewRow row, long? position = null)
    {
        var message = log.Stage(Database, conversation, position ?? conversation.Next, row);
        _entries.Add((message, conversation, new AccountId(row.Sender)));
        if (row.Target is not null) AfterCommit(log.StageRevision(Database, conversation, message, row.Sender));
        return message;
    }

    /// <summary>Puts a parcel into its peer's outbox.</summary>
    /// <param name="parcel">The parcel.</param>
    /// <param name="queued">Since when it waits.</param>
    /// <param name="pending">The number of the pending entry that it carries.</param>
    /// <param name="direct">The entry of a direct conversation that it carries.</param>
    /// <exception cref="StoreException">There is no such peer.</exception>
    public void Enqueue(Parcel parcel, DateTimeOffset queued, long? pending = null, Message? direct = null)
    {
        var queue = outboxes.Of(parcel.Peer) ?? throw new StoreException("The peer is gone.");
        _parcels.Add((queue, queue.Stage(Database, queued, parcel.Frame, pending, direct)));
    }

    /// <summary>Something to be done in memory, on the writer's thread, once the transaction is committed.</summary>
    public void AfterCommit(Action? action)
    {
        if (action is not null) _afterCommit.Add(action);
    }

    /// <summary>The transaction is committed.</summary>
    public void Apply()
    {
        foreach (var (message, conversation, sender) in _entries) log.Keep(message, conversation, sender);
        foreach (var (queue, entry) in _parcels)
        {
            queue.Add(entry);
            outboxes.Note(queue);
        }

        foreach (var action in _afterCommit) action();
    }
}
