using System.Net;
using System.Text.Json.Serialization;

namespace Kabar.Cli.Bench;

/// <summary>What is asked of the server.</summary>
internal enum Workload
{
    /// <summary>Every connection keeps messages to other users in flight.</summary>
    [JsonStringEnumMemberName("send")]
    Send,

    /// <summary>Half of the connections send, half read, and what was acknowledged is compared with what was read.</summary>
    [JsonStringEnumMemberName("inbox")]
    Inbox,

    /// <summary>Connections that ask nothing.</summary>
    [JsonStringEnumMemberName("idle")]
    Idle,

    /// <summary>Connect, one command, close.</summary>
    [JsonStringEnumMemberName("connect")]
    Connect,

    /// <summary>Members of groups speak in turn, and all of a group hear each text.</summary>
    [JsonStringEnumMemberName("group")]
    Group,

    /// <summary>Half of the connections send from one realm, half read in another.</summary>
    [JsonStringEnumMemberName("federated")]
    Federated,

    /// <summary>A store full of messages, in which users look for words.</summary>
    [JsonStringEnumMemberName("search")]
    Search,

    /// <summary>Many listen in the native protocol, and one writes to one of them at a time.</summary>
    [JsonStringEnumMemberName("push")]
    Push,

    /// <summary>All members of one large group listen in the native protocol, and several texts are in the air.</summary>
    [JsonStringEnumMemberName("fanout")]
    Fanout,

    /// <summary>WebSockets that listen and hear nothing.</summary>
    [JsonStringEnumMemberName("sockets")]
    Sockets,
}

/// <summary>A load generator's run as it was asked for.</summary>
internal sealed record BenchOptions
{
    public IReadOnlyList<Workload> Workloads { get; init; } = [Workload.Send];

    public int Connections { get; init; } = 100;

    public int IdleConnections { get; init; } = 10_000;

    /// <summary>Requests a connection keeps in flight, or texts a group.</summary>
    public int Depth { get; init; } = 1;

    public int Groups { get; init; } = 10;

    /// <summary>How many are in each group, with a connection each.</summary>
    public int Members { get; init; } = 50;

    /// <summary>Who listen while one writes to them.</summary>
    public int Listeners { get; init; } = PushLoad.DefaultListeners;

    /// <summary>How many are in the group of <see cref="Workload.Fanout"/>, all of them listening.</summary>
    public int FanoutMembers { get; init; } = FanoutLoad.DefaultMembers;

    /// <summary>The texts in the air in that group.</summary>
    public int FanoutDepth { get; init; } = FanoutLoad.DefaultDepth;

    /// <summary>Whether <see cref="Workload.Send"/> speaks the native protocol.</summary>
    public bool IsNative { get; init; }

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages in all; null where the time decides.</summary>
    public long? Count { get; init; }

    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of a message's text.</summary>
    public int Body { get; init; } = 100;

    /// <summary>A server that runs already; null to start one.</summary>
    public IPEndPoint? Server { get; init; }

    /// <summary>The accounts of that server: JSON Lines.</summary>
    public string? Users { get; init; }

    /// <summary>The process of that server, for its CPU and memory.</summary>
    public int? ServerPid { get; init; }

    /// <summary>Where the data of the servers it starts are put; null for the system's temporary folder.</summary>
    public string? Data { get; init; }

    /// <summary>Whether a bare echo is measured too.</summary>
    public bool Echo { get; init; }

    /// <summary>Whether that echo's transport runs continuations on its polling thread.</summary>
    public bool InlineScheduling { get; init; }

    /// <summary>Whether <see cref="Workload.Send"/> runs a second time, with a peer that is down.</summary>
    public bool DeadPeer { get; init; }

    /// <summary>Whether <see cref="Workload.Send"/> runs twice, without the full-text index and with it.</summary>
    public bool Indexed { get; init; }

    /// <summary>Whether texts are words, and not one long one.</summary>
    public bool Words { get; init; }

    /// <summary>Whether <see cref="Workload.Send"/> reads everything back.</summary>
    public bool Verify { get; init; }
}
