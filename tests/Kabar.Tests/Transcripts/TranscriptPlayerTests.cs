using Kabar.Transcripts;

namespace Kabar.Tests.Transcripts;

public sealed class TranscriptPlayerTests
{
    private const string Uuid = "d49b51d0-0964-4019-bd44-1c1790254467";

    private static ScriptedServer Echo => new(request => $"{{\"got\": \"{request}\"}}\r\n\r\n");

    [Fact]
    public async Task A_request_is_sent_with_a_blank_before_its_ending()
    {
        var bytes = new MemoryStream();
        var player = new TranscriptPlayer((_, _) => ValueTask.FromResult<Stream>(new DuplexStream(new MemoryStream("x\r\n\r\n"u8.ToArray()), bytes)), "chat");

        await player.PlayAsync(Transcript.Parse("messi > auth é\nmessi >> \\x00\\r\\n\nmessi < x", "a.play"), TestContext.Current.CancellationToken);

        bytes.ToArray().ShouldBe("auth é \r\n\0\r\n"u8.ToArray());
    }

    [Fact]
    public Task What_was_captured_is_sent_and_must_come_again() => PlayAsync(
        new ScriptedServer(request => request.StartsWith("auth", StringComparison.Ordinal) ? $"{{\"tokenid\": \"{Uuid}\"}}\r\n\r\n" : $"{request}!\r\n\r\n"),
        """
        messi > auth
        messi < {"tokenid": "{M:uuid}"}
        messi > inbox {M}
        messi < inbox {M}!
        """);

    [Fact]
    public Task A_repeated_text_is_sent_and_matched() => PlayAsync(Echo, "@repeat LONG 100 aé\nmessi > {LONG}\nmessi < {\"got\": \"{LONG}\"}");

    [Fact]
    public Task Replies_may_come_in_any_pieces() => PlayAsync(
        new ScriptedServer(request => request + "\r\n\r\n") { PieceSize = 1 },
        "messi >> satu \\r\\ndua \\r\\n\nmessi < satu\nmessi < dua");

    [Fact]
    public Task The_end_of_a_connection_can_be_expected() => PlayAsync(new ScriptedServer(_ => null), "messi > pergi\nmessi < [closed]");

    [Fact]
    public async Task A_new_scene_and_a_closed_actor_connect_anew()
    {
        var server = Echo;
        await PlayAsync(
            server,
            """
            @dialect thread-chat lineker
            messi > a
            messi < {"got": "a"}
            messi > [close]
            messi > b
            messi < {"got": "b"}
            === The second scene
            lineker > c
            lineker < {"got": "c"}
            messi > d
            messi < {"got": "d"}
            """);

        server.Dialects.ShouldBe(["chat", "chat", "thread-chat", "chat"]);
    }

    [Theory]
    [InlineData("abd\r\n\r\n")]
    [InlineData("ab\r\n\r\n")]
    [InlineData("abc \r\n\r\n")]
    [InlineData("abc\r\n\r\nx\r\n\r\n")]
    [InlineData("\nabc\r\n\r\n")]
    [InlineData("ABC\r\n\r\n")]
    public async Task One_wrong_byte_fails(string reply) =>
        await Should.ThrowAsync<TranscriptFailure>(() => PlayAsync(new ScriptedServer(_ => reply), "messi > a\nmessi < abc"));

    [Fact]
    public async Task A_failure_shows_file_line_and_both_texts()
    {
        var failure = await Should.ThrowAsync<TranscriptFailure>(() => PlayAsync(Echo, "=== Satu\nmessi > a\nmessi < {\"got\": \"é\"}"));

        failure.Message.ShouldBe("a.play:3: Satu: messi expected\n  {\"got\": \"é\"}\nbut was sent\n  {\"got\": \"a\"}\nwhich agree in their first 9 bytes");
    }

    [Fact]
    public async Task Another_value_under_the_same_name_fails()
    {
        var answers = new Queue<string>(["\"satu\"", "\"dua\""]);

        var failure = await Should.ThrowAsync<TranscriptFailure>(() =>
            PlayAsync(new ScriptedServer(_ => answers.Dequeue() + "\r\n\r\n"), "messi > a\nmessi < \"{X}\"\nmessi > b\nmessi < \"{X}\""));

        failure.Message.ShouldStartWith("a.play:4: messi expected\n  \"satu\"\nbut was sent\n  \"dua\"");
    }

    [Theory]
    [InlineData("D49B51D0-0964-4019-BD44-1C1790254467")]
    [InlineData("d49b51d0096440 19bd441c1790254467")]
    [InlineData("bukan")]
    public async Task Only_a_lower_case_uuid_is_a_uuid(string value) => await Should.ThrowAsync<TranscriptFailure>(() =>
        PlayAsync(new ScriptedServer(_ => $"\"{value}\"\r\n\r\n"), "messi > a\nmessi < \"{X:uuid}\""));

    [Fact]
    public async Task A_name_nobody_captured_fails() => (await Should.ThrowAsync<TranscriptFailure>(() =>
        PlayAsync(Echo, "messi > inbox {M}\nmessi < x"))).Message.ShouldBe("a.play:1: {M} has not been captured yet");

    [Fact]
    public async Task A_reply_instead_of_the_end_fails() => (await Should.ThrowAsync<TranscriptFailure>(() =>
        PlayAsync(Echo, "messi > a\nmessi < [closed]"))).Message.ShouldContain("expected the end of the connection");

    [Fact]
    public async Task The_end_instead_of_a_reply_fails() => (await Should.ThrowAsync<TranscriptFailure>(() =>
        PlayAsync(new ScriptedServer(_ => null), "messi > a\nmessi < b"))).Message.ShouldEndWith("but the connection was closed");

    [Fact]
    public async Task An_actor_of_another_realm_is_connected_there()
    {
        var player = new TranscriptPlayer(new ScriptedServer(_ => "satu\r\n\r\n").ConnectAsync, "chat")
        {
            Others = new Dictionary<string, OpenConnection> { ["dua"] = new ScriptedServer(_ => "dua\r\n\r\n").ConnectAsync },
        };
        await player.PlayAsync(Transcript.Parse("@realm dua james\nmessi > a\nmessi < satu\njames > a\njames < dua", "a.play"), TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<TranscriptFailure>(() => player.PlayAsync(Transcript.Parse("@realm tiga taeno\nmessi < a", "a.play"), CancellationToken.None));
        failure.Message.ShouldBe("a.play:1: there is no realm tiga here");
    }

    [Fact]
    public async Task A_request_is_made_again_until_the_reply_is_the_one_that_is_awaited()
    {
        var asked = 0;
        await PlayAsync(new ScriptedServer(_ => ++asked < 3 ? "belum\r\n\r\n" : "sudah {1}\r\n\r\n"), "messi > a\nmessi <~ sudah {1}");
        asked.ShouldBe(3);

        var player = new TranscriptPlayer(new ScriptedServer(_ => "belum\r\n\r\n").ConnectAsync, "chat", TimeSpan.FromMilliseconds(50));
        var failure = await Should.ThrowAsync<TranscriptFailure>(() => player.PlayAsync(Transcript.Parse("messi > a\nmessi <~ sudah", "a.play"), CancellationToken.None));
        failure.Message.ShouldStartWith("a.play:2: messi expected\n  sudah\nbut was sent\n  belum");
    }

    [Fact]
    public async Task Silence_fails_after_the_players_patience()
    {
        var player = new TranscriptPlayer(new ScriptedServer(_ => "tanpa akhir").ConnectAsync, "chat", TimeSpan.FromMilliseconds(50));

        var failure = await Should.ThrowAsync<TranscriptFailure>(() => player.PlayAsync(Transcript.Parse("messi > a\nmessi < b", "a.play"), CancellationToken.None));

        failure.Message.ShouldBe("a.play:2: nothing came within 0.05 s; expected\n  b");
    }

    [Fact]
    public Task Replies_and_events_of_the_native_protocol_are_lines_that_may_come_between_each_other() => PlayNativeAsync(
        """
        messi > a
        messi < {"status":"OK"}
        messi <* {"event":"message","position":{P:number},"sent":"{_:time}"}
        messi <* {"event":"message","position":8,{_:any}}
        messi > b
        messi < {"status":"OK"}
        """,
        "{\"event\":\"message\",\"position\":7,\"sent\":\"2026-11-21T14:52:00.123Z\"}\r\n{\"status\":\"OK\"}\r\n{\"event\":\"message\",\"position\":8,\"a\":1}\r\n",
        "{\"status\":\"OK\"}\r\n");

    [Fact]
    public Task What_is_of_the_moment_may_come_before_or_untold() => PlayNativeAsync(
        """
        messi > a
        messi < {"status":"OK"}
        messi <* {"event":"message","position":7}
        messi <* {"event":"receipt","read":2}
        """,
        "{\"status\":\"OK\"}\r\n{\"event\":\"receipt\",\"read\":1}\r\n{\"event\":\"receipt\",\"read\":2}\r\n{\"event\":\"typing\"}\r\n{\"event\":\"message\",\"position\":7}\r\n");

    [Theory]
    [InlineData("messi > a\nmessi <* {\"event\":\"message\",\"position\":8}", "messi expected\n  {\"event\":\"message\",\"position\":8}\nbut was sent\n  {\"event\":\"message\",\"position\":7}")]
    [InlineData("messi > a\nmessi < {\"status\":\"OK\"}", "messi was sent more than the play tells: {\"event\":\"message\",\"position\":7}")]
    public async Task An_entry_that_the_play_does_not_tell_fails(string play, string message) => (await Should.ThrowAsync<TranscriptFailure>(() =>
        PlayNativeAsync(play, "{\"status\":\"OK\"}\r\n{\"event\":\"message\",\"position\":7}\r\n"))).Message.ShouldContain(message);

    [Fact]
    public Task A_connection_may_go_over_to_another_dialect() => PlayAsync(
        new ScriptedServer(request => request == "a" ? "{\"a\": 1}\r\n\r\n" : "{\"b\":1}\r\n"),
        """
        messi > a
        messi < {"a": 1}
        @speaks kabar messi
        messi > b
        messi < {"b":1}
        """);

    private static Task PlayNativeAsync(string play, params string[] answers)
    {
        var next = new Queue<string>(answers);
        return new TranscriptPlayer(new ScriptedServer(_ => next.Dequeue()).ConnectAsync, Plays.Native).PlayAsync(Transcript.Parse(play, "a.play"), TestContext.Current.CancellationToken);
    }

    private static Task PlayAsync(ScriptedServer server, string play) =>
        new TranscriptPlayer(server.ConnectAsync, "chat").PlayAsync(Transcript.Parse(play, "a.play"), TestContext.Current.CancellationToken);
}
