using System.ComponentModel;
using System.Reflection;
using Kabar.Core;

namespace Kabar.Server.Hosting;

/// <summary>The limits an operator can set (section "Limits" of kabar.json). Zero is off.</summary>
internal sealed record Limits
{
    private const long Mebibyte = 1024 * 1024;

    // Those that are rules of the chat have their defaults in Core.
    private static readonly RealmOptions Rules = new();

    /// <summary>The most bytes of a request line.</summary>
    [Description("bytes of a request line")]
    public int RequestLineBytes { get; init; } = 16 * 1024;

    /// <summary>The most bytes of a request line that is JSON.</summary>
    [Description("bytes of a request line that is JSON")]
    public int JsonLineBytes { get; init; } = 64 * 1024;

    [Description("bytes of a message text")]
    public int TextBytes { get; init; } = Rules.TextBytes;

    [Description("bytes of one inbox reply")]
    public int InboxReplyBytes { get; init; } = Rules.InboxReplyBytes;

    /// <summary>Connections from one network address (of IPv6: from one /64).</summary>
    [Description("connections from one network address; of IPv6 from one /64")]
    public int ConnectionsPerAddress { get; init; } = 256;

    [Description("connections in all")]
    public int Connections { get; init; } = 100_000;

    /// <summary>How long a connection may take to its first request.</summary>
    [Description("seconds from accept to the first whole request")]
    public int FirstRequestSeconds { get; init; } = 60;

    [Description("seconds of silence of a connection that has acted for nobody")]
    public int IdleBeforeLoginSeconds { get; init; } = 600;

    [Description("seconds of silence of one that has logged in")]
    public int IdleAfterLoginSeconds { get; init; } = 86_400;

    /// <summary>Requests a second of one connection, sustained. One that asks more is slowed down, never dropped.</summary>
    [Description("requests a second of one connection, sustained")]
    public int RequestsPerSecond { get; init; } = 2_000;

    [Description("requests of one connection at once")]
    public int RequestBurst { get; init; } = 4_000;

    /// <summary>Sends of one connection that may wait for a commit; then its reading pauses.</summary>
    [Description("sends of one connection that wait for the disk")]
    public int SendsWaitingPerConnection { get; init; } = 256;

    /// <summary>Bytes that may wait for one connection to read them.</summary>
    [Description("bytes that wait for one connection to read them")]
    public int OutboundQueueBytes { get; init; } = 1024 * 1024;

    /// <summary>Groups that one account may make.</summary>
    [Description("groups that one account has made")]
    public int GroupsPerAccount { get; init; } = Rules.GroupsPerAccount;

    /// <summary>Members that one group may have.</summary>
    [Description("members of a group")]
    public int GroupMembers { get; init; } = Rules.GroupMembers;

    /// <summary>Mebibytes that may wait for one peer.</summary>
    [Description("MiB that wait for one realm")]
    public int OutboxMegabytes { get; init; } = (int)(Rules.OutboxBytes / Mebibyte);

    /// <summary>How long another realm may take to answer somebody who waits.</summary>
    [Description("seconds that somebody waits for another realm's answer")]
    public int PeerPatienceSeconds { get; init; } = (int)Rules.PeerPatience.TotalSeconds;

    [Description("sends of all connections that wait for the disk")]
    public int SendsWaiting { get; init; } = Rules.SendsWaiting;

    [Description("wrong passwords a minute for one account from one address")]
    public int WrongPasswordsPerMinute { get; init; } = Rules.WrongPasswordsPerMinute;

    [Description("wrong passwords an hour for one account")]
    public int WrongPasswordsPerHour { get; init; } = Rules.WrongPasswordsPerHour;

    /// <summary>Accounts that may be made from one network address in an hour, where people may make them.</summary>
    [Description("accounts made from one address in an hour")]
    public int RegistrationsPerHour { get; init; } = Rules.RegistrationsPerHour;

    /// <summary>The most entries of one page of history.</summary>
    [Description("entries of one page of history")]
    public int HistoryEntries { get; init; } = Rules.HistoryEntries;

    /// <summary>The most that one search finds.</summary>
    [Description("results of one search")]
    public int SearchResults { get; init; } = Rules.SearchResults;

    /// <summary>Days that a session lives unused.</summary>
    [Description("days that a session lives unused")]
    public int SessionIdleDays { get; init; } = 30;

    /// <summary>Days that something may wait for a peer that is down before it goes back to its sender.</summary>
    [Description("days that something waits for a realm that is away")]
    public int OutboxDays { get; init; } = 7;

    /// <summary>Seconds after which a link on which nothing is heard is given up; a third of it after which a sign of life is asked for.</summary>
    [Description("seconds of silence after which a link is given up")]
    public int LinkSilenceSeconds { get; init; } = 30;

    /// <summary>Frames a second that a peer may send, sustained. One that sends more is slowed down.</summary>
    [Description("frames a second from a peer")]
    public int LinkFramesPerSecond { get; init; } = 50_000;

    /// <summary>Every limit under its name, and what it bounds in a few words.</summary>
    public IEnumerable<(string Name, int Value, string Meaning)> All() =>
        from property in typeof(Limits).GetProperties()
        where property.PropertyType == typeof(int)
        select (property.Name, (int)property.GetValue(this)!, property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? ""); // all are ints

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
