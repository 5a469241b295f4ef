using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kabar.Tests.Cli.Wire;

/// <summary>A server that plays a part: these bytes are expected, those are answered. One play a connection, in the order they come.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2? _certificate;
    private readonly Task _playing;

    private ScriptedServer(Func<ScriptedConnection, Task>[] plays, X509Certificate2? certificate)
    {
        _certificate = certificate;
        _listener.Start();
        _playing = PlayAsync(plays);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Address => $"127.0.0.1:{Port}";

    public static ScriptedServer Start(params Func<ScriptedConnection, Task>[] plays) => new(plays, certificate: null);

    public static ScriptedServer StartTls(X509Certificate2 certificate, Func<ScriptedConnection, Task> play) => new([play], certificate);

    /// <summary>A server that is asked and answers by turns: requests without, answers with their ends added.</summary>
    public static ScriptedServer Answering(params (string Request, string Reply)[] turns) => Start(connection => AnswerAsync(connection, turns));

    public static async Task AnswerAsync(ScriptedConnection connection, params (string Request, string Reply)[] turns)
    {
        foreach (var (request, reply) in turns)
        {
            await connection.ExpectAsync(request + " \r\n");
            await connection.SendAsync(reply + "\r\n\r\n");
        }
    }

    /// <summary>Every play has been played to its end, as written.</summary>
    public Task PlayedAsync() => _playing.WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        _listener.Dispose();
        await _playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PlayAsync(Func<ScriptedConnection, Task>[] plays)
    {
        foreach (var play in plays)
        {
            using var client = await _listener.AcceptTcpClientAsync();
            client.NoDelay = true;
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(_certificate);
                stream = secure;
            }

            await using (stream) await play(new ScriptedConnection(stream)).WaitAsync(Patience);
        }
    }
}

internal sealed class ScriptedConnection(Stream stream)
{
    public async Task ExpectAsync(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        var count = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false);
        Encoding.UTF8.GetString(bytes, 0, count).ShouldBe(text);
    }

    /// <summary>The other side closes without having said any more.</summary>
    public async Task ExpectEndAsync() => (await stream.ReadAsync(new byte[1])).ShouldBe(0);

    public async Task SendAsync(string text)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await stream.FlushAsync();
    }
}
