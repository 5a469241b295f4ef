using System.Text;
using System.Text.Unicode;
using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Protocol.Dialects;

/// <summary>
/// The five dialects, and the one catalogue of verbs: every listener understands every verb of every dialect. One that only a single
/// dialect has is answered in its shape; the shared ones in the connection's. Protocol: dialects, section 2, "Which dialect a
/// connection speaks".
/// </summary>
public static class DialectCatalog
{
    /// <summary>What <c>dialect</c> is given to switch to the native protocol, which is no dialect of this one.</summary>
    public const string NativeName = "kabar";

    private static readonly Dialect MessageService = new MessageServiceDialect();
    private static readonly Dialect Chat = new ChatDialect();
    private static readonly Dialect ThreadChat = new ThreadChatDialect();
    private static readonly Dialect LayananChat = new LayananChatDialect();
    private static readonly Dialect RealmChat = new RealmChatDialect();

    // In the order of how often they come.
    private static readonly Verb[] Verbs =
    [
        new("send", null, ReadSend),
        new("inbox", null, ReadInbox),
        new("auth", null, ReadLogIn),
        new("logout", null, ReadLogOut),
        new("chat", LayananChat, ReadSend),
        new("kotakmasuk", LayananChat, ReadInbox),
        new("login", LayananChat, ReadLogIn),
        new("user_on", LayananChat, ReadActiveUsers),
        new("actives", MessageService, ReadActiveUsers),
        new("listuser", Chat, ReadActiveUsers),
        new("online", ThreadChat, ReadActiveSessions),
        new("group", RealmChat, ReadGroup),
        new("dialect", null, ReadSwitch),
        new("server", RealmChat, LegacyLines.ReadServer),
        new("check", RealmChat, LegacyLines.ReadCheck),
    ];

    private static readonly Dialect[] Dialects = [MessageService, Chat, ThreadChat, LayananChat, RealmChat];

    private delegate Command VerbReader(ref FieldReader fields);

    /// <summary>All dialects.</summary>
    public static IReadOnlyList<Dialect> All => Dialects;

    /// <summary>What a listener speaks unless it is told otherwise.</summary>
    public static Dialect Default => RealmChat;

    /// <summary>The dialect of this name, or null.</summary>
    public static Dialect? Find(string name) => Array.Find(Dialects, dialect => dialect.Name == name);

    /// <summary>
    /// Reads one request line. Never throws: a line that means nothing is a <see cref="RefusedCommand"/>. Allocates the command and
    /// the text and names it carries, nothing else.
    /// </summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="connection">What the connection speaks.</param>
    public static Request Read(ReadOnlySpan<byte> line, Dialect connection)
    {
        if (!Utf8.IsValid(line) || line.Contains((byte)0)) return new Request(RefusedCommand.Malformed, connection);

        var fields = new FieldReader(line);
        if (fields.TryRead(out var name))
            foreach (var verb in Verbs)
                if (name.SequenceEqual(verb.Name)) return new Request(verb.Read(ref fields), verb.Owner ?? connection);

        return new Request(RefusedCommand.Unknown, connection);
    }

    private static Command ReadLogIn(ref FieldReader fields) =>
        fields.TryRead(out var username) && fields.TryRead(out var password)
            ? new LogInCommand(Encoding.UTF8.GetString(username), new Password(password.ToArray()))
            : RefusedCommand.Incomplete;

    private static Command ReadSend(ref FieldReader fields)
    {
        if (!fields.TryRead(out var token) || !fields.TryRead(out var to)) return RefusedCommand.Incomplete;
        var text = fields.ReadText();
        return text.IsEmpty
            ? RefusedCommand.Incomplete
            : new SendCommand(SessionToken.Parse(token), Encoding.UTF8.GetString(to), new MessageText(text.ToArray()));
    }

    private static Command ReadInbox(ref FieldReader fields) => ReadWithToken(ref fields, static token => new InboxCommand(token));

    private static Command ReadActiveUsers(ref FieldReader fields) => ReadWithToken(ref fields, static token => new ActiveUsersCommand(token));

    private static Command ReadActiveSessions(ref FieldReader fields) =>
        new ActiveSessionsCommand(fields.TryRead(out var token) ? SessionToken.Parse(token) : null);

    private static Command ReadLogOut(ref FieldReader fields) => ReadWithToken(ref fields, static token => new LogOutCommand(token));

    private static Command ReadWithToken(ref FieldReader fields, Func<SessionToken, Command> command) =>
        fields.TryRead(out var token) ? command(SessionToken.Parse(token)) : RefusedCommand.Incomplete;

    // The third parameter is the document's state of the request. From a client it can only be "origin", and a person leaves it out.
    private static Command ReadGroup(ref FieldReader fields) =>
        fields.TryRead(out var token) && fields.TryRead(out var group)
            ? new GroupCommand(SessionToken.Parse(token), Encoding.UTF8.GetString(group))
            : RefusedCommand.Incomplete;

    private static Command ReadSwitch(ref FieldReader fields)
    {
        if (!fields.TryRead(out var name)) return RefusedCommand.Incomplete;
        foreach (var dialect in Dialects)
            if (Ascii.Equals(name, dialect.Name)) return new SwitchDialectCommand(dialect);
        return Ascii.Equals(name, NativeName) ? SwitchToNativeCommand.Instance : RefusedCommand.Unknown;
    }

    private sealed class Verb(string name, Dialect? owner, VerbReader read)
    {
        public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

        public Dialect? Owner => owner;

        public VerbReader Read => read;
    }
}
