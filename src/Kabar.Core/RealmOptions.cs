namespace Kabar.Core;

/// <summary>The limits of a realm that are rules of the chat, not of a connection. Zero is off.</summary>
public sealed record RealmOptions
{
    /// <summary>The most bytes of a text that other realms are sent, whatever <see cref="TextBytes"/> allows: a frame of the link holds it even where each byte is escaped.</summary>
    public const int MostLinkTextBytes = 40 * 1024;

    /// <summary>The most bytes of UTF-8 a message text may have.</summary>
    public int TextBytes { get; init; } = 8 * 1024;

    /// <summary>The most bytes of one inbox reply, as its dialect encodes it.</summary>
    public int InboxReplyBytes { get; init; } = 512 * 1024;

    /// <summary>How long a reader may take to be shown an inbox before the next reader of the same inbox is served.</summary>
    public TimeSpan InboxTurn { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a session lives unused.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many sends may wait for a commit in all.</summary>
    public int SendsWaiting { get; init; } = 65_536;

    /// <summary>Wrong passwords a minute for one account from one network address.</summary>
    public int WrongPasswordsPerMinute { get; init; } = 5;

    /// <summary>Wrong passwords an hour for one account.</summary>
    public int WrongPasswordsPerHour { get; init; } = 50;

    /// <summary>How long the answer to an attempt over those limits is held back.</summary>
    public TimeSpan AttemptDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Groups that one account may make.</summary>
    public int GroupsPerAccount { get; init; } = 100;

    /// <summary>Members that one group may have.</summary>
    public int GroupMembers { get; init; } = 10_000;

    /// <summary>How long another realm may take to answer somebody who waits.</summary>
    public TimeSpan PeerPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Bytes that may wait for one peer.</summary>
    public long OutboxBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Who may make an account by himself.</summary>
    public RegistrationMode Registration { get; init; }

    /// <summary>Accounts that may be made from one network address in an hour.</summary>
    public int RegistrationsPerHour { get; init; } = 20;

    /// <summary>The most entries of one page of history.</summary>
    public int HistoryEntries { get; init; } = 100;

    /// <summary>The most that one search finds.</summary>
    public int SearchResults { get; init; } = 50;

    // Where the operator has switched the limit of a page off, for those who do not say how many they want.
    private const int OrdinaryPage = 100;

    /// <summary>How many a page has.</summary>
    /// <param name="asked">How many are asked for; null for as many as there may be.</param>
    /// <param name="limit">How many there may be; 0 for any number.</param>
    public static int PageOf(long? asked, int limit) => (int)Math.Min(asked ?? (limit > 0 ? limit : OrdinaryPage), limit > 0 ? limit : int.MaxValue);

    /// <summary>At least one and at most what a limit allows, where 0 is no limit.</summary>
    internal static int Bounded(int most, int limit) => Math.Clamp(most, 1, limit > 0 ? limit : int.MaxValue);

    /// <summary>For how long a client's key keeps a message from being said twice.</summary>
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromDays(7);
}
