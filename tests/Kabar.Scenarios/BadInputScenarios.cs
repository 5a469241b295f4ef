using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios;

/// <summary>Bad input costs at most its own connection: every scenario has a neighbour who goes on beside it.</summary>
public sealed class BadInputScenarios
{
    private const string Unknown = """{"status": "ERROR", "message": "**Protocol Tidak Benar"}""";
    private const string Malformed = """{"status": "ERROR", "message": "--Protocol Tidak Benar"}""";
    private const int LineLimit = 16 * 1024;
    private const int TextLimit = 8 * 1024;

    [Fact]
    public async Task One_byte_at_a_time_is_a_request() => await BesideANeighbourAsync(async (server, neighbour) =>
    {
        await using var client = await server.ClientAsync("message-service");
        var token = await client.LogInAsync("messi", "surabaya");
        foreach (var piece in Encoding.UTF8.GetBytes($"send {token} messi satu-satu é😀 \r\n").Chunk(1)) await client.WriteAsync(piece);

        (await client.ReplyAsync()).ShouldBe(LineClient.Sent);
        await neighbour.GoesOnAsync();
        (await client.InboxAsync(token)).ShouldBe([new InboxEntry("messi", "satu-satu é😀")]);
    });

    [Fact]
    public async Task A_character_may_be_split_anywhere() => await BesideANeighbourAsync(async (server, neighbour) =>
    {
        await using var client = await server.ClientAsync("message-service");
        var token = await client.LogInAsync("messi", "surabaya");
        var emoji = "😀"u8.ToArray();
        for (var split = 1; split < emoji.Length; split++)
        {
            await client.WriteAsync($"send {token} messi ");
            await client.WriteAsync(emoji.AsMemory(0, split));
            await neighbour.GoesOnAsync();
            await client.WriteAsync((byte[])[.. emoji[split..], .. " \r\n"u8]);
            (await client.ReplyAsync()).ShouldBe(LineClient.Sent);
            (await client.InboxAsync(token)).ShouldBe([new InboxEntry("messi", "😀")]);
        }
    });

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc3 })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0x00 })]
    public async Task Bytes_that_are_no_text_are_refused_and_the_connection_goes_on(byte[] bytes) => await BesideANeighbourAsync(async (server, neighbour) =>
    {
        await using var client = await server.ClientAsync("message-service");
        var token = await client.LogInAsync("messi", "surabaya");

        await client.WriteAsync((byte[])[.. Encoding.UTF8.GetBytes($"send {token} messi a"), .. bytes, .. " \r\n"u8]);

        (await client.ReplyAsync()).ShouldBe(Malformed);
        await neighbour.GoesOnAsync();
        (await client.InboxAsync(token)).ShouldBeEmpty();
    });

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public async Task A_line_at_the_limit_passes_and_one_past_it_ends_the_connection(string ending) => await BesideANeighbourAsync(async (server, neighbour) =>
    {
        await using var client = await server.ClientAsync("layanan-chat");
        const string start = "login messi surabaya ";

        await client.WriteAsync(start + new string('x', LineLimit - start.Length) + ending);
        (await client.ReplyAsync()).ShouldNotBeNull().ShouldStartWith("""{"status": "OK", """);
        await client.WriteAsync(start + new string('x', LineLimit + 1 - start.Length) + ending);

        (await client.ReplyAsync()).ShouldBe(Malformed);
        (await client.ReplyOrEndAsync()).ShouldBeNull();
        await neighbour.GoesOnAsync();
    });

    [Theory]
    [InlineData("x", TextLimit)]
    [InlineData("é", TextLimit / 2)]
    [InlineData("😀", TextLimit / 4)]
    public async Task A_text_at_the_limit_passes_and_one_past_it_is_refused(string letter, int count) => await BesideANeighbourAsync(async (server, neighbour) =>
    {
        await using var client = await server.ClientAsync("message-service");
        var token = await client.LogInAsync("messi", "surabaya");
        var text = string.Concat(Enumerable.Repeat(letter, count));

        (await client.AskAsync($"send {token} messi {text}")).ShouldBe(LineClient.Sent);
        (await client.AskAsync($"send {token} messi {text}x")).ShouldBe("""{"status": "ERROR", "message": "Pesan Terlalu Panjang"}""");

        await neighbour.GoesOnAsync();
        (await client.InboxAsync(token)).ShouldBe([new InboxEntry("messi", text)]);
    });

    [Fact]
    public async Task Five_hundred_requests_in_one_write_are_answered_in_order() => await BesideANeighbourAsync(async (server, neighbour) =>
    {
        await using var client = await server.ClientAsync("chat");
        var token = await client.LogInAsync("messi", "surabaya");
        var requests = new StringBuilder();
        for (var number = 0; number < 500; number++)
        {
            requests.Append(number % 5 == 4
                ? $"inbox {token} \r\n"
                : string.Create(CultureInfo.InvariantCulture, $"send {token} {(number % 5 == 3 ? "siapa" : "messi")} {number} \r\n"));
        }

        await client.WriteAsync(requests.ToString());
        await neighbour.GoesOnAsync();

        for (var number = 0; number < 500; number++)
        {
            var reply = await client.ReplyAsync();
            reply.ShouldBe((number % 5) switch
            {
                3 => """{"status": "ERROR", "message": "User Tidak Ditemukan"}""",
                4 => "{\"status\": \"OK\", \"messages\": {\"messi\": [" + string.Join(", ", Enumerable.Range(number - 4, 3).Select(said =>
                    string.Create(CultureInfo.InvariantCulture, $"{{\"msg_from\": \"Lionel Messi\", \"msg_to\": \"Lionel Messi\", \"msg\": \"{said}\"}}"))) + "]}}",
                _ => LineClient.Sent,
            });
        }
    });

    [Fact]
    public async Task A_client_that_stops_sending_is_still_answered() => await BesideANeighbourAsync(async (server, neighbour) =>
    {
        using var socket = await server.ConnectSocketAsync("chat", CancellationToken.None);
        await using var client = new LineClient(new NetworkStream(socket));
        var token = await client.LogInAsync("messi", "surabaya");

        await client.WriteAsync($"send {token} messi satu \r\nsend {token} messi dua \r\ninbox {token} \r\n");
        socket.Shutdown(SocketShutdown.Send);

        (await client.ReplyAsync()).ShouldBe(LineClient.Sent);
        (await client.ReplyAsync()).ShouldBe(LineClient.Sent);
        (await client.ReplyAsync()).ShouldNotBeNull().ShouldContain("\"satu\"");
        (await client.ReplyAsync()).ShouldBeNull();
        await neighbour.GoesOnAsync();
    });

    [Fact]
    public async Task A_TLS_client_on_a_plain_port_fails_alone() => await BesideANeighbourAsync(
        async (server, neighbour) =>
        {
            await using var connection = await server.ConnectAsync("chat", CancellationToken.None);
            await using var tls = new SslStream(connection);

            var handshake = tls.AuthenticateAsClientAsync("localhost");
            await neighbour.GoesOnAsync();

            await Eventually.BecomesTrueAsync(() => handshake.IsCompleted, "the handshake ends");
            var fault = await Should.ThrowAsync<Exception>(handshake);
            (fault is IOException or AuthenticationException).ShouldBeTrue(fault.ToString());
            await neighbour.GoesOnAsync();
        },
        new() { ["Limits__FirstRequestSeconds"] = "2" });

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("POST /auth HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 22\r\n\r\nauth messi surabaya \r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nOrigin: http://jahat.example\r\n\r\n")]
    public async Task A_browser_is_told_once_and_hung_up_on(string request) => await BesideANeighbourAsync(async (server, neighbour) =>
    {
        await using var client = await server.ClientAsync("message-service");

        await client.WriteAsync(request);

        (await client.ReplyAsync()).ShouldBe(Unknown);
        (await client.ReplyOrEndAsync()).ShouldBeNull();
        await neighbour.GoesOnAsync();
    });

    [Fact]
    public async Task A_reader_that_never_reads_holds_up_nobody_and_no_memory() => await BesideANeighbourAsync(
        async (server, neighbour) =>
        {
            using var socket = await server.ConnectSocketAsync("message-service", CancellationToken.None);
            await using var deaf = new LineClient(new NetworkStream(socket));
            var token = await deaf.LogInAsync("messi", "surabaya");
            var before = await ResidentAsync(server);

            // More than the sockets' buffers hold, so that one side has to give: the server stops reading, or hangs up.
            var chunk = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"actives {token} \r\n", 1000)));
            using var enough = new CancellationTokenSource();
            var pumped = 0L;
            var pump = Task.Run(async () =>
            {
                while (pumped < 256L * 1024 * 1024) Interlocked.Add(ref pumped, await socket.SendAsync(chunk, enough.Token));
            });
            await Eventually.BecomesTrueAsync(() => Interlocked.Read(ref pumped) >= 1024 * 1024 || pump.IsCompleted, "a megabyte of requests is on its way");
            for (var i = 0; i < 200; i++) await neighbour.GoesOnAsync();

            Interlocked.Read(ref pumped).ShouldBeLessThan(256L * 1024 * 1024, "the server took everything although nobody read its replies");
            (await ResidentAsync(server) - before).ShouldBeLessThan(128L * 1024 * 1024);
            await enough.CancelAsync();
            await Should.ThrowAsync<Exception>(pump);
        },
        new() { ["Limits__RequestsPerSecond"] = "0" });

    private static async Task BesideANeighbourAsync(Func<KabarProcess, Neighbour, Task> scene, Dictionary<string, string>? settings = null)
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, settings);
        await using (var neighbour = await Neighbour.AtAsync(server))
        {
            await neighbour.GoesOnAsync();
            await scene(server, neighbour);
            await neighbour.GoesOnAsync();
        }

        await server.StopAsync();
    }

    private static async Task<long> ResidentAsync(KabarProcess server)
    {
        var status = await File.ReadAllLinesAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{server.Id}/status"));
        var resident = status.Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        return long.Parse(resident, CultureInfo.InvariantCulture) * 1024;
    }
}
