using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Kabar.Cli.Wire;

/// <summary>Opens connections: TCP, and TLS over it where the endpoint asks for it.</summary>
internal static class ServerDialer
{
    public static async Task<ServerConnection> ConnectAsync(
        ServerEndpoint endpoint, ConnectionLimits limits, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limits.Connect, limits.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var name = endpoint.Address.ToString();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint.Address.Host, endpoint.Address.Port, either.Token);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (endpoint.Trust is not { } trust) return new ServerConnection(stream, name, limits, socket);

            var (secure, fingerprint) = await SecureAsync(stream, endpoint.Address, trust, either.Token);
            return new ServerConnection(secure, name, limits, socket) { Fingerprint = fingerprint };
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new ServerFault($"{name} did not answer within {limits.Connect.TotalSeconds:0} seconds.");
        }
        catch (Exception fault) when (fault is SocketException or (IOException and not ServerFault))
        {
            socket.Dispose();
            throw new ServerFault($"Cannot connect to {name}: {Reason(fault)}.", fault);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<(SslStream Stream, string? Fingerprint)> SecureAsync(
        Stream stream, ServerAddress address, CertificateTrust trust, CancellationToken cancellationToken)
    {
        string? shown = null;
        var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, _, errors) =>
        {
            shown = certificate is null ? null : CertificateTrust.FingerprintOf(certificate);
            if (trust.Pin is not null) return shown == trust.Pin;
            return trust.AcceptsAny || errors == SslPolicyErrors.None;
        });
        try
        {
            await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, cancellationToken);
            return (secure, shown);
        }
        catch (AuthenticationException fault)
        {
            throw new ServerFault(shown is null
                ? $"{address} does not speak TLS as we do."
                : $"{address} shows a certificate that is not trusted; its fingerprint is {shown}.", fault);
        }
    }

    private static string Reason(Exception fault) => fault switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection refused",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } => "no such host",
        _ => fault.Message.TrimEnd('.'),
    };
}
