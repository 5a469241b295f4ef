using System.Globalization;
using System.Text;
using Kabar.Server.Hosting;

namespace Kabar.Tests.Server.Native;

public sealed class NativeConnectionTests : IAsyncLifetime
{
    private readonly NativeScene _scene = new(new Limits { RequestLineBytes = 200, JsonLineBytes = 400, RequestsPerSecond = 0 });
    private NativeClient _messi = null!; // set before each test

    public async ValueTask InitializeAsync()
    {
        _messi = await _scene.EnterAsync("messi");
        await _scene.AccountAsync("lineker");
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Consecutive_sends_are_answered_in_order_with_their_refusals_in_between()
    {
        await _messi.SendAsync("send lineker 1\r\nsend nobody 2\r\n{\"do\":\"send\",\"id\":7,\"to\":\"lineker\",\"text\":\"3\"}\r\nsend #none 4\r\nping\r\nsend lineker 5\r\n");

        var replies = new List<string>();
        for (var i = 0; i < 6; i++) replies.Add((await _messi.ReplyAsync()).ToString());

        replies[0].ShouldContain("\"position\":1");
        replies[1].ShouldContain("\"code\":\"unknown_recipient\"");
        replies[2].ShouldStartWith("{\"id\":7,\"status\":\"OK\",");
        replies[2].ShouldContain("\"position\":2");
        replies[3].ShouldContain("\"code\":\"unknown_group\"");
        replies[4].ShouldBe("{\"status\":\"OK\"}");
        replies[5].ShouldContain("\"position\":3");
    }

    [Fact]
    public async Task More_sends_at_once_than_may_wait_are_all_answered_in_order()
    {
        await _messi.SendAsync(string.Concat(Enumerable.Range(0, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $"send lineker {i}\r\n"))));
        for (var i = 1; i <= 1000; i++) (await _messi.ReplyAsync()).GetProperty("position").GetInt64().ShouldBe(i);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 3)]
    public async Task Connections_that_fill_the_room_for_sends_together_do_not_stand_in_each_others_way(int room, int connections)
    {
        await using var scene = new NativeScene(new Limits { SendsWaiting = room, RequestsPerSecond = 0 });
        var clients = new List<NativeClient>();
        for (var i = 0; i < connections; i++) clients.Add(await scene.EnterAsync("messi"));
        var requests = string.Concat(Enumerable.Repeat("send messi x\r\n", 100));
        await Task.WhenAll(clients.Select(client => client.SendAsync(requests).AsTask()));

        foreach (var client in clients)
            for (var i = 0; i < 100; i++) NativeClient.Status(await client.ReplyAsync()).ShouldBe("OK");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Requests_are_answered_the_same_in_whatever_pieces_they_come(int size)
    {
        foreach (var piece in Encoding.UTF8.GetBytes("send lineker é🐐\r\n\n\r\n{\"do\":\"history\",\"to\":\"lineker\"}\nping\n").Chunk(size)) await _messi.Pipe.SendAsync(piece);

        NativeClient.Status(await _messi.ReplyAsync()).ShouldBe("OK");
        (await _messi.ReplyAsync()).ToString().ShouldContain("\"text\":\"é🐐\"");
        (await _messi.ReplyAsync()).ToString().ShouldBe("{\"status\":\"OK\"}");
    }

    [Fact]
    public async Task A_text_line_of_the_most_bytes_is_carried_out_and_one_longer_ends_the_connection()
    {
        var longest = "send lineker ".PadRight(200, 'x');
        await _messi.SendAsync($"{longest}\r\n{longest}x\r\nsend lineker never\r\n");
        _messi.Pipe.HalfClose();

        var lines = await _messi.ReadToEndAsync();
        lines.Select(NativeClient.Status).ShouldBe(["OK", "ERROR"]);
        NativeClient.Code(lines[1]).ShouldBe("malformed_request");
    }

    [Fact]
    public async Task A_JSON_line_may_be_longer_up_to_its_own_limit()
    {
        var start = "{\"do\":\"send\",\"to\":\"lineker\",\"text\":\"";
        var longest = start.PadRight(398, 'x') + "\"}";
        longest.Length.ShouldBe(400);
        await _messi.SendAsync($"{longest}\n{longest} \nping\n");
        _messi.Pipe.HalfClose();

        (await _messi.ReadToEndAsync()).Select(NativeClient.Status).ShouldBe(["OK", "ERROR"]);
    }

    [Fact]
    public async Task A_line_that_never_ends_is_answered_while_it_comes()
    {
        await _messi.SendAsync(new string('x', 202));
        NativeClient.Code(await _messi.ReplyAsync()).ShouldBe("malformed_request");

        // What still comes is thrown away for a moment, then the connection is closed.
        await _messi.SendAsync("more\r\n");
        await _scene.Server.Clock.WaitForTimersAsync();
        _messi.Pipe.Serving.IsCompleted.ShouldBeFalse();
        _scene.Server.Clock.Advance(TimeSpan.FromMilliseconds(500));
        (await _messi.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("POST /x HTTP/1.0")]
    public async Task A_browser_gets_one_answer_and_no_second_line(string request)
    {
        var client = _scene.Connect();
        await client.SendAsync($"{request}\r\nHost: x\r\n\r\n{{\"do\":\"ping\"}}\r\n");
        client.Pipe.HalfClose();
        NativeClient.Code((await client.ReadToEndAsync()).ShouldHaveSingleItem()).ShouldBe("unknown_command");
    }

    [Fact]
    public async Task A_client_that_speaks_TLS_to_a_plain_listener_gets_one_answer()
    {
        var client = _scene.Connect();
        await client.Pipe.SendAsync([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x0A, 0x0D, 0x0A]);
        client.Pipe.HalfClose();
        NativeClient.Code((await client.ReadToEndAsync()).ShouldHaveSingleItem()).ShouldBe("malformed_request");
    }

    [Fact]
    public async Task Before_a_log_in_only_what_needs_none_is_answered()
    {
        var client = _scene.Connect();
        foreach (var line in new[] { "send lineker x", "inbox", "listen", "who", "logout", "history lineker", "group list" }) (await client.RefusedAsync(line)).ShouldBe("not_logged_in");
        foreach (var line in new[] { "ping", "help", "language en" }) await client.DoAsync(line);
        (await client.RefusedAsync("auth messi wrong")).ShouldBe("not_authenticated");
        (await client.RefusedAsync("auth nobody x")).ShouldBe("not_authenticated");

        var login = await client.DoAsync("auth messi x");
        (login.GetProperty("user").GetString(), login.GetProperty("realm").GetString()).ShouldBe(("messi", "satu"));
        await client.DoAsync("send lineker x");
        await client.DoAsync("logout");
        (await client.RefusedAsync("send lineker x")).ShouldBe("not_logged_in");
        (await client.RefusedAsync($"resume {login.GetProperty("token").GetString()}")).ShouldBe("unknown_session");
    }

    [Fact]
    public async Task Every_request_asks_whether_the_session_still_lives()
    {
        var other = await _scene.EnterAsync("messi");
        var sessions = (await _messi.DoAsync("sessions")).GetProperty("sessions");
        var theirs = sessions.EnumerateArray().Single(session => !session.GetProperty("current").GetBoolean()).GetProperty("session").GetString();

        await _messi.DoAsync($"sessions end {theirs}");
        (await other.RefusedAsync("send lineker x")).ShouldBe("unknown_session");
        (await other.RefusedAsync("send lineker x")).ShouldBe("not_logged_in");
        await other.DoAsync("auth messi x");
        await other.DoAsync("send lineker x");
    }

    [Fact]
    public async Task Who_is_logged_out_elsewhere_is_there_no_more_though_he_asks_for_nothing()
    {
        var other = await _scene.EnterAsync("lineker");
        await _scene.Server.Fixture.Realm.Accounts.SetDisabledAsync("lineker", disabled: true, CancellationToken.None);
        while ((await _messi.DoAsync("who")).GetProperty("users").GetArrayLength() > 1) await Task.Yield();
        (await other.RefusedAsync("who")).ShouldBe("unknown_session");
    }

    [Fact]
    public async Task An_inbox_counts_as_read_only_once_it_was_handed_over()
    {
        await _scene.SayAsync("messi", "lineker", "halo");
        var stalled = await _scene.EnterAsync("lineker", blocksAfter: 1);
        var other = await _scene.EnterAsync("lineker");

        // Written, but the client does not read: the flush is not over.
        await stalled.SendAsync("inbox\r\n");
        (await stalled.Pipe.PeekAsync()).ShouldContain("halo");
        await other.SendAsync("inbox\r\n");
        await _scene.Server.Clock.WaitForTimersAsync();
        _scene.Server.Clock.Advance(TimeSpan.FromSeconds(5));

        (await other.ReplyAsync()).GetProperty("entries").GetArrayLength().ShouldBe(1);
        (await other.DoAsync("inbox")).GetProperty("entries").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_reader_that_vanishes_before_it_has_read_finds_the_messages_again()
    {
        await _scene.SayAsync("messi", "lineker", "halo");
        var vanishing = await _scene.EnterAsync("lineker", blocksAfter: 1);
        await vanishing.SendAsync("inbox\r\n");
        await vanishing.Pipe.PeekAsync();
        vanishing.Pipe.Break();
        await vanishing.Pipe.Serving.BeforeDeadline();

        var lineker = await _scene.EnterAsync("lineker");
        (await lineker.DoAsync("inbox")).GetProperty("entries").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task An_inbox_that_does_not_fit_one_reply_says_that_there_is_more()
    {
        await using var scene = new NativeScene(new Limits { InboxReplyBytes = 2_000, RequestsPerSecond = 0 });
        await scene.AccountAsync("lineker");
        for (var i = 0; i < 20; i++) await scene.SayAsync("lineker", "lineker", string.Create(CultureInfo.InvariantCulture, $"{i}"));
        await scene.AccountAsync("messi");
        for (var i = 0; i < 20; i++) await scene.SayAsync("messi", "lineker", string.Create(CultureInfo.InvariantCulture, $"{i:00}"));
        var client = await scene.EnterAsync("lineker");

        var texts = new List<string>();
        for (var isMore = true; isMore;)
        {
            var reply = await client.DoAsync("inbox");
            texts.AddRange(reply.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("from").GetString() == "messi").Select(NativeClient.Text));
            isMore = reply.GetProperty("more").GetBoolean();
        }

        texts.ShouldBe(Enumerable.Range(0, 20).Select(i => $"{i:00}"));
        (await client.DoAsync("inbox")).GetProperty("entries").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_half_closed_client_gets_its_answers_and_a_line_without_its_end_is_not_carried_out()
    {
        await _messi.SendAsync("send lineker 1\r\nping\r\nsend lineker 2");
        _messi.Pipe.HalfClose();
        (await _messi.ReadToEndAsync()).Count.ShouldBe(2);
        await _messi.Pipe.Serving.BeforeDeadline();

        var lineker = await _scene.EnterAsync("lineker");
        (await lineker.DoAsync("inbox")).GetProperty("entries").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_not_read_from_and_gets_everything_when_it_does()
    {
        var stalled = _scene.Connect(blocksAfter: 1);
        await stalled.SendAsync(string.Concat(Enumerable.Repeat("ping\r\n", 500)));
        await stalled.Pipe.PeekAsync();
        for (var i = 0; i < 20; i++) await _messi.DoAsync("ping");

        stalled.Pipe.HalfClose();
        (await stalled.ReadToEndAsync()).Count.ShouldBe(500);
    }

    [Fact]
    public async Task Quit_closes_after_the_reply()
    {
        await _messi.SendAsync("ping\r\nquit\r\nping\r\n");
        (await _messi.ReadToEndAsync()).Count.ShouldBe(2);
        await _messi.Pipe.Serving.BeforeDeadline();
    }

    [Fact]
    public async Task A_store_that_fails_costs_the_request_and_not_the_connection()
    {
        await _scene.Server.Fixture.Store.DisposeAsync();
        await _messi.SendAsync("send lineker 1\r\nsend lineker 2\r\ngroup create batak\r\nping\r\n");
        for (var i = 0; i < 3; i++) NativeClient.Code(await _messi.ReplyAsync()).ShouldBe("failed");
        NativeClient.Status(await _messi.ReplyAsync()).ShouldBe("OK");
    }

    [Fact]
    public async Task A_server_that_stops_answers_what_it_has_and_closes()
    {
        await _messi.DoAsync("listen");
        await _messi.SendAsync("send lineker 1\r\n");
        NativeClient.Status(await _messi.ReplyAsync()).ShouldBe("OK");
        _scene.Server.Registry.Stop();
        await _messi.Pipe.Serving.BeforeDeadline();
        _scene.Server.Registry.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Silence_ends_a_connection_unless_it_listens()
    {
        var (registry, clock, limits) = (_scene.Server.Registry, _scene.Server.Clock, _scene.Server.Limits);
        var listening = await _scene.ListenAsync("lineker");
        var anonymous = _scene.Connect();
        await anonymous.DoAsync("ping");

        clock.Advance(TimeSpan.FromSeconds(limits.IdleBeforeLoginSeconds));
        registry.CloseIdle().ShouldBe(1);
        await anonymous.Pipe.Serving.BeforeDeadline();
        clock.Advance(TimeSpan.FromSeconds(limits.IdleAfterLoginSeconds));
        registry.CloseIdle().ShouldBe(1);
        await _messi.Pipe.Serving.BeforeDeadline();

        await listening.DoAsync("unlisten");
        clock.Advance(TimeSpan.FromSeconds(limits.IdleAfterLoginSeconds));
        registry.CloseIdle().ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_past_its_rate_is_slowed_down_and_never_dropped()
    {
        await using var scene = new NativeScene(new Limits { RequestsPerSecond = 1, RequestBurst = 3 });
        var client = scene.Connect();
        await client.SendAsync(string.Concat(Enumerable.Repeat("ping\r\n", 4)));
        for (var i = 0; i < 3; i++) await client.ReplyAsync();

        var last = client.ReplyAsync();
        await scene.Server.Clock.WaitForTimersAsync();
        last.IsCompleted.ShouldBeFalse();
        scene.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        await last.BeforeDeadline();
    }

    [Fact]
    public async Task Being_there_begins_with_the_log_in_and_ends_with_the_connection()
    {
        var lineker = await _scene.EnterAsync("lineker");
        (await lineker.DoAsync("who")).GetProperty("users").EnumerateArray().Select(user => user.GetProperty("user").GetString()).ShouldBe(["lineker", "messi"]);
        await lineker.DoAsync("status set away");
        (await _messi.DoAsync("status lineker")).GetProperty("presence").GetString().ShouldBe("away");

        lineker.Pipe.Break();
        await lineker.Pipe.Serving.BeforeDeadline();
        (await _messi.DoAsync("status lineker")).GetProperty("presence").GetString().ShouldBe("offline");
    }

    [Fact]
    public async Task Figures_are_counted()
    {
        await _scene.ListenAsync("lineker");
        await _messi.DoAsync("send lineker x");
        var page = new MetricsPage(_scene.Server.Metrics).Render().Split('\n');
        page.ShouldContain("kabar_native_connections 2");
        page.ShouldContain("kabar_listening_connections 1");
        page.ShouldContain("kabar_messages_total 1");
    }

    [Fact]
    public async Task A_connection_counts_like_any_other()
    {
        await using var server = new LineServer(new Limits { ConnectionsPerAddress = 1 });
        server.Connect("kabar");
        (await server.Connect("kabar").TryReadLineAsync()).ShouldBeNull();
        (server.Registry.Refused, server.Registry.Count).ShouldBe((1, 1));
    }
}
