namespace Kabar.Storage.Sqlite;

/// <summary>How far the index may be behind the log, and how much of it is written at once.</summary>
/// <param name="Segment">Messages that are indexed together: the more, the more of them share a page. Twice as many may be in memory.</param>
/// <param name="SegmentBytes">Bytes of text after which a segment is long enough.</param>
/// <param name="Slice">Messages indexed in one transaction, between two batches.</param>
internal sealed record IndexPace(int Segment, long SegmentBytes, int Slice)
{
    public static IndexPace Default { get; } = new(16 * 1024, 16 * 1024 * 1024, 1024);
}
