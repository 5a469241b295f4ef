using System.Net;
using System.Net.Sockets;
using System.Text;
using Kabar.Core;
using Kabar.Server.Federation;
using Kabar.Transcripts;

namespace Kabar.Tests.Server.Federation;

public sealed class LegacyPeerTests
{
    private const string Request = "server send messi james Halo, apa kabar, James? \r\n";
    private const string Check = "check group messi batak other \r\n";

    // As the first server does: the text with the blanks and line ends it came with.
    private const string Sent =
        """{"status": "OK", "message": "Message Sent", "sendback": {"msg_from": "messi", "msg_to": "James Maranata", "msg": " Halo, apa kabar, James? \r\n\r\n"}}""" + "\r\n\r\n";

    private static readonly Username Messi = Username.Parse("messi");
    private static readonly MessageText Text = MessageText.From("Halo, apa kabar, James?");

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task A_message_is_asked_for_in_the_documents_words()
    {
        await using var server = Answering(Request, Sent);
        (await SendAsync(server)).ShouldBe(new LegacySendResult.Sent("James Maranata"));
        await server.PlayedAsync();
    }

    [Fact]
    public async Task An_answer_in_pieces_of_one_byte_is_an_answer()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await connection.ExpectRequestAsync(Request);
            await connection.DribbleAsync(Sent);
            await connection.DrainAsync();
        });
        (await SendAsync(server)).ShouldBe(new LegacySendResult.Sent("James Maranata"));
        await server.PlayedAsync();
    }

    [Fact]
    public async Task An_answer_may_end_with_the_stream()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await connection.ExpectRequestAsync(Request);
            await connection.SayAsync("""{"status": "OK"}""");
        });
        (await SendAsync(server)).ShouldBe(new LegacySendResult.Sent(null));
    }

    [Theory]
    [InlineData("ERROR")]
    [InlineData("PENDING")]
    public async Task A_user_the_peer_does_not_have_is_told(string status)
    {
        await using var server = Answering(Request, $$"""{"status": "{{status}}", "message": "User Tidak Ditemukan"}""" + "\r\n\r\n");
        (await SendAsync(server)).ShouldBe(new LegacySendResult.UnknownUser());
    }

    [Theory]
    [InlineData("""{"status": "ERROR", "message": "**Protocol Tidak Benar"}""", nameof(LegacyFailure.Refused))]
    [InlineData("""{"status": "ERROR"}""", nameof(LegacyFailure.Refused))]
    [InlineData("""{"status": 1}""", nameof(LegacyFailure.Malformed))]
    [InlineData("halo", nameof(LegacyFailure.Malformed))]
    public async Task Any_other_answer_is_a_failure(string answer, string why)
    {
        await using var server = Answering(Request, answer + "\r\n\r\n");
        (await SendAsync(server)).ShouldBe(new LegacySendResult.Failed(Enum.Parse<LegacyFailure>(why)));
    }

    [Fact]
    public async Task A_peer_that_closes_at_once_has_failed()
    {
        await using var server = FirstServer.Start(connection => connection.ReadRequestAsync());
        (await SendAsync(server)).ShouldBe(new LegacySendResult.Failed(LegacyFailure.Broken));
    }

    [Fact]
    public async Task A_peer_that_vanishes_with_the_request_has_failed()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await connection.ReadAsync();
            connection.Vanish();
        });
        (await SendAsync(server)).ShouldBe(new LegacySendResult.Failed(LegacyFailure.Broken));
    }

    [Fact]
    public async Task Endless_bytes_are_no_answer()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await connection.ExpectRequestAsync(Request);
            (await connection.FloodAsync(new string(' ', 4096), 64 * 1024 * 1024)).ShouldBeTrue("nobody listens that long");
        });
        (await SendAsync(server)).ShouldBe(new LegacySendResult.Failed(LegacyFailure.Malformed));
        await server.PlayedAsync();
    }

    [Fact]
    public async Task A_peer_that_never_answers_is_given_up_and_not_asked_again()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await connection.ExpectRequestAsync(Request);
            _clock.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
            await connection.SayAsync("""{"status":""");
            _clock.Advance(TimeSpan.FromTicks(1));
            await connection.ExpectEndAsync();
        });
        (await SendAsync(server)).ShouldBe(new LegacySendResult.Failed(LegacyFailure.TimedOut));
        await server.PlayedAsync();
        server.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task A_peer_that_is_not_there_is_unreachable()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var nowhere = (IPEndPoint)taken.LocalEndpoint;
        taken.Stop();

        using var peer = Peer(nowhere);
        (await peer.AskSendAsync(Messi, Username.Parse("james"), Text, CancellationToken.None).BeforeDeadline()).ShouldBe(new LegacySendResult.Failed(LegacyFailure.Unreachable));
        (await peer.EnterGroupAsync(Messi, "batak", CancellationToken.None).BeforeDeadline()).ShouldBe(new LegacyEnterResult.Failed(LegacyFailure.Unreachable));
    }

    [Fact]
    public async Task A_peer_named_by_its_host_is_found_and_known_by_its_address()
    {
        await using var server = Answering(Request, Sent);
        using var peer = Peer(new DnsEndPoint("localhost", server.EndPoint.Port));
        (await peer.AskSendAsync(Messi, Username.Parse("james"), Text, CancellationToken.None).BeforeDeadline()).ShouldBe(new LegacySendResult.Sent("James Maranata"));
        (await peer.IsAtAsync(IPAddress.Parse("::ffff:127.0.0.1"), CancellationToken.None)).ShouldBeTrue();
        (await peer.IsAtAsync(IPAddress.Parse("192.0.2.1"), CancellationToken.None)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("127.0.0.2", false)]
    [InlineData("::1", false)]
    public async Task A_line_is_believed_by_its_address_alone(string address, bool isPeer)
    {
        using var peer = Peer(new IPEndPoint(IPAddress.Loopback, 8899));
        (await peer.IsAtAsync(IPAddress.Parse(address), CancellationToken.None)).ShouldBe(isPeer);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_let_go()
    {
        using var given = new CancellationTokenSource();
        await using var server = FirstServer.Start(async connection =>
        {
            await connection.ExpectRequestAsync(Request);
            await given.CancelAsync();
            await connection.ExpectEndAsync();
        });
        using var peer = Peer(server.EndPoint);
        await Should.ThrowAsync<OperationCanceledException>(() => peer.AskSendAsync(Messi, Username.Parse("james"), Text, given.Token).BeforeDeadline());
        await server.PlayedAsync();
    }

    [Fact]
    public async Task A_group_the_peer_has_is_entered_and_nothing_of_its_first_words_is_lost()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await connection.ExpectRequestAsync(Check);
            await connection.SayAsync("messi telah bergabung");
            await connection.ExpectReadAsync("exit");
            await connection.ExpectEndAsync();
        });
        using var peer = Peer(server.EndPoint, TimeProvider.System);
        var conversation = (await peer.EnterGroupAsync(Messi, "batak", CancellationToken.None).BeforeDeadline()).ShouldBeOfType<LegacyEnterResult.Entered>().Conversation;
        await using (conversation)
        {
            var read = await conversation.Input.ReadAtLeastAsync("messi telah bergabung".Length).BeforeDeadline();
            Encoding.UTF8.GetString(read.Buffer).ShouldBe("messi telah bergabung");
            conversation.Input.AdvanceTo(read.Buffer.End);
        }

        // Whoever has it and gives it up says exit.
        await server.PlayedAsync();
    }

    [Theory]
    [InlineData("""{"status": "ERROR", "message": "Tidak ada grup batak di server"}""")]
    [InlineData("""{"status": "PENDING", "message": "Tidak ada grup batak di server sebelah"}""")]
    public async Task A_group_the_peer_has_not_is_told(string answer)
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await connection.ExpectRequestAsync(Check);
            await connection.DribbleAsync(answer + "\r\n\r\n");
            await connection.ExpectEndAsync();
        });
        (await EnterAsync(server)).ShouldBe(new LegacyEnterResult.NoSuchGroup());
        await server.PlayedAsync();
    }

    [Fact]
    public async Task A_peer_that_closes_instead_of_answering_for_its_group_has_failed()
    {
        await using var server = FirstServer.Start(connection => connection.ReadRequestAsync());
        (await EnterAsync(server)).ShouldBe(new LegacyEnterResult.Failed(LegacyFailure.Broken));
    }

    [Fact]
    public async Task An_answer_for_a_group_that_is_none_is_a_failure()
    {
        await using var server = Answering(Check, """{"status": "OK", "message": "silahkan"}""" + "\r\n\r\n");
        (await EnterAsync(server)).ShouldBe(new LegacyEnterResult.Failed(LegacyFailure.Malformed));
    }

    [Fact]
    public async Task A_peer_that_answers_too_late_for_a_group_hears_exit_before_the_end()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await connection.ExpectRequestAsync(Check);
            _clock.Advance(TimeSpan.FromSeconds(3));
            await _clock.WaitForTimersAsync(); // the pause before it
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            await connection.ExpectReadAsync("exit");
            await connection.ExpectEndAsync();
        });
        (await EnterAsync(server)).ShouldBe(new LegacyEnterResult.Failed(LegacyFailure.TimedOut));
        await server.PlayedAsync();
    }

    private static FirstServer Answering(string request, string answer) => FirstServer.Start(async connection =>
    {
        await connection.ExpectRequestAsync(request);
        await connection.SayAsync(answer);
        await connection.DrainAsync();
    });

    private LegacyPeer Peer(EndPoint endPoint, TimeProvider? clock = null) =>
        new(RealmName.TryParse("dua", out var dua) ? dua : throw new InvalidOperationException(), endPoint, clock ?? _clock);

    private async Task<LegacySendResult> SendAsync(FirstServer server)
    {
        using var peer = Peer(server.EndPoint);
        return await peer.AskSendAsync(Messi, Username.Parse("james"), Text, CancellationToken.None).BeforeDeadline();
    }

    private async Task<LegacyEnterResult> EnterAsync(FirstServer server)
    {
        using var peer = Peer(server.EndPoint);
        return await peer.EnterGroupAsync(Messi, "batak", CancellationToken.None).BeforeDeadline();
    }
}
