using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Kabar.Server.Connections;

namespace Kabar.Server.Federation;

/// <summary>
/// TLS for links: version 1.3, a certificate on both sides. TLS itself accepts any certificate and thereby proves only who holds which key;
/// <see cref="LinkHandshake"/> decides which keys are known. Protocol: native link, "Connection".
/// </summary>
internal static class LinkSecurity
{
    // A server name has to be given, and says nothing: certificates are known by their hash.
    private const string NoName = "kabar";

    /// <summary>Secures a connection that was accepted. Null when that fails or takes too long; the connection is closed then.</summary>
    public static ValueTask<LinkStream?> AcceptAsync(Stream connection, LinkKey own, LinkLimits limits, TimeProvider clock, CancellationToken cancellationToken) =>
        SecureAsync(connection, own, (tls, ended) => tls.AuthenticateAsServerAsync(AsServer(own), ended), limits, clock, cancellationToken);

    /// <summary>Secures a connection that was made. Null when that fails or takes too long; the connection is closed then.</summary>
    public static ValueTask<LinkStream?> ConnectAsync(Stream connection, LinkKey own, LinkLimits limits, TimeProvider clock, CancellationToken cancellationToken) =>
        SecureAsync(connection, own, (tls, ended) => tls.AuthenticateAsClientAsync(AsClient(own), ended), limits, clock, cancellationToken);

    private static async ValueTask<LinkStream?> SecureAsync(
        Stream connection, LinkKey own, Func<SslStream, CancellationToken, Task> authenticate, LinkLimits limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(limits.Handshake, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var tls = new SslStream(connection, leaveInnerStreamOpen: false);
        try
        {
            await authenticate(tls, ended.Token);
            if (tls.RemoteCertificate is { } remote)
            {
                var certificate = remote.GetRawCertData();
                return new LinkStream(tls, own, certificate, SelfSigned.FingerprintOf(certificate));
            }
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or SocketException or OperationCanceledException)
        {
            // What a stranger can cause. The caller sees that there is no link, and by its token whether it was asked to stop.
        }

        await tls.DisposeAsync();
        return null;
    }

    // A resumed session would show no certificate, so there are none.
    private static SslServerAuthenticationOptions AsServer(LinkKey own) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        ServerCertificateContext = SslStreamCertificateContext.Create(own.Certificate, additionalCertificates: null, offline: true),
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };

    private static SslClientAuthenticationOptions AsClient(LinkKey own) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls13,
        TargetHost = NoName,
        ClientCertificateContext = SslStreamCertificateContext.Create(own.Certificate, additionalCertificates: null, offline: true),
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };
}
