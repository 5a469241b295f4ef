using System.Net;
using System.Net.Sockets;

namespace Kabar.Scenarios.Federation;

/// <summary>
/// Ports that stay a realm's own over its restarts. They lie below those that the kernel hands out, so that nobody else gets one
/// while its realm is down.
/// </summary>
internal static class FreePorts
{
    private const int First = 21_000;
    private const int Last = 31_000;
    private static int _next = Random.Shared.Next(First, Last);

    public static int Take()
    {
        for (var attempt = First; attempt < Last; attempt++)
        {
            var port = First + Interlocked.Increment(ref _next) % (Last - First);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }

        throw new InvalidOperationException("No port is free.");
    }
}
