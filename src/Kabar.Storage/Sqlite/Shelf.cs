using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>What is kept in memory of one conversation: the entries that are not indexed yet. Changed by the writer's thread under the log's lock.</summary>
internal sealed class Shelf(Conversation conversation)
{
    private readonly Run<Message> _entries = new(static message => message.Position);

    public Conversation Conversation => conversation;

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>The last position there is.</summary>
    public long Head { get; private set; }

    /// <summary>The last entry, if it is here.</summary>
    public Message? Last => _entries.Count == 0 ? null : _entries[_entries.Count - 1];

    public void Add(Message message, long head)
    {
        _entries.Add(message);
        Head = head;
    }

    public void Jump(long head) => Head = head;

    /// <summary>Whether everything after a position is here.</summary>
    public bool Covers(long after) => after >= Head || (_entries.Count > 0 && after >= _entries.First.Position - 1);

    /// <summary>The entry at a position, if it is here.</summary>
    public Message? Find(long position)
    {
        var index = _entries.IndexAfter(position - 1);
        return index < _entries.Count && _entries[index].Position == position ? _entries[index] : null;
    }

    /// <summary>The last entry here with a position up to this one.</summary>
    public Message? FindUpTo(long position)
    {
        var index = _entries.IndexAfter(position);
        return index == 0 ? null : _entries[index - 1];
    }

    /// <summary>The last entry here with an arrival up to this one.</summary>
    public Message? FindArrived(long arrival)
    {
        var index = _entries.IndexAfter(arrival, static message => message.Arrival);
        return index == 0 ? null : _entries[index - 1];
    }

    /// <summary>Entries after a position, oldest first, until one is declined.</summary>
    public bool Read(long after, Func<Message, bool> take)
    {
        for (var i = _entries.IndexAfter(after); i < _entries.Count; i++)
            if (!take(_entries[i])) return false;
        return true;
    }

    /// <summary>Entries before a position, newest first, until one is declined.</summary>
    public bool ReadBack(long before, Func<Message, bool> take)
    {
        for (var i = _entries.IndexAfter(before - 1) - 1; i >= 0; i--)
            if (!take(_entries[i])) return false;
        return true;
    }

    public void DropThrough(long arrival)
    {
        while (_entries.Count > 0 && _entries.First.Arrival <= arrival) _entries.Take();
    }
}
