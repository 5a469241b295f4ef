using System.Net;
using System.Net.Sockets;
using Kabar.Protocol.Links;

namespace Kabar.Server.Federation;

/// <summary>Makes connections to where other realms listen.</summary>
internal static class LinkDialer
{
    /// <summary>Connects and secures the connection. Null when nobody answers there, or not as a link; how long that may take is limited.</summary>
    public static async ValueTask<LinkStream?> DialAsync(LinkAddress address, LinkKey own, LinkLimits limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(address, limits, clock, cancellationToken);
        return socket is null ? null : await LinkSecurity.ConnectAsync(new NetworkStream(socket, ownsSocket: true), own, limits, clock, cancellationToken);
    }

    private static async ValueTask<Socket?> ConnectAsync(LinkAddress address, LinkLimits limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(limits.Connect, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            foreach (var host in await Dns.GetHostAddressesAsync(address.Host, ended.Token))
            {
                var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(host, address.Port), ended.Token);
                    return socket;
                }
                catch (SocketException)
                {
                    // The name may have another address.
                    socket.Dispose();
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ArgumentException)
        {
            // No such name, or too late. (A name that no resolver could know is an argument that is wrong.)
        }

        return null;
    }
}
