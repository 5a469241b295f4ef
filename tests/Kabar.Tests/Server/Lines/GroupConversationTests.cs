using Kabar.Core;
using Kabar.Server.Hosting;
using Kabar.Tests.Core;

namespace Kabar.Tests.Server.Lines;

public sealed class GroupConversationTests : IAsyncLifetime
{
    private const string Closing = """{"status": "OK", "message": "Telah keluar dari grup batak"}""";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly LineServer _server = new(new Limits { OutboundQueueBytes = 1000 });
    private string _messi = "";
    private string _james = "";

    public async ValueTask InitializeAsync() => (_messi, _james) = (await _server.EnterAsync("messi"), await _server.EnterAsync("james"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Exit_comes_by_itself_fifty_milliseconds_after_the_last_text_and_the_closing_reply_as_long_after_that()
    {
        var messi = await JoinAsync(_messi, "messi");
        await messi.SendAsync("halo");
        await messi.HearAsync("messi: halo");
        await messi.SendAsync("exit");

        await AdvanceAsync(Pause - TimeSpan.FromTicks(1));
        messi.HasUnread().ShouldBeFalse();
        _server.Clock.Advance(TimeSpan.FromTicks(1));
        await messi.HearAsync("exit");

        await AdvanceAsync(Pause - TimeSpan.FromTicks(1));
        messi.HasUnread().ShouldBeFalse();
        _server.Clock.Advance(TimeSpan.FromTicks(1));
        (await messi.ReadAsync()).ShouldBe(Closing);
        (await messi.AskAsync($"inbox {_messi}")).ShouldBe("""{"status": "OK", "messages": {}}""");
    }

    [Fact]
    public async Task Long_after_the_last_text_exit_comes_at_once()
    {
        var messi = await JoinAsync(_messi, "messi");
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await messi.SendAsync("exit");
        await messi.HearAsync("exit");
        await AdvanceAsync(Pause);
        (await messi.ReadAsync()).ShouldBe(Closing);
    }

    [Fact]
    public async Task Who_is_put_out_is_sent_the_end_and_the_others_that_he_left()
    {
        var (messi, james) = await JoinBothAsync();
        var group = await GroupAsync();
        (await _server.Fixture.Realm.Groups.ActAsync(new Actor(Named("messi"), "x"), group.Id, GroupVerb.Kick, Named("james"), default, CancellationToken.None)).Value();

        await messi.HearAsync("james meninggalkan group");
        await EndsAsync(james);
        (await james.AskAsync($"inbox {_james}")).ShouldStartWith("""{"status": "OK",""");
    }

    [Fact]
    public async Task Whose_session_ends_is_sent_the_end_at_once()
    {
        var (messi, james) = await JoinBothAsync();
        (await _server.Connect().AskAsync($"logout {_james}")).ShouldStartWith("""{"status": "OK",""");
        await messi.HearAsync("james meninggalkan group");
        await EndsAsync(james);
    }

    [Fact]
    public async Task Who_may_not_come_in_is_refused_and_a_first_client_that_does_not_know_it_is_let_go()
    {
        var (_, james) = await JoinBothAsync();
        var group = await GroupAsync();
        (await _server.Fixture.Realm.Groups.ActAsync(new Actor(Named("messi"), "x"), group.Id, GroupVerb.Ban, Named("james"), default, CancellationToken.None)).Value();
        await EndsAsync(james);

        const string Refused = """{"status": "ERROR", "message": "Dilarang Masuk Grup"}""";
        (await james.AskAsync($"group {_james} batak origin")).ShouldBe(Refused);
        await james.SendAsync("exit");
        await AdvanceAsync(Pause);
        await james.HearAsync("exit");
        await AdvanceAsync(Pause);
        (await james.ReadAsync()).ShouldBe(Refused);
        (await james.AskAsync($"inbox {_james}")).ShouldBe("""{"status": "OK", "messages": {}}""");
    }

    [Fact]
    public async Task Who_is_muted_is_told_and_nobody_else()
    {
        var (messi, james) = await JoinBothAsync();
        var group = await GroupAsync();
        (await _server.Fixture.Realm.Groups.ActAsync(new Actor(Named("messi"), "x"), group.Id, GroupVerb.Mute, Named("james"), default, CancellationToken.None)).Value();
        await james.SendAsync("halo");
        await james.HearAsync("Error, Tidak Boleh Bicara di Grup");
        await messi.SendAsync("satu");
        await messi.HearAsync("messi: satu");
        await james.HearAsync("messi: satu");
    }

    [Fact]
    public async Task A_server_that_stops_ends_the_conversation_and_its_members_stay_members()
    {
        var messi = await JoinAsync(_messi, "messi");
        _server.Registry.Stop();
        await EndsAsync(messi);
        await messi.Serving.BeforeDeadline();
        (await GroupAsync()).Members.Keys.ShouldBe([Named("messi")]);
    }

    [Fact]
    public async Task A_connection_that_breaks_has_left()
    {
        var (messi, james) = await JoinBothAsync();
        james.Break();
        await james.Serving.BeforeDeadline();
        await messi.HearAsync("james meninggalkan group");
        (await GroupAsync()).Members.Keys.ShouldBe([Named("messi")]);
    }

    [Fact]
    public async Task Who_was_a_member_before_is_announced_with_his_first_connection()
    {
        var messi = await JoinAsync(_messi, "messi");
        var account = (await _server.Fixture.Realm.Accounts.FindAsync(Username.Parse("james"), CancellationToken.None)).ShouldNotBeNull();
        (await _server.Fixture.Realm.Groups.EnterAsync(account, new GroupAddress(GroupName.Parse("batak")), CancellationToken.None)).Value();
        await messi.HearAsync("james telah bergabung");
        var head = await HeadAsync();

        var james = await JoinAsync(_james, "james");
        await messi.HearAsync("james telah bergabung");
        (await HeadAsync()).ShouldBe(head, "nothing of it is kept");
        var second = _server.Connect();
        await second.SendAsync($"group {_james} batak\r\n");
        await messi.SendAsync("halo");
        foreach (var member in new[] { messi, james, second }) await member.HearAsync("messi: halo");
    }

    [Fact]
    public async Task Who_does_not_read_is_ended_and_has_left_and_delays_nobody()
    {
        var messi = await JoinAsync(_messi, "messi");
        var james = _server.Connect(blocksAfter: 1);
        await james.SendAsync($"group {_james} batak\r\n");
        await messi.HearAsync("james telah bergabung");

        var text = new string('x', 100);
        for (var i = 0; i < 10; i++)
        {
            await messi.SendAsync(text);
            await messi.HearAsync($"messi: {text}");
        }

        await messi.HearAsync("james meninggalkan group");
        await AdvanceAsync(TimeSpan.FromSeconds(2));
        await james.Serving.BeforeDeadline();
        var page = new MetricsPage(_server.Metrics).Render().Split('\n');
        page.ShouldContain("kabar_overflowed_total 1");
        page.ShouldContain("kabar_group_conversations 1");
    }

    [Fact]
    public async Task A_conversation_is_never_idle_for_too_long()
    {
        var messi = await JoinAsync(_messi, "messi");
        _server.Clock.Advance(TimeSpan.FromDays(2));
        _server.Registry.CloseIdle().ShouldBe(0);
        await messi.SendAsync("halo");
        await messi.HearAsync("messi: halo");
    }

    [Fact]
    public async Task A_character_that_a_read_has_cut_in_two_is_put_together()
    {
        var messi = await JoinAsync(_messi, "messi");
        var bytes = "apa 🐐"u8.ToArray();
        await messi.SendAsync(bytes[..^2]);
        await messi.HearAsync("messi: apa ");
        await messi.SendAsync(bytes[^2..]);
        await messi.HearAsync("messi: 🐐");
    }

    [Fact]
    public async Task A_text_over_the_limit_is_refused_to_its_speaker_and_the_conversation_goes_on()
    {
        var messi = await JoinAsync(_messi, "messi");
        await messi.SendAsync(new string('x', _server.Limits.TextBytes + 1));
        await messi.HearAsync("Error, Pesan Terlalu Panjang");
        await messi.SendAsync("halo");
        await messi.HearAsync("messi: halo");
    }

    [Fact]
    public async Task A_line_that_never_ends_is_refused_once_and_thrown_away_up_to_its_end()
    {
        var messi = _server.Connect();
        await messi.SendAsync($"group {_messi} batak\n");
        await messi.HearAsync("messi telah bergabung\n");
        for (var i = 0; i < 4; i++) await messi.SendAsync(new string('x', _server.Limits.RequestLineBytes));
        await messi.SendAsync("end\nhalo\n");
        await messi.HearAsync("Error, Pesan Terlalu Panjang\nmessi: halo\n");
    }

    [Fact]
    public async Task Legacy_peers_bring_their_users_and_messages_and_nobody_else_may()
    {
        await using var server = new LineServer(null, "dua=legacy://192.0.2.9:8889");
        var token = await server.EnterAsync("messi");
        var messi = server.Connect();
        await messi.SendAsync($"group {token} batak origin \r\n");
        await messi.HearAsync("messi telah bergabung");

        var stranger = server.Connect();
        (await stranger.AskAsync("check group james batak other")).ShouldBe("""{"status": "ERROR", "message": "**Protocol Tidak Benar"}""");
        (await stranger.AskAsync("server send james messi halo")).ShouldBe("""{"status": "ERROR", "message": "**Protocol Tidak Benar"}""");

        var peer = server.Connect(origin: "192.0.2.9");
        (await peer.AskAsync("server send james messi Halo, messi")).ShouldBe(
            """{"status": "OK", "message": "Message Sent", "sendback": {"msg_from": "james", "msg_to": "Display messi", "msg": "Halo, messi"}}""");
        (await peer.AskAsync("server send james tiada Halo")).ShouldBe("""{"status": "ERROR", "message": "User Tidak Ditemukan"}""");
        (await peer.AskAsync("check group james sunda other")).ShouldBe("""{"status": "ERROR", "message": "Tidak ada grup sunda di server"}""");
        await peer.SendAsync("check group james batak other \r\n");
        await peer.HearAsync("james telah bergabung");
        await messi.HearAsync("james telah bergabung");
        await peer.SendAsync("halo dari dua");
        await messi.HearAsync("james: halo dari dua");

        // Two of one name are told apart by their realms.
        var own = await server.EnterAsync("james");
        var james = server.Connect();
        await james.SendAsync($"group {own} batak\r\n");
        await messi.HearAsync("james@satu telah bergabung");
        await peer.SendAsync("siapa?");
        await messi.HearAsync("james@dua: siapa?");
    }

    private static Address Named(string username) => new(Username.Parse(username));

    private async Task<Group> GroupAsync() => (await _server.Fixture.Realm.Groups.FindAsync(new GroupAddress(GroupName.Parse("batak")), CancellationToken.None)).ShouldNotBeNull();

    private async Task<long> HeadAsync() => await _server.Fixture.Store.FindHeadAsync((await GroupAsync()).Conversation, CancellationToken.None);

    private async Task<LinePipe> JoinAsync(string token, string username)
    {
        var client = _server.Connect();
        await client.SendAsync($"group {token} batak origin \r\n");
        await client.HearAsync($"{username} telah bergabung");
        return client;
    }

    private async Task<(LinePipe Messi, LinePipe James)> JoinBothAsync()
    {
        var messi = await JoinAsync(_messi, "messi");
        var james = await JoinAsync(_james, "james");
        await messi.HearAsync("james telah bergabung");
        return (messi, james);
    }

    private async Task EndsAsync(LinePipe client)
    {
        await AdvanceAsync(Pause);
        await client.HearAsync("exit");
        await AdvanceAsync(Pause);
        (await client.ReadAsync()).ShouldBe(Closing);
    }

    private async Task AdvanceAsync(TimeSpan span)
    {
        await _server.Clock.WaitForTimersAsync();
        _server.Clock.Advance(span);
    }
}
