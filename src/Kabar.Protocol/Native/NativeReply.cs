using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Protocol.Native;

/// <summary>What came of a request of the native protocol. A closed family. Protocol: native, "Verbs".</summary>
public abstract record NativeReply;

/// <summary>It is done, and there is nothing more to say.</summary>
public sealed record DoneReply : NativeReply
{
    private DoneReply()
    {
    }

    /// <summary>The one.</summary>
    public static DoneReply Instance { get; } = new();
}

/// <summary>The connection is a session's.</summary>
/// <param name="LoggedIn">Whose, and which.</param>
/// <param name="Realm">This realm.</param>
/// <param name="ShowsToken">Whether the token is told: after a log-in, not after a resumption.</param>
public sealed record AuthReply(LoggedIn LoggedIn, RealmName Realm, bool ShowsToken) : NativeReply;

/// <summary>One's sessions.</summary>
/// <param name="Sessions">In the order of the logins.</param>
/// <param name="Current">Which of them is this connection's.</param>
public sealed record SessionsReply(ImmutableArray<Session> Sessions, SessionId Current) : NativeReply;

/// <summary>Something was said or changed.</summary>
/// <param name="Posted">What has become of it.</param>
public sealed record PostedReply(Posted Posted) : NativeReply;

/// <summary>How far one has read.</summary>
/// <param name="Position">The position.</param>
public sealed record ReadReply(long Position) : NativeReply;

/// <summary>An entry, and the group it is of.</summary>
/// <param name="Message">The entry.</param>
/// <param name="Group">The group as it is addressed here; null for a direct one.</param>
public readonly record struct Entry(Message Message, GroupAddress? Group);

/// <summary>What was unread, or was found.</summary>
/// <param name="Entries">In order.</param>
/// <param name="IsMore">Whether there is more, for the same request once more (an inbox) or one from the last entry on (a search).</param>
public sealed record EntriesReply(ImmutableArray<Entry> Entries, bool IsMore) : NativeReply;

/// <summary>A part of a conversation.</summary>
/// <param name="Page">Which part.</param>
public sealed record HistoryReply(HistoryPage Page) : NativeReply;

/// <summary>A list of conversations.</summary>
/// <param name="Conversations">The newest first.</param>
/// <param name="IsMore">Whether there are more, before the last one.</param>
public sealed record ConversationsReply(ImmutableArray<ConversationSummary> Conversations, bool IsMore) : NativeReply;

/// <summary>Who is there.</summary>
/// <param name="Users">In the order of their names, with their display names.</param>
public sealed record WhoReply(ImmutableArray<(UserPresence Presence, string DisplayName)> Users) : NativeReply;

/// <summary>How somebody is.</summary>
/// <param name="Presence">How.</param>
public sealed record StatusReply(UserPresence Presence) : NativeReply;

/// <summary>A group was made or joined.</summary>
/// <param name="Group">It.</param>
/// <param name="Role">One's own role in it.</param>
/// <param name="Position">The position of one's join, also of an earlier one.</param>
public sealed record GroupReply(Group Group, GroupRole Role, long Position) : NativeReply;

/// <summary>A list of groups.</summary>
/// <param name="Groups">In the order in which they became known here, with one's own role in each, or null where one is not in it.</param>
public sealed record GroupsReply(ImmutableArray<(Group Group, GroupRole? Role)> Groups) : NativeReply;

/// <summary>Who is in a group.</summary>
/// <param name="Group">The group.</param>
public sealed record MembersReply(Group Group) : NativeReply;

/// <summary>The realms this one is joined with.</summary>
/// <param name="Peers">In the order of their names, and whether each can be reached now.</param>
public sealed record PeersReply(IReadOnlyList<(RealmName Realm, bool IsConnected)> Peers) : NativeReply;

/// <summary>From now on one is told what happens.</summary>
/// <param name="At">The last arrival that was there; what comes first after a <c>listen FROM</c> ends with an event that says so.</param>
public sealed record ListeningReply(long At) : NativeReply;

/// <summary>The connection speaks another dialect now; this is the last that it is told in this one.</summary>
/// <param name="Name">Which.</param>
public sealed record DialectReply(string Name) : NativeReply;

/// <summary>What verbs there are.</summary>
/// <param name="Verbs">The text form and what it does, in the connection's language: <see cref="NativeVerbs.Help"/>.</param>
public sealed record HelpReply(ImmutableArray<(string Form, string Does)> Verbs) : NativeReply;

/// <summary>The answer is no.</summary>
/// <param name="Refusal">Why.</param>
/// <param name="Parameter">The name of the parameter that it is about; null for none.</param>
public sealed record RefusalReply(Refusal Refusal, string? Parameter = null) : NativeReply;
