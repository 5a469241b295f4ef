using System.Buffers;
using System.Collections.Concurrent;
using Kabar.Core;
using Kabar.Protocol.Links;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Federation;

/// <summary>
/// The groups' half of one link. As a home: streams to the peer the groups that it follows, each from where the peer's replica ends. As a
/// replica: follows the groups whose home the peer is. What the peer may not say about a group is left out, with a line in the log; a
/// group may have moved while it was on its way. Protocol: native link, "Groups".
///
/// The reader's loop calls everything here but <see cref="WriteAsync"/>, which is the writer's.
/// </summary>
internal sealed partial class GroupLink(LinkSession session, LinkContext context, Peer peer, Authority authority, int version)
{
    private const int EntriesPerFetch = 256;
    private const int BytesPerFetch = 64 * 1024;
    private const int MostListed = 100_000;

    private readonly ConcurrentDictionary<GroupId, GroupStream> _streams = new();

    // Those whose home was asked, and whether anything has come since.
    private readonly ConcurrentDictionary<GroupId, bool> _followed = new();
    private readonly List<Message> _entries = [];
    private GroupId _entriesOf;
    private StateFrame? _state;
    private bool _isStateTooLong;

    private Groups Groups => context.Realm.Groups;

    // Another realm's groups may be somewhat larger than ours.
    private int MostMembers => Math.Max(context.Realm.Options.GroupMembers, MostListed);

    /// <summary>Says which groups there are between the two realms.</summary>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        foreach (var group in await Groups.ListAsync(cancellationToken))
        {
            if (group.IsHere && group.MemberRealms.Contains(peer.Realm)) await session.SendAsync(new MemberFrame(group.Id, group.Name), cancellationToken);
            else if (group.Home == peer.Realm && HasMembersHere(group)) await FollowAsync(group.Id, group, cancellationToken);
        }
    }

    /// <summary>The peer has become the home of a group, as another link has brought: asks for what comes after the end of our replica.</summary>
    public async ValueTask TurnToAsync(Group group, CancellationToken cancellationToken)
    {
        if (_followed.TryAdd(group.Id, false)) session.Offer(await AskAfterEndAsync(group.Id, group, cancellationToken));
    }

    /// <summary>A user of the peer has just joined: if he is its first, the peer does not follow yet.</summary>
    public async ValueTask AnnounceJoinedAsync(GroupId id, CancellationToken cancellationToken)
    {
        if (!_streams.ContainsKey(id) && await authority.FindFollowedAsync(id, cancellationToken) is { IsHere: true } group)
            await session.SendAsync(new MemberFrame(group.Id, group.Name), cancellationToken);
    }

    /// <summary>Does what a frame says. False when it does not follow the protocol.</summary>
    public async ValueTask<bool> HandleAsync(GroupFrame frame, CancellationToken cancellationToken)
    {
        if (frame is EntryFrame entry)
        {
            if (_entriesOf != entry.Group) await CommitAsync(cancellationToken);
            _entriesOf = entry.Group;
            _entries.Add(MessageOf(entry));
            return true;
        }

        await CommitAsync(cancellationToken);
        switch (frame)
        {
            case MemberFrame member:
                if (await authority.MayAnnounceAsync(member, cancellationToken))
                {
                    // It may have been asked before it knew that it is the home.
                    if (_followed.TryGetValue(member.Group, out var hasCome) && !hasCome) _followed.TryRemove(member.Group, out _);
                    await FollowAsync(member.Group, await Groups.FindAsync(member.Group, cancellationToken), cancellationToken);
                }

                return true;
            case FollowFrame follow:
                await ServeAsync(follow, cancellationToken);
                return true;
            case StateFrame state:
                return await CollectAsync(state, cancellationToken);
            case GoneFrame:
                if (await Groups.FindAsync(frame.Group, cancellationToken) is { Home: { } home } && home == peer.Realm) await Groups.LoseAsync(frame.Group);
                _followed.TryRemove(frame.Group, out _);
                return true;
            case FetchFrame fetch:
                await GiveAsync(fetch, cancellationToken);
                return true;
            case FetchedFrame fetched:
                if (await Groups.FindAsync(fetched.Group, cancellationToken) is { IsHere: true } group && group.Awaited.Contains(peer.Realm))
                {
                    await Groups.AwaitAsync(group.Id, peer.Realm, isAwaited: false);
                    await StreamAsync(group, Math.Min(fetched.Head, await Groups.FindHeadAsync(group, cancellationToken)), cancellationToken);
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>Appends the entries that have come, together.</summary>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        if (_entries.Count == 0) return;
        if (await authority.MayGivePositionsAsync(_entriesOf, cancellationToken))
        {
            if (_followed.ContainsKey(_entriesOf)) _followed[_entriesOf] = true;
            var head = await Groups.AppendEntriesAsync(_entriesOf, _entries);
            if (head < _entries[^1].Position && _entries[^1].Kind != EntryKind.Moved && await Groups.FindAsync(_entriesOf, cancellationToken) is { } replica && replica.Home == peer.Realm)
            {
                // Something between is missing: from the end of ours again.
                _followed.TryRemove(replica.Id, out _);
                await FollowAsync(replica.Id, replica, cancellationToken);
            }

            if (_entries.Exists(entry => entry.Kind == EntryKind.Moved) && await Groups.FindAsync(_entriesOf, cancellationToken) is { } moved)
                await context.HomeMoved(moved, cancellationToken);
        }
        else
        {
            Log.Refused(context.Logger, peer.Realm, "entries", _entriesOf);
        }

        _entries.Clear();
    }

    /// <summary>Writes what the followed groups have for the peer, each a decent piece at a time.</summary>
    public async ValueTask WriteAsync(IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        foreach (var stream in _streams.Values)
        {
            foreach (var entry in await stream.TakeAsync(cancellationToken))
            {
                if (!IsKnownToPeer(entry))
                {
                    Log.VersionTooLow(context.Logger, peer.Realm, version, stream.Group, entry.Position);
                    stream.End();
                    _streams.TryRemove(KeyValuePair.Create(stream.Group, stream));
                    break;
                }

                LinkFrameWriter.Write(FrameOf(stream.Group, entry), output);
                if (!await IsLastAsync(stream.Group, entry, cancellationToken)) continue;

                LinkFrameWriter.Write(new GoneFrame(stream.Group), output);
                stream.End();
                _streams.TryRemove(KeyValuePair.Create(stream.Group, stream)); // not the one that a new follower has just been given
                break;
            }
        }
    }

    /// <summary>The link is over.</summary>
    public void End()
    {
        foreach (var stream in _streams.Values) stream.End();
    }

    private async ValueTask FollowAsync(GroupId id, Group? replica, CancellationToken cancellationToken)
    {
        if (_followed.TryAdd(id, false)) await session.SendAsync(await AskAfterEndAsync(id, replica, cancellationToken), cancellationToken);
    }

    private async ValueTask<FollowFrame> AskAfterEndAsync(GroupId id, Group? replica, CancellationToken cancellationToken)
    {
        var head = replica is null ? 0 : await Groups.FindHeadAsync(replica, cancellationToken);
        var last = head == 0 ? [] : await Groups.ReadAsync(replica!, head - 1, 1, int.MaxValue, cancellationToken); // there is one, it has a head
        return new FollowFrame(id, head, last.IsEmpty ? null : last[0].Id);
    }

    private async ValueTask ServeAsync(FollowFrame follow, CancellationToken cancellationToken)
    {
        if (await authority.FindFollowedAsync(follow.Group, cancellationToken) is not { } group)
        {
            await session.SendAsync(new GoneFrame(follow.Group), cancellationToken);
            return;
        }

        // It is about to come here: that it has come is announced. Or it has moved: what was told while the home was here is told, and leads on to the next.
        var historyAfter = group.IsOpen ? 0 : group.Members.Values.Where(member => member.Address.Realm == peer.Realm).Min(member => member.Joined) - 1;
        if (!group.IsHere)
        {
            // To the new home too, which may not know yet that it is one; it has nothing beyond its own end.
            await GiveAsync(group, Math.Max(follow.After, historyAfter), cancellationToken);
            return;
        }

        var head = await Groups.FindHeadAsync(group, cancellationToken);
        if (follow.After > head)
        {
            // A home that was restored waits for what its replicas have beyond it. To any other it is a lie, or an operator's mistake.
            if (group.Awaited.Contains(peer.Realm)) await session.SendAsync(new FetchFrame(group.Id, head), cancellationToken);
            else Log.Diverged(context.Logger, peer.Realm, group.Id, follow.After);
            return;
        }

        if (follow.Last is { } last && await Groups.ReadAsync(group, follow.After - 1, 1, int.MaxValue, cancellationToken) is [var ours] && ours.Id != last)
        {
            Log.Diverged(context.Logger, peer.Realm, group.Id, follow.After);
            return;
        }

        if (group.Awaited.Contains(peer.Realm)) await Groups.AwaitAsync(group.Id, peer.Realm, isAwaited: false);
        var after = Math.Max(follow.After, historyAfter);
        if (follow.After == 0 || after > follow.After)
            foreach (var part in StateOf(group, after).Parts()) await session.SendAsync(part, cancellationToken);
        await StreamAsync(group, after, cancellationToken);
    }

    private async ValueTask StreamAsync(Group group, long after, CancellationToken cancellationToken)
    {
        var stream = new GroupStream(group, after, Groups, session.Wake);
        if (_streams.TryRemove(group.Id, out var before)) before.End();
        _streams[group.Id] = stream;
        await stream.BeginAsync(cancellationToken);
    }

    // The parts of a state, one after the other. One that is too long is taken to its end, and left out.
    private async ValueTask<bool> CollectAsync(StateFrame part, CancellationToken cancellationToken)
    {
        var whole = _state is null ? part : _state.Join(part);
        if (whole is null) return false;

        if (whole.Members.Length > MostMembers || whole.Banned.Length > MostListed || whole.Invited.Length > MostListed) _isStateTooLong = true;
        if (whole.HasMore)
        {
            _state = _isStateTooLong ? whole with { Members = [], Banned = [], Invited = [] } : whole;
            return true;
        }

        _state = null;
        if (_isStateTooLong) Log.Refused(context.Logger, peer.Realm, "a state over the limit", whole.Group);
        else await KeepAsync(whole, cancellationToken);
        _isStateTooLong = false;
        return true;
    }

    private async ValueTask KeepAsync(StateFrame state, CancellationToken cancellationToken)
    {
        if (await authority.AdmitAsync(state, cancellationToken) is { } group) await Groups.KeepReplicaAsync(group, state.After);
        else Log.Refused(context.Logger, peer.Realm, "the state", state.Group);
    }

    // To a restored home, all that our replica has beyond it.
    private async ValueTask GiveAsync(FetchFrame fetch, CancellationToken cancellationToken)
    {
        if (await Groups.FindAsync(fetch.Group, cancellationToken) is not { } group || group.Home != peer.Realm) return;
        await session.SendAsync(new FetchedFrame(group.Id, await GiveAsync(group, fetch.After, cancellationToken)), cancellationToken);
    }

    // All that is here after a position; returns the last one.
    private async ValueTask<long> GiveAsync(Group group, long after, CancellationToken cancellationToken)
    {
        while (await Groups.ReadAsync(group, after, EntriesPerFetch, BytesPerFetch, cancellationToken) is { IsEmpty: false } entries)
        {
            foreach (var entry in entries)
            {
                if (!IsKnownToPeer(entry)) return after;
                await session.SendAsync(FrameOf(group.Id, entry), cancellationToken);
                after = entry.Position;
            }
        }

        return after;
    }

    // Whether with this entry the last of the peer's users has gone: what comes after it is not the peer's to read.
    private async ValueTask<bool> IsLastAsync(GroupId id, Message entry, CancellationToken cancellationToken) =>
        entry.Kind is EntryKind.Left or EntryKind.Kicked or EntryKind.Banned
        && (entry.Subject ?? entry.From).Realm == peer.Realm
        && await authority.FindFollowedAsync(id, cancellationToken) is null;

    // A peer of an earlier version would end the link at an edit or a deletion, and at what was deleted: it is told nothing further until it knows them.
    private bool IsKnownToPeer(Message entry) =>
        version >= LinkFrame.RevisionsSince || (!GroupRules.Revises(entry.Kind) && !entry.IsDeleted);

    private static bool HasMembersHere(Group group) => group.Members.Keys.Any(member => member.Realm is null);

    private StateFrame StateOf(Group group, long after) => new(group.Id)
    {
        Name = group.Name,
        Topic = group.Topic,
        IsOpen = group.IsOpen,
        Position = group.StatePosition,
        After = after,
        Members = [.. group.Members.Values.Select(member => member with { Address = context.Realm.Exchange.Outward(member.Address) })],
        Banned = [.. group.Banned.Select(context.Realm.Exchange.Outward)],
        Invited = [.. group.Invited.Select(context.Realm.Exchange.Outward)],
    };

    private EntryFrame FrameOf(GroupId group, Message entry) => new(
        group,
        entry.Position,
        entry.Id,
        entry.Kind,
        context.Realm.Exchange.Outward(entry.From),
        entry.FromName,
        entry.Subject is { } subject ? context.Realm.Exchange.Outward(subject) : null,
        entry.Text,
        entry.Sent,
        entry.Target);

    private Message MessageOf(EntryFrame entry) => new()
    {
        Id = entry.Id,
        Conversation = default,
        Position = entry.Position,
        Arrival = 0,
        Kind = entry.Kind,
        From = context.Realm.Exchange.Inward(entry.From),
        FromName = entry.FromName,
        Subject = entry.Subject is { } subject ? context.Realm.Exchange.Inward(subject) : null,
        Text = entry.Text,
        Sent = entry.Sent,
        Target = entry.Target,
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 2203, Level = LogLevel.Warning, Message = "Realm {Realm} speaks version {Version} of the link and knows no edits, deletions and reactions: it hears no more of group {Group} from position {Position} on, until it is brought up to date.")]
        public static partial void VersionTooLow(ILogger logger, RealmName realm, int version, GroupId group, long position);

        [LoggerMessage(EventId = 2201, Level = LogLevel.Warning, Message = "Realm {Realm} told {What} of group {Group}, which is not its to tell; it was left out.")]
        public static partial void Refused(ILogger logger, RealmName realm, string what, GroupId group);

        [LoggerMessage(EventId = 2202, Level = LogLevel.Error, Message = "Realm {Realm} has another history of group {Group} at position {Position}; were data put back without 'kabar restore'? The group is not sent to it.")]
        public static partial void Diverged(ILogger logger, RealmName realm, GroupId group, long position);
    }
}
