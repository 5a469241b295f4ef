using System.Buffers;
using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol.Native;

namespace Kabar.Server.Native;

/// <summary>What somebody has missed, from a place on, as events. Used by one task.</summary>
/// <param name="host">The front end.</param>
/// <param name="account">Who.</param>
/// <param name="after">Behind which arrival.</param>
internal sealed class CatchUp(NativeFrontEnd host, Account account, long after)
{
    // One page is what waits for a client that reads slowly.
    private const int EntriesPerPage = 256;
    private const int BytesPerPage = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _written = new();
    private readonly Dictionary<ConversationId, GroupAddress?> _groups = [];
    private readonly long _since = after;

    /// <summary>That the session has ended.</summary>
    public static ReadOnlyMemory<byte> LoggedOut { get; } = MakeLoggedOut();

    /// <summary>Everything up to this arrival was read.</summary>
    public long Place { get; private set; } = after;

    /// <summary>Whether the receipts that have changed since were read.</summary>
    public bool HasReceipts { get; set; }

    /// <summary>Whether the client knows that it has come to what is live.</summary>
    public bool HasToldLive { get; set; }

    /// <summary>What is to be sent of it.</summary>
    public ReadOnlyMemory<byte> Written => _written.WrittenMemory;

    /// <summary>It was sent.</summary>
    public void Clear() => _written.ResetWrittenCount();

    /// <summary>Reads and writes the next page.</summary>
    /// <param name="through">The arrival after which nothing is to be read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entries.</returns>
    public async ValueTask<ImmutableArray<Message>> ReadAsync(long through, CancellationToken cancellationToken)
    {
        var page = await host.Realm.Feeds.ReadAsync(account, Place, EntriesPerPage, BytesPerPage, cancellationToken);
        ImmutableArray<Message> entries = [.. page.Entries.TakeWhile(entry => entry.Arrival <= through)];
        foreach (var entry in entries)
        {
            var group = entry.To is null ? await FindGroupAsync(entry, cancellationToken) : null;
            if (entry.To is null && group is null) continue; // the group is gone, and with it its name
            NativeWriter.WriteEntry(new Entry(entry, group), _written);
            host.Metrics.CountEvents(1);
        }

        Place = page.IsLast ? through : Math.Min(page.Through, through);
        return entries;
    }

    /// <summary>Reads and writes the receipts that have changed.</summary>
    public async ValueTask ReadReceiptsAsync(CancellationToken cancellationToken)
    {
        foreach (var receipt in await host.Realm.Feeds.ReadReceiptsAsync(account, _since, cancellationToken)) NativeWriter.Write(receipt, _written);
        HasReceipts = true;
    }

    /// <summary>Writes that from here on it is live.</summary>
    public void TellLive()
    {
        NativeWriter.WriteLive(Place, _written);
        HasToldLive = true;
    }

    /// <summary>What the feed had brought was told.</summary>
    public void PassOver(List<FeedEvent> told)
    {
        if (told.OfType<EntryEvent>().LastOrDefault() is { Entry.Arrival: var arrival }) Place = Math.Max(Place, arrival);
    }

    /// <summary>What the feed had brought was let go, receipts with it.</summary>
    public void Lost() => HasReceipts = false;

    private async ValueTask<GroupAddress?> FindGroupAsync(Message entry, CancellationToken cancellationToken)
    {
        if (_groups.TryGetValue(entry.Conversation, out var known)) return known;
        return _groups[entry.Conversation] = await host.Realm.Conversations.FindGroupAsync(entry, cancellationToken);
    }

    private static ReadOnlyMemory<byte> MakeLoggedOut()
    {
        var written = new ArrayBufferWriter<byte>();
        NativeWriter.WriteLoggedOut(written);
        return written.WrittenMemory;
    }
}
