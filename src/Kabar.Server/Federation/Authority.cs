using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Server.Federation;

/// <summary>
/// The one place that decides whether a peer may say what it says, before anything of it reaches the realm. A peer speaks for its own
/// users, for groups whose home it is, and about groups here of which it has members; nothing else. What the frames cannot even express
/// (a sender of another realm in a numbered frame, say) the reader has refused already. Protocol: native link, "What a receiver checks".
/// </summary>
internal sealed class Authority(Realm realm, Peer peer)
{
    // A clock that is wrong by more than this is not believed: the time is then ours.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    // The operator has put data back, and this peer has not told yet what it knows beyond them.
    private readonly bool _isRestored = peer.ReconcileSince is not null;

    /// <summary>A numbered frame: what is to be carried out, or null when the peer may not say it.</summary>
    public static Dispatch? Admit(Dispatch dispatch, DateTimeOffset now) => dispatch switch
    {
        DirectDispatch direct => direct.Sent > now + ClockTolerance ? direct with { Sent = now } : direct,

        // Coming in is asked for, since somebody waits; reading is not done on the link.
        GroupDispatch { Verb: GroupVerb.Join or GroupVerb.Read } => null,
        GroupDispatch act => act.Sent > now + ClockTolerance ? act with { Sent = now } : act,
        // Whether the message is one of these two, and may be changed so, is decided where it is looked up.
        RevisionDispatch revision => revision.Sent > now + ClockTolerance ? revision with { Sent = now } : revision,
        ReceiptDispatch { Delivered: null, Read: null } => null,
        ReceiptDispatch receipt => receipt,
        FailureDispatch { Addressee: null, Group: null } => null,
        FailureDispatch failure => failure,
        _ => null,
    };

    /// <summary>
    /// What the peer tells of the moment: of a user of its own, to somebody who is here, or in a group in which that user may speak and somebody here is. Null where
    /// it is nobody's to hear.
    /// </summary>
    public async ValueTask<Signal?> AdmitAsync(Signal signal, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (signal)
        {
            case TypingSignal { To: { } to }:
                return await realm.Accounts.FindAsync(to, cancellationToken) is { IsDisabled: false } ? signal : null;
            case TypingSignal { Group: { } place, From: var from }:
                return await realm.Groups.FindAsync(place, cancellationToken) is { } group
                    && group.Members.TryGetValue(new Address(from, peer.Realm), out var member)
                    && !member.IsMuted
                    && group.Members.Keys.Any(address => address.Realm is null)
                        ? signal
                        : null;
            case PresenceSignal presence:
                return presence.Seen > now ? presence with { Seen = now } : presence;
            default:
                return null;
        }
    }

    /// <summary>An announcement that the peer is home of a group with members here: of one that is known to have its home there, or that somebody here wants to join.</summary>
    public async ValueTask<bool> MayAnnounceAsync(MemberFrame member, CancellationToken cancellationToken) =>
        await realm.Groups.FindAsync(member.Group, cancellationToken) is { } known
            ? known.Home == peer.Realm || (known.IsHere && known.Awaited.Contains(peer.Realm)) // it moved there, which our restored data do not know
            : MayBeNew(member.Group);

    /// <summary>
    /// The state of a group, as this realm keeps it: of a group that is the peer's to tell, that has at least one member here who exists, and
    /// that names nobody twice. Null when it may not be told.
    /// </summary>
    public async ValueTask<Group?> AdmitAsync(StateFrame state, CancellationToken cancellationToken)
    {
        if (!(await realm.Groups.FindAsync(state.Group, cancellationToken) is { } known ? known.Home == peer.Realm : MayBeNew(state.Group))) return null;

        var members = ImmutableDictionary.CreateBuilder<Address, Member>();
        var hasOneHere = false;
        foreach (var member in state.Members)
        {
            var address = realm.Exchange.Inward(member.Address);
            if (address.Realm is null)
            {
                // Of our own we know who there is.
                if (await realm.Accounts.FindAsync(address.Username, cancellationToken) is null) continue;
                hasOneHere = true;
            }

            if (!members.TryAdd(address, member with { Address = address })) return null;
        }

        return hasOneHere
            ? new Group
            {
                Id = state.Group,
                Conversation = default,
                Name = state.Name,
                Home = peer.Realm,
                Topic = state.Topic,
                IsOpen = state.IsOpen,
                Members = members.ToImmutable(),
                Banned = [.. state.Banned.Select(realm.Exchange.Inward)],
                Invited = [.. state.Invited.Select(realm.Exchange.Inward)],
                StatePosition = state.Position,
            }
            : null;
    }

    /// <summary>
    /// Entries that come with positions: to a replica from its home, or to a home that was restored and waits for this realm. False for
    /// any other: nobody else gives positions.
    /// </summary>
    public async ValueTask<bool> MayGivePositionsAsync(GroupId group, CancellationToken cancellationToken) =>
        await realm.Groups.FindAsync(group, cancellationToken) is { } known && (known.Home == peer.Realm || (known.IsHere && known.Awaited.Contains(peer.Realm)));

    /// <summary>The group that the peer wants to follow; null when none of its users is in it, or there is none.</summary>
    public async ValueTask<Group?> FindFollowedAsync(GroupId group, CancellationToken cancellationToken) =>
        await realm.Groups.FindAsync(group, cancellationToken) is { } known && known.MemberRealms.Contains(peer.Realm) ? known : null;

    /// <summary>
    /// A copy of a direct message: from a user of the peer to an account here, and in the other direction only where our data were restored, since it
    /// puts words into the mouth of a user of ours. Null for any other.
    /// </summary>
    public async ValueTask<MessageCopy?> AdmitAsync(MessageCopy copy, CancellationToken cancellationToken)
    {
        var (from, to) = (realm.Exchange.Inward(copy.From), realm.Exchange.Inward(copy.To));
        if (from.Realm is null && !_isRestored) return null;
        var (own, other) = from.Realm is null ? (from, to) : (to, from);
        return own.Realm is null && other.Realm == peer.Realm && await realm.Accounts.FindAsync(own.Username, cancellationToken) is not null
            ? copy with { From = from, To = to }
            : null;
    }

    /// <summary>The user whom the peer wants to bring into a group: always one of its own.</summary>
    public Actor Admit(AskJoinFrame join) => new(new Address(join.User, peer.Realm), join.Name);

    // Of groups that are not known a peer could tell anything, and take the name of another group with it. After a restore some are not known that were.
    private bool MayBeNew(GroupId group) => _isRestored || realm.Groups.IsWanted(group, peer.Realm);
}
