using System.Net;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;
using Microsoft.AspNetCore.Connections;

namespace Kabar.Server.Web;

/// <summary>
/// Counts the connections of the HTTP listener as those of the line listeners are, before anything is read from them: who has too many is turned away. Those of a known proxy
/// are many people's, and only counted in all. A WebSocket gives its place back: it is counted as the line connections are, for whoever has opened it. Safe to call from any thread.
/// </summary>
internal sealed class HttpAdmission(KabarOptions options)
{
    private readonly Lock _gate = new();
    private readonly HashSet<IPAddress> _proxies = [.. options.ProxyAddresses];
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _count;
        }
    }

    /// <summary>Serves a connection, or closes it.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var origin = ConnectionRegistry.Origin(connection.RemoteEndPoint);
        if (!TryAdd(origin)) return;
        using var place = new HttpPlace(() => Remove(origin));
        connection.Features.Set(place);
        await next(connection);
    }

    private bool TryAdd(IPAddress origin)
    {
        var limits = options.Limits;
        lock (_gate)
        {
            var fromThere = _perAddress.GetValueOrDefault(origin);
            if (limits.Connections > 0 && _count >= limits.Connections) return false;
            if (limits.ConnectionsPerAddress > 0 && fromThere >= limits.ConnectionsPerAddress && !_proxies.Contains(origin)) return false;
            _count++;
            _perAddress[origin] = fromThere + 1;
            return true;
        }
    }

    private void Remove(IPAddress origin)
    {
        lock (_gate)
        {
            _count--;
            if (_perAddress[origin] is var left and > 1) _perAddress[origin] = left - 1;
            else _perAddress.Remove(origin);
        }
    }
}

/// <summary>A connection's place among those of the HTTP listener, until it is disposed of: once counts, however often that is.</summary>
internal sealed class HttpPlace(Action giveBack) : IDisposable
{
    private int _isGivenBack;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isGivenBack, 1) == 0) giveBack();
    }
}
