namespace Kabar.Cli.Chat;

/// <summary>The commands: a row each.</summary>
internal static class ChatVerbs
{
    private static readonly IReadOnlyList<Offer> Groups = [Offer.Group];
    private static readonly IReadOnlyList<Offer> Members = [Offer.User, Offer.User];

    public static IReadOnlyList<ChatVerb> All { get; } =
    [
        new("msg", "NAME [TEXT]", "open a conversation, and say something there", "buka percakapan, dan katakan sesuatu", 1, [Offer.Conversation], ChatDeeds.MessageAsync),
        new("list", "", "the conversations and their numbers", "daftar percakapan dan nomornya", 0, [], ChatDeeds.ListAsync),
        new("hide", "[NAME]", "take a conversation out of the list until something is said there", "sembunyikan percakapan sampai ada pesan", 0, [Offer.Conversation], ChatDeeds.HideAsync),
        new("reply", "NUMBER TEXT", "answer a message", "balas pesan", 2, [], ChatDeeds.ReplyAsync),
        new("edit", "[NUMBER [TEXT]]", "let a message of yours read differently; without a number, the last one", "sunting pesan Anda; tanpa nomor, yang terakhir", 0, [], ChatDeeds.EditAsync),
        new("delete", "NUMBER", "take a message of yours back", "hapus pesan Anda", 1, [], ChatDeeds.DeleteAsync),
        new("react", "NUMBER [EMOJI]", "react to a message, with an emoji or its name; without, take that back", "beri reaksi pada pesan; tanpa emoji, tarik kembali", 1,
            [Offer.Nothing, Offer.Emoji], ChatDeeds.ReactAsync),
        new("history", "[COUNT]", "older messages (Page up; Page down for newer ones)", "pesan lama (Page up; Page down untuk yang baru)", 0, [], ChatDeeds.HistoryAsync),
        new("search", "WORDS", "look for messages in all conversations", "cari pesan di semua percakapan", 1, [], ChatDeeds.SearchAsync),
        new("read", "", "mark everything as read", "tandai semua telah dibaca", 0, [], ChatDeeds.ReadAsync),
        new("join", "#GROUP", "join a group", "masuk grup", 1, Groups, ChatDeeds.JoinAsync),
        new("leave", "[#GROUP]", "leave a group", "keluar dari grup", 0, Groups, ChatDeeds.LeaveAsync),
        new("create", "#GROUP [closed]", "make a group; closed: for who is invited", "buat grup; closed: hanya untuk undangan", 1, [], ChatDeeds.CreateAsync),
        new("groups", "[all]", "your groups, or all open ones", "grup Anda, atau semua yang terbuka", 0, [], ChatDeeds.GroupsAsync),
        new("members", "[#GROUP]", "who is in the group", "anggota grup", 0, Groups, ChatDeeds.MembersAsync),
        new("topic", "[#GROUP] TEXT", "say what the group is about", "tentukan topik grup", 1, Groups, ChatDeeds.TopicAsync),
        new("invite", "[#GROUP] USER", "let somebody into the group", "undang ke grup", 1, Members, ChatDeeds.ActAsync),
        new("kick", "[#GROUP] USER", "put somebody out of the group", "keluarkan dari grup", 1, Members, ChatDeeds.ActAsync),
        new("ban", "[#GROUP] USER", "put somebody out of the group for good", "larang masuk grup", 1, Members, ChatDeeds.ActAsync),
        new("unban", "[#GROUP] USER", "let somebody in again", "bolehkan masuk lagi", 1, Members, ChatDeeds.ActAsync),
        new("mute", "[#GROUP] USER", "let somebody only listen", "bisukan", 1, Members, ChatDeeds.ActAsync),
        new("unmute", "[#GROUP] USER", "let somebody speak again", "bolehkan bicara lagi", 1, Members, ChatDeeds.ActAsync),
        new("role", "[#GROUP] USER ROLE", "make somebody member, moderator or owner", "jadikan member, moderator, atau owner", 2, [Offer.User, Offer.Role, Offer.Role], ChatDeeds.RoleAsync),
        new("open", "[#GROUP]", "let everybody join the group", "buka grup untuk semua", 0, Groups, ChatDeeds.OpenAsync),
        new("close", "[#GROUP]", "let only who is invited join the group", "tutup grup: hanya untuk undangan", 0, Groups, ChatDeeds.OpenAsync),
        new("who", "", "who is there", "siapa yang ada", 0, [], ChatDeeds.WhoAsync),
        new("status", "USER", "how somebody is", "keadaan seseorang", 1, [Offer.User], ChatDeeds.StatusAsync),
        new("away", "", "say that you are away", "nyatakan Anda pergi", 0, [], ChatDeeds.AwayAsync),
        new("back", "", "say that you are there again", "nyatakan Anda kembali", 0, [], ChatDeeds.AwayAsync),
        new("sessions", "[end SESSION]", "your log-ins, or end one of them", "sesi Anda, atau akhiri salah satunya", 0, [], ChatDeeds.SessionsAsync),
        new("passwd", "", "change your password", "ganti password", 0, [], ChatDeeds.PasswordAsync),
        new("peers", "", "the realms that yours is joined with", "realm yang terhubung", 0, [], ChatDeeds.PeersAsync),
        new("help", "[COMMAND]", "this list", "daftar ini", 0, [Offer.Verb], ChatDeeds.HelpAsync),
        new("quit", "", "leave", "keluar", 0, [], ChatDeeds.QuitAsync),
    ];

    public static ChatVerb? Find(string name) => All.FirstOrDefault(verb => verb.Name == name);

    public static string Help(ChatVerb verb, ChatWords words) => $"{verb.Form,-24} {words.Say(verb.English, verb.Indonesian)}";

    /// <summary>What the last word of a line may become.</summary>
    public static IReadOnlyList<string> Complete(string line, ChatNames names)
    {
        var word = line[(line.LastIndexOf(' ') + 1)..];
        if (!line.StartsWith('/') || line.StartsWith("//", StringComparison.Ordinal))
            return word.Length == 0 ? [] : Matching(names.Users.Concat(names.Groups), word);

        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var index = words.Length - (word.Length > 0 ? 1 : 0);
        if (index == 0) return Matching(All.Select(verb => "/" + verb.Name), word);
        if (Find(words[0][1..]) is not { } verb) return [];
        // A group may stand before the others where it is not the open one.
        var isGroup = word.StartsWith('#');
        var offer = isGroup ? Offer.Group : index <= verb.Offers.Count ? verb.Offers[index - 1] : Offer.Nothing;
        return Matching(Offered(offer, names), word);
    }

    private static IEnumerable<string> Offered(Offer offer, ChatNames names) => offer switch
    {
        Offer.Verb => All.Select(verb => verb.Name),
        Offer.Conversation => names.Conversations.Concat(names.Users).Distinct(),
        Offer.User => names.Users,
        Offer.Group => names.Groups,
        Offer.Emoji => EmojiNames.All,
        Offer.Role => ["member", "moderator", "owner"],
        _ => [],
    };

    private static IReadOnlyList<string> Matching(IEnumerable<string> names, string word) =>
        [.. names.Where(name => name.StartsWith(word, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
