using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Kabar.Core;

/// <summary>
/// How far readers have come: collected here, written a few times a second in one transaction, then told to those who listen and to the realms of the others. Marks only
/// go forward, so what comes for the same reader and conversation meanwhile is one. Safe to call from any thread.
/// </summary>
internal sealed class Receipts : IAsyncDisposable
{
    /// <summary>The most members of a group that are told how far one of them has read: what each tells to each grows with the square.</summary>
    public const int MostTold = 100;

    // One more than that and it is left out: the next message brings its mark along.
    private const int MostWaiting = 65_536;
    private const int MostAtOnce = 4_096;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly IStore _store;
    private readonly IPeers _peers;
    private readonly AccountFeeds _feeds;
    private readonly TimeProvider _clock;
    private readonly MessageIds _ids;
    private readonly Lock _gate = new();
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private Dictionary<(ConversationId Conversation, AccountId Reader), Waiting> _waiting = [];

    public Receipts(IStore store, IPeers peers, AccountFeeds feeds, TimeProvider clock, MessageIds ids)
    {
        (_store, _peers, _feeds, _clock, _ids) = (store, peers, feeds, clock, ids);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Whether an account is told of somebody's marks in a group: in a small one; and of his own always.</summary>
    public static bool IsTold(Group group, Marks marks, Account account) => group.Members.Count <= MostTold || marks.Who == new Address(account.Username);

    /// <summary>A reader was given entries, or has read them: the senders of direct ones are told, a moment later. Never waits.</summary>
    public void Note(Account reader, ReadOnlySpan<Message> entries, bool isRead)
    {
        // Mostly there is nothing of the kind: what comes to a client is mostly a group's.
        var self = new Address(reader.Username);
        var first = 0;
        while (first < entries.Length && !IsNoted(entries[first], self)) first++;
        if (first == entries.Length) return;

        var isNew = false;
        lock (_gate)
            foreach (var entry in entries[first..])
                if (IsNoted(entry, self)) isNew |= Note((entry.Conversation, reader.Id), new Waiting(reader.Username, entry.From, entry.Position, isRead ? entry.Position : 0));
        if (isNew) _bell.Writer.TryWrite(true);
    }

    /// <summary>A reader has read to a position, durably when this returns; others are told. <paramref name="other"/> is the other one of a direct conversation, null in a group.</summary>
    public async ValueTask ReadAsync(Account reader, ConversationId conversation, Address? other, long position)
    {
        var changed = await _store.AdvanceAsync([Advance(conversation, new Waiting(reader.Username, other, position, position))]);
        await TellAsync(changed);
    }

    /// <summary>Writes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        _bell.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private static bool IsNoted(Message entry, Address reader) => entry.To is not null && entry.From != reader;

    // True when nothing waited for this reader there.
    private bool Note((ConversationId Conversation, AccountId Reader) key, Waiting mark)
    {
        ref var waiting = ref CollectionsMarshal.GetValueRefOrNullRef(_waiting, key);
        if (Unsafe.IsNullRef(ref waiting)) return _waiting.Count < MostWaiting && _waiting.TryAdd(key, mark);
        waiting = waiting with { Delivered = Math.Max(waiting.Delivered, mark.Delivered), Read = Math.Max(waiting.Read, mark.Read) };
        return false;
    }

    private async Task RunAsync()
    {
        while (await _bell.Reader.WaitToReadAsync(CancellationToken.None))
        {
            _bell.Reader.TryRead(out _);
            try
            {
                await Task.Delay(Pace, _clock, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                // The last of all: at once.
            }

            await WriteAsync();
        }

        await WriteAsync();
    }

    private async ValueTask WriteAsync()
    {
        Dictionary<(ConversationId Conversation, AccountId Reader), Waiting> taken;
        lock (_gate)
        {
            if (_waiting.Count == 0) return;
            (taken, _waiting) = (_waiting, []);
        }

        try
        {
            foreach (var page in taken.Chunk(MostAtOnce))
                await TellAsync(await _store.AdvanceAsync([.. page.Select(mark => Advance(mark.Key.Conversation, mark.Value))]));
        }
        catch (StoreException)
        {
            // On a full disk, say: they are tried again. Marks that are written already do not go back.
            lock (_gate)
                foreach (var (key, mark) in taken) Note(key, mark);
            _bell.Writer.TryWrite(true);
        }
    }

    private MarkAdvance Advance(ConversationId conversation, Waiting mark) => new(
        conversation,
        new Address(mark.Reader),
        mark.Delivered,
        mark.Read,
        mark.Other is { Realm: { } realm } other ? (delivered, read) => Receipt(mark.Reader, realm, other.Username, delivered, read) : null);

    // On the store's thread. A realm over a legacy link is told nothing, and one for which as much waits as may not either.
    private Parcel? Receipt(Username reader, RealmName realm, Username other, Guid? delivered, Guid? read) =>
        (delivered is not null || read is not null) && _peers.Find(realm) is { } peer && !_peers.IsFull(peer.Id)
            ? new Parcel(peer.Id, _peers.Write(new ReceiptDispatch(_ids.Next(), reader, other, delivered, read)))
            : null;

    private async ValueTask TellAsync(ImmutableArray<Marks> changed)
    {
        if (!_feeds.HasListeners || changed.IsEmpty) return;
        _feeds.Publish(changed.RemoveAll(static marks => marks.Other is null));
        foreach (var marks in changed)
        {
            if (marks.Other is not null || await _store.FindGroupAsync(marks.Conversation, CancellationToken.None) is not { } group) continue;
            var happened = new ReceiptEvent(marks, group.Address);
            if (group.Members.Count <= MostTold) _feeds.Publish(happened, marks.Conversation, null);
            else _feeds.Publish(happened, [marks.Who.Username]);
        }
    }

    private readonly record struct Waiting(Username Reader, Address? Other, long Delivered, long Read);
}
