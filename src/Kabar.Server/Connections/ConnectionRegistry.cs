using System.Net;
using System.Net.Sockets;
using Kabar.Server.Hosting;

namespace Kabar.Server.Connections;

/// <summary>
/// The connections of this node: counted at accept, in all and by network address; closed when they have been idle too long; told
/// when the server stops.
/// </summary>
internal sealed class ConnectionRegistry(Limits limits, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly HashSet<IConnection> _connections = [];
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private volatile bool _isStopping;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _connections.Count;
        }
    }

    /// <summary>Whether the server stops: true before the first connection is told.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>How many were turned away.</summary>
    public long Refused { get; private set; }

    /// <summary>What connections are counted by: the address, or of IPv6 the /64, since a machine has all of one.</summary>
    public static IPAddress Origin(EndPoint? remote)
    {
        if (remote is not IPEndPoint { Address: var address }) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }

    /// <summary>Admits a connection; false when there are too many, or the server stops.</summary>
    public bool TryAdd(IConnection connection)
    {
        lock (_gate)
        {
            var fromThere = _perAddress.GetValueOrDefault(connection.Origin);
            if (_isStopping
                || (limits.Connections > 0 && _connections.Count >= limits.Connections)
                || (limits.ConnectionsPerAddress > 0 && fromThere >= limits.ConnectionsPerAddress))
            {
                Refused++;
                return false;
            }

            _connections.Add(connection);
            _perAddress[connection.Origin] = fromThere + 1;
            return true;
        }
    }

    public void Remove(IConnection connection)
    {
        lock (_gate)
        {
            if (!_connections.Remove(connection)) return;
            var left = _perAddress[connection.Origin] - 1;
            if (left == 0) _perAddress.Remove(connection.Origin);
            else _perAddress[connection.Origin] = left;
        }
    }

    /// <summary>Closes those that have been silent longer than they may.</summary>
    /// <returns>How many that were.</returns>
    public int CloseIdle()
    {
        var now = clock.GetTimestamp();
        List<IConnection> idle;
        lock (_gate) idle = [.. _connections.Where(connection => IsIdle(connection, now))];
        foreach (var connection in idle) connection.Abort();
        return idle.Count;
    }

    /// <summary>Admits no more, and asks those there are to answer what they have and close.</summary>
    public void Stop()
    {
        IConnection[] connections;
        lock (_gate)
        {
            _isStopping = true;
            connections = [.. _connections];
        }

        foreach (var connection in connections) connection.RequestStop();
    }

    private bool IsIdle(IConnection connection, long now)
    {
        var allowed = connection.Stage switch
        {
            ConnectionStage.New => limits.FirstRequestSeconds,
            ConnectionStage.Anonymous => limits.IdleBeforeLoginSeconds,
            ConnectionStage.LoggedIn => limits.IdleAfterLoginSeconds,
            ConnectionStage.Conversing => 0,
        };
        return allowed > 0 && clock.GetElapsedTime(connection.LastActive, now) >= TimeSpan.FromSeconds(allowed);
    }
}

/// <summary>What the registry asks of a connection, of whatever front end.</summary>
internal interface IConnection
{
    /// <summary>What it is counted by.</summary>
    IPAddress Origin { get; }

    /// <summary>How far it has come; with <see cref="LastActive"/> it decides when silence is too long.</summary>
    ConnectionStage Stage { get; }

    /// <summary>When something last came in, as a timestamp of the clock.</summary>
    long LastActive { get; }

    /// <summary>Answers what has come in, then closes. May be called from any thread.</summary>
    void RequestStop();

    /// <summary>Closes at once. May be called from any thread.</summary>
    void Abort();
}

/// <summary>How far a connection has come.</summary>
internal enum ConnectionStage
{
    /// <summary>It has asked for nothing yet.</summary>
    New,

    /// <summary>It has asked, but acted for nobody.</summary>
    Anonymous,

    /// <summary>It has logged in or presented a live session.</summary>
    LoggedIn,

    /// <summary>It is in a conversation, where one may listen for as long as one likes.</summary>
    Conversing,
}
