using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Kabar.Core;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;
using Kabar.Server.Web;
using Kabar.Transcripts;
using Microsoft.Extensions.Configuration;

namespace Kabar.Tests.Server.Native;

public sealed class WebSocketTests : IAsyncLifetime
{
    private const int Longest = 4096;
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();
    private WebSocket _client = null!; // both are set before each test
    private WebSocketTransport _transport = null!;
    private Task _receiving = Task.CompletedTask;

    public ValueTask InitializeAsync()
    {
        var server = WebSocket.CreateFromStream(new DuplexStream(_toServer.Reader.AsStream(), _toClient.Writer.AsStream()), new WebSocketCreationOptions { IsServer = true });
        _client = WebSocket.CreateFromStream(new DuplexStream(_toClient.Reader.AsStream(), _toServer.Writer.AsStream()), new WebSocketCreationOptions());
        _transport = new WebSocketTransport(server, Longest);
        _receiving = _transport.ReceiveAsync(CancellationToken.None);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        _toServer.Writer.Complete();
        _toClient.Reader.Complete();
        await _transport.Input.CompleteAsync();
        await _receiving.BeforeDeadline();
        _client.Dispose();
    }

    [Fact]
    public async Task A_text_message_is_a_line_also_in_fragments_and_with_an_end_of_its_own()
    {
        await SendAsync("satu");
        await _client.SendAsync("du"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
        await _client.SendAsync("a"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        await SendAsync("tiga\r\n");
        await SendAsync("");
        (await ReadAsync("satu\ndua\ntiga\r\n\n".Length)).ShouldBe("satu\ndua\ntiga\r\n\n");
    }

    [Fact]
    public async Task A_line_is_a_text_message_without_its_end_and_what_is_flushed_may_be_many()
    {
        _transport.Output.Write("satu\r\ndua\ntiga\r\n"u8);
        (await _transport.Output.FlushAsync()).IsCompleted.ShouldBeFalse();
        foreach (var expected in new[] { "satu", "dua", "tiga" }) (await ReceiveAsync()).ShouldBe(expected);
    }

    [Theory]
    [InlineData("ping\nping", WebSocketMessageType.Text, WebSocketCloseStatus.InvalidPayloadData)]
    [InlineData("ping", WebSocketMessageType.Binary, WebSocketCloseStatus.InvalidMessageType)]
    public async Task What_is_no_line_ends_the_connection_with_the_code_for_it(string message, WebSocketMessageType type, WebSocketCloseStatus status)
    {
        await _client.SendAsync(Encoding.UTF8.GetBytes(message), type, endOfMessage: true, CancellationToken.None);
        (await _transport.Input.ReadAsync().BeforeDeadline()).IsCompleted.ShouldBeTrue();
        await CloseAsync();
        (await ClosedAsync()).ShouldBe(status);
    }

    [Fact]
    public async Task A_message_of_the_most_bytes_passes_and_of_a_longer_one_only_so_much_that_it_is_refused()
    {
        await SendAsync(new string('x', Longest));
        (await ReadAsync(Longest + 1)).Length.ShouldBe(Longest + 1);

        var sending = SendAsync(new string('x', 100_000));
        long read = 0;
        for (var isCompleted = false; !isCompleted;)
        {
            var result = await _transport.Input.ReadAsync().BeforeDeadline();
            read += result.Buffer.Length;
            result.Buffer.PositionOf((byte)'\n').ShouldBeNull();
            _transport.Input.AdvanceTo(result.Buffer.End);
            isCompleted = result.IsCompleted;
        }

        read.ShouldBeInRange(Longest + 2, 20_000);
        await sending.BeforeDeadline();
        await CloseAsync();
        (await ClosedAsync()).ShouldBe(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task A_client_that_takes_its_leave_has_sent_all_it_had_to_say()
    {
        await SendAsync("satu");
        await _client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        (await ReadAsync("satu\n".Length)).ShouldBe("satu\n");
        (await _transport.Input.ReadAsync().BeforeDeadline()).IsCompleted.ShouldBeTrue();
        await CloseAsync();
        (await ClosedAsync()).ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task A_client_that_vanishes_ends_both_directions()
    {
        _toServer.Writer.Complete();
        _toClient.Reader.Complete();
        (await _transport.Input.ReadAsync().BeforeDeadline()).IsCompleted.ShouldBeTrue();
    }

    [Theory]
    [InlineData(null, "kabar.example", true)]
    [InlineData("https://kabar.example", "kabar.example", true)]
    [InlineData("https://Kabar.Example", "kabar.example:443", true)]
    [InlineData("http://kabar.example", "kabar.example:80", true)]
    [InlineData("http://127.0.0.1:8880", "127.0.0.1:8880", true)]
    [InlineData("http://[::1]:8880", "[::1]:8880", true)]
    [InlineData("http://127.0.0.1:8890", "127.0.0.1:8880", false)]
    [InlineData("https://evil.example", "kabar.example", false)]
    [InlineData("https://kabar.example.evil.example", "kabar.example", false)]
    [InlineData("https://kabar.example", "kabar.example:8443", false)]
    [InlineData("null", "kabar.example", false)]
    [InlineData("https://kabar.example", "", false)]
    public void A_page_of_another_site_may_not_connect(string? origin, string host, bool isAllowed) => SiteOrigin.IsOfThisSite(origin, host).ShouldBe(isAllowed);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_browser_speaks_the_native_protocol_over_HTTP_and_HTTPS(bool isTls)
    {
        using var data = new TemporaryFolder();
        await using var host = await StartAsync(data.Path, isTls, new Limits { ConnectionsPerAddress = 1 });
        var account = await host.Realm.Accounts.AddAsync("messi", "Lionel Messi", [], new Password("surabaya"u8.ToArray()), isAdmin: false, CancellationToken.None);
        account.IsOk.ShouldBeTrue();
        var uri = new Uri($"{(isTls ? "wss" : "ws")}://{host.HttpEndPoint}/ws");

        using (var client = await ConnectAsync(uri, $"{(isTls ? "https" : "http")}://{host.HttpEndPoint}"))
        {
            await client.SendAsync("{\"do\":\"auth\",\"username\":\"messi\",\"password\":\"surabaya\"}"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            (await ReceiveAsync(client)).ShouldStartWith("{\"status\":\"OK\",\"user\":\"messi\"");
            foreach (var line in new[] { "listen", "send messi halo" }) await client.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            var received = new List<string> { await ReceiveAsync(client), await ReceiveAsync(client), await ReceiveAsync(client) };
            received.ShouldContain(line => line.StartsWith("{\"event\":\"message\"", StringComparison.Ordinal) && line.Contains("halo", StringComparison.Ordinal));

            // One is as many as may come from here.
            using var second = await ConnectAsync(uri, null);
            await Should.ThrowAsync<WebSocketException>(async () => await ReceiveAsync(second));
            second.CloseStatus.ShouldBe((WebSocketCloseStatus)1013);

            await client.SendAsync("quit"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            (await ReceiveAsync(client)).ShouldBe("{\"status\":\"OK\"}");
            await Should.ThrowAsync<WebSocketException>(async () => await ReceiveAsync(client));
            client.CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure);
        }

        await Should.ThrowAsync<WebSocketException>(() => ConnectAsync(uri, "https://evil.example"));
    }

    [Fact]
    public async Task A_server_that_stops_says_that_it_goes()
    {
        using var data = new TemporaryFolder();
        var host = await StartAsync(data.Path, isTls: false, new Limits());
        using var client = await ConnectAsync(new Uri($"ws://{host.HttpEndPoint}/ws"), null);
        await client.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        (await ReceiveAsync(client)).ShouldBe("{\"status\":\"OK\"}");

        var stopping = host.DisposeAsync().AsTask();
        await Should.ThrowAsync<WebSocketException>(async () => await ReceiveAsync(client));
        client.CloseStatus.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await stopping.BeforeDeadline();
    }

    private static Task<KabarHost> StartAsync(string data, bool isTls, Limits limits)
    {
        var quiet = new ConfigurationBuilder().AddInMemoryCollection([new("Logging:LogLevel:Default", "None")]).Build();
        var options = new KabarOptions { Data = data, Listen = ["127.0.0.1:0"], Http = $"127.0.0.1:0{(isTls ? ",tls" : "")}", Limits = limits };
        return KabarHost.StartAsync(options, quiet, TimeProvider.System, CancellationToken.None);
    }

    private static async Task<ClientWebSocket> ConnectAsync(Uri uri, string? origin)
    {
        var client = new ClientWebSocket();
        client.Options.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        if (origin is not null) client.Options.SetRequestHeader("Origin", origin);
        try
        {
            await client.ConnectAsync(uri, CancellationToken.None).BeforeDeadline();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task<string> ReceiveAsync(WebSocket client)
    {
        var buffer = new byte[64 * 1024];
        var received = await client.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None).BeforeDeadline();
        if (received.MessageType == WebSocketMessageType.Close) throw new WebSocketException("It was closed.");
        received.EndOfMessage.ShouldBeTrue();
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private Task<string> ReceiveAsync() => ReceiveAsync(_client);

    private Task SendAsync(string message) => _client.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private Task CloseAsync() => _transport.CloseAsync(WebSocketCloseStatus.NormalClosure, CancellationToken.None);

    private async Task<WebSocketCloseStatus?> ClosedAsync()
    {
        await Should.ThrowAsync<WebSocketException>(async () => await ReceiveAsync());
        return _client.CloseStatus;
    }

    private async Task<string> ReadAsync(int length)
    {
        while (true)
        {
            var read = await _transport.Input.ReadAsync().BeforeDeadline();
            var isWhole = read.Buffer.Length >= length;
            var text = Encoding.UTF8.GetString(read.Buffer);
            _transport.Input.AdvanceTo(isWhole ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
            if (isWhole) return text;
            read.IsCompleted.ShouldBeFalse();
        }
    }
}
