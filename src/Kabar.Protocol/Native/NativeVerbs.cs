using System.Collections.Frozen;
using System.Text;
using Kabar.Core;
using Kabar.Protocol.Dialects;

namespace Kabar.Protocol.Native;

/// <summary>The verbs of the native protocol, a row each. Protocol: native, "Verbs".</summary>
public static class NativeVerbs
{
    private const int LongestName = 32;

    // In the order of the document.
    private static readonly NativeVerb[] Verbs =
    [
        new("auth", "USERNAME PASSWORD", [NativeKey.Username, NativeKey.Password], "masuk", "log in",
            static (ref NativeFields fields) => new AuthRequest(fields.String(NativeKey.Username), fields.Password(NativeKey.Password))),
        new("resume", "[TOKEN]", [NativeKey.Token], "melanjutkan sesi", "go on with a session",
            static (ref NativeFields fields) => new ResumeRequest(fields.Has(NativeKey.Token) ? fields.Token(NativeKey.Token) : null)),
        new("register", "USERNAME PASSWORD [CODE]", [NativeKey.Username, NativeKey.Password, NativeKey.Code], "membuat akun lalu masuk", "make an account and log in",
            static (ref NativeFields fields) => new RegisterRequest(
                fields.String(NativeKey.Username), fields.Password(NativeKey.Password), fields.OptionalString(NativeKey.Code), fields.OptionalString(NativeKey.Name))),
        new("passwd", "OLD NEW", [NativeKey.Old, NativeKey.New], "mengganti kata sandi; sesi lain diakhiri", "change the password, which ends the other sessions",
            static (ref NativeFields fields) => new PasswdRequest(fields.Password(NativeKey.Old), fields.Password(NativeKey.New))),
        new("logout", "", [], "mengakhiri sesi ini", "end this session",
            static (ref NativeFields fields) => new LogoutRequest()),
        new("sessions", "", [], "menampilkan sesi sendiri", "list one's sessions",
            static (ref NativeFields fields) => new SessionsRequest(null)),
        new("sessions end", "SESSION", [NativeKey.Session], "mengakhiri salah satu sesi", "end one of them",
            static (ref NativeFields fields) => new SessionsRequest(fields.Session(NativeKey.Session))),

        new("send", "TO TEXT…", [NativeKey.To, Rest(NativeKey.Text)], "mengirim pesan", "say something",
            static (ref NativeFields fields) => new SendRequest(
                fields.Conversation(NativeKey.To), fields.Text(NativeKey.Text), fields.OptionalKey(NativeKey.Key), fields.OptionalNumber(NativeKey.Reply, least: 1))),
        new("edit", "TO POSITION TEXT…", [NativeKey.To, NativeKey.Position, Rest(NativeKey.Text)], "mengubah pesan", "let a message read differently",
            static (ref NativeFields fields) => new EditRequest(fields.Conversation(NativeKey.To), fields.Number(NativeKey.Position, least: 1), fields.Text(NativeKey.Text))),
        new("delete", "TO POSITION", [NativeKey.To, NativeKey.Position], "menghapus pesan", "take a message back",
            static (ref NativeFields fields) => new DeleteRequest(fields.Conversation(NativeKey.To), fields.Number(NativeKey.Position, least: 1))),
        new("react", "TO POSITION [EMOJI]", [NativeKey.To, NativeKey.Position, NativeKey.Emoji], "memberi reaksi; tanpa emoji, menariknya kembali", "react; without an emoji, take that back",
            static (ref NativeFields fields) => new ReactRequest(
                fields.Conversation(NativeKey.To), fields.Number(NativeKey.Position, least: 1), fields.OptionalString(NativeKey.Emoji) ?? "")),
        new("typing", "TO", [NativeKey.To], "memberi tahu bahwa sedang mengetik", "tell that one is typing",
            static (ref NativeFields fields) => new TypingRequest(fields.Conversation(NativeKey.To))),
        new("read", "TO [POSITION]", [NativeKey.To, NativeKey.Position], "menandai sudah dibaca sampai di situ; tanpa posisi, semuanya", "everything up to there was read; without a position, all",
            static (ref NativeFields fields) => new ReadRequest(fields.Conversation(NativeKey.To), fields.OptionalNumber(NativeKey.Position, least: 1))),
        new("inbox", "", [], "menampilkan pesan pribadi yang belum dibaca", "what is unread of direct conversations",
            static (ref NativeFields fields) => new InboxRequest()),
        new("history", "TO [before POSITION] [after POSITION] [LIMIT]", [NativeKey.To, Named("before", NativeKey.Before), Named("after", NativeKey.After), NativeKey.Limit],
            "menampilkan isi percakapan", "a part of a conversation",
            static (ref NativeFields fields) => new HistoryRequest(
                fields.Conversation(NativeKey.To), fields.OptionalNumber(NativeKey.Before, least: 1), fields.OptionalNumber(NativeKey.After, least: 0), fields.OptionalLimit(NativeKey.Limit))),
        new("search", "WORDS…", [Rest(NativeKey.Words)], "mencari pesan", "find what was said",
            static (ref NativeFields fields) => new SearchRequest(
                fields.String(NativeKey.Words), fields.Has(NativeKey.In) ? fields.Conversation(NativeKey.In) : null, fields.OptionalAt(NativeKey.Before), fields.OptionalLimit(NativeKey.Limit))),
        new("conversations", "", [], "menampilkan percakapan sendiri", "list one's conversations",
            static (ref NativeFields fields) => new ConversationsRequest(fields.OptionalAt(NativeKey.Before), fields.OptionalLimit(NativeKey.Limit))),

        new("who", "", [], "siapa yang sedang hadir", "who is there",
            static (ref NativeFields fields) => new WhoRequest()),
        new("status", "[USER]", [NativeKey.User], "kehadiran seseorang; tanpa nama, diri sendiri", "how somebody is; without a name, oneself",
            static (ref NativeFields fields) => new StatusRequest(fields.Has(NativeKey.User) ? fields.Address(NativeKey.User) : null)),
        new("status set", "away|online", [NativeKey.Presence], "menyatakan kehadiran sendiri", "say whether one is away",
            static (ref NativeFields fields) => new SetStatusRequest(fields.Choice(NativeKey.Presence, "away", "online"))),

        new("group create", "NAME [closed]", [NativeKey.Group, Clears("closed", NativeKey.Open)], "membuat grup", "make a group",
            static (ref NativeFields fields) => new CreateGroupRequest(fields.GroupName(NativeKey.Group), fields.Flag(NativeKey.Open, otherwise: true))),
        new("group join", "GROUP", [NativeKey.Group], "masuk grup", "join a group",
            static (ref NativeFields fields) => new JoinGroupRequest(fields.Group(NativeKey.Group))),
        new("group leave", "GROUP", [NativeKey.Group], "keluar dari grup", "leave it",
            static (ref NativeFields fields) => Act(GroupVerb.Leave, ref fields)),
        new("group invite", "GROUP USER", [NativeKey.Group, NativeKey.User], "mengundang seseorang", "let somebody in though it is closed",
            static (ref NativeFields fields) => ActOn(GroupVerb.Invite, ref fields)),
        new("group kick", "GROUP USER", [NativeKey.Group, NativeKey.User], "mengeluarkan anggota", "put a member out",
            static (ref NativeFields fields) => ActOn(GroupVerb.Kick, ref fields)),
        new("group ban", "GROUP USER", [NativeKey.Group, NativeKey.User], "mengeluarkan seseorang dan melarangnya masuk", "put somebody out for good",
            static (ref NativeFields fields) => ActOn(GroupVerb.Ban, ref fields)),
        new("group unban", "GROUP USER", [NativeKey.Group, NativeKey.User], "mencabut larangan itu", "take that back",
            static (ref NativeFields fields) => ActOn(GroupVerb.Unban, ref fields)),
        new("group mute", "GROUP USER", [NativeKey.Group, NativeKey.User], "melarang anggota bicara", "let a member only listen",
            static (ref NativeFields fields) => ActOn(GroupVerb.Mute, ref fields)),
        new("group unmute", "GROUP USER", [NativeKey.Group, NativeKey.User], "mencabut larangan itu", "take that back",
            static (ref NativeFields fields) => ActOn(GroupVerb.Unmute, ref fields)),
        new("group role", "GROUP USER member|moderator|owner", [NativeKey.Group, NativeKey.User, NativeKey.Role], "memberi peran", "give a member another role",
            static (ref NativeFields fields) => new ActInGroupRequest(fields.Group(NativeKey.Group), GroupVerb.Role, fields.Address(NativeKey.User), ReadRole(ref fields))),
        new("group topic", "GROUP TEXT…", [NativeKey.Group, Rest(NativeKey.Text)], "menetapkan topik", "say what it is about",
            static (ref NativeFields fields) => new ActInGroupRequest(fields.Group(NativeKey.Group), GroupVerb.Topic, null, fields.Text(NativeKey.Text))),
        new("group open", "GROUP", [NativeKey.Group], "membuka grup bagi semua", "let everybody join",
            static (ref NativeFields fields) => Act(GroupVerb.Open, ref fields)),
        new("group close", "GROUP", [NativeKey.Group], "hanya yang diundang boleh masuk", "let only those join who were invited",
            static (ref NativeFields fields) => Act(GroupVerb.Close, ref fields)),
        new("group move", "GROUP REALM", [NativeKey.Group, NativeKey.Realm], "memindahkan grup ke realm lain", "give it another home",
            static (ref NativeFields fields) => new ActInGroupRequest(fields.Group(NativeKey.Group), GroupVerb.Move, null, ReadRealm(ref fields))),
        new("group list", "[all]", [Sets("all", NativeKey.All)], "menampilkan grup sendiri; dengan all, juga yang terbuka", "list one's groups; with all, also the open ones here",
            static (ref NativeFields fields) => new ListGroupsRequest(fields.Flag(NativeKey.All, otherwise: false))),
        new("group members", "GROUP", [NativeKey.Group], "menampilkan anggota grup", "who is in a group",
            static (ref NativeFields fields) => new MembersRequest(fields.Group(NativeKey.Group))),

        new("peers", "", [], "menampilkan realm yang terhubung", "the realms that this one is joined with",
            static (ref NativeFields fields) => new PeersRequest()),
        new("listen", "[AT]", [NativeKey.From], "mendengarkan kejadian, mulai dari AT", "be told what happens, from AT on",
            static (ref NativeFields fields) => new ListenRequest(fields.OptionalAt(NativeKey.From))),
        new("unlisten", "", [], "berhenti mendengarkan", "be told no more",
            static (ref NativeFields fields) => new UnlistenRequest()),
        new("language", "id|en", [NativeKey.Language], "memilih bahasa", "choose the language of the words for people",
            static (ref NativeFields fields) => new LanguageRequest(fields.Choice(NativeKey.Language, "id", "en") ? Language.Indonesian : Language.English)),
        new("dialect", "NAME", [NativeKey.Dialect], "memakai dialek lain", "speak another dialect",
            static (ref NativeFields fields) => new SwitchRequest(ReadDialect(ref fields))),
        new("help", "[VERB…]", [Rest(NativeKey.Verb)], "menampilkan perintah", "what verbs there are",
            static (ref NativeFields fields) => new HelpRequest(ReadVerb(ref fields))),
        new("ping", "", [], "memeriksa sambungan", "are you there?",
            static (ref NativeFields fields) => new PingRequest()),
        new("quit", "", [], "menutup sambungan", "close the connection",
            static (ref NativeFields fields) => new QuitRequest()),
    ];

    private static readonly FrozenDictionary<string, NativeVerb>.AlternateLookup<ReadOnlySpan<char>> ByName =
        Verbs.ToFrozenDictionary(verb => verb.Name, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The verbs that begin with these words, with what they do.</summary>
    /// <param name="verb">Words of the text form; null for all verbs. A <see cref="HelpRequest"/> that was read has only words that some verb begins with.</param>
    /// <param name="language">What people are spoken to in.</param>
    public static HelpReply Help(string? verb, Language language) =>
        new([.. Verbs.Where(row => verb is null || row.BeginsWith(verb)).Select(row => (row.Form, row.Does(language)))]);

    internal static NativeVerb? Find(ReadOnlySpan<char> name) => ByName.TryGetValue(name, out var verb) ? verb : null;

    /// <summary>The verb of this one word.</summary>
    internal static NativeVerb? Find(ReadOnlySpan<byte> word)
    {
        Span<char> name = stackalloc char[LongestName];
        return word.Length <= LongestName ? Find(name[..Encoding.UTF8.GetChars(word, name)]) : null;
    }

    /// <summary>The verb of these two words.</summary>
    internal static NativeVerb? Find(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<char> name = stackalloc char[LongestName];
        if (first.Length + 1 + second.Length > LongestName) return null;
        var length = Encoding.UTF8.GetChars(first, name);
        name[length++] = ' ';
        return Find(name[..(length + Encoding.UTF8.GetChars(second, name[length..]))]);
    }

    private static NativePlace Rest(NativeKey key) => new(key, PlaceKind.Rest);

    private static NativePlace Named(string word, NativeKey key) => new(key, PlaceKind.Named, word);

    private static NativePlace Sets(string word, NativeKey key) => new(key, PlaceKind.Sets, word);

    private static NativePlace Clears(string word, NativeKey key) => new(key, PlaceKind.Clears, word);

    private static ActInGroupRequest Act(GroupVerb verb, ref NativeFields fields) => new(fields.Group(NativeKey.Group), verb, null, default);

    private static ActInGroupRequest ActOn(GroupVerb verb, ref NativeFields fields) => new(fields.Group(NativeKey.Group), verb, fields.Address(NativeKey.User), default);

    private static MessageText ReadRole(ref NativeFields fields)
    {
        var role = fields.String(NativeKey.Role);
        if (GroupRoles.Parse(role) is null) fields.Fail(NativeKey.Role);
        return MessageText.From(role);
    }

    private static MessageText ReadRealm(ref NativeFields fields)
    {
        if (!RealmName.TryParse(fields.String(NativeKey.Realm), out var realm)) fields.Fail(NativeKey.Realm);
        return MessageText.From(realm.ToString());
    }

    private static string ReadDialect(ref NativeFields fields)
    {
        var name = fields.String(NativeKey.Dialect);
        if (name != DialectCatalog.NativeName && DialectCatalog.Find(name) is null) fields.Fail(NativeKey.Dialect);
        return name;
    }

    private static string? ReadVerb(ref NativeFields fields)
    {
        var verb = fields.OptionalString(NativeKey.Verb);
        if (verb is not null && !Verbs.Any(row => row.BeginsWith(verb))) fields.Fail(NativeKey.Verb);
        return verb;
    }
}
