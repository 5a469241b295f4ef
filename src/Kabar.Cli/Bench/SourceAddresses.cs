using System.Net;

namespace Kabar.Cli.Bench;

/// <summary>
/// The addresses that connections come from: a thousand of 127.0.0.0/8, so that the load looks to the server like many clients, and
/// connections that were closed do not use up one address's ports.
/// </summary>
internal static class SourceAddresses
{
    private static readonly IPAddress[] All =
        [.. Enumerable.Range(0, 1000).Select(number => new IPAddress([127, 1, (byte)(number / 250), (byte)((number % 250) + 1)]))];

    /// <summary>The address for the connection of this number; null where the system has only the one loopback address.</summary>
    public static IPAddress? Of(int number, IPEndPoint server) =>
        OperatingSystem.IsMacOS() || server.Address.GetAddressBytes() is not [127, _, _, _] ? null : All[(int)((uint)number % (uint)All.Length)];
}
