using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Kabar.Client;

namespace Kabar.Tests.Client;

/// <summary>A realm that says what a test tells it to, on a port of its own.</summary>
internal sealed class ScriptedRealm : IDisposable
{
    public const string Token = "the-secret-token";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ScriptedRealm() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public KabarClientOptions Options => new()
    {
        Server = new Uri($"tcp://127.0.0.1:{Port}"),
        Patience = Deadline.Span,
        LongestRetry = TimeSpan.FromMilliseconds(1),
    };

    public async Task<ScriptedConnection> AcceptAsync() => new(new NetworkStream(await _listener.AcceptSocketAsync().BeforeDeadline(), ownsSocket: true));

    public Task<Socket> AcceptSocketAsync() => _listener.AcceptSocketAsync().BeforeDeadline();

    /// <summary>A client of messi that is logged in, and its connection.</summary>
    public async Task<ScriptedSession> LogInAsync(KabarClientOptions? options = null)
    {
        var client = new KabarClient(options ?? Options);
        var loggingIn = client.LogInAsync("messi", "surabaya");
        var connection = await AcceptAsync();
        await connection.OpenAsync("auth", $",\"token\":\"{Token}\"");
        await loggingIn.BeforeDeadline();
        return new ScriptedSession(client, connection);
    }

    /// <summary>The next connection, on which the client goes on with its session.</summary>
    public async Task<ScriptedConnection> ResumeAsync()
    {
        var connection = await AcceptAsync();
        (await connection.OpenAsync("resume")).GetProperty("token").GetString().ShouldBe(Token);
        return connection;
    }

    public void Dispose() => _listener.Dispose();
}

/// <summary>A client and the realm's end of its first connection.</summary>
internal sealed record ScriptedSession(KabarClient Client, ScriptedConnection Connection) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        Connection.Dispose();
    }
}

/// <summary>One connection of a <see cref="ScriptedRealm"/>.</summary>
internal sealed class ScriptedConnection(Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream, new UTF8Encoding(false));
    private bool _isOver;

    public async Task<JsonElement> ReadAsync()
    {
        var line = await _reader.ReadLineAsync().BeforeDeadline() ?? throw new EndOfStreamException("The client has closed.");
        using var request = JsonDocument.Parse(line);
        return request.RootElement.Clone();
    }

    /// <summary>The next request, which must be this one.</summary>
    public async Task<JsonElement> ExpectAsync(string verb)
    {
        var request = await ReadAsync();
        request.GetProperty("do").GetString().ShouldBe(verb);
        return request;
    }

    /// <summary>Answers the language and the log-in.</summary>
    public async Task<JsonElement> OpenAsync(string verb, string more = "")
    {
        await GrantAsync(await ExpectAsync("language"));
        var opening = await ExpectAsync(verb);
        await GrantAsync(opening, $"\"user\":\"messi\",\"name\":\"Lionel Messi\",\"realm\":\"satu\",\"session\":\"s1\"{more}");
        return opening;
    }

    public Task GrantAsync(JsonElement request, string more = "") => SayAsync(Granted(request, more));

    public Task RefuseAsync(JsonElement request, string code) =>
        SayAsync($"{{\"id\":{request.GetProperty("id").GetRawText()},\"status\":\"ERROR\",\"code\":\"{code}\",\"message\":\"No: {code}.\"}}");

    public static string Granted(JsonElement request, string more = "") =>
        $"{{\"id\":{request.GetProperty("id").GetRawText()},\"status\":\"OK\"{(more.Length > 0 ? "," : "")}{more}}}";

    /// <summary>An entry with which lineker has said something to messi.</summary>
    public static string Message(long at, string kind = "message") =>
        $"{{\"event\":\"{kind}\",\"at\":\"{at}\",\"to\":\"messi\",\"position\":{at},\"mid\":\"m{at}\",\"from\":\"lineker\",\"name\":\"Gary Lineker\","
        + $"\"sent\":\"2026-11-21T14:52:00.123Z\",\"text\":\"pesan {at}\"}}";

    public Task SayAsync(params IEnumerable<string> lines) => SayBytesAsync(string.Concat(lines.Select(line => line + "\r\n")));

    public async Task SayBytesAsync(string text)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await stream.FlushAsync();
    }

    public async Task EndsAsync()
    {
        try
        {
            (await _reader.ReadLineAsync().BeforeDeadline()).ShouldBeNull();
        }
        catch (IOException)
        {
            // As good.
        }
    }

    /// <summary>Ends it as a network does.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isOver, true)) return;
        if (stream is NetworkStream { Socket: var socket }) socket.LingerState = new LingerOption(enable: true, seconds: 0);
        stream.Dispose();
    }
}
