namespace Kabar.Client;

/// <summary>Who is logged in.</summary>
/// <param name="Username">The username.</param>
/// <param name="Name">The display name.</param>
/// <param name="Realm">The realm.</param>
/// <param name="Session">The session's public id.</param>
public sealed record KabarUser(string Username, string Name, string Realm, string Session);

/// <summary>What has become of something that was said or changed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State"><c>accepted</c>; <c>queued</c> for another realm; or <c>pending</c>, without a position, until the group's home gives it one.</param>
/// <param name="Position">Its position.</param>
/// <param name="At">Its place among all.</param>
public sealed record KabarPosted(string Id, string State, long? Position, string? At);

/// <summary>Some entries.</summary>
/// <param name="Entries">In order.</param>
/// <param name="IsMore">Whether there is more.</param>
public sealed record KabarPage(IReadOnlyList<KabarEntry> Entries, bool IsMore);

/// <summary>A part of a conversation.</summary>
/// <param name="Entries">Oldest first.</param>
/// <param name="First">The first position that it covers.</param>
/// <param name="Last">The last.</param>
/// <param name="Head">The last of the conversation.</param>
/// <param name="Read">How far the user has read.</param>
/// <param name="Receipts">How far the others have come.</param>
public sealed record KabarHistory(IReadOnlyList<KabarEntry> Entries, long First, long Last, long Head, long Read, IReadOnlyList<KabarReceipt> Receipts);

/// <summary>A conversation in a list.</summary>
/// <param name="Name">The other one, or the group.</param>
/// <param name="Last">Its last entry.</param>
/// <param name="Read">How far the user has read.</param>
/// <param name="Unread">How many messages of others lie beyond, at most 100.</param>
public sealed record KabarConversation(string Name, KabarEntry Last, long Read, int Unread);

/// <summary>Some conversations.</summary>
/// <param name="Conversations">The one with the newest entry first.</param>
/// <param name="IsMore">Whether there are more.</param>
public sealed record KabarConversations(IReadOnlyList<KabarConversation> Conversations, bool IsMore);

/// <summary>A group.</summary>
/// <param name="Name">How it is addressed: <c>#batak</c>, <c>#batak@satu</c>.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="IsOpen">Whether everybody may join.</param>
/// <param name="Members">How many are in it.</param>
/// <param name="Role">The user's role; null where he is not in it.</param>
public sealed record KabarGroup(string Name, string Topic, bool IsOpen, int Members, string? Role);

/// <summary>Somebody in a group.</summary>
/// <param name="User">Who.</param>
/// <param name="Name">His display name.</param>
/// <param name="Role"><c>member</c>, <c>moderator</c> or <c>owner</c>.</param>
/// <param name="IsMuted">Whether he may only listen.</param>
public sealed record KabarMember(string User, string Name, string Role, bool IsMuted);

/// <summary>A session.</summary>
/// <param name="Id">Its public id.</param>
/// <param name="Created">When it began.</param>
/// <param name="LastUsed">When it was last used, about.</param>
/// <param name="IsCurrent">Whether it is this client's.</param>
public sealed record KabarSession(string Id, DateTimeOffset Created, DateTimeOffset LastUsed, bool IsCurrent);

/// <summary>A realm that this one is joined with.</summary>
/// <param name="Realm">Its name.</param>
/// <param name="IsConnected">Whether it can be reached now.</param>
public sealed record KabarPeer(string Realm, bool IsConnected);

/// <summary>The realm has refused something.</summary>
public sealed class KabarException : Exception
{
    /// <summary>With what the realm said.</summary>
    public KabarException(string code, string message, string? parameter = null)
        : base(message) => (Code, Parameter) = (code, parameter);

    /// <summary>The stable code: <c>unknown_recipient</c>, <c>not_allowed</c>, … Protocol: native, "Errors".</summary>
    public string Code { get; }

    /// <summary>The parameter that it is about: <c>to</c>, <c>text</c>, …; null for none.</summary>
    public string? Parameter { get; }

    internal static KabarException SessionEnded() => new(Codes.UnknownSession, "The session has ended.");
}
