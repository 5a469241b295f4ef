using System.Globalization;
using System.Text;
using Kabar.Server.Hosting;

namespace Kabar.Tests.Server.Lines;

public sealed class LineConnectionTests : IAsyncLifetime
{
    private const string Sent = """{"status": "OK", "message": "Message Sent"}""";
    private const string NoSuchUser = """{"status": "ERROR", "message": "User Tidak Ditemukan"}""";
    private const string NoSession = """{"status": "ERROR", "message": "Session Tidak Ditemukan"}""";
    private const string Unknown = """{"status": "ERROR", "message": "**Protocol Tidak Benar"}""";
    private const string Malformed = """{"status": "ERROR", "message": "--Protocol Tidak Benar"}""";
    private const string Empty = """{"status": "OK", "messages": {}}""";

    private readonly LineServer _server = new(new Limits { RequestLineBytes = 200, RequestsPerSecond = 0 });
    private string _messi = "";
    private string _lineker = "";

    public async ValueTask InitializeAsync() => (_messi, _lineker) = (await _server.EnterAsync("messi"), await _server.EnterAsync("lineker"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Consecutive_sends_are_answered_in_order_with_their_refusals_in_between()
    {
        var client = _server.Connect();
        await client.SendAsync($"send {_messi} lineker 1\r\nsend {_messi} nobody 2\r\nsend {_messi} lineker 3\r\nsend nonsense lineker 4\r\nchat {_messi} lineker 5\r\nsend {_messi} lineker\r\nsend {_messi} lineker 6\r\n");

        var replies = new List<string>();
        for (var i = 0; i < 7; i++) replies.Add(await client.ReadAsync());

        replies.ShouldBe([Sent, NoSuchUser, Sent, NoSession, Sent, Malformed, Sent]);
        (await client.AskAsync($"inbox {_lineker}")).ShouldBe(Inbox("messi", "lineker", "1", "3", "5", "6"));
    }

    [Fact]
    public async Task Any_other_command_waits_for_the_sends_before_it()
    {
        var client = _server.Connect();
        var requests = new StringBuilder();
        for (var i = 0; i < 30; i++) requests.Append(CultureInfo.InvariantCulture, $"send {_messi} messi {i}\r\ninbox {_messi}\r\n");
        await client.SendAsync(requests.ToString());

        for (var i = 0; i < 30; i++)
        {
            (await client.ReadAsync()).ShouldBe(Sent);
            (await client.ReadAsync()).ShouldBe(Inbox("messi", "messi", string.Create(CultureInfo.InvariantCulture, $"{i}")));
        }
    }

    [Fact]
    public async Task More_sends_at_once_than_may_wait_are_all_answered_in_order()
    {
        var client = _server.Connect();
        var requests = new StringBuilder();
        for (var i = 0; i < 1000; i++) requests.Append(CultureInfo.InvariantCulture, $"send {_messi} {(i % 10 == 9 ? "nobody" : "lineker")} {i}\r\n");
        await client.SendAsync(requests.ToString());

        for (var i = 0; i < 1000; i++) (await client.ReadAsync()).ShouldBe(i % 10 == 9 ? NoSuchUser : Sent);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    public async Task Connections_that_fill_the_room_for_sends_together_do_not_stand_in_each_others_way(int room, int connections)
    {
        await using var server = new LineServer(new Limits { SendsWaiting = room, SendsWaitingPerConnection = 256, RequestsPerSecond = 0 });
        var messi = await server.EnterAsync("messi");
        var clients = Enumerable.Range(0, connections).Select(_ => server.Connect()).ToArray();
        var requests = string.Concat(Enumerable.Repeat($"send {messi} messi x\r\n", 100));

        await Task.WhenAll(clients.Select(client => client.SendAsync(requests).AsTask()));

        foreach (var client in clients)
            for (var i = 0; i < 100; i++) (await client.ReadAsync()).ShouldBe(Sent);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Requests_are_answered_the_same_in_whatever_pieces_they_come(int size)
    {
        var client = _server.Connect();
        foreach (var piece in Encoding.UTF8.GetBytes($"auth messi x \r\n\n\r\nsend {_messi} lineker é🐐 \ninbox {_lineker} \r\n").Chunk(size)) await client.SendAsync(piece);

        (await client.ReadAsync()).ShouldStartWith("""{"status": "OK", "tokenid": """);
        (await client.ReadAsync()).ShouldBe(Sent);
        (await client.ReadAsync()).ShouldBe(Inbox("messi", "lineker", "\\u00e9\\ud83d\\udc10"));
    }

    [Fact]
    public async Task An_inbox_counts_as_read_only_once_it_was_handed_over()
    {
        var stalled = _server.Connect(blocksAfter: 1);
        var other = _server.Connect();
        await other.AskAsync($"send {_messi} lineker halo");

        // Written, but the client does not read: the flush is not over.
        await stalled.SendAsync($"inbox {_lineker}\r\n");
        (await stalled.PeekAsync()).ShouldContain("halo");
        await other.SendAsync($"inbox {_lineker}\r\n");
        await _server.Clock.WaitForTimersAsync();
        _server.Clock.Advance(TimeSpan.FromSeconds(5));

        (await other.ReadAsync()).ShouldBe(Inbox("messi", "lineker", "halo"));
        (await other.AskAsync($"inbox {_lineker}")).ShouldBe(Empty);
    }

    [Fact]
    public async Task A_reader_that_vanishes_before_it_has_read_finds_the_messages_again()
    {
        var vanishing = _server.Connect(blocksAfter: 1);
        var other = _server.Connect();
        await other.AskAsync($"send {_messi} lineker halo");
        await vanishing.SendAsync($"inbox {_lineker}\r\n");
        await vanishing.PeekAsync();

        vanishing.Break();
        await vanishing.Serving.BeforeDeadline();

        (await other.AskAsync($"inbox {_lineker}")).ShouldBe(Inbox("messi", "lineker", "halo"));
    }

    [Fact]
    public async Task A_reader_that_has_read_finds_nothing_again_also_when_it_then_vanishes()
    {
        var vanishing = _server.Connect(blocksAfter: 1);
        var other = _server.Connect();
        await other.AskAsync($"send {_messi} lineker halo");
        (await vanishing.AskAsync($"inbox {_lineker}")).ShouldContain("halo");
        (await vanishing.AskAsync($"inbox {_lineker}")).ShouldBe(Empty);
        vanishing.Break();
        await vanishing.Serving.BeforeDeadline();

        (await other.AskAsync($"inbox {_lineker}")).ShouldBe(Empty);
    }

    [Fact]
    public async Task A_client_that_does_not_read_delays_no_other_and_gets_everything_when_it_does()
    {
        var stalled = _server.Connect(blocksAfter: 1);
        await stalled.SendAsync(string.Concat(Enumerable.Repeat("nonsense\r\n", 500)));
        await stalled.PeekAsync();

        var neighbour = _server.Connect();
        for (var i = 0; i < 20; i++) (await neighbour.AskAsync($"send {_messi} lineker halo")).ShouldBe(Sent);

        stalled.HalfClose();
        (await stalled.ReadToEndAsync()).ShouldBe(Enumerable.Repeat(Unknown, 500));
    }

    [Fact]
    public async Task A_half_closed_client_gets_its_answers_and_a_line_without_its_end_is_not_carried_out()
    {
        var client = _server.Connect();
        await client.SendAsync($"send {_messi} lineker 1\r\ninbox {_lineker}\r\nsend {_messi} lineker 2");
        client.HalfClose();

        (await client.ReadToEndAsync()).ShouldBe([Sent, Inbox("messi", "lineker", "1")]);
        await client.Serving.BeforeDeadline();
        (await _server.Connect().AskAsync($"inbox {_lineker}")).ShouldBe(Empty);
    }

    [Fact]
    public async Task A_line_of_the_most_bytes_is_carried_out_and_one_longer_ends_the_connection()
    {
        var prefix = $"send {_messi} lineker ";
        var longest = prefix + new string('x', _server.Limits.RequestLineBytes - prefix.Length);
        var client = _server.Connect();
        await client.SendAsync(longest + "\r\n" + longest + "x\r\nsend {_messi} lineker never\r\n");
        client.HalfClose();

        (await client.ReadToEndAsync()).ShouldBe([Sent, Malformed]);
        (await _server.Connect().AskAsync($"inbox {_lineker}")).ShouldBe(Inbox("messi", "lineker", longest[prefix.Length..]));
    }

    [Fact]
    public async Task A_line_that_never_ends_is_answered_while_it_comes()
    {
        var client = _server.Connect();
        await client.SendAsync(new string('x', _server.Limits.RequestLineBytes + 2));

        (await client.ReadAsync()).ShouldBe(Malformed);

        // What still comes is thrown away for a moment, then the connection is closed.
        await client.SendAsync("more\r\n");
        await _server.Clock.WaitForTimersAsync();
        client.Serving.IsCompleted.ShouldBeFalse();
        _server.Clock.Advance(TimeSpan.FromMilliseconds(500));
        (await client.TryReadAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("POST /x HTTP/1.0")]
    public async Task A_browser_gets_one_answer_and_no_second_line(string request)
    {
        var client = _server.Connect();
        await client.SendAsync($"{request}\r\nHost: x\r\n\r\nsend {_messi} lineker forged\r\n");
        client.HalfClose();

        (await client.ReadToEndAsync()).ShouldBe([Unknown]);
        (await _server.Connect().AskAsync($"inbox {_lineker}")).ShouldBe(Empty);
    }

    [Fact]
    public async Task A_client_that_speaks_TLS_to_a_plain_listener_gets_one_answer()
    {
        var client = _server.Connect();
        await client.SendAsync([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x0A, 0x0D, 0x0A]);
        client.HalfClose();

        (await client.ReadToEndAsync()).ShouldBe([Malformed]);
    }

    [Fact]
    public async Task Bad_input_costs_its_own_line_only()
    {
        var client = _server.Connect();
        await client.SendAsync([.. "send "u8, 0xFF, 0xFE, .. "\r\nnonsense\r\nauth\r\na\0b\r\n"u8]);
        foreach (var expected in new[] { Malformed, Unknown, Malformed, Malformed }) (await client.ReadAsync()).ShouldBe(expected);
        (await client.AskAsync($"inbox {_lineker}")).ShouldBe(Empty);
    }

    [Fact]
    public async Task A_connection_speaks_its_dialect_until_it_asks_for_another()
    {
        var client = _server.Connect("layanan-chat");
        (await client.AskAsync("auth messi y")).ShouldBe("""{"status": "ERROR", "message": "Uncorrect Password"}""");
        (await client.AskAsync("dialect message-service")).ShouldBe("""{"status": "OK", "message": "message-service"}""");
        (await client.AskAsync("auth messi y")).ShouldBe("""{"status": "ERROR", "message": "Password Salah"}""");
        (await client.AskAsync("login messi y")).ShouldBe("""{"status": "ERROR", "message": "Uncorrect Password"}""");
        (await client.AskAsync("dialect klingon")).ShouldBe(Unknown);
        (await client.AskAsync("auth messi y")).ShouldBe("""{"status": "ERROR", "message": "Password Salah"}""");
    }

    [Fact]
    public async Task Online_without_a_session_id_is_answered_where_this_connection_has_logged_in()
    {
        var client = _server.Connect("thread-chat");
        (await client.AskAsync("online")).ShouldBe(NoSession);
        await client.AskAsync("auth messi x");
        (await client.AskAsync("online")).ShouldContain("\"username\": \"lineker\"");
        (await _server.Connect("thread-chat").AskAsync("online")).ShouldBe(NoSession);
    }

    [Fact]
    public async Task A_session_belongs_to_no_connection()
    {
        var (one, other) = (_server.Connect(), _server.Connect());
        (await one.AskAsync($"send {_messi} lineker 1")).ShouldBe(Sent);
        (await other.AskAsync($"send {_messi} lineker 2")).ShouldBe(Sent);
        (await one.AskAsync($"logout {_messi}")).ShouldStartWith("""{"status": "OK",""");
        (await other.AskAsync($"send {_messi} lineker 3")).ShouldBe(NoSession);
    }

    [Fact]
    public async Task When_the_server_stops_what_has_come_in_is_answered_and_the_connection_ends()
    {
        var client = _server.Connect();
        await client.AskAsync("nonsense");
        await client.SendAsync($"send {_messi} lineker 1\r\nnonsense\r\ninbox {_lineker}\r\nsend {_messi} lineker unfinished");
        _server.Registry.Stop();

        (await client.ReadToEndAsync()).ShouldBe([Sent, Unknown, Inbox("messi", "lineker", "1")]);
        await client.Serving.BeforeDeadline();
        _server.Registry.Count.ShouldBe(0);
        (await _server.Connect().TryReadAsync()).ShouldBeNull("no more are admitted");
    }

    [Fact]
    public async Task What_the_store_fails_is_told_and_the_connection_goes_on()
    {
        using (var database = Kabar.Storage.Sqlite.Database.OpenWriter(_server.Fixture.Database))
            database.Run("CREATE TRIGGER refuse BEFORE INSERT ON message WHEN new.text = 'bad' BEGIN SELECT raise(ABORT, 'no'); END");
        var client = _server.Connect();
        await client.SendAsync($"send {_messi} lineker 1\r\nsend {_messi} lineker bad\r\nsend {_messi} lineker 2\r\ninbox {_lineker}\r\n");

        foreach (var expected in new[] { Sent, """{"status": "ERROR", "message": "Gagal"}""", Sent, Inbox("messi", "lineker", "1", "2") })
            (await client.ReadAsync()).ShouldBe(expected);
    }

    [Fact]
    public async Task An_inbox_larger_than_a_reply_comes_in_several()
    {
        await using var server = new LineServer(new Limits { InboxReplyBytes = 1000, RequestsPerSecond = 0 });
        var messi = await server.EnterAsync("messi");
        var client = server.Connect();
        for (var i = 0; i < 20; i++) await client.AskAsync($"send {messi} messi {i:00} {new string('x', 100)}");

        var replies = new List<string>();
        while (await client.AskAsync($"inbox {messi}") is var reply && reply != Empty) replies.Add(reply);

        replies.Count.ShouldBeGreaterThan(2);
        replies.ShouldAllBe(reply => reply.Length <= 1000);
        string.Concat(replies).Split("\"msg\": \"").Skip(1).Select(part => part[..2]).ShouldBe(Enumerable.Range(0, 20).Select(i => $"{i:00}"));
    }

    [Fact]
    public async Task Refusals_are_counted_by_reason_whatever_was_asked()
    {
        var client = _server.Connect();
        await client.AskAsync($"send {_messi} nobody x");
        await client.AskAsync($"send {_messi} nobody x");
        await client.AskAsync("inbox nonsense");
        await client.AskAsync($"send {_messi} lineker x");

        var page = new MetricsPage(_server.Metrics).Render().Split('\n');
        page.ShouldContain("kabar_refusals_total{refusal=\"UnknownRecipient\"} 2");
        page.ShouldContain("kabar_refusals_total{refusal=\"UnknownSession\"} 1");
        page.ShouldContain("kabar_messages_total 1");
        page.ShouldContain("kabar_requests_total 4");
        page.ShouldContain("kabar_connections 1");
    }

    private static string Inbox(string sender, string reader, params string[] texts)
    {
        var messages = texts.Select(text => $$"""{"msg_from": "Display {{sender}}", "msg_to": "Display {{reader}}", "msg": "{{text}}"}""");
        return $$$"""{"status": "OK", "messages": {"{{{sender}}}": [{{{string.Join(", ", messages)}}}]}}""";
    }
}
