using Kabar.Core;

namespace Kabar.Protocol.Native;

/// <summary>What a line of the native protocol asks for. A closed family. Protocol: native, "Verbs".</summary>
public abstract record NativeRequest;

/// <summary><c>auth</c>: log in.</summary>
/// <param name="Username">As typed.</param>
/// <param name="Password">As typed.</param>
public sealed record AuthRequest(string Username, Password Password) : NativeRequest;

/// <summary><c>resume</c>: go on with a session.</summary>
/// <param name="Token">Which; null for the one whose token came with the connection itself.</param>
public sealed record ResumeRequest(SessionToken? Token) : NativeRequest;

/// <summary><c>register</c>: make an account and log in.</summary>
/// <param name="Username">As typed.</param>
/// <param name="Password">As typed.</param>
/// <param name="Code">The invitation code; null for none.</param>
/// <param name="Name">The display name; null for the username.</param>
public sealed record RegisterRequest(string Username, Password Password, string? Code, string? Name) : NativeRequest;

/// <summary><c>passwd</c>: change the password.</summary>
/// <param name="Old">The present one.</param>
/// <param name="Next">The next one.</param>
public sealed record PasswdRequest(Password Old, Password Next) : NativeRequest;

/// <summary><c>logout</c>: end the session of this connection.</summary>
public sealed record LogoutRequest : NativeRequest;

/// <summary><c>sessions</c>: list one's sessions, or end one of them.</summary>
/// <param name="End">The public id of the one to end; null to list.</param>
public sealed record SessionsRequest(SessionId? End) : NativeRequest;

/// <summary><c>send</c>: say something.</summary>
/// <param name="To">To whom, or in which group.</param>
/// <param name="Text">What.</param>
/// <param name="Key">The client's key; null for none.</param>
/// <param name="Answers">The position of what it answers; null for nothing.</param>
public sealed record SendRequest(ConversationAddress To, MessageText Text, string? Key, long? Answers) : NativeRequest;

/// <summary><c>edit</c>.</summary>
/// <param name="To">In which conversation.</param>
/// <param name="Position">What.</param>
/// <param name="Text">How it is to read.</param>
public sealed record EditRequest(ConversationAddress To, long Position, MessageText Text) : NativeRequest;

/// <summary><c>delete</c>.</summary>
/// <param name="To">In which conversation.</param>
/// <param name="Position">What.</param>
public sealed record DeleteRequest(ConversationAddress To, long Position) : NativeRequest;

/// <summary><c>react</c>.</summary>
/// <param name="To">In which conversation.</param>
/// <param name="Position">To what.</param>
/// <param name="Emoji">With what; empty to take the reaction back.</param>
public sealed record ReactRequest(ConversationAddress To, long Position, string Emoji) : NativeRequest;

/// <summary><c>typing</c>.</summary>
/// <param name="To">In which conversation.</param>
public sealed record TypingRequest(ConversationAddress To) : NativeRequest;

/// <summary><c>read</c>: everything up to a position was read.</summary>
/// <param name="To">In which conversation.</param>
/// <param name="Position">Up to where; null for all.</param>
public sealed record ReadRequest(ConversationAddress To, long? Position) : NativeRequest;

/// <summary><c>inbox</c>: what is unread of direct conversations, which is read with that.</summary>
public sealed record InboxRequest : NativeRequest;

/// <summary><c>history</c>.</summary>
/// <param name="To">Of which conversation.</param>
/// <param name="Before">Before which position; null for none.</param>
/// <param name="After">After which position; null for none.</param>
/// <param name="Most">How many; null for as many as one page may have.</param>
public sealed record HistoryRequest(ConversationAddress To, long? Before, long? After, int? Most) : NativeRequest;

/// <summary><c>search</c>.</summary>
/// <param name="Words">For what.</param>
/// <param name="Within">In which conversation; null for all.</param>
/// <param name="Before">Before which arrival; null for none.</param>
/// <param name="Most">How many; null for as many as one search may find.</param>
public sealed record SearchRequest(string Words, ConversationAddress? Within, long? Before, int? Most) : NativeRequest;

/// <summary><c>conversations</c>: a list of one's own.</summary>
/// <param name="Before">Those whose last entry arrived before; null for none.</param>
/// <param name="Most">How many; null for as many as one page may have.</param>
public sealed record ConversationsRequest(long? Before, int? Most) : NativeRequest;

/// <summary><c>who</c>: who is there.</summary>
public sealed record WhoRequest : NativeRequest;

/// <summary><c>status</c>: how somebody is.</summary>
/// <param name="User">Who; null for oneself.</param>
public sealed record StatusRequest(Address? User) : NativeRequest;

/// <summary><c>status set</c>: say how one is on this connection.</summary>
/// <param name="IsAway">Away, or there.</param>
public sealed record SetStatusRequest(bool IsAway) : NativeRequest;

/// <summary><c>group create</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsOpen">Whether everybody may join.</param>
public sealed record CreateGroupRequest(GroupName Name, bool IsOpen) : NativeRequest;

/// <summary><c>group join</c>.</summary>
/// <param name="Group">Which.</param>
public sealed record JoinGroupRequest(GroupAddress Group) : NativeRequest;

/// <summary>All that is done in a group as <see cref="GroupRules"/> knows it: <c>group leave invite kick ban unban mute unmute role topic open close move</c>.</summary>
/// <param name="Group">In which.</param>
/// <param name="Verb">What.</param>
/// <param name="Subject">Whom it concerns; null for nobody.</param>
/// <param name="Text">The topic, the role's word, the realm's name; else empty.</param>
public sealed record ActInGroupRequest(GroupAddress Group, GroupVerb Verb, Address? Subject, MessageText Text) : NativeRequest;

/// <summary><c>group list</c>.</summary>
/// <param name="IsAll">Also the open ones here that one is not in.</param>
public sealed record ListGroupsRequest(bool IsAll) : NativeRequest;

/// <summary><c>group members</c>.</summary>
/// <param name="Group">Of which.</param>
public sealed record MembersRequest(GroupAddress Group) : NativeRequest;

/// <summary><c>peers</c>: the realms this one is joined with.</summary>
public sealed record PeersRequest : NativeRequest;

/// <summary><c>listen</c>: be told what happens.</summary>
/// <param name="From">The arrival after which everything comes first; null from now on.</param>
public sealed record ListenRequest(long? From) : NativeRequest;

/// <summary><c>unlisten</c>: be told no more.</summary>
public sealed record UnlistenRequest : NativeRequest;

/// <summary><c>dialect</c>: speak another dialect from now on.</summary>
/// <param name="Name">Which.</param>
public sealed record SwitchRequest(string Name) : NativeRequest;

/// <summary><c>language</c>: word refusals in another language from now on.</summary>
/// <param name="Language">Which.</param>
public sealed record LanguageRequest(Language Language) : NativeRequest;

/// <summary><c>help</c>: what verbs there are.</summary>
/// <param name="Verb">About which, in its text form without parameters; null for all.</param>
public sealed record HelpRequest(string? Verb) : NativeRequest;

/// <summary><c>ping</c>: are you there?</summary>
public sealed record PingRequest : NativeRequest;

/// <summary><c>quit</c>: close the connection.</summary>
public sealed record QuitRequest : NativeRequest;

/// <summary>A line that asks for nothing that can be done.</summary>
/// <param name="Refusal">Why.</param>
/// <param name="Parameter">The name of the parameter that is missing or wrong; null when it is not one.</param>
public sealed record RefusedRequest(Refusal Refusal, string? Parameter) : NativeRequest;

/// <summary>A language that people are spoken to in.</summary>
public enum Language
{
    /// <summary>Indonesian, <c>id</c>.</summary>
    Indonesian,

    /// <summary>English, <c>en</c>.</summary>
    English,
}

/// <summary>A line of a client.</summary>
/// <param name="Id">The request's id as it came, a JSON number or string, to be echoed; empty for none.</param>
/// <param name="Request">What is asked.</param>
public readonly record struct NativeLine(ReadOnlyMemory<byte> Id, NativeRequest Request);
