using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>Something about a group between its home and a realm that has members in it. Addresses in it always name a realm.</summary>
/// <param name="Group">Which group.</param>
public abstract record GroupFrame(GroupId Group) : LinkFrame;

/// <summary>From the home: your realm has members in this group; follow it.</summary>
/// <param name="Group">See <see cref="GroupFrame"/>.</param>
/// <param name="Name">Its name.</param>
public sealed record MemberFrame(GroupId Group, GroupName Name) : GroupFrame(Group);

/// <summary>From a member realm: send me what comes after this position, and go on.</summary>
/// <param name="Group">See <see cref="GroupFrame"/>.</param>
/// <param name="After">The last position it has; 0 for none.</param>
/// <param name="Last">The id of the entry there, by which the home sees whether the two have the same history; null for none.</param>
public sealed record FollowFrame(GroupId Group, long After, Guid? Last) : GroupFrame(Group);

/// <summary>From the home: the group as it is after a position. A long one comes in parts that follow each other.</summary>
/// <param name="Group">See <see cref="GroupFrame"/>.</param>
public sealed record StateFrame(GroupId Group) : GroupFrame(Group)
{
    // Around an address in a list, and around a member besides the texts in it.
    private const int AroundAddress = 3;
    private const int AroundMember = 96;

    /// <summary>Its name.</summary>
    public required GroupName Name { get; init; }

    /// <summary>What it is about.</summary>
    public string Topic { get; init; } = "";

    /// <summary>Whether everybody may join.</summary>
    public bool IsOpen { get; init; }

    /// <summary>The position of the entry that made it so.</summary>
    public long Position { get; init; }

    /// <summary>History begins after this position: the entries that follow on the link.</summary>
    public long After { get; init; }

    /// <summary>Who is in it.</summary>
    public ImmutableArray<Member> Members { get; init; } = [];

    /// <summary>Who may not come in.</summary>
    public ImmutableArray<Address> Banned { get; init; } = [];

    /// <summary>Who may come in though it is not open.</summary>
    public ImmutableArray<Address> Invited { get; init; } = [];

    /// <summary>Whether the next frame goes on with it.</summary>
    public bool HasMore { get; init; }

    /// <summary>The same in as many frames as it takes.</summary>
    public IEnumerable<StateFrame> Parts()
    {
        var (members, banned, invited) = (0, 0, 0);
        while (true)
        {
            var room = PartBytes;
            var (firstMember, firstBanned, firstInvited) = (members, banned, invited);
            while (members < Members.Length && Takes(ref room, AroundMember + LengthOf(Members[members].Address) + FrameText.LengthOf(Members[members].DisplayName))) members++;
            while (banned < Banned.Length && Takes(ref room, AroundAddress + LengthOf(Banned[banned]))) banned++;
            while (invited < Invited.Length && Takes(ref room, AroundAddress + LengthOf(Invited[invited]))) invited++;

            var hasMore = members < Members.Length || banned < Banned.Length || invited < Invited.Length;
            yield return this with
            {
                Members = Members[firstMember..members],
                Banned = Banned[firstBanned..banned],
                Invited = Invited[firstInvited..invited],
                HasMore = hasMore,
            };
            if (!hasMore) yield break;
        }
    }

    /// <summary>Puts the next part behind this one. Null when it is not one of the same state.</summary>
    public StateFrame? Join(StateFrame next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (!HasMore || (next.Group, next.Name, next.Position, next.After) != (Group, Name, Position, After)) return null;
        return next with { Members = Members.AddRange(next.Members), Banned = Banned.AddRange(next.Banned), Invited = Invited.AddRange(next.Invited) };
    }

    private static int LengthOf(Address address) => address.Username.Value.Length + 1 + (address.Realm?.Value.Length ?? 0);

    private static bool Takes(ref int room, int bytes)
    {
        if (room < bytes) return false;
        room -= bytes;
        return true;
    }
}

/// <summary>
/// One entry of a group: from its home to those that follow, each the next after the one before; or from a replica to a home that fetches.
/// </summary>
/// <param name="Group">See <see cref="GroupFrame"/>.</param>
/// <param name="Position">Its position.</param>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="From">Who did it.</param>
/// <param name="FromName">His display name.</param>
/// <param name="Subject">Whom it concerns besides.</param>
/// <param name="Text">What was said, or what the kind says. Empty for something said or edited that was deleted since.</param>
/// <param name="Sent">When.</param>
/// <param name="Target">The position of the entry that it answers, edits, deletes or reacts to, which lies before its own; null for none.</param>
public sealed record EntryFrame(
    GroupId Group, long Position, Guid Id, EntryKind Kind, Address From, string FromName, Address? Subject, MessageText Text, DateTimeOffset Sent, long? Target = null)
    : GroupFrame(Group);

/// <summary>From the home: there is no such group, or your realm has no member in it.</summary>
/// <param name="Group">See <see cref="GroupFrame"/>.</param>
public sealed record GoneFrame(GroupId Group) : GroupFrame(Group);

/// <summary>From a home whose data were restored, to a replica: send me the entries that you have after this position, then <see cref="FetchedFrame"/>.</summary>
/// <param name="Group">See <see cref="GroupFrame"/>.</param>
/// <param name="After">The last position it has.</param>
public sealed record FetchFrame(GroupId Group, long After) : GroupFrame(Group);

/// <summary>From a replica: these were all.</summary>
/// <param name="Group">See <see cref="GroupFrame"/>.</param>
/// <param name="Head">The last position it has.</param>
public sealed record FetchedFrame(GroupId Group, long Head) : GroupFrame(Group);
