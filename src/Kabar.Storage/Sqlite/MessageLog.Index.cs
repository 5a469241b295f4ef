namespace Kabar.Storage.Sqlite;

/// <content>The index: segments, and the slices in which they are written.</content>
internal sealed partial class MessageLog
{
    /// <summary>Whether the index wants its next slice: it keeps the pace of what comes in, and catches up when it is far behind.</summary>
    public bool WantsSlice =>
        (_segment.Length > 0 || _tail.Count >= _pace.Segment || _tailBytes >= _pace.SegmentBytes)
        && _keptSinceSlice >= (_tail.Count >= 2 * _pace.Segment ? 0 : _pace.Slice);

    /// <summary>Writes the next slice of the index, in a transaction of its own.</summary>
    public void IndexSlice(Database database)
    {
        if (_segment.Length == 0) Seal();

        // Until it has succeeded: on a full disk it is not tried again at once.
        var kept = _keptSinceSlice;
        _keptSinceSlice = -_pace.Slice;
        var end = Math.Min(_segmentDone + _pace.Slice, _segment.Length);
        database.Run("BEGIN IMMEDIATE");

        // "Or ignore": a crash between two slices leaves rows that a replay brings again.
        var insert = database.Prepare("INSERT OR IGNORE INTO place (conversation, arrival, position, sender) VALUES (?1, ?2, ?3, ?4)");
        foreach (var (message, sender, _, _) in _segment.AsSpan(_segmentDone, end - _segmentDone))
            insert.Bind(1, message.Conversation.Value).Bind(2, message.Arrival).Bind(3, message.Position).Bind(4, sender.Value).Run();

        if (end == _segment.Length) database.Prepare("UPDATE meta SET value = ?1 WHERE key = 'indexed'").Bind(1, _segmentThrough).Run();
        database.Run("COMMIT");

        _keptSinceSlice = Math.Max(0, kept - _pace.Slice);
        _segmentDone = end;
        if (end < _segment.Length) return;

        lock (_gate)
        {
            _indexed = _segmentThrough;
            foreach (var entry in _segment)
            {
                entry.Shelf?.DropThrough(_segmentThrough);
                entry.Inbox?.DropThrough(_segmentThrough);
            }

            while (_newest.Count > 0 && _newest.First.Arrival <= _segmentThrough) _newest.Take();
            Trim();
        }

        _unindexed -= _segment.Length;
        _segment = [];
    }

    private void Seal()
    {
        var length = 0;
        for (var bytes = 0L; length < Math.Min(_tail.Count, _pace.Segment) && bytes < _pace.SegmentBytes; length++) bytes += _tail[length].Message.Text.Length;

        _segment = [.. _tail[..length]];
        (_segmentThrough, _segmentDone, _keptSinceSlice) = (_segment[^1].Message.Arrival, 0, 0);
        _tail = _tail[length..];
        _tailBytes = _tail.Sum(static entry => (long)entry.Message.Text.Length);
        Array.Sort(_segment, static (a, b) => a.Message.Conversation == b.Message.Conversation
            ? a.Message.Arrival.CompareTo(b.Message.Arrival)
            : a.Message.Conversation.Value.CompareTo(b.Message.Conversation.Value));
    }
}
