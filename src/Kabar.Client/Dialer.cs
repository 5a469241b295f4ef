using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kabar.Client;

/// <summary>Opens sockets to where the options say, as they say.</summary>
internal sealed class Dialer
{
    private const int DefaultPort = 8889;

    private readonly Uri _server;
    private readonly string? _fingerprint;
    private readonly TimeProvider _clock;

    /// <exception cref="ArgumentException">The options make no sense.</exception>
    public Dialer(KabarClientOptions options)
    {
        _server = options.Server;
        _clock = options.Clock;
        if (_server is not { IsAbsoluteUri: true, Scheme: "tcp" or "tls" or "ws" or "wss", Host.Length: > 0 })
            throw new ArgumentException("The server must be an address like tcp://HOST:PORT, tls://HOST:PORT, ws://HOST:PORT/ws or wss://HOST:PORT/ws.", nameof(options));
        if (options.Fingerprint is null) return;

        // Whoever pins a certificate and then gets none would believe himself safe.
        if (_server.Scheme is not ("tls" or "wss")) throw new ArgumentException("There is a fingerprint, but the address is one without TLS.", nameof(options));
        var digits = options.Fingerprint.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        if (digits.Length != 64 || !digits.All(char.IsAsciiHexDigitUpper)) throw new ArgumentException("The fingerprint is not a SHA-256 in hexadecimal.", nameof(options));
        _fingerprint = digits;
    }

    /// <exception cref="IOException">It cannot be reached, or is not trusted.</exception>
    public async Task<Transport> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _server.Scheme is "ws" or "wss" ? await ConnectWebSocketAsync(cancellationToken) : await ConnectStreamAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is SocketException or WebSocketException or HttpRequestException)
        {
            throw new IOException($"{_server.Authority} cannot be reached: {fault.Message}", fault);
        }
        catch (AuthenticationException fault)
        {
            throw new IOException($"{_server.Authority} shows a certificate that is not trusted.", fault);
        }
    }

    private async Task<Transport> ConnectStreamAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_server.IdnHost, _server.Port < 0 ? DefaultPort : _server.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            if (_server.Scheme == "tcp") return new StreamTransport(stream, _clock);

            var secure = new SslStream(stream, leaveInnerStreamOpen: false);
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = _server.IdnHost, RemoteCertificateValidationCallback = IsTrusted }, cancellationToken);
            return new StreamTransport(secure, _clock);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Transport> ConnectWebSocketAsync(CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan; // the client asks by itself
            if (_server.Scheme == "wss") socket.Options.RemoteCertificateValidationCallback = IsTrusted;
            await socket.ConnectAsync(_server, cancellationToken);
            return new WebSocketTransport(socket, _clock);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        _fingerprint is null ? errors == SslPolicyErrors.None : certificate?.GetCertHashString(HashAlgorithmName.SHA256) == _fingerprint;
}
