namespace Kabar.Cli.Shell;

/// <summary>The five dialects of the shell, a table each.</summary>
internal static class ShellDialects
{
    private const string Unknown = "*Maaf, command tidak benar";
    private const string Missing = "-Maaf, command tidak benar";
    private const string LoggedIn = "username {username} logged in, token {token}";
    private const string Sent = "message sent to {to}";

    private static readonly ShellVerb Auth = new("auth {username} {password}", LoggedIn, SessionEffect.Begins);
    private static readonly ShellVerb Send = new("send {token} {to} {text}", Sent);
    private static readonly ShellVerb Inbox = new("inbox {token}", "{reply.messages}");

    public static ShellDialect MessageService { get; } = new("message-service", Unknown, Missing,
    [
        Auth, Send, Inbox,
        new("actives {token}", "{reply.active}"),
        LogoutSaying("logged out"),
    ]);

    public static ShellDialect Chat { get; } = new("chat", "*Maaf, command salah", "-Maaf, command salah",
    [
        Auth, Send, Inbox,
        new("listuser {token}", "User sedang aktif\n{reply.listuseraktif}"),
        LogoutSaying("{reply.messages}"),
    ]);

    public static ShellDialect ThreadChat { get; } = new("thread-chat", Unknown, Missing,
    [
        Auth, Send, Inbox,
        // The document's client sends no session id here. Ours does: the session then works on whichever connection it is used.
        new("online {token}", "{reply.messages}"),
        LogoutSaying("Logged out successfully"),
    ]);

    public static ShellDialect LayananChat { get; } = new("layanan-chat", Unknown, Missing,
    [
        new("login {username} {password}", LoggedIn, SessionEffect.Begins),
        new("chat {token} {to} {text}", Sent),
        new("kotakmasuk {token}", "{reply.messages}"),
        new("user_on {token}", "user aktif: {reply.message}"),
        LogoutSaying("logout success"),
    ]);

    public static ShellDialect RealmChat { get; } = new("realm-chat", Unknown, Missing,
    [
        Auth, Send, Inbox,
        new("group {token} {group} origin", "", SessionEffect.Converses),
        LogoutSaying("Logged out successfully"),
    ]);

    public static IReadOnlyList<ShellDialect> All { get; } = [MessageService, Chat, ThreadChat, LayananChat, RealmChat];

    /// <summary>A line that may carry a password, in whichever dialect and however it is spelled: it is kept nowhere.</summary>
    public static bool CarriesPassword(string line)
    {
        var verb = line.AsSpan().Trim();
        if (verb.IndexOfAny(' ', '\t') is >= 0 and var end) verb = verb[..end];
        return verb.Equals("auth", StringComparison.OrdinalIgnoreCase) || verb.Equals("login", StringComparison.OrdinalIgnoreCase);
    }

    private static ShellVerb LogoutSaying(string answer) => new("logout {token}", answer, SessionEffect.Ends);
}
