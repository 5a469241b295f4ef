using Kabar.Client;

namespace Kabar.Tests.Client;

/// <summary>What becomes of requests and of the session when connections break.</summary>
public sealed class ReconnectTests : IDisposable
{
    private readonly ScriptedRealm _realm = new();

    public void Dispose() => _realm.Dispose();

    [Fact]
    public async Task A_message_whose_answer_was_lost_is_sent_again_with_its_key_and_before_what_came_later()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var first = client.SendAsync("lineker", "satu");
        var key = (await connection.ExpectAsync("send")).GetProperty("key").GetString();
        connection.Dispose();
        var second = client.SendAsync("lineker", "dua");

        using var next = await _realm.ResumeAsync();
        var again = await next.ExpectAsync("send");
        again.GetProperty("text").GetString().ShouldBe("satu");
        again.GetProperty("key").GetString().ShouldBe(key);
        await next.GrantAsync(again, "\"state\":\"accepted\",\"mid\":\"m1\",\"position\":1,\"at\":\"1\"");
        await next.GrantAsync(await next.ExpectAsync("send"), "\"state\":\"accepted\",\"mid\":\"m2\",\"position\":2,\"at\":\"2\"");
        (await first.BeforeDeadline()).Id.ShouldBe("m1");
        (await second.BeforeDeadline()).Id.ShouldBe("m2");
    }

    [Fact]
    public async Task What_must_not_be_done_twice_fails_and_what_was_not_sent_waits()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        Task[] sent = [client.InboxAsync(), client.ChangePasswordAsync("surabaya", "rosario-1"), client.Groups.CreateAsync("batak"), client.Groups.MoveAsync("batak", "dua")];
        foreach (var verb in (string[])["inbox", "passwd", "group create", "group move"]) await connection.ExpectAsync(verb);
        connection.Dispose();
        foreach (var request in sent)
            (await Should.ThrowAsync<IOException>(request.BeforeDeadline())).ToString().ShouldNotContain("rosario");

        var waiting = client.InboxAsync();
        using var next = await _realm.ResumeAsync();
        await next.GrantAsync(await next.ExpectAsync("inbox"), "\"entries\":[],\"more\":false");
        (await waiting.BeforeDeadline()).Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_repetition_that_had_been_done_before_the_break_is_no_refusal()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var leaving = client.Groups.LeaveAsync("batak");
        var joining = client.Groups.JoinAsync("#toba@satu");
        var deleting = client.DeleteAsync("lineker", 3);
        var kicking = client.Groups.ActAsync("karo", "kick", "lineker");
        for (var i = 0; i < 4; i++) await connection.ReadAsync();
        connection.Dispose();

        using var next = await _realm.ResumeAsync();
        await next.RefuseAsync(await next.ExpectAsync("group leave"), "not_a_member");
        await next.RefuseAsync(await next.ExpectAsync("group join"), "already_member");
        await next.RefuseAsync(await next.ExpectAsync("delete"), "unknown_message");
        await next.RefuseAsync(await next.ExpectAsync("group kick"), "not_a_member");
        await next.GrantAsync(await next.ExpectAsync("group list"), "\"groups\":[{\"group\":\"#toba\",\"topic\":\"danau\",\"open\":true,\"members\":2,\"role\":\"member\"}]");
        await leaving.BeforeDeadline();
        await deleting.BeforeDeadline();
        await kicking.BeforeDeadline();
        (await joining.BeforeDeadline()).ShouldBe(new KabarGroup("#toba", "danau", true, 2, "member"));
    }

    [Fact]
    public async Task The_first_time_the_same_refusals_are_refusals()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var leaving = client.Groups.LeaveAsync("batak");
        await connection.RefuseAsync(await connection.ExpectAsync("group leave"), "not_a_member");
        (await Should.ThrowAsync<KabarException>(leaving.BeforeDeadline())).Code.ShouldBe("not_a_member");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_break_in_any_phase_of_a_reconnect_leads_to_another(int phase)
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var asking = client.WhoAsync();
        await connection.ExpectAsync("who");
        connection.Dispose();

        using (var broken = await _realm.AcceptAsync())
        {
            if (phase > 0) await broken.ReadAsync();
            if (phase > 1)
            {
                var resume = await broken.ExpectAsync("resume");
                if (phase > 2) await broken.SayBytesAsync("{\"id\":2,\"stat");
                if (phase > 3) await broken.RefuseAsync(resume, "failed");
            }
        }

        using var next = await _realm.ResumeAsync();
        await next.GrantAsync(await next.ExpectAsync("who"), "\"users\":[]");
        (await asking.BeforeDeadline()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_realm_that_is_down_for_a_while_is_tried_again()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var changes = new List<Exception?>();
        var stands = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionChanged += reason =>
        {
            changes.Add(reason);
            if (reason is null) stands.TrySetResult();
        };
        connection.Dispose();
        for (var i = 0; i < 5; i++) (await _realm.AcceptAsync()).Dispose();
        using var next = await _realm.ResumeAsync();
        await stands.Task.BeforeDeadline();
        changes.Count.ShouldBe(2);
        changes[0].ShouldBeOfType<IOException>();
        client.IsConnected.ShouldBeTrue();
    }

    [Fact]
    public async Task A_session_that_has_ended_ends_everything()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var reasons = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionChanged += reason =>
        {
            if (reason is KabarException) reasons.TrySetResult(reason);
        };
        var asking = client.WhoAsync();
        await connection.ExpectAsync("who");
        var hearing = client.ListenAsync().GetAsyncEnumerator();
        var heard = hearing.MoveNextAsync().AsTask();
        connection.Dispose();

        using var next = await _realm.AcceptAsync();
        await next.GrantAsync(await next.ExpectAsync("language"));
        await next.RefuseAsync(await next.ExpectAsync("resume"), "unknown_session");
        (await Should.ThrowAsync<KabarException>(asking.BeforeDeadline())).Code.ShouldBe("unknown_session");
        (await Should.ThrowAsync<KabarException>(heard.BeforeDeadline())).Code.ShouldBe("unknown_session");
        (await Should.ThrowAsync<KabarException>(client.WhoAsync().BeforeDeadline())).Code.ShouldBe("unknown_session");
        ((KabarException)(await reasons.Task.BeforeDeadline())!).Code.ShouldBe("unknown_session");
        await hearing.DisposeAsync();
    }

    [Fact]
    public async Task So_does_a_session_that_somebody_ends_while_it_is_used()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var asking = client.WhoAsync();
        await connection.ExpectAsync("who");
        await connection.SayAsync("{\"event\":\"logged_out\"}");
        (await Should.ThrowAsync<KabarException>(asking.BeforeDeadline())).Code.ShouldBe("unknown_session");
        await connection.EndsAsync();
    }

    [Fact]
    public async Task That_another_session_is_unknown_ends_nothing()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var ending = client.EndSessionAsync("s9");
        await connection.RefuseAsync(await connection.ExpectAsync("sessions end"), "unknown_session");
        (await Should.ThrowAsync<KabarException>(ending.BeforeDeadline())).Code.ShouldBe("unknown_session");
        client.IsConnected.ShouldBeTrue();
    }

    [Theory]
    [InlineData("not_logged_in")]
    [InlineData("unknown_session")]
    public async Task So_does_one_that_the_realm_does_not_know_any_more(string code)
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var asking = client.WhoAsync();
        var other = client.PeersAsync();
        await connection.RefuseAsync(await connection.ExpectAsync("who"), code);
        (await Should.ThrowAsync<KabarException>(asking.BeforeDeadline())).Code.ShouldBe("unknown_session");
        (await Should.ThrowAsync<KabarException>(other.BeforeDeadline())).Code.ShouldBe("unknown_session");
    }

    [Fact]
    public async Task A_log_out_whose_answer_was_lost_is_one_all_the_same()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var ending = client.LogOutAsync();
        await connection.ExpectAsync("logout");
        connection.Dispose();
        using var next = await _realm.AcceptAsync();
        await next.GrantAsync(await next.ExpectAsync("language"));
        await next.RefuseAsync(await next.ExpectAsync("resume"), "unknown_session");
        await ending.BeforeDeadline();
    }

    [Theory]
    [InlineData("not json surabaya")]
    [InlineData("[1]")]
    [InlineData("{\"id\":99999,\"status\":\"OK\"}")]
    [InlineData("{\"status\":\"OK\"}")]
    [InlineData("{\"id\":\"\\ud800\",\"status\":\"OK\"}")]
    [InlineData("{\"event\":7}")]
    public async Task What_is_not_of_the_protocol_breaks_the_connection(string line)
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var broken = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ConnectionChanged += reason => broken.TrySetResult(reason);
        var asking = client.WhoAsync();
        await connection.ExpectAsync("who");
        await connection.SayAsync(line);
        (await broken.Task.BeforeDeadline()).ShouldBeOfType<IOException>().ToString().ShouldNotContain("surabaya");

        using var next = await _realm.ResumeAsync();
        await next.GrantAsync(await next.ExpectAsync("who"), "\"users\":[]");
        await asking.BeforeDeadline();
    }

    [Fact]
    public async Task An_answer_that_is_not_what_was_asked_for_fails_the_request_once()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var asking = client.ReadAsync("lineker");
        await connection.GrantAsync(await connection.ExpectAsync("read"), "\"position\":\"seven\"");
        await Should.ThrowAsync<IOException>(asking.BeforeDeadline());
        using var next = await _realm.ResumeAsync();
        var who = client.WhoAsync();
        await next.GrantAsync(await next.ExpectAsync("who"), "\"users\":[]");
        await who.BeforeDeadline();
    }

    [Fact]
    public async Task Being_away_is_told_again_and_typing_is_not()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var away = client.SetAwayAsync(true);
        await connection.GrantAsync(await connection.ExpectAsync("status set"));
        await away.BeforeDeadline();
        var typing = client.TypingAsync("lineker");
        await connection.ExpectAsync("typing");
        connection.Dispose();
        await typing.BeforeDeadline();

        using var next = await _realm.ResumeAsync();
        (await next.ExpectAsync("status set")).GetProperty("presence").GetString().ShouldBe("away");
        var who = client.WhoAsync();
        await next.ExpectAsync("who");
        who.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_silent_realm_is_asked_and_then_left()
    {
        var clock = new FakeClock();
        var patience = TimeSpan.FromSeconds(30);
        await using var messi = await _realm.LogInAsync(_realm.Options with { Clock = clock, Patience = patience });
        var (client, connection) = messi;

        await PassTimeAsync(clock, patience, connection.ExpectAsync("ping"));
        await PassTimeAsync(clock, patience, connection.EndsAsync());
        using var next = await AcceptWhilePassingTimeAsync(clock);
        await next.OpenAsync("resume");
        var who = client.WhoAsync();
        await next.GrantAsync(await next.ExpectAsync("who"), "\"users\":[]");
        await who.BeforeDeadline();
    }

    [Fact]
    public async Task A_request_that_is_not_answered_in_time_is_asked_again_elsewhere()
    {
        var clock = new FakeClock();
        var patience = TimeSpan.FromSeconds(30);
        await using var messi = await _realm.LogInAsync(_realm.Options with { Clock = clock, Patience = patience });
        var (client, connection) = messi;
        var who = client.WhoAsync();
        await connection.ExpectAsync("who");
        await PassTimeAsync(clock, patience, connection.EndsAsync());
        using var next = await AcceptWhilePassingTimeAsync(clock);
        await next.OpenAsync("resume");
        await next.GrantAsync(await next.ExpectAsync("who"), "\"users\":[]");
        await who.BeforeDeadline();
    }

    [Fact]
    public async Task A_log_in_that_is_not_answered_in_time_fails()
    {
        var clock = new FakeClock();
        await using var client = new KabarClient(_realm.Options with { Clock = clock, Patience = TimeSpan.FromSeconds(30) });
        var loggingIn = client.LogInAsync("messi", "surabaya");
        using var connection = await _realm.AcceptAsync();
        await connection.ExpectAsync("language");
        clock.Advance(TimeSpan.FromSeconds(30));
        await Should.ThrowAsync<IOException>(loggingIn.BeforeDeadline());
    }

    [Fact]
    public async Task After_a_good_while_the_next_attempt_is_made_at_once()
    {
        var clock = new FakeClock();
        await using var messi = await _realm.LogInAsync(_realm.Options with { Clock = clock, LongestRetry = TimeSpan.FromHours(1) });
        var (client, connection) = messi;
        clock.Advance(TimeSpan.FromSeconds(20));
        connection.Dispose();
        using var next = await _realm.ResumeAsync(); // though no time passes any more
    }

    [Fact]
    public async Task Many_requests_are_sent_in_the_order_in_which_they_were_made()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var asking = Enumerable.Range(1, 3000).Select(position => client.ReadAsync("lineker", position)).ToArray();
        for (var position = 1; position <= 3000; position++)
        {
            var request = await connection.ExpectAsync("read");
            request.GetProperty("position").GetInt64().ShouldBe(position);
            await connection.GrantAsync(request, $"\"position\":{position}");
        }

        (await Task.WhenAll(asking).BeforeDeadline()).ShouldBe(Enumerable.Range(1, 3000).Select(position => (long)position));
    }

    [Fact]
    public async Task A_request_on_which_every_connection_breaks_is_given_up_and_the_next_gets_its_turn()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var deadly = client.WhoAsync();
        await connection.ExpectAsync("who");
        var other = client.ReadAsync("lineker", 7);
        await connection.ExpectAsync("read");
        connection.Dispose();
        for (var breaks = 1; breaks < Requests.MostBreaks; breaks++)
        {
            using var broken = await _realm.ResumeAsync();
            await broken.ExpectAsync("who");
        }

        await Should.ThrowAsync<IOException>(deadly.BeforeDeadline());
        using var next = await _realm.ResumeAsync();
        await next.GrantAsync(await next.ExpectAsync("read"), "\"position\":7");
        (await other.BeforeDeadline()).ShouldBe(7);
    }

    [Fact]
    public async Task More_requests_than_can_wait_are_refused()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        connection.Dispose();
        _realm.Dispose(); // and it does not come back
        var asking = Enumerable.Range(1, Requests.MostUnsent + 2000).Select(position => client.ReadAsync("lineker", position)).ToArray();
        await Should.ThrowAsync<InvalidOperationException>(asking[^1].BeforeDeadline());
        asking[2000].IsCompleted.ShouldBeFalse();
    }

    private static async Task PassTimeAsync(FakeClock clock, TimeSpan step, Task until)
    {
        while (!until.IsCompleted)
        {
            await clock.WaitForTimersAsync();
            clock.Advance(step);
            await Task.WhenAny(until, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }

        await until;
    }

    private async Task<ScriptedConnection> AcceptWhilePassingTimeAsync(FakeClock clock)
    {
        var accepting = _realm.AcceptAsync();
        await PassTimeAsync(clock, TimeSpan.FromMilliseconds(1), accepting);
        return await accepting;
    }
}
