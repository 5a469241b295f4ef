using Kabar.Client;

namespace Kabar.Tests.Client;

/// <summary>Log-ins, requests and their answers on one connection.</summary>
public sealed class KabarClientTests : IDisposable
{
    private readonly ScriptedRealm _realm = new();

    public void Dispose() => _realm.Dispose();

    [Fact]
    public async Task Logging_in_says_who_one_is()
    {
        await using var client = new KabarClient(_realm.Options with { Language = "id" });
        var loggingIn = client.LogInAsync("messi", "surabaya");
        using var connection = await _realm.AcceptAsync();
        var language = await connection.ExpectAsync("language");
        language.GetProperty("language").GetString().ShouldBe("id");
        var auth = await connection.ExpectAsync("auth");
        auth.GetProperty("username").GetString().ShouldBe("messi");
        auth.GetProperty("password").GetString().ShouldBe("surabaya");
        await connection.GrantAsync(language);
        await connection.GrantAsync(auth, "\"user\":\"messi\",\"name\":\"Lionel Messi\",\"realm\":\"satu\",\"session\":\"s1\",\"token\":\"t\"");

        (await loggingIn.BeforeDeadline()).ShouldBe(new KabarUser("messi", "Lionel Messi", "satu", "s1"));
        client.User.ShouldBe(new KabarUser("messi", "Lionel Messi", "satu", "s1"));
        client.Token.ShouldBe("t");
        client.IsConnected.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refused_log_in_may_be_tried_again()
    {
        await using var client = new KabarClient(_realm.Options);
        var loggingIn = client.LogInAsync("messi", "medan");
        using (var first = await _realm.AcceptAsync())
        {
            await first.GrantAsync(await first.ExpectAsync("language"));
            await first.RefuseAsync(await first.ExpectAsync("auth"), "not_authenticated");
            var refusal = await Should.ThrowAsync<KabarException>(loggingIn.BeforeDeadline());
            (refusal.Code, refusal.Message).ShouldBe(("not_authenticated", "No: not_authenticated."));
        }

        client.User.ShouldBeNull();
        var again = client.LogInAsync("messi", "surabaya");
        using var second = await _realm.AcceptAsync();
        await second.OpenAsync("auth", ",\"token\":\"t\"");
        await again.BeforeDeadline();
        client.IsConnected.ShouldBeTrue();
    }

    [Fact]
    public async Task Nothing_can_be_asked_before_a_log_in()
    {
        await using var client = new KabarClient(_realm.Options);
        await Should.ThrowAsync<InvalidOperationException>(client.WhoAsync());
        await Should.ThrowAsync<InvalidOperationException>(async () => await client.ListenAsync().GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public async Task A_realm_that_is_not_there_is_an_input_error()
    {
        _realm.Dispose();
        await using var client = new KabarClient(_realm.Options);
        await Should.ThrowAsync<IOException>(client.LogInAsync("messi", "surabaya").BeforeDeadline());
    }

    [Fact]
    public async Task A_realm_that_speaks_something_else_is_told_apart_without_quoting_it()
    {
        await using var client = new KabarClient(_realm.Options);
        var loggingIn = client.LogInAsync("messi", "surabaya");
        using var connection = await _realm.AcceptAsync();
        await connection.SayAsync("220 mail.example.com surabaya");
        var fault = await Should.ThrowAsync<IOException>(loggingIn.BeforeDeadline());
        fault.ToString().ShouldNotContain("surabaya");
        fault.ToString().ShouldNotContain("mail");
    }

    [Fact]
    public async Task A_refusal_without_an_id_is_told_as_it_is()
    {
        await using var client = new KabarClient(_realm.Options);
        var loggingIn = client.LogInAsync("messi", "surabaya");
        using var connection = await _realm.AcceptAsync();
        await connection.SayAsync("{\"status\":\"ERROR\",\"code\":\"failed\",\"message\":\"Too many connections.\"}");
        (await Should.ThrowAsync<KabarException>(loggingIn.BeforeDeadline())).Message.ShouldBe("Too many connections.");
    }

    [Fact]
    public async Task A_message_is_sent_with_a_key_and_its_letters_as_they_are()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var sending = client.SendAsync("#batak", "horas \"😀\" é\n", replyTo: 4);
        var request = await connection.ExpectAsync("send");
        request.GetRawText().ShouldContain("é");
        request.GetProperty("to").GetString().ShouldBe("#batak");
        request.GetProperty("text").GetString().ShouldBe("horas \"😀\" é\n");
        request.GetProperty("reply").GetInt64().ShouldBe(4);
        request.GetProperty("key").GetString()!.Length.ShouldBeInRange(1, 64);
        await connection.GrantAsync(request, "\"state\":\"accepted\",\"mid\":\"m\",\"position\":5,\"at\":\"77\",\"later\":{\"more\":[1]}");
        (await sending.BeforeDeadline()).ShouldBe(new KabarPosted("m", "accepted", 5, "77"));
    }

    [Fact]
    public async Task Answers_are_understood_however_they_are_cut()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var first = client.ReadAsync("lineker", 7);
        var second = client.PeersAsync();
        var one = ScriptedConnection.Granted(await connection.ExpectAsync("read"), "\"position\":7");
        var two = ScriptedConnection.Granted(await connection.ExpectAsync("peers"), "\"peers\":[{\"realm\":\"dua\",\"connected\":true}]");
        foreach (var piece in $"{one}\r\n\r\n{two}\n") await connection.SayBytesAsync(piece.ToString());
        (await first.BeforeDeadline()).ShouldBe(7);
        (await second.BeforeDeadline()).ShouldBe([new KabarPeer("dua", true)]);
    }

    [Fact]
    public async Task A_very_long_answer_is_understood()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var asking = client.PeersAsync();
        var peers = string.Join(',', Enumerable.Range(0, 50_000).Select(number => $"{{\"realm\":\"realm{number}\",\"connected\":false}}"));
        await connection.GrantAsync(await connection.ExpectAsync("peers"), $"\"peers\":[{peers}]");
        (await asking.BeforeDeadline()).Count.ShouldBe(50_000);
    }

    [Fact]
    public async Task Refusals_fail_the_one_request()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var refused = client.SendAsync("nobody", "halo");
        var granted = client.WhoAsync();
        await connection.RefuseAsync(await connection.ExpectAsync("send"), "unknown_recipient");
        await connection.GrantAsync(await connection.ExpectAsync("who"), "\"users\":[{\"user\":\"lineker\",\"name\":\"Gary Lineker\",\"presence\":\"away\"}]");
        (await Should.ThrowAsync<KabarException>(refused.BeforeDeadline())).Code.ShouldBe("unknown_recipient");
        (await granted.BeforeDeadline()).ShouldBe([new KabarPresence("lineker", "away", null, "Gary Lineker")]);
    }

    [Fact]
    public async Task Who_gives_up_waiting_disturbs_nobody_else()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        using var gaveUp = new CancellationTokenSource();
        var first = client.StatusAsync("lineker", gaveUp.Token);
        var second = client.StatusAsync("maradona");
        var one = await connection.ExpectAsync("status");
        var two = await connection.ExpectAsync("status");
        await gaveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first.BeforeDeadline());
        await connection.GrantAsync(one, "\"user\":\"lineker\",\"presence\":\"online\"");
        await connection.GrantAsync(two, "\"user\":\"maradona\",\"presence\":\"offline\",\"seen\":\"2026-11-21T14:52:00Z\"");
        (await second.BeforeDeadline()).ShouldBe(new KabarPresence("maradona", "offline", new DateTimeOffset(2026, 11, 21, 14, 52, 0, TimeSpan.Zero)));
    }

    [Fact]
    public async Task A_history_tells_how_far_everybody_has_come()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var asking = client.HistoryAsync("lineker", before: 9, limit: 2);
        var request = await connection.ExpectAsync("history");
        request.TryGetProperty("after", out _).ShouldBeFalse();
        await connection.GrantAsync(request, $"\"to\":\"lineker\",\"entries\":[{ScriptedConnection.Message(7)},"
            + "{\"event\":\"message\",\"at\":\"8\",\"to\":\"lineker\",\"position\":8,\"mid\":\"m8\",\"from\":\"messi\",\"name\":\"Lionel Messi\",\"sent\":\"2026-11-21T14:53:00Z\","
            + "\"deleted\":true,\"reply\":7,\"reactions\":[{\"emoji\":\"👍\",\"from\":\"lineker\"}]}],"
            + "\"first\":7,\"last\":8,\"head\":20,\"read\":6,\"receipts\":[{\"from\":\"lineker\",\"to\":\"messi\",\"stored\":0,\"delivered\":20,\"read\":19}]");

        var history = await asking.BeforeDeadline();
        (history.First, history.Last, history.Head, history.Read).ShouldBe((7, 8, 20, 6));
        history.Receipts.ShouldBe([new KabarReceipt("lineker", "lineker", 0, 20, 19)]);
        history.Entries.Select(entry => (entry.Conversation, entry.From, entry.Position, entry.Text)).ShouldBe([("lineker", "lineker", 7L, "pesan 7"), ("lineker", "messi", 8L, "")]);
        history.Entries[1].IsDeleted.ShouldBeTrue();
        history.Entries[1].Target.ShouldBe(7);
        history.Entries[1].Reactions.ShouldBe([new KabarReaction("👍", "lineker")]);
    }

    [Fact]
    public async Task Groups_are_spoken_of_with_their_sign()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var creating = client.Groups.CreateAsync("batak", isOpen: false);
        var request = await connection.ExpectAsync("group create");
        request.GetProperty("open").GetBoolean().ShouldBeFalse();
        await connection.GrantAsync(request, "\"group\":\"#batak\",\"topic\":\"\",\"open\":false,\"members\":1,\"role\":\"owner\",\"position\":1");
        (await creating.BeforeDeadline()).ShouldBe(new KabarGroup("#batak", "", false, 1, "owner"));
        Should.Throw<ArgumentException>(() => client.Groups.ActAsync("batak", "elect", "lineker"));
    }

    [Fact]
    public async Task A_client_that_is_disposed_fails_what_waits()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var asking = client.WhoAsync();
        var hearing = client.ListenAsync().GetAsyncEnumerator();
        var heard = hearing.MoveNextAsync().AsTask();
        await connection.ExpectAsync("who");
        await client.DisposeAsync();
        await client.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(asking.BeforeDeadline());
        await Should.ThrowAsync<ObjectDisposedException>(heard.BeforeDeadline());
        await Should.ThrowAsync<ObjectDisposedException>(client.WhoAsync().BeforeDeadline());
        client.IsConnected.ShouldBeFalse();
        await hearing.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_is_disposed_while_it_logs_in_stops_that()
    {
        var client = new KabarClient(_realm.Options);
        var loggingIn = client.LogInAsync("messi", "surabaya");
        using var connection = await _realm.AcceptAsync();
        await client.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(loggingIn.BeforeDeadline());
    }

    [Fact]
    public async Task A_log_out_ends_everything()
    {
        await using var messi = await _realm.LogInAsync();
        var (client, connection) = messi;
        var ending = client.LogOutAsync();
        await connection.GrantAsync(await connection.ExpectAsync("logout"));
        await ending.BeforeDeadline();
        client.Token.ShouldBeNull();
        (await Should.ThrowAsync<KabarException>(client.WhoAsync())).Code.ShouldBe("unknown_session");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", null)]
    [InlineData("tcp://127.0.0.1:1", "0011223344556677889900112233445566778899001122334455667788990011")]
    [InlineData("tls://127.0.0.1:1", "00:11")]
    [InlineData("relative", null)]
    public void Options_that_make_no_sense_are_refused(string server, string? fingerprint) =>
        Should.Throw<ArgumentException>(() => new KabarClient(new KabarClientOptions { Server = new Uri(server, UriKind.RelativeOrAbsolute), Fingerprint = fingerprint }));
}
