using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>
/// A group as it is after some entry of its conversation. Its state is a fold over its entries (<see cref="Apply"/>), so every realm
/// that has seen the same entries has the same group. Immutable: a change makes another.
/// </summary>
public sealed record Group
{
    /// <summary>The most UTF-8 bytes a topic may have.</summary>
    public const int MaxTopicBytes = 512;

    /// <summary>What it is known by everywhere.</summary>
    public required GroupId Id { get; init; }

    /// <summary>Its conversation in this realm's store.</summary>
    public required ConversationId Conversation { get; init; }

    /// <summary>Its name.</summary>
    public required GroupName Name { get; init; }

    /// <summary>The realm that gives the positions; null for this one, of which every other realm's is a replica.</summary>
    public RealmName? Home { get; init; }

    /// <summary>What it is about; may be empty.</summary>
    public string Topic { get; init; } = "";

    /// <summary>Whether everybody may join, or only who was invited.</summary>
    public bool IsOpen { get; init; } = true;

    /// <summary>Who is in it. Addresses of this realm have no realm name.</summary>
    public ImmutableDictionary<Address, Member> Members { get; init; } = ImmutableDictionary<Address, Member>.Empty;

    /// <summary>Who may not come in.</summary>
    public ImmutableHashSet<Address> Banned { get; init; } = [];

    /// <summary>Who may come in though it is not open.</summary>
    public ImmutableHashSet<Address> Invited { get; init; } = [];

    /// <summary>The position of the entry that made it what it is. Entries up to it change nothing more.</summary>
    public long StatePosition { get; init; }

    /// <summary>
    /// The realms that must first say what they have: a home whose data were restored gives no new position before, since its replicas
    /// may be ahead of it. Empty nearly always.
    /// </summary>
    public ImmutableHashSet<RealmName> Awaited { get; init; } = [];

    /// <summary>Whether this realm gives the positions.</summary>
    public bool IsHere => Home is null;

    /// <summary>The realms other than this one that have members: those that are sent each entry.</summary>
    public IEnumerable<RealmName> MemberRealms => Members.Keys.Select(address => address.Realm).OfType<RealmName>().Distinct();

    /// <summary>How this group is addressed from anywhere.</summary>
    public GroupAddress Address => new(Name, Home);

    /// <summary>
    /// The group after an entry, which must be the next one. Who joins a group without an owner owns it; when the last owner leaves,
    /// the member that has been there longest follows.
    /// </summary>
    public Group Apply(Message entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Position <= StatePosition) return this;

        var subject = entry.Subject ?? entry.From;
        var after = entry.Kind switch
        {
            EntryKind.Joined => Joined(entry),
            EntryKind.Left or EntryKind.Kicked => Without(subject),
            EntryKind.Banned => Without(subject) with { Banned = Banned.Add(subject), Invited = Invited.Remove(subject) },
            EntryKind.Unbanned => this with { Banned = Banned.Remove(subject) },
            EntryKind.Invited => this with { Invited = Invited.Add(subject) },
            EntryKind.Muted => With(subject, member => member with { IsMuted = true }),
            EntryKind.Unmuted => With(subject, member => member with { IsMuted = false }),
            EntryKind.RoleChanged => With(subject, member => member with { Role = GroupRoles.Parse(entry.Text.Decode()) ?? member.Role }),
            EntryKind.TopicChanged => this with { Topic = entry.Text.Decode() },
            EntryKind.Opened => this with { IsOpen = true },
            EntryKind.Closed => this with { IsOpen = false },

            // Where it moves to is an address of this realm for nobody but the realm itself, which the caller knows.
            EntryKind.Moved or EntryKind.Said or EntryKind.DeliveryFailed or EntryKind.Edited or EntryKind.Deleted or EntryKind.Reacted => this,
        };
        return after with { StatePosition = entry.Position };
    }

    private Group Joined(Message entry)
    {
        if (Members.ContainsKey(entry.From)) return this;
        var role = Members.Values.Any(member => member.Role == GroupRole.Owner) ? GroupRole.Member : GroupRole.Owner;
        return this with
        {
            Members = Members.Add(entry.From, new Member(entry.From, entry.FromName, role, IsMuted: false, entry.Position)),
            Invited = Invited.Remove(entry.From),
        };
    }

    /// <summary>The group without one of its members; when the last owner is gone, the member that has been there longest follows.</summary>
    internal Group Without(Address subject)
    {
        if (!Members.TryGetValue(subject, out var leaving)) return this;
        var left = this with { Members = Members.Remove(subject) };
        if (leaving.Role != GroupRole.Owner || left.Members.Count == 0 || left.Members.Values.Any(member => member.Role == GroupRole.Owner)) return left;
        var heir = left.Members.Values.MinBy(member => member.Joined)!; // there is one
        return left with { Members = left.Members.SetItem(heir.Address, heir with { Role = GroupRole.Owner }) };
    }

    private Group With(Address subject, Func<Member, Member> change) =>
        Members.TryGetValue(subject, out var member) ? this with { Members = Members.SetItem(subject, change(member)) } : this;
}

/// <summary>Somebody in a group.</summary>
/// <param name="Address">Who.</param>
/// <param name="DisplayName">The name that people see, as it was at the join.</param>
/// <param name="Role">What he may do.</param>
/// <param name="IsMuted">Whether he may only listen.</param>
/// <param name="Joined">The position of his join: who has been there longer has the smaller one.</param>
public sealed record Member(Address Address, string DisplayName, GroupRole Role, bool IsMuted, long Joined);

/// <summary>What a member may do; the greater includes the smaller.</summary>
public enum GroupRole
{
    /// <summary>Speak, read, leave.</summary>
    Member,

    /// <summary>Keep order: invite, kick, ban, mute, set the topic.</summary>
    Moderator,

    /// <summary>Everything: give roles, open and close, move.</summary>
    Owner,
}

/// <summary>The roles as words: in entries, on the command line, on the link.</summary>
public static class GroupRoles
{
    /// <summary>The word.</summary>
    public static string Word(GroupRole role) => role switch
    {
        GroupRole.Member => "member",
        GroupRole.Moderator => "moderator",
        GroupRole.Owner => "owner",
    };

    /// <summary>The role of a word, or null.</summary>
    public static GroupRole? Parse(string word) => word switch
    {
        "member" => GroupRole.Member,
        "moderator" => GroupRole.Moderator,
        "owner" => GroupRole.Owner,
        _ => null,
    };
}
