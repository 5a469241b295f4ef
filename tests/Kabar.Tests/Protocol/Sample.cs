using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol;

namespace Kabar.Tests.Protocol;

/// <summary>Replies to be written.</summary>
internal static class Sample
{
    public static readonly Account Messi = Account("messi", "Lionel Messi", KeyValuePair.Create("negara", "Argentina"));
    public static readonly Account Lineker = Account("lineker", "Gary Lineker");

    public static IEnumerable<Reply> Replies =>
    [
        SentReply.Instance,
        LoggedOutReply.Instance,
        new LoggedInReply(SessionToken.Create()),
        new SwitchedReply("realm-chat"),
        Inbox(Lineker),
        Inbox(Lineker, Message(Messi, "halo"), Message(Lineker, "\"é🐐\"\n"), Message(Messi, "again")),
        new PeerSentReply(Messi.Username, "James \"é\" Maranata", MessageText.From("\"é🐐\"\n")),
        new LeftGroupReply("bata\"k"),
        new UnknownGroupReply("baték"),
        new ActiveUsersReply([]),
        new ActiveUsersReply([Messi, Lineker]),
        new ActiveSessionsReply([]),
        new ActiveSessionsReply([new(new SessionId(Guid.NewGuid()), Messi), new(new SessionId(Guid.NewGuid()), Lineker)]),
        .. Enum.GetValues<Refusal>().Select(RefusedReply.For),
    ];

    public static Account Account(string username, string displayName, params KeyValuePair<string, string>[] attributes) => new()
    {
        Id = new AccountId(1),
        Username = Username.Parse(username),
        DisplayName = displayName,
        Attributes = attributes,
        PasswordHash = "hash",
        Created = DateTimeOffset.UnixEpoch,
    };

    public static RealmName Satu { get; } = RealmName.TryParse("satu", out var name) ? name : throw new FormatException();

    public static Message Message(Account from, string text) => new()
    {
        Id = Guid.Empty,
        Conversation = new ConversationId(1),
        Position = 1,
        Arrival = 1,
        From = new Address(from.Username),
        FromName = from.DisplayName,
        Text = MessageText.From(text),
        Sent = DateTimeOffset.UnixEpoch,
    };

    public static InboxReply Inbox(Account reader, params ImmutableArray<Message> messages) => new(reader, messages, Satu, []);
}
