using Kabar.Core;

namespace Kabar.Server.Hosting;

/// <summary>The limits an operator can set (section "Limits" of kabar.json). Zero is off.</summary>
internal sealed record Limits
{
    private const long Mebibyte = 1024 * 1024;

    // Those that are rules of the chat have their defaults in Core.
    private static readonly RealmOptions Rules = new();

    /// <summary>The most bytes of a request line.</summary>
    public int RequestLineBytes { get; init; } = 16 * 1024;

    /// <summary>The most bytes of a request line that is JSON.</summary>
    public int JsonLineBytes { get; init; } = 64 * 1024;

    public int TextBytes { get; init; } = Rules.TextBytes;

    public int InboxReplyBytes { get; init; } = Rules.InboxReplyBytes;

    /// <summary>Connections from one network address (of IPv6: from one /64).</summary>
    public int ConnectionsPerAddress { get; init; } = 256;

    public int Connections { get; init; } = 100_000;

    /// <summary>How long a connection may take to its first request.</summary>
    public int FirstRequestSeconds { get; init; } = 60;

    public int IdleBeforeLoginSeconds { get; init; } = 600;

    public int IdleAfterLoginSeconds { get; init; } = 86_400;

    /// <summary>Requests a second of one connection, sustained. One that asks more is slowed down, never dropped.</summary>
    public int RequestsPerSecond { get; init; } = 2_000;

    public int RequestBurst { get; init; } = 4_000;

    /// <summary>Sends of one connection that may wait for a commit; then its reading pauses.</summary>
    public int SendsWaitingPerConnection { get; init; } = 256;

    /// <summary>Bytes that may wait for one connection to read them.</summary>
    public int OutboundQueueBytes { get; init; } = 1024 * 1024;

    /// <summary>Groups that one account may make.</summary>
    public int GroupsPerAccount { get; init; } = Rules.GroupsPerAccount;

    /// <summary>Members that one group may have.</summary>
    public int GroupMembers { get; init; } = Rules.GroupMembers;

    /// <summary>Mebibytes that may wait for one peer.</summary>
    public int OutboxMegabytes { get; init; } = (int)(Rules.OutboxBytes / Mebibyte);

    /// <summary>How long another realm may take to answer somebody who waits.</summary>
    public int PeerPatienceSeconds { get; init; } = (int)Rules.PeerPatience.TotalSeconds;

    public int SendsWaiting { get; init; } = Rules.SendsWaiting;

    public int WrongPasswordsPerMinute { get; init; } = Rules.WrongPasswordsPerMinute;

    public int WrongPasswordsPerHour { get; init; } = Rules.WrongPasswordsPerHour;

    /// <summary>Accounts that may be made from one network address in an hour, where people may make them.</summary>
    public int RegistrationsPerHour { get; init; } = Rules.RegistrationsPerHour;

    /// <summary>The most entries of one page of history.</summary>
    public int HistoryEntries { get; init; } = Rules.HistoryEntries;

    /// <summary>The most that one search finds.</summary>
    public int SearchResults { get; init; } = Rules.SearchResults;

    /// <summary>Days that a session lives unused.</summary>
    public int SessionIdleDays { get; init; } = 30;

    /// <summary>Days that something may wait for a peer that is down before it goes back to its sender.</summary>
    public int OutboxDays { get; init; } = 7;

    /// <summary>Seconds after which a link on which nothing is heard is given up; a third of it after which a sign of life is asked for.</summary>
    public int LinkSilenceSeconds { get; init; } = 30;

    /// <summary>Frames a second that a peer may send, sustained. One that sends more is slowed down.</summary>
    public int LinkFramesPerSecond { get; init; } = 50_000;

    /// <summary>Every limit under its name, for validation.</summary>
    public IEnumerable<(string Name, int Value)> All() =>
        typeof(Limits).GetProperties().Where(property => property.PropertyType == typeof(int)).Select(property => (property.Name, (int)property.GetValue(this)!)); // all are ints

    public RealmOptions ForRealm() => new()
    {
        TextBytes = TextBytes,
        InboxReplyBytes = InboxReplyBytes,
        SendsWaiting = SendsWaiting,
        GroupsPerAccount = GroupsPerAccount,
        GroupMembers = GroupMembers,
        OutboxBytes = OutboxMegabytes * Mebibyte,

        // Zero is off: somebody waits for as long as the link stands.
        PeerPatience = PeerPatienceSeconds > 0 ? TimeSpan.FromSeconds(PeerPatienceSeconds) : Timeout.InfiniteTimeSpan,
        WrongPasswordsPerMinute = WrongPasswordsPerMinute,
        WrongPasswordsPerHour = WrongPasswordsPerHour,
        SessionIdle = TimeSpan.FromDays(SessionIdleDays),
        RegistrationsPerHour = RegistrationsPerHour,
        HistoryEntries = HistoryEntries,
        SearchResults = SearchResults,
    };
}
