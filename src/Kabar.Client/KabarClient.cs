namespace Kabar.Client;

/// <summary>
/// One user's connection to a realm. It connects, and after a break connects again, by itself; what is asked of it meanwhile waits. Messages sent with it are sent once, also when the connection breaks
/// before the answer: each has a key. Safe to use from many threads.
/// </summary>
public sealed class KabarClient : IAsyncDisposable
{
    /// <summary>Makes a client; nothing is connected yet.</summary>
    public KabarClient(KabarClientOptions options) => throw new NotImplementedException();

    /// <summary>Who is logged in; null before.</summary>
    public KabarUser? User => throw new NotImplementedException();

    /// <summary>The session's secret, with which another process can go on; null before a log-in.</summary>
    public string? Token => throw new NotImplementedException();

    /// <summary>Whether the connection stands.</summary>
    public bool IsConnected => throw new NotImplementedException();

    /// <summary>Raised when the connection has broken, with the reason, or stands again, with null. On any thread; must not block.</summary>
    public event Action<Exception?>? ConnectionChanged { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>Connects and logs in.</summary>
    /// <exception cref="KabarException">The realm refuses; <see cref="KabarException.Code"/> says why.</exception>
    /// <exception cref="IOException">The realm cannot be reached.</exception>
    public Task<KabarUser> LogInAsync(string username, string password, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Connects and goes on with a session.</summary>
    public Task<KabarUser> ResumeAsync(string token, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Connects, makes an account and logs in.</summary>
    public Task<KabarUser> RegisterAsync(string username, string password, string? code = null, string? name = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Ends the session.</summary>
    public Task LogOutAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Says something to a user (<c>messi</c>, <c>james@dua</c>) or in a group (<c>#batak</c>).</summary>
    /// <param name="to">Where.</param>
    /// <param name="text">What.</param>
    /// <param name="replyTo">The position of the message that it answers; null for none.</param>
    /// <param name="key">What makes a repetition harmless; null for a new one.</param>
    /// <param name="cancellationToken">Gives up waiting; it may have been sent.</param>
    public Task<KabarPosted> SendAsync(string to, string text, long? replyTo = null, string? key = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Lets something that was said by this user read differently.</summary>
    public Task<KabarPosted> EditAsync(string to, long position, string text, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Takes back something that was said.</summary>
    public Task<KabarPosted> DeleteAsync(string to, long position, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Reacts to something that was said; null takes the reaction back.</summary>
    public Task<KabarPosted> ReactAsync(string to, long position, string? emoji, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Tells the others that the user is typing. Forgotten while the connection is broken.</summary>
    public Task TypingAsync(string to, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Marks a conversation as read, up to a position or whole.</summary>
    public Task<long> ReadAsync(string to, long? position = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>What is unread of direct messages; it counts as read with that.</summary>
    public Task<KabarPage> InboxAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>A page of a conversation, oldest first: before a position, after one, or its end.</summary>
    public Task<KabarHistory> HistoryAsync(string to, long? before = null, long? after = null, int? limit = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>What was said, newest first. <see cref="KabarPage.IsMore"/>: go on with <paramref name="before"/> as the last entry's <see cref="KabarEvent.At"/>.</summary>
    public Task<KabarPage> SearchAsync(string words, string? within = null, string? before = null, int? limit = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>The user's conversations, the one with the newest entry first. <see cref="KabarConversations.IsMore"/>: go on with <paramref name="before"/> as the
    /// <see cref="KabarEvent.At"/> of the last one's last entry.</summary>
    public Task<KabarConversations> ConversationsAsync(string? before = null, int? limit = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Who is there.</summary>
    public Task<IReadOnlyList<KabarPresence>> WhoAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>How somebody is; null for the user himself.</summary>
    public Task<KabarPresence> StatusAsync(string? user = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Says whether the user is away. Kept over reconnects.</summary>
    public Task SetAwayAsync(bool isAway, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>What is done with groups.</summary>
    public KabarGroups Groups => throw new NotImplementedException();

    /// <summary>The user's live sessions.</summary>
    public Task<IReadOnlyList<KabarSession>> SessionsAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Ends one of them.</summary>
    public Task EndSessionAsync(string session, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Changes the password, which ends the other sessions.</summary>
    public Task ChangePasswordAsync(string old, string next, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>The realms that this one is joined with, and whether each can be reached.</summary>
    public Task<IReadOnlyList<KabarPeer>> PeersAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>
    /// What happens, as it happens: each entry once, in order, also over reconnects, which nobody has to care about. One at a time may listen.
    /// </summary>
    /// <param name="from">The <see cref="KabarEvent.At"/> of the last event that was seen, by this process or an earlier one; null from now on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KabarException">The session has ended.</exception>
    public IAsyncEnumerable<KabarEvent> ListenAsync(string? from = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
