using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kabar.Client;

namespace Kabar.Tests.Client;

/// <summary>TLS with a pinned certificate, and WebSocket.</summary>
public sealed class TransportTests : IDisposable
{
    private readonly ScriptedRealm _realm = new();

    public void Dispose() => _realm.Dispose();

    [Theory]
    [InlineData("right")]
    [InlineData("wrong")]
    [InlineData("none")]
    public async Task A_pinned_certificate_is_the_only_one_that_is_trusted(string pin)
    {
        using var certificate = Certificate();
        var fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        await using var client = new KabarClient(_realm.Options with
        {
            Server = new Uri($"tls://localhost:{_realm.Port}"),
            Fingerprint = pin switch
            {
                "right" => string.Join(':', fingerprint.Chunk(2).Select(pair => new string(pair))).ToLowerInvariant(),
                "wrong" => new string('0', 64),
                _ => null,
            },
        });
        var loggingIn = client.LogInAsync("messi", "surabaya");
        await using var secure = new SslStream(new NetworkStream(await _realm.AcceptSocketAsync(), ownsSocket: true));
        try
        {
            await secure.AuthenticateAsServerAsync(certificate).BeforeDeadline();
            using var connection = new ScriptedConnection(secure);
            await connection.OpenAsync("auth", ",\"token\":\"t\"").BeforeDeadline();
        }
        catch (Exception fault) when (pin != "right" && fault is IOException or EndOfStreamException or System.Security.Authentication.AuthenticationException)
        {
            // The client has hung up.
        }

        if (pin == "right") (await loggingIn.BeforeDeadline()).Username.ShouldBe("messi");
        else await Should.ThrowAsync<IOException>(loggingIn.BeforeDeadline());
    }

    [Fact]
    public async Task Over_a_web_socket_a_message_is_a_line()
    {
        await using var client = new KabarClient(_realm.Options with { Server = new Uri($"ws://127.0.0.1:{_realm.Port}/ws") });
        var loggingIn = client.LogInAsync("messi", "surabaya");
        using var socket = await UpgradeAsync(await _realm.AcceptSocketAsync());
        (await ReadAsync(socket)).ShouldContain("\"do\":\"language\"");
        (await ReadAsync(socket)).ShouldContain("\"do\":\"auth\"");
        await SayAsync(socket, "{\"id\":1,\"status\":\"OK\"}");
        await SayAsync(socket, "{\"id\":2,\"status\":\"OK\",\"user\":\"messi\",\"name\":\"Lionel Messi\",\"realm\":\"satu\",\"session\":\"s1\",\"token\":\"t\"}");
        await loggingIn.BeforeDeadline();

        var peers = client.PeersAsync();
        (await ReadAsync(socket)).ShouldBe("{\"id\":3,\"do\":\"peers\"}");
        await SayAsync(socket, $"{{\"id\":3,\"status\":\"OK\",\"peers\":[{string.Join(',', Enumerable.Repeat("{\"realm\":\"dua\",\"connected\":true}", 5000))}]}}");
        (await peers.BeforeDeadline()).Count.ShouldBe(5000);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var start = TimeProvider.System.GetUtcNow().AddDays(-1);
        using var made = request.CreateSelfSigned(start, start.AddDays(30));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task<WebSocket> UpgradeAsync(Socket connection)
    {
        var stream = new NetworkStream(connection, ownsSocket: true);
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            (await stream.ReadAsync(one).BeforeDeadline()).ShouldBe(1);
            head.Append((char)one[0]);
        }

        var key = head.ToString().Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase)).Split(':', 2)[1].Trim();
#pragma warning disable CA5350 // it is what the handshake has; nothing is kept secret by it
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
    }

    private static async Task<string> ReadAsync(WebSocket socket)
    {
        var buffer = new byte[4096];
        var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).BeforeDeadline();
        part.EndOfMessage.ShouldBeTrue();
        return Encoding.UTF8.GetString(buffer, 0, part.Count);
    }

    private static async Task SayAsync(WebSocket socket, string line) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
