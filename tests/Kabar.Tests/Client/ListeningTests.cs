using Kabar.Client;

namespace Kabar.Tests.Client;

/// <summary>What whoever listens is told: each entry once, in order, over breaks and however slow he is.</summary>
public sealed class ListeningTests : IDisposable
{
    private readonly ScriptedRealm _realm = new();

    public void Dispose() => _realm.Dispose();

    [Fact]
    public async Task Entries_and_what_is_of_the_moment_come_as_they_happen()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        await using var hearing = client.ListenAsync().GetAsyncEnumerator();
        var live = hearing.MoveNextAsync();
        var listen = await connection.ExpectAsync("listen");
        listen.TryGetProperty("from", out _).ShouldBeFalse();
        await connection.SayAsync(
            ScriptedConnection.Granted(listen, "\"at\":\"6\""),
            ScriptedConnection.Message(7),
            "{\"event\":\"typing\",\"from\":\"lineker\",\"to\":\"messi\"}",
            "{\"event\":\"typing\",\"from\":\"lineker\",\"to\":\"#batak\"}",
            "{\"event\":\"presence\",\"user\":\"lineker\",\"presence\":\"offline\",\"seen\":\"2026-11-21T14:52:00Z\"}",
            "{\"event\":\"receipt\",\"from\":\"messi\",\"to\":\"lineker\",\"stored\":0,\"delivered\":0,\"read\":7}",
            "{\"event\":\"reacted\",\"at\":\"9\",\"to\":\"lineker\",\"position\":8,\"mid\":\"m\",\"from\":\"messi\",\"name\":\"Lionel Messi\",\"sent\":\"2026-11-21T14:52:00Z\",\"target\":7,\"emoji\":\"👍\"}",
            "{\"event\":\"role\",\"at\":\"10\",\"to\":\"#batak\",\"position\":3,\"mid\":\"m\",\"from\":\"messi\",\"name\":\"Lionel Messi\",\"sent\":\"2026-11-21T14:52:00Z\",\"user\":\"lineker\",\"role\":\"owner\"}",
            "{\"event\":\"failed\",\"at\":\"11\",\"to\":\"messi\",\"position\":1,\"mid\":\"m\",\"from\":\"messi\",\"name\":\"Lionel Messi\",\"sent\":\"2026-11-21T14:52:00Z\",\"failed\":\"expired\","
                + "\"target_mid\":\"x\",\"target_to\":\"james@dua\",\"quote\":\"hal\"}");

        (await live).ShouldBeTrue();
        hearing.Current.ShouldBe(new KabarLive { At = "6" });
        (await NextAsync<KabarEntry>(hearing)).Text.ShouldBe("pesan 7");
        (await NextAsync<KabarTyping>(hearing)).ShouldBe(new KabarTyping("lineker", "lineker"));
        (await NextAsync<KabarTyping>(hearing)).ShouldBe(new KabarTyping("#batak", "lineker"));
        (await NextAsync<KabarPresence>(hearing)).State.ShouldBe("offline");
        (await NextAsync<KabarReceipt>(hearing)).ShouldBe(new KabarReceipt("lineker", "messi", 0, 0, 7));
        var reacted = await NextAsync<KabarEntry>(hearing);
        (reacted.Kind, reacted.Conversation, reacted.Target, reacted.Emoji).ShouldBe(("reacted", "lineker", 7, "👍"));
        var role = await NextAsync<KabarEntry>(hearing);
        (role.Conversation, role.Subject, role.Role, role.Emoji).ShouldBe(("#batak", "lineker", "owner", null));
        var failed = await NextAsync<KabarEntry>(hearing);
        (failed.Conversation, failed.Failure, failed.Text, failed.Undelivered).ShouldBe(("messi", "expired", "Not delivered to james@dua (expired): hal", new KabarUndelivered("x", "james@dua", "hal")));
    }

    [Fact]
    public async Task Kinds_that_came_up_later_are_told_when_they_are_entries()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        await using var hearing = client.ListenAsync("6").GetAsyncEnumerator();
        var first = hearing.MoveNextAsync();
        var listen = await connection.ExpectAsync("listen");
        listen.GetProperty("from").GetString().ShouldBe("6");
        await connection.SayAsync(
            ScriptedConnection.Granted(listen, "\"at\":\"6\""), "{\"event\":\"weather\",\"is\":\"fair\"}", ScriptedConnection.Message(7, "pinned"), "{\"event\":\"live\",\"at\":\"7\"}");
        (await first).ShouldBeTrue();
        ((KabarEntry)hearing.Current).Kind.ShouldBe("pinned");
        (await NextAsync<KabarLive>(hearing)).At.ShouldBe("7");
    }

    [Fact]
    public async Task After_a_break_the_client_listens_from_its_place_and_drops_what_it_has_told()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        await using var hearing = client.ListenAsync("6").GetAsyncEnumerator();
        var first = hearing.MoveNextAsync();
        await connection.GrantAsync(await connection.ExpectAsync("listen"), "\"at\":\"8\"");
        await connection.SayAsync(ScriptedConnection.Message(7), ScriptedConnection.Message(8));
        (await first).ShouldBeTrue();
        (await NextAsync<KabarEntry>(hearing)).At.ShouldBe("8");
        await connection.SayBytesAsync(ScriptedConnection.Message(9)[..40]);
        connection.Dispose();

        using var next = await _realm.ResumeAsync();
        var listen = await next.ExpectAsync("listen");
        listen.GetProperty("from").GetString().ShouldBe("8");
        await next.SayAsync(ScriptedConnection.Message(50)); // of nobody's listening: before the answer
        await next.SayAsync(
            ScriptedConnection.Granted(listen, "\"at\":\"10\""), ScriptedConnection.Message(8), ScriptedConnection.Message(9), ScriptedConnection.Message(10), ScriptedConnection.Message(9));
        await next.SayAsync("{\"event\":\"live\",\"at\":\"10\"}", ScriptedConnection.Message(100));
        (await NextAsync<KabarEntry>(hearing)).At.ShouldBe("9");
        (await NextAsync<KabarEntry>(hearing)).At.ShouldBe("10");
        (await NextAsync<KabarLive>(hearing)).At.ShouldBe("10");
        (await NextAsync<KabarEntry>(hearing)).At.ShouldBe("100");
    }

    [Fact]
    public async Task A_break_before_the_first_event_leaves_no_gap()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        await using var hearing = client.ListenAsync().GetAsyncEnumerator();
        var live = hearing.MoveNextAsync();
        await connection.GrantAsync(await connection.ExpectAsync("listen"), "\"at\":\"6\"");
        (await live).ShouldBeTrue();
        connection.Dispose();
        using var next = await _realm.ResumeAsync();
        (await next.ExpectAsync("listen")).GetProperty("from").GetString().ShouldBe("6");
    }

    [Fact]
    public async Task After_the_realm_was_restored_to_an_earlier_time_what_is_new_there_is_told()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        await using var hearing = client.ListenAsync("1000").GetAsyncEnumerator();
        var first = hearing.MoveNextAsync();
        await connection.GrantAsync(await connection.ExpectAsync("listen"), "\"at\":\"900\"");
        await connection.SayAsync("{\"event\":\"live\",\"at\":\"900\"}", ScriptedConnection.Message(901));
        (await first).ShouldBeTrue();
        (await NextAsync<KabarEntry>(hearing)).At.ShouldBe("901");
    }

    [Fact]
    public async Task A_receipt_that_says_nothing_new_is_not_told()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        await using var hearing = client.ListenAsync("6").GetAsyncEnumerator();
        var first = hearing.MoveNextAsync();
        await connection.GrantAsync(await connection.ExpectAsync("listen"), "\"at\":\"6\"");
        await connection.SayAsync(Receipt(0, 5, 3), Receipt(0, 5, 3), Receipt(0, 4, 0), Receipt(0, 5, 4), Receipt(0, 5, 3), Receipt(0, 6, 0));
        (await first).ShouldBeTrue();
        ((KabarReceipt)hearing.Current).Read.ShouldBe(3);
        (await NextAsync<KabarReceipt>(hearing)).Read.ShouldBe(4);
        (await NextAsync<KabarReceipt>(hearing)).Delivered.ShouldBe(6);

        static string Receipt(long stored, long delivered, long read) =>
            $"{{\"event\":\"receipt\",\"from\":\"lineker\",\"to\":\"messi\",\"stored\":{stored},\"delivered\":{delivered},\"read\":{read}}}";
    }

    [Fact]
    public async Task More_events_than_may_wait_are_all_told()
    {
        const int Count = 20_000;
        await using var messi = await _realm.LogInAsync(_realm.Options with { EventsWaiting = 3 });
        var (client, connection) = messi;
        await using var hearing = client.ListenAsync("0").GetAsyncEnumerator();
        var first = hearing.MoveNextAsync();
        await connection.GrantAsync(await connection.ExpectAsync("listen"), "\"at\":\"0\"");
        var saying = connection.SayAsync(Enumerable.Range(1, Count).Select(at => ScriptedConnection.Message(at)));
        (await first).ShouldBeTrue();
        for (var at = 2; at <= Count; at++) (await NextAsync<KabarEntry>(hearing)).Position.ShouldBe(at);
        await saying.BeforeDeadline();
    }

    [Fact]
    public async Task Who_asks_something_about_each_event_gets_his_answers_however_many_events_are_before_them()
    {
        const int Count = 2000;
        await using var messi = await _realm.LogInAsync(_realm.Options with { EventsWaiting = 50 });
        var (client, connection) = messi;
        var listenings = 0;
        var heard = new List<long>();
        var serving = ServeAsync();
        await foreach (var happened in client.ListenAsync("0").WithCancellation(CancellationToken.None))
        {
            if (happened is not KabarEntry entry) continue;
            heard.Add(entry.Position);
            (await client.ReadAsync(entry.Conversation, entry.Position).BeforeDeadline()).ShouldBe(entry.Position);
            if (entry.Position == Count) break;
        }

        heard.ShouldBe(Enumerable.Range(1, Count).Select(position => (long)position));
        listenings.ShouldBeGreaterThan(1, "else the test shows nothing");
        await serving.BeforeDeadline();

        // All that there is from a place on comes at once, before any answer.
        async Task ServeAsync()
        {
            var isListening = false;
            while (true)
            {
                var request = await connection.ReadAsync();
                switch (request.GetProperty("do").GetString())
                {
                    case "listen":
                        isListening.ShouldBeFalse();
                        isListening = true;
                        listenings++;
                        await connection.GrantAsync(request, $"\"at\":\"{Count}\"");
                        await connection.SayAsync(Enumerable.Range(1, Count).Skip(int.Parse(request.GetProperty("from").GetString()!)).Select(at => ScriptedConnection.Message(at)));
                        break;
                    case "unlisten":
                        isListening = false;
                        await connection.GrantAsync(request);
                        if (heard is [.., Count]) return;
                        break;
                    default:
                        await connection.GrantAsync(request, $"\"position\":{request.GetProperty("position").GetRawText()}");
                        break;
                }
            }
        }
    }

    [Fact]
    public async Task One_at_a_time_listens_and_who_stops_makes_room_for_another()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var first = client.ListenAsync("1").GetAsyncEnumerator();
        var heard = first.MoveNextAsync();
        await connection.GrantAsync(await connection.ExpectAsync("listen"), "\"at\":\"9\"");
        await Should.ThrowAsync<InvalidOperationException>(async () => await client.ListenAsync().GetAsyncEnumerator().MoveNextAsync());
        await connection.SayAsync(ScriptedConnection.Message(2), ScriptedConnection.Message(3));
        (await heard).ShouldBeTrue();
        await first.DisposeAsync();
        await connection.GrantAsync(await connection.ExpectAsync("unlisten"));

        await using var second = client.ListenAsync("2").GetAsyncEnumerator();
        var next = second.MoveNextAsync();
        await connection.GrantAsync(await connection.ExpectAsync("listen"), "\"at\":\"9\"");
        await connection.SayAsync(ScriptedConnection.Message(3));
        (await next).ShouldBeTrue();
        second.Current.At.ShouldBe("3");
    }

    [Fact]
    public async Task Who_listens_can_be_called_off()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        using var enough = new CancellationTokenSource();
        var hearing = client.ListenAsync("1", enough.Token).GetAsyncEnumerator();
        var heard = hearing.MoveNextAsync().AsTask();
        await connection.ExpectAsync("listen");
        await enough.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(heard.BeforeDeadline());
        await connection.ExpectAsync("unlisten");
        await hearing.DisposeAsync();
    }

    [Fact]
    public async Task A_refused_place_ends_the_listening_alone()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var hearing = client.ListenAsync("yesterday").GetAsyncEnumerator();
        var heard = hearing.MoveNextAsync().AsTask();
        await connection.RefuseAsync(await connection.ExpectAsync("listen"), "invalid_parameter");
        (await Should.ThrowAsync<KabarException>(heard.BeforeDeadline())).Code.ShouldBe("invalid_parameter");
        await hearing.DisposeAsync();
        await connection.GrantAsync(await connection.ExpectAsync("unlisten"));
        var who = client.WhoAsync();
        await connection.GrantAsync(await connection.ExpectAsync("who"), "\"users\":[]");
        await who.BeforeDeadline();
    }

    private static async Task<T> NextAsync<T>(IAsyncEnumerator<KabarEvent> hearing)
        where T : KabarEvent
    {
        (await hearing.MoveNextAsync().BeforeDeadline()).ShouldBeTrue();
        return hearing.Current.ShouldBeOfType<T>();
    }
}
