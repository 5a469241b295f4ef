using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Kabar.Client;

/// <summary>
/// One user's connection to a realm. It connects, and after a break connects again, by itself; what is asked of it meanwhile waits. Safe to use from many threads.
/// </summary>
/// <remarks>
/// <para>When the connection breaks between a request and its answer, nobody knows whether it was done. Most requests are then sent again, in their order, because twice is as good as
/// once: what only asks; messages, each of which has a key that the realm knows again; and what says how something is to be (an edit, a reaction, how far one has read, a role). Of these an
/// edit, or an act in a group, may then stand twice in the conversation. Not sent again, but failed with an <see cref="IOException"/>, are <see cref="InboxAsync"/>,
/// <see cref="ChangePasswordAsync"/>, <see cref="KabarGroups.CreateAsync"/> and <see cref="KabarGroups.MoveAsync"/>. What has not been sent yet waits for the next connection. A request on which one
/// connection after another breaks is given up in the end, with an <see cref="IOException"/>.</para>
/// <para>A refusal is a <see cref="KabarException"/>. When the session has ended, whatever waits and whatever is asked later fails with one whose code is <c>unknown_session</c>.
/// Requests are sent in the order in which they were made, many at a time. Before a log-in everything is an <see cref="InvalidOperationException"/>.</para>
/// </remarks>
public sealed class KabarClient : IAsyncDisposable
{
    private readonly ConnectionLoop _loop;

    /// <summary>Makes a client; nothing is connected yet.</summary>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    public KabarClient(KabarClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.EventsWaiting < 1) throw new ArgumentException("At least one event must be able to wait.", nameof(options));
        if (options.Patience <= TimeSpan.Zero || options.LongestRetry <= TimeSpan.Zero) throw new ArgumentException("Times must be longer than nothing.", nameof(options));
        _loop = new ConnectionLoop(options);
        Groups = new KabarGroups(_loop);
    }

    /// <summary>Who is logged in; null before, and after the session has ended.</summary>
    public KabarUser? User => _loop.User;

    /// <summary>The session's secret, with which another process can go on; null before a log-in, and after it has ended. Keep it as safe as a password.</summary>
    public string? Token => _loop.Token;

    /// <summary>Whether the connection stands.</summary>
    public bool IsConnected => _loop.IsConnected;

    /// <summary>
    /// Raised when the connection has broken, with the reason, or stands again, with null; and with a <see cref="KabarException"/> when it comes never again. On any thread; must neither block nor throw.
    /// </summary>
    public event Action<Exception?>? ConnectionChanged
    {
        add => _loop.Changed += value;
        remove => _loop.Changed -= value;
    }

    /// <summary>Connects and logs in. One attempt is made; when it fails, another may be.</summary>
    /// <exception cref="KabarException">The realm refuses; <see cref="KabarException.Code"/> says why.</exception>
    /// <exception cref="IOException">The realm cannot be reached.</exception>
    public Task<KabarUser> LogInAsync(string username, string password, CancellationToken cancellationToken = default) =>
        _loop.LogInAsync(null, "auth", [("username", username), ("password", password)], cancellationToken);

    /// <summary>Connects and goes on with a session.</summary>
    /// <exception cref="KabarException">The realm refuses; <c>unknown_session</c> when the session has ended.</exception>
    /// <exception cref="IOException">The realm cannot be reached.</exception>
    public Task<KabarUser> ResumeAsync(string token, CancellationToken cancellationToken = default) =>
        _loop.LogInAsync(token, "resume", [("token", token)], cancellationToken);

    /// <summary>Connects, makes an account and logs in.</summary>
    /// <param name="username">The username.</param>
    /// <param name="password">The password.</param>
    /// <param name="code">The invitation code, where the realm wants one.</param>
    /// <param name="name">The display name; null for the username.</param>
    /// <param name="cancellationToken">Gives up waiting; the account may have been made.</param>
    /// <exception cref="KabarException">The realm refuses.</exception>
    /// <exception cref="IOException">The realm cannot be reached, or the connection broke; then the account may have been made.</exception>
    public Task<KabarUser> RegisterAsync(string username, string password, string? code = null, string? name = null, CancellationToken cancellationToken = default) =>
        _loop.LogInAsync(null, "register", [("username", username), ("password", password), ("code", code), ("name", name)], cancellationToken);

    /// <summary>Ends the session, and with it the use of this client.</summary>
    public Task LogOutAsync(CancellationToken cancellationToken = default) =>
        _loop.LogOutAsync(cancellationToken);

    /// <summary>Says something to a user (<c>messi</c>, <c>james@dua</c>) or in a group (<c>#batak</c>).</summary>
    /// <param name="to">Where.</param>
    /// <param name="text">What.</param>
    /// <param name="replyTo">The position of the message that it answers; null for none.</param>
    /// <param name="key">1 to 64 bytes by which the realm knows it again: with the same key nothing is said twice within seven days; null for a new one.</param>
    /// <param name="cancellationToken">Gives up waiting; it may have been sent.</param>
    public Task<KabarPosted> SendAsync(string to, string text, long? replyTo = null, string? key = null, CancellationToken cancellationToken = default) =>
        AskAsync("send", [("to", to), ("text", text), ("reply", replyTo), ("key", key ?? NewKey())], static (reply, _) => ReplyReader.Posted(reply), cancellationToken);

    /// <summary>Lets something that was said by this user read differently.</summary>
    public Task<KabarPosted> EditAsync(string to, long position, string text, CancellationToken cancellationToken = default) =>
        AskAsync("edit", [("to", to), ("position", position), ("text", text)], static (reply, _) => ReplyReader.Posted(reply), cancellationToken);

    /// <summary>Takes back something that was said.</summary>
    public Task DeleteAsync(string to, long position, CancellationToken cancellationToken = default) =>
        AskAsync("delete", [("to", to), ("position", position)], static (reply, _) => ReplyReader.Done(reply), cancellationToken, Codes.UnknownMessage);

    /// <summary>Reacts to something that was said; null takes the reaction back.</summary>
    public Task<KabarPosted> ReactAsync(string to, long position, string? emoji, CancellationToken cancellationToken = default) =>
        AskAsync("react", [("to", to), ("position", position), ("emoji", emoji ?? "")], static (reply, _) => ReplyReader.Posted(reply), cancellationToken);

    /// <summary>Tells the others that the user is typing. Forgotten while the connection is broken.</summary>
    public Task TypingAsync(string to, CancellationToken cancellationToken = default) =>
        _loop.AskAsync("typing", [("to", to)], Repetition.Forgotten, static (reply, _) => ReplyReader.Done(reply), null, cancellationToken);

    /// <summary>Marks a conversation as read, up to a position or whole.</summary>
    /// <returns>How far it is read now.</returns>
    public Task<long> ReadAsync(string to, long? position = null, CancellationToken cancellationToken = default) =>
        AskAsync("read", [("to", to), ("position", position)], static (reply, _) => ReplyReader.Position(reply), cancellationToken);

    /// <summary>What is unread of direct messages; it counts as read with that.</summary>
    /// <exception cref="IOException">The connection broke; what was unread may count as read now. It stands in the conversations.</exception>
    public async Task<KabarPage> InboxAsync(CancellationToken cancellationToken = default)
    {
        var inbox = await _loop.AskAsync("inbox", [], Repetition.Reported, ReplyReader.Page, null, cancellationToken);
        return inbox!; // null only where a code says that it was done before
    }

    /// <summary>A page of a conversation, oldest first: before a position, after one, or its end.</summary>
    public Task<KabarHistory> HistoryAsync(string to, long? before = null, long? after = null, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync("history", [("to", to), ("before", before), ("after", after), ("limit", limit)], ReplyReader.History, cancellationToken);

    /// <summary>What was said, newest first. <see cref="KabarPage.IsMore"/>: go on with <paramref name="before"/> as the last entry's <see cref="KabarEvent.At"/>.</summary>
    public Task<KabarPage> SearchAsync(string words, string? within = null, string? before = null, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync("search", [("words", words), ("in", within), ("before", before), ("limit", limit)], ReplyReader.Page, cancellationToken);

    /// <summary>The user's conversations, the one with the newest entry first. <see cref="KabarConversations.IsMore"/>: go on with <paramref name="before"/> as the
    /// <see cref="KabarEvent.At"/> of the last one's last entry.</summary>
    public Task<KabarConversations> ConversationsAsync(string? before = null, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync("conversations", [("before", before), ("limit", limit)], ReplyReader.Conversations, cancellationToken);

    /// <summary>Who is there.</summary>
    public Task<IReadOnlyList<KabarPresence>> WhoAsync(CancellationToken cancellationToken = default) =>
        AskAsync("who", [], static (reply, _) => ReplyReader.Users(reply), cancellationToken);

    /// <summary>How somebody is; null for the user himself.</summary>
    public Task<KabarPresence> StatusAsync(string? user = null, CancellationToken cancellationToken = default) =>
        AskAsync("status", [("user", user)], static (reply, _) => EventReader.Presence(reply), cancellationToken);

    /// <summary>Says whether the user is away. Kept over reconnects.</summary>
    public Task SetAwayAsync(bool isAway, CancellationToken cancellationToken = default) =>
        _loop.SetAwayAsync(isAway, cancellationToken);

    /// <summary>What is done with groups.</summary>
    public KabarGroups Groups { get; }

    /// <summary>The user's live sessions.</summary>
    public Task<IReadOnlyList<KabarSession>> SessionsAsync(CancellationToken cancellationToken = default) =>
        AskAsync("sessions", [], static (reply, _) => ReplyReader.Sessions(reply), cancellationToken);

    /// <summary>Ends one of them.</summary>
    public Task EndSessionAsync(string session, CancellationToken cancellationToken = default) =>
        AskAsync("sessions end", [("session", session)], static (reply, _) => ReplyReader.Done(reply), cancellationToken, Codes.UnknownSession);

    /// <summary>Changes the password, which ends the other sessions.</summary>
    /// <exception cref="IOException">The connection broke; it may have been changed.</exception>
    public Task ChangePasswordAsync(string old, string next, CancellationToken cancellationToken = default) =>
        _loop.AskAsync("passwd", [("old", old), ("new", next)], Repetition.Reported, static (reply, _) => ReplyReader.Done(reply), null, cancellationToken);

    /// <summary>The realms that this one is joined with, and whether each can be reached.</summary>
    public Task<IReadOnlyList<KabarPeer>> PeersAsync(CancellationToken cancellationToken = default) =>
        AskAsync("peers", [], static (reply, _) => ReplyReader.Peers(reply), cancellationToken);

    /// <summary>
    /// What happens, as it happens: each entry once, in order, also over reconnects, which nobody has to care about. One at a time may listen. It begins with what came after
    /// <paramref name="from"/>, then a <see cref="KabarLive"/>. Requests may be made while listening. Who takes no events for long holds nobody up: the realm keeps them.
    /// </summary>
    /// <param name="from">The <see cref="KabarEvent.At"/> of the last event that was seen, by this process or an earlier one; null from now on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KabarException">The session has ended.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    public IAsyncEnumerable<KabarEvent> ListenAsync(string? from = null, CancellationToken cancellationToken = default) =>
        _loop.ListenAsync(from, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>For what may be sent again.</summary>
    private async Task<T> AskAsync<T>(
        string verb, (string, object?)[] parameters, Func<JsonElement, EventReader, T> read, CancellationToken cancellationToken, string? doneCode = null)
    {
        var answer = await _loop.AskAsync(verb, parameters, Repetition.Repeated, read, doneCode, cancellationToken);
        return answer!; // null only with a code, for which nobody uses the answer
    }
}
