using Kabar.Core;
using Kabar.Protocol.Native;

namespace Kabar.Tests.Protocol.Native;

/// <summary>Entries, events and replies of the native protocol, each with its line.</summary>
internal static class NativeSamples
{
    public const string Id = "0190a3c4-7a10-7000-8000-00000000000a";
    public const string Time = "2026-11-21T14:52:00.123Z";

    public static readonly DateTimeOffset Sent = new(2026, 11, 21, 21, 52, 0, 123, TimeSpan.FromHours(7));
    public static readonly Address Messi = Parse("messi");
    public static readonly Address Lineker = Parse("lineker");
    public static readonly Address James = Parse("james@dua");
    public static readonly GroupAddress Batak = new(GroupName.Parse("batak"), James.Realm);

    private static readonly string Said = Entry("message", "\"lineker\"", ",\"text\":\"halo\"");
    private static readonly SessionToken Token = SessionToken.Create();
    private static readonly Session Session = new(new SessionId(Guid.Parse(Id)), new AccountId(1), Sent, Sent);

    public static readonly Group Group = new()
    {
        Id = new GroupId(Guid.Parse(Id)),
        Conversation = new ConversationId(2),
        Name = Batak.Name,
        Home = Batak.Realm,
        Topic = "horas \"semua\"",
        Members = System.Collections.Immutable.ImmutableDictionary<Address, Member>.Empty
            .Add(James, new Member(James, "James", GroupRole.Member, IsMuted: true, 4))
            .Add(Messi, new Member(Messi, "Lionel Messi", GroupRole.Owner, IsMuted: false, 1)),
    };

    private static readonly string Marks = """{"from":"james@dua","to":"messi","stored":9,"delivered":7,"read":5}""";

    /// <summary>Every kind of reply, with what stands between its id and its end.</summary>
    public static IEnumerable<(NativeReply Reply, string Line)> Replies =>
    [
        (DoneReply.Instance, Ok("")),
        (new AuthReply(new LoggedIn(Token, Sample.Messi, Session), Sample.Satu, ShowsToken: true),
            Ok($$""","user":"messi","name":"Lionel Messi","realm":"satu","session":"{{Id}}","token":"{{TokenText()}}" """.Trim())),
        (new AuthReply(new LoggedIn(Token, Sample.Messi, Session), Sample.Satu, ShowsToken: false), Ok($$""","user":"messi","name":"Lionel Messi","realm":"satu","session":"{{Id}}" """.Trim())),
        (new SessionsReply([Session, Session with { Id = new SessionId(Guid.Empty) }], Session.Id),
            Ok($$""","sessions":[{"session":"{{Id}}","created":"{{Time}}","used":"{{Time}}","current":true},{"session":"{{Guid.Empty}}","created":"{{Time}}","used":"{{Time}}","current":false}]""")),
        (new PostedReply(new Posted(Guid.Parse(Id), Message(), IsQueued: false)), Ok($$""","state":"accepted","mid":"{{Id}}","position":7,"at":"1201" """.Trim())),
        (new PostedReply(new Posted(Guid.Parse(Id), Message(), IsQueued: true)), Ok($$""","state":"queued","mid":"{{Id}}","position":7,"at":"1201" """.Trim())),
        (new PostedReply(new Posted(Guid.Parse(Id), null, IsQueued: true)), Ok($$""","state":"pending","mid":"{{Id}}" """.Trim())),
        (new ReadReply(12), Ok(""","position":12""")),
        (new EntriesReply([], IsMore: false), Ok(""","entries":[],"more":false""")),
        (new EntriesReply([new Entry(Message(), null), new Entry(Message(), null)], IsMore: true), Ok($$""","entries":[{{Said}},{{Said}}],"more":true""")),
        (new HistoryReply(new HistoryPage(new ConversationAddress(James, null), [Message(to: James)], 1, 7, 9, 5, [MarksOf(Messi)])),
            Ok($$""","to":"james@dua","entries":[{{Entry("message", "\"james@dua\"", ",\"text\":\"halo\"")}}],"first":1,"last":7,"head":9,"read":5,"receipts":[{{Marks}}]""")),
        (new HistoryReply(new HistoryPage(new ConversationAddress(null, Batak), [], 1, 0, 0, 0, [])),
            Ok(""","to":"#batak@dua","entries":[],"first":1,"last":0,"head":0,"read":0,"receipts":[]""")),
        (new ConversationsReply(
                [
                    new ConversationSummary(new ConversationId(1), Lineker, null, Message(), 5, 2) { Name = "Gary" },
                    new ConversationSummary(new ConversationId(2), null, Group, Message(to: null), 7, 0),
                ],
                IsMore: false),
            Ok($$""","conversations":[{"with":"lineker","name":"Gary","last":{{Said}},"read":5,"unread":2},{"with":"#batak@dua","last":{{Entry("message", "\"#batak@dua\"", ",\"text\":\"halo\"")}},"read":7,"unread":0}],"more":false""")),
        (new WhoReply([(new UserPresence(Messi, PresenceState.Away, null), "Lionel Messi"), (new UserPresence(Lineker, PresenceState.Online, null), "Gary")]),
            Ok(""","users":[{"user":"messi","name":"Lionel Messi","presence":"away"},{"user":"lineker","name":"Gary","presence":"online"}]""")),
        (new StatusReply(new UserPresence(James, PresenceState.Offline, Sent)), Ok($$""","user":"james@dua","presence":"offline","seen":"{{Time}}" """.Trim())),
        (new GroupReply(Group, GroupRole.Owner, 1), Ok(""","group":"#batak@dua","topic":"horas \"semua\"","open":true,"members":2,"role":"owner","position":1""")),
        (new GroupsReply([(Group, GroupRole.Owner), (Group with { IsOpen = false, Topic = "", Home = null }, null)]),
            Ok(""","groups":[{"group":"#batak@dua","topic":"horas \"semua\"","open":true,"members":2,"role":"owner"},{"group":"#batak","topic":"","open":false,"members":2}]""")),
        (new MembersReply(Group),
            Ok(""","group":"#batak@dua","members":[{"user":"messi","name":"Lionel Messi","role":"owner","muted":false},{"user":"james@dua","name":"James","role":"member","muted":true}]""")),
        (new PeersReply([(Sample.Satu, true), (James.Realm!.Value, false)]), Ok(""","peers":[{"realm":"satu","connected":true},{"realm":"dua","connected":false}]""")),
        (new ListeningReply(1201), Ok(""","at":"1201" """.TrimEnd())),
        (new DialectReply("realm-chat"), Ok(""","dialect":"realm-chat" """.TrimEnd())),
        (NativeVerbs.Help("send", Language.Indonesian), Ok(""","verbs":[{"form":"send TO TEXT…","does":"mengirim pesan"}]""")),
        (new RefusalReply(Refusal.InvalidParameter, "to"), """{"status":"ERROR","code":"invalid_parameter","message":"Parameter tidak benar","parameter":"to"}"""),
        (new RefusalReply(Refusal.UnknownRecipient), """{"status":"ERROR","code":"unknown_recipient","message":"Pengguna tidak ditemukan"}"""),
    ];

    /// <summary>Every kind of entry, and what may become of one.</summary>
    public static IEnumerable<(Entry Entry, string Line)> Entries =>
    [
        (new Entry(Message(), null), Said),
        (new Entry(Message(target: 3), null), Entry("message", "\"lineker\"", ",\"reply\":3,\"text\":\"halo\"")),
        (new Entry(Message(to: null), Batak), Entry("message", "\"#batak@dua\"", ",\"text\":\"halo\"")),
        (new Entry(Message(revision: new MessageRevision { Text = MessageText.From("hai"), Edited = Sent }), null), Entry("message", "\"lineker\"", $",\"text\":\"hai\",\"edited\":\"{Time}\"")),
        (new Entry(Message(revision: new MessageRevision { Text = default, IsDeleted = true }), null), Entry("message", "\"lineker\"", ",\"deleted\":true")),
        (new Entry(Message(revision: new MessageRevision { Text = MessageText.From("hai"), Failure = Refusal.Expired }), null), Entry("message", "\"lineker\"", ",\"text\":\"hai\",\"failed\":\"expired\"")),
        (new Entry(Message(revision: new MessageRevision { Text = MessageText.From("hai"), Reactions = [new Reaction(James, "👍"), new Reaction(Messi, "\"")] }), null),
            Entry("message", "\"lineker\"", ""","text":"hai","reactions":[{"emoji":"👍","from":"james@dua"},{"emoji":"\"","from":"messi"}]""")),
        (new Entry(Message(EntryKind.Edited, target: 3), null), Entry("edited", "\"lineker\"", ",\"target\":3,\"text\":\"halo\"")),
        (new Entry(Message(EntryKind.Deleted, "", target: 3), null), Entry("deleted", "\"lineker\"", ",\"target\":3")),
        (new Entry(Message(EntryKind.Reacted, "👍", target: 3), null), Entry("reacted", "\"lineker\"", ",\"target\":3,\"emoji\":\"👍\"")),
        (new Entry(Message(EntryKind.Reacted, "", target: 3), null), Entry("reacted", "\"lineker\"", ",\"target\":3,\"emoji\":\"\"")),
        (new Entry(Message(EntryKind.Joined, "", to: null), Batak), Entry("joined", "\"#batak@dua\"", "")),
        (new Entry(Message(EntryKind.Left, "", to: null), Batak), Entry("left", "\"#batak@dua\"", "")),
        (new Entry(Message(EntryKind.Kicked, "", to: null, subject: James), Batak), Entry("kicked", "\"#batak@dua\"", ",\"user\":\"james@dua\"")),
        (new Entry(Message(EntryKind.Banned, "", to: null, subject: James), Batak), Entry("banned", "\"#batak@dua\"", ",\"user\":\"james@dua\"")),
        (new Entry(Message(EntryKind.Unbanned, "", to: null, subject: James), Batak), Entry("unbanned", "\"#batak@dua\"", ",\"user\":\"james@dua\"")),
        (new Entry(Message(EntryKind.Muted, "", to: null, subject: James), Batak), Entry("muted", "\"#batak@dua\"", ",\"user\":\"james@dua\"")),
        (new Entry(Message(EntryKind.Unmuted, "", to: null, subject: James), Batak), Entry("unmuted", "\"#batak@dua\"", ",\"user\":\"james@dua\"")),
        (new Entry(Message(EntryKind.Invited, "", to: null, subject: James), Batak), Entry("invited", "\"#batak@dua\"", ",\"user\":\"james@dua\"")),
        (new Entry(Message(EntryKind.RoleChanged, "owner", to: null, subject: James), Batak), Entry("role", "\"#batak@dua\"", ",\"user\":\"james@dua\",\"role\":\"owner\"")),
        (new Entry(Message(EntryKind.TopicChanged, "horas", to: null), Batak), Entry("topic", "\"#batak@dua\"", ",\"text\":\"horas\"")),
        (new Entry(Message(EntryKind.Opened, "", to: null), Batak), Entry("opened", "\"#batak@dua\"", "")),
        (new Entry(Message(EntryKind.Closed, "", to: null), Batak), Entry("closed", "\"#batak@dua\"", "")),
        (new Entry(Message(EntryKind.Moved, "dua", to: null), Batak), Entry("moved", "\"#batak@dua\"", ",\"realm\":\"dua\"")),
        (new Entry(Message(EntryKind.DeliveryFailed, new DeliveryFailure(Guid.Parse(Id), Refusal.TextTooLong, "james@dua", "panjang \"sekali\" ini").Write().Decode(), to: Messi), null),
            Entry("failed", "\"messi\"", $$""","failed":"message_too_long","target_mid":"{{Id}}","target_to":"james@dua","quote":"panjang \"sekali\" ini" """.Trim())),
    ];

    /// <summary>Every event that is no entry.</summary>
    public static IEnumerable<(FeedEvent Event, string Line)> Events =>
    [
        (new ReceiptEvent(MarksOf(Messi), null), """{"event":"receipt",""" + Marks[1..]),
        (new ReceiptEvent(MarksOf(null), Batak), """{"event":"receipt","from":"james@dua","to":"#batak@dua","stored":9,"delivered":7,"read":5}"""),
        (new TypingEvent(James, new ConversationAddress(Messi, null)), """{"event":"typing","from":"james@dua","to":"messi"}"""),
        (new TypingEvent(James, new ConversationAddress(null, Batak)), """{"event":"typing","from":"james@dua","to":"#batak@dua"}"""),
        (new PresenceEvent(new UserPresence(James, PresenceState.Online, null)), """{"event":"presence","user":"james@dua","presence":"online"}"""),
        (new PresenceEvent(new UserPresence(Messi, PresenceState.Offline, Sent)), $$"""{"event":"presence","user":"messi","presence":"offline","seen":"{{Time}}"}"""),
    ];

    public static Message Message(EntryKind kind = EntryKind.Said, string text = "halo", long? target = null, Address? subject = null, MessageRevision? revision = null) =>
        Message(Lineker, kind, text, target, subject, revision);

    public static Message Message(EntryKind kind, string text, Address? to, Address? subject = null) => Message(to, kind, text, null, subject, null);

    public static Message Message(Address? to) => Message(to, EntryKind.Said, "halo", null, null, null);

    public static Message Message(string name, string text) => new()
    {
        Id = Guid.Parse(Id),
        Conversation = new ConversationId(1),
        Position = 7,
        Arrival = 1201,
        From = Messi,
        FromName = name,
        To = Lineker,
        Text = MessageText.From(text),
        Sent = Sent,
    };

    private static Message Message(Address? to, EntryKind kind, string text, long? target, Address? subject, MessageRevision? revision) => new()
    {
        Id = Guid.Parse(Id),
        Conversation = new ConversationId(1),
        Position = 7,
        Arrival = 1201,
        From = Messi,
        FromName = "Lionel Messi",
        To = to,
        Text = MessageText.From(text),
        Sent = Sent,
        Kind = kind,
        Subject = subject,
        Target = target,
        Revision = revision,
    };

    private static Address Parse(string text) => Address.TryParse(text, out var address) ? address : throw new FormatException();

    private static Marks MarksOf(Address? other) => new(new ConversationId(1), James, other, 9, 7, 5);

    private static string Ok(string rest) => $$"""{"status":"OK"{{rest}}}""";

    private static string Entry(string kind, string to, string rest) =>
        $$"""{"event":"{{kind}}","at":"1201","to":{{to}},"position":7,"mid":"{{Id}}","from":"messi","name":"Lionel Messi","sent":"{{Time}}"{{rest}}}""";

    private static string TokenText()
    {
        var text = new byte[SessionToken.TextLength];
        Token.Write(text);
        return System.Text.Encoding.ASCII.GetString(text);
    }
}
