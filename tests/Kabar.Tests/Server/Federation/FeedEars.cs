using System.Threading.Channels;
using Kabar.Core;

namespace Kabar.Tests.Server.Federation;

/// <summary>Hears what happens in the conversations of one account, and keeps it until a test asks.</summary>
internal sealed class FeedEars : IFeedListener, IDisposable
{
    private readonly Channel<FeedEvent> _heard = Channel.CreateUnbounded<FeedEvent>();

    public FeedPlace? Place { get; set; }

    /// <summary>Everything that was heard and was not what a test waited for.</summary>
    public List<FeedEvent> PassedOver { get; } = [];

    public void Hear(ReadOnlySpan<FeedEvent> events, long through)
    {
        foreach (var what in events) _heard.Writer.TryWrite(what);
    }

    public void Miss(long after) => _heard.Writer.TryComplete();

    public void End() => _heard.Writer.TryComplete();

    /// <summary>Waits for the first event of a kind.</summary>
    public async Task<T> HearAsync<T>(Func<T, bool>? which = null)
        where T : FeedEvent
    {
        while (true)
        {
            var next = await _heard.Reader.ReadAsync().AsTask().BeforeDeadline();
            if (next is T heard && which?.Invoke(heard) != false) return heard;
            PassedOver.Add(next);
        }
    }

    public void Dispose() => Place?.Dispose();
}
