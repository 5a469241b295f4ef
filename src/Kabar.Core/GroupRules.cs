namespace Kabar.Core;

/// <summary>Who asks for something in a group: an account here, a user of a peer for whom the peer speaks, or the operator.</summary>
/// <param name="Address">Who; of this realm when it names none.</param>
/// <param name="DisplayName">The name that people see.</param>
/// <param name="IsOperator">Whether it is the operator, who may do everything but speak.</param>
/// <param name="Since">When he came to be, if that is known: what somebody of his name has said before was said by another.</param>
public readonly record struct Actor(Address Address, string DisplayName, bool IsOperator = false, DateTimeOffset? Since = null)
{
    /// <summary>An account acting for itself.</summary>
    public static Actor Of(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return new Actor(new Address(account.Username), account.DisplayName, Since: account.Created);
    }
}

/// <summary>
/// Who may do what in a group: the one place that decides it, for accounts here and users of peers alike. It is asked inside the
/// transaction that appends the entry, so that nobody speaks after he was muted.
/// </summary>
public static class GroupRules
{
    /// <summary>The least role for a verb; null where membership itself does not matter.</summary>
    public static GroupRole? LeastRole(GroupVerb verb) => verb switch
    {
        GroupVerb.Join => null,
        GroupVerb.Say or GroupVerb.Read or GroupVerb.Leave or GroupVerb.Edit or GroupVerb.Delete or GroupVerb.React => GroupRole.Member,
        GroupVerb.Invite or GroupVerb.Kick or GroupVerb.Ban or GroupVerb.Unban or GroupVerb.Mute or GroupVerb.Unmute or GroupVerb.Topic => GroupRole.Moderator,
        GroupVerb.Role or GroupVerb.Open or GroupVerb.Close or GroupVerb.Move => GroupRole.Owner,
    };

    /// <summary>The entry a verb makes; null for the one that makes none.</summary>
    public static EntryKind? EntryOf(GroupVerb verb) => verb switch
    {
        GroupVerb.Say => EntryKind.Said,
        GroupVerb.Read => null,
        GroupVerb.Join => EntryKind.Joined,
        GroupVerb.Leave => EntryKind.Left,
        GroupVerb.Invite => EntryKind.Invited,
        GroupVerb.Kick => EntryKind.Kicked,
        GroupVerb.Ban => EntryKind.Banned,
        GroupVerb.Unban => EntryKind.Unbanned,
        GroupVerb.Mute => EntryKind.Muted,
        GroupVerb.Unmute => EntryKind.Unmuted,
        GroupVerb.Role => EntryKind.RoleChanged,
        GroupVerb.Topic => EntryKind.TopicChanged,
        GroupVerb.Open => EntryKind.Opened,
        GroupVerb.Close => EntryKind.Closed,
        GroupVerb.Move => EntryKind.Moved,
        GroupVerb.Edit => EntryKind.Edited,
        GroupVerb.Delete => EntryKind.Deleted,
        GroupVerb.React => EntryKind.Reacted,
    };

    /// <summary>Whether a verb is about somebody besides the one who acts. An entry of any other has no subject, whatever was asked.</summary>
    public static bool ConcernsSomebody(GroupVerb verb) => verb is GroupVerb.Invite or GroupVerb.Kick or GroupVerb.Ban or GroupVerb.Unban or GroupVerb.Mute or GroupVerb.Unmute or GroupVerb.Role;

    /// <summary>Whether a verb comes with a text. An entry of any other has none.</summary>
    public static bool HasText(GroupVerb verb) => verb is GroupVerb.Say or GroupVerb.Role or GroupVerb.Topic or GroupVerb.Move or GroupVerb.Edit or GroupVerb.React;

    /// <summary>Whether a verb changes something that was said; only saying something may also have a target, which it answers.</summary>
    public static bool Revises(GroupVerb verb) => EntryOf(verb) is { } kind && Revises(kind);

    /// <summary>Whether an entry tells of a change to another one, its target.</summary>
    public static bool Revises(EntryKind kind) => kind is EntryKind.Edited or EntryKind.Deleted or EntryKind.Reacted;

    /// <summary>Whether an actor may do something in a group, whose home must be here and know what its replicas have.</summary>
    /// <param name="group">The group, or null when there is none.</param>
    /// <param name="actor">Who.</param>
    /// <param name="verb">What.</param>
    /// <param name="subject">Whom it concerns besides.</param>
    /// <param name="text">What is said, or what the verb says.</param>
    /// <param name="limits">The realm's.</param>
    /// <param name="position">The position of the entry that is answered or changed; null for none.</param>
    /// <param name="target">The entry there, or null when there is none.</param>
    /// <returns>Null when he may; else <see cref="Refusal.UnknownGroup"/>, <see cref="Refusal.HomeElsewhere"/>, <see cref="Refusal.Recovering"/> or a reason that is his own.</returns>
    public static Refusal? Check(Group? group, Actor actor, GroupVerb verb, Address? subject, MessageText text, RealmOptions limits, long? position = null, Message? target = null)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (group is null) return Refusal.UnknownGroup;
        if (!group.IsHere) return Refusal.HomeElsewhere;
        if (!group.Awaited.IsEmpty) return Refusal.Recovering;
        if (ConcernsSomebody(verb) && subject is null) return Refusal.MissingParameter;
        if (position is not null || Revises(verb))
        {
            // What somebody may not read he cannot answer or change either.
            if (CheckActor(group, actor, verb) is { } hindrance) return hindrance;
            if (target is not { Kind: EntryKind.Said, IsDeleted: false } || target.Position < FirstReadable(group, actor.Address)) return Refusal.UnknownMessage;
        }

        return CheckActor(group, actor, verb) ?? verb switch
        {
            GroupVerb.Say => CheckText(text, limits) ?? (text.Length > RealmOptions.MostLinkTextBytes ? Refusal.TextTooLong : null),
            GroupVerb.Join => CheckJoin(group, actor.Address, limits),
            GroupVerb.Topic when text.Length > Group.MaxTopicBytes => Refusal.TextTooLong,
            GroupVerb.Move when !RealmName.TryParse(text.Decode(), out _) => Refusal.InvalidName,
            GroupVerb.Invite when subject is { } invited => group.Members.ContainsKey(invited) ? Refusal.AlreadyMember : group.Banned.Contains(invited) ? Refusal.Banned : null,
            GroupVerb.Unban when subject is { } banned => group.Banned.Contains(banned) ? null : Refusal.NotAMember,
            GroupVerb.Ban when subject is { } stranger && !group.Members.ContainsKey(stranger) => null,
            GroupVerb.Kick or GroupVerb.Ban or GroupVerb.Mute or GroupVerb.Unmute when subject is { } concerned => CheckSubject(group, actor, concerned),
            GroupVerb.Role when subject is { } concerned => CheckRole(group, concerned, text),
            GroupVerb.Edit when target is not null => CheckRevision(EntryKind.Edited, actor, target, text, limits) ?? (text.Length > RealmOptions.MostLinkTextBytes ? Refusal.TextTooLong : null),
            GroupVerb.React when target is not null => CheckRevision(EntryKind.Reacted, actor, target, text, limits),
            GroupVerb.Delete when target is not null => CheckDeletion(group, actor, target),
            _ => null,
        };
    }

    /// <summary>Whether somebody may read a group, wherever its home is: null, or <see cref="Refusal.NotAMember"/>.</summary>
    public static Refusal? CheckReader(Group group, Actor actor)
    {
        ArgumentNullException.ThrowIfNull(group);
        return CheckActor(group, actor, GroupVerb.Read);
    }

    /// <summary>The first position that a member may read: of a group that is not open, what was said since he came.</summary>
    public static long FirstReadable(Group group, Address who)
    {
        ArgumentNullException.ThrowIfNull(group);
        return !group.IsOpen && group.Members.TryGetValue(who, out var member) ? member.Joined : 1;
    }

    /// <summary>What a text in a group must be.</summary>
    public static Refusal? CheckText(MessageText text, RealmOptions limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return text.Length == 0 ? Refusal.EmptyText : limits.TextBytes > 0 && text.Length > limits.TextBytes ? Refusal.TextTooLong : null;
    }

    /// <summary>Whether somebody who takes part in a conversation may change an entry of it that was said; in a group whoever keeps order may also delete.</summary>
    /// <returns>Null; <see cref="Refusal.NotAllowed"/>, <see cref="Refusal.EmptyText"/>, <see cref="Refusal.TextTooLong"/>, or <see cref="Refusal.InvalidParameter"/> for what is no reaction.</returns>
    public static Refusal? CheckRevision(EntryKind kind, Actor who, Message target, MessageText text, RealmOptions limits)
    {
        ArgumentNullException.ThrowIfNull(target);
        return kind switch
        {
            EntryKind.Edited => HasSaid(who, target) ? CheckText(text, limits) : Refusal.NotAllowed,
            EntryKind.Deleted => HasSaid(who, target) ? null : Refusal.NotAllowed,
            EntryKind.Reacted => Reaction.IsValid(text) ? null : Refusal.InvalidParameter,
            _ => Refusal.NotAllowed,
        };
    }

    private static bool HasSaid(Actor who, Message target) => target.From == who.Address && (who.Since is not { } since || target.Sent >= since);

    private static Refusal? CheckDeletion(Group group, Actor actor, Message target)
    {
        if (HasSaid(actor, target) || actor.IsOperator) return null;
        var role = group.Members[actor.Address].Role;
        return role >= GroupRole.Moderator && (!group.Members.TryGetValue(target.From, out var author) || role > author.Role) ? null : Refusal.NotAllowed;
    }

    private static Refusal? CheckActor(Group group, Actor actor, GroupVerb verb)
    {
        // The new home is asked before, which only the present home can do.
        if (verb == GroupVerb.Move && actor.Address.Realm is not null) return Refusal.NotAllowed;
        if (LeastRole(verb) is not { } least || (actor.IsOperator && (least > GroupRole.Member || verb == GroupVerb.Delete))) return null;
        if (!group.Members.TryGetValue(actor.Address, out var member)) return Refusal.NotAMember;
        if (verb is GroupVerb.Say or GroupVerb.Edit or GroupVerb.React && member.IsMuted) return Refusal.Muted;
        return member.Role >= least ? null : Refusal.NotAllowed;
    }

    private static Refusal? CheckJoin(Group group, Address who, RealmOptions limits)
    {
        if (group.Members.ContainsKey(who)) return Refusal.AlreadyMember;
        if (group.Banned.Contains(who)) return Refusal.Banned;
        if (!group.IsOpen && !group.Invited.Contains(who)) return Refusal.InviteOnly;
        return limits.GroupMembers > 0 && group.Members.Count >= limits.GroupMembers ? Refusal.TooMany : null;
    }

    // Order is kept downwards: nobody puts out or silences his equal.
    private static Refusal? CheckSubject(Group group, Actor actor, Address subject)
    {
        if (!group.Members.TryGetValue(subject, out var concerned)) return Refusal.NotAMember;
        if (actor.IsOperator) return null;
        return group.Members[actor.Address].Role > concerned.Role ? null : Refusal.NotAllowed;
    }

    // A group is not left without an owner.
    private static Refusal? CheckRole(Group group, Address subject, MessageText text)
    {
        if (GroupRoles.Parse(text.Decode()) is not { } role) return Refusal.InvalidName;
        if (!group.Members.TryGetValue(subject, out var concerned)) return Refusal.NotAMember;
        var isLastOwner = concerned.Role == GroupRole.Owner && group.Members.Values.Count(member => member.Role == GroupRole.Owner) == 1;
        return isLastOwner && role != GroupRole.Owner ? Refusal.NotAllowed : null;
    }
}
