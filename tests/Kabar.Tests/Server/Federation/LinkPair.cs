using System.Net;
using System.Net.Sockets;
using Kabar.Server.Federation;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

/// <summary>Two realms with an identity each, and connections between them.</summary>
internal sealed class LinkPair : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LinkPair()
    {
        Satu = LinkIdentity.Open(_folder["satu"], SampleFrames.Realm("satu"), TimeProvider.System);
        Dua = LinkIdentity.Open(_folder["dua"], SampleFrames.Realm("dua"), TimeProvider.System);
    }

    /// <summary>The one that is dialed.</summary>
    public LinkIdentity Satu { get; }

    /// <summary>The one that dials.</summary>
    public LinkIdentity Dua { get; }

    public LinkLimits Limits { get; init; } = new() { Connect = Deadline.Span, Handshake = Deadline.Span };

    /// <summary>Two ends of a connection over the loopback.</summary>
    public static async Task<(Stream Dialed, Stream Listening)> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var dialed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await dialed.ConnectAsync(listener.LocalEndPoint!).BeforeDeadline(); // it is bound
        var accepted = await listener.AcceptAsync().BeforeDeadline();
        accepted.NoDelay = true;
        return (new NetworkStream(dialed, ownsSocket: true), new NetworkStream(accepted, ownsSocket: true));
    }

    /// <summary>Dua has dialed satu, and both have secured the connection.</summary>
    public async Task<(LinkStream Dua, LinkStream Satu)> SecureAsync()
    {
        var (dialed, listening) = await ConnectAsync();
        var accepting = LinkSecurity.AcceptAsync(listening, Satu.Current, Limits, TimeProvider.System, CancellationToken.None).AsTask();
        var dua = await LinkSecurity.ConnectAsync(dialed, Dua.Current, Limits, TimeProvider.System, CancellationToken.None).BeforeDeadline();
        var satu = await accepting.BeforeDeadline();
        return (dua.ShouldNotBeNull(), satu.ShouldNotBeNull());
    }

    public void Dispose() => _folder.Dispose();
}
