using System.Globalization;
using System.Net;
using Kabar.Scenarios.Running;
using Kabar.Transcripts;

namespace Kabar.Scenarios.Federation;

/// <summary>A realm whose legacy peer behaves as the document's first server does, or worse: what its clients get.</summary>
public sealed class LegacyPeerScenarios
{
    private const string Closing = """{"status": "OK", "message": "Telah keluar dari grup batak"}""";
    private const string Failed = """{"status": "ERROR", "message": "Gagal"}""";
    private const string Check = "check group messi batak other \r\n";
    private const string Request = "server send messi james Halo, apa kabar, James? \r\n";

    // With the blanks and line ends it came with.
    private const string Sent =
        """{"status": "OK", "message": "Message Sent", "sendback": {"msg_from": "messi", "msg_to": "James Maranata", "msg": " Halo, apa kabar, James? \r\n\r\n"}}""" + "\r\n\r\n";

    private static CancellationToken Stopped => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_is_brought_to_a_user_of_the_peer_and_kept_with_the_senders_own(bool inPieces)
    {
        await using var peer = FirstServer.Start(async connection =>
        {
            (await connection.ReadRequestAsync()).ShouldBe(Request);
            await (inPieces ? connection.DribbleAsync(Sent) : connection.SayAsync(Sent));
            await connection.ExpectEndAsync();
        });
        await using var realm = await PeeredRealm.StartAsync(peer.EndPoint);
        await using var messi = await realm.Server.ClientAsync("realm-chat");
        var token = await messi.LogInAsync("messi", "surabaya");

        (await messi.AskAsync($"send {token} james Halo, apa kabar, James?")).ShouldBe(LineClient.Sent);

        await peer.PlayedAsync();
        (await messi.InboxAsync(token)).ShouldBeEmpty();
        (await KabarCommand.RunAsync("export", "--data", realm.Data)).ShouldHaveDone().Output.ShouldContain("Halo, apa kabar, James?");
    }

    [Theory]
    [InlineData("ERROR")]
    [InlineData("PENDING")]
    public async Task Whom_the_peer_does_not_know_is_unknown(string status)
    {
        await using var peer = FirstServer.Start(async connection =>
        {
            (await connection.ReadRequestAsync()).ShouldBe("server send messi jamez Halo? \r\n");
            await connection.SayAsync($$"""{"status": "{{status}}", "message": "User Tidak Ditemukan"}""" + "\r\n\r\n");
            await connection.ExpectEndAsync();
        });
        await using var realm = await PeeredRealm.StartAsync(peer.EndPoint);
        await using var messi = await realm.Server.ClientAsync("realm-chat");
        var token = await messi.LogInAsync("messi", "surabaya");

        (await messi.AskAsync($"send {token} jamez Halo?")).ShouldBe("""{"status": "ERROR", "message": "User Tidak Ditemukan"}""");
        await peer.PlayedAsync();
    }

    [Fact]
    public async Task A_peer_that_never_answers_is_asked_once_and_holds_up_nobody_else()
    {
        var isAsked = new TaskCompletionSource();
        await using var peer = FirstServer.Start(async connection =>
        {
            (await connection.ReadRequestAsync()).ShouldBe(Request);
            isAsked.SetResult();
            await connection.DrainAsync();
        });
        await using var realm = await PeeredRealm.StartAsync(peer.EndPoint);
        await using var messi = await realm.Server.ClientAsync("realm-chat");
        await using var lineker = await realm.Server.ClientAsync("realm-chat");
        var token = await messi.LogInAsync("messi", "surabaya");
        var other = await lineker.LogInAsync("lineker", "surabaya");

        await messi.RequestAsync($"send {token} james Halo, apa kabar, James?");
        await Eventually.CompletesAsync(isAsked.Task, "the peer is asked");
        (await lineker.AskAsync($"send {other} henderson halo")).ShouldBe(LineClient.Sent);

        (await messi.ReplyAsync()).ShouldBe(Failed);
        await peer.PlayedAsync();
        (await messi.AskAsync($"inbox {token}")).ShouldBe("""{"status": "OK", "messages": {}}""");
        peer.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task A_peer_that_is_down_is_one_error_and_a_group_is_made_here()
    {
        await using var realm = await PeeredRealm.StartAsync(new IPEndPoint(IPAddress.Loopback, FreePorts.Take()));
        await using var client = await realm.Server.ConnectAsync("realm-chat", Stopped);
        var messi = new DocumentClient(client, 32, " \r\n");
        await messi.LogInAsync("auth", "tokenid", "messi", "surabaya", Stopped);

        (await messi.SendAsync("send", "james", "Halo", Stopped)).GetProperty("message").GetString().ShouldBe("Gagal");
        (await messi.SendAsync("send", "lineker", "Halo", Stopped)).GetProperty("message").GetString().ShouldBe("Message Sent");

        await messi.EnterGroupAsync("batak", Stopped);
        (await messi.HearAsync(Stopped)).ShouldBe("messi telah bergabung");
        await EndAsync(messi, Closing);
    }

    [Fact]
    public async Task A_group_of_the_peer_is_passed_on_both_ways_until_exit()
    {
        const string Farewell = """{"status": "OK", "message": "Selesai mengirim chat"}""";
        await using var peer = FirstServer.Start(async connection =>
        {
            (await connection.ReadRequestAsync()).ShouldBe(Check);
            await connection.SayAsync("messi telah bergabung");
            await connection.ExpectReadAsync("halo gaes");
            await connection.SayAsync("messi: halo gaes");
            await connection.DribbleAsync("james: halo messi");
            await connection.ExpectReadAsync("exit");
            await connection.SayAsync("james: sampai jumpa");
            await connection.SayAsync("exit" + Farewell + "\r\n\r\n");
            await connection.ExpectEndAsync();
        });
        await using var realm = await PeeredRealm.StartAsync(peer.EndPoint);
        await using var client = await realm.Server.ConnectAsync("realm-chat", Stopped);
        var messi = new DocumentClient(client, 32, " \r\n");
        await messi.LogInAsync("auth", "tokenid", "messi", "surabaya", Stopped);

        await messi.EnterGroupAsync("batak", Stopped);
        (await messi.HearAsync(Stopped)).ShouldBe("messi telah bergabung");
        await messi.SayAsync("halo gaes", Stopped);
        await HearAsync(messi, "messi: halo gaes" + "james: halo messi");
        await EndAsync(messi, Farewell, "james: sampai jumpa");

        // A client of requests and replies again.
        (await messi.AskWithTokenAsync("inbox", Stopped)).GetProperty("status").GetString().ShouldBe("OK");
        await peer.PlayedAsync();
    }

    [Theory]
    [InlineData("ERROR")]
    [InlineData("PENDING")]
    public async Task A_group_the_peer_does_not_have_is_made_here_and_is_not_asked_for_again(string status)
    {
        await using var peer = FirstServer.Start(async connection =>
        {
            (await connection.ReadRequestAsync()).ShouldBe(Check);
            await connection.SayAsync($$"""{"status": "{{status}}", "message": "Tidak ada grup batak di server"}""" + "\r\n\r\n");
            await connection.ExpectEndAsync();
        });
        await using var realm = await PeeredRealm.StartAsync(peer.EndPoint);
        await using var client = await realm.Server.ConnectAsync("realm-chat", Stopped);
        await using var second = await realm.Server.ConnectAsync("realm-chat", Stopped);
        var messi = new DocumentClient(client, 32, " \r\n");
        var henderson = new DocumentClient(second, 32, " \r\n");
        await messi.LogInAsync("auth", "tokenid", "messi", "surabaya", Stopped);
        await henderson.LogInAsync("auth", "tokenid", "henderson", "surabaya", Stopped);

        await messi.EnterGroupAsync("batak", Stopped);
        (await messi.HearAsync(Stopped)).ShouldBe("messi telah bergabung");
        await henderson.EnterGroupAsync("batak", Stopped);
        (await henderson.HearAsync(Stopped)).ShouldBe("henderson telah bergabung");
        await EndAsync(messi, Closing, "henderson telah bergabung");
        await peer.PlayedAsync();
        peer.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task A_group_is_made_here_when_the_peer_does_not_say_whether_it_has_it()
    {
        await using var peer = FirstServer.Start(async connection =>
        {
            (await connection.ReadRequestAsync()).ShouldBe(Check);

            // It may have let him in, so it is told that he has gone.
            await connection.ExpectReadAsync("exit");
        });
        await using var realm = await PeeredRealm.StartAsync(peer.EndPoint);
        await using var client = await realm.Server.ConnectAsync("realm-chat", Stopped);
        var messi = new DocumentClient(client, 32, " \r\n");
        await messi.LogInAsync("auth", "tokenid", "messi", "surabaya", Stopped);

        await messi.EnterGroupAsync("batak", Stopped);
        (await messi.HearAsync(Stopped)).ShouldBe("messi telah bergabung");
        await peer.PlayedAsync();
        await EndAsync(messi, Closing);
    }

    [Fact]
    public async Task A_peer_that_vanishes_in_a_group_leaves_its_client_a_whole_end()
    {
        await using var peer = FirstServer.Start(async connection =>
        {
            (await connection.ReadRequestAsync()).ShouldBe(Check);
            await connection.SayAsync("messi telah bergabung");
            await connection.ExpectReadAsync("halo gaes");
            connection.Vanish();
        });
        await using var realm = await PeeredRealm.StartAsync(peer.EndPoint);
        await using var client = await realm.Server.ConnectAsync("realm-chat", Stopped);
        var messi = new DocumentClient(client, 32, " \r\n");
        await messi.LogInAsync("auth", "tokenid", "messi", "surabaya", Stopped);

        await messi.EnterGroupAsync("batak", Stopped);
        (await messi.HearAsync(Stopped)).ShouldBe("messi telah bergabung");
        await messi.SayAsync("halo gaes", Stopped);
        (await messi.HearAsync(Stopped)).ShouldBeNull();
        (await messi.ReadReplyAsync(Stopped)).GetRawText().ShouldBe(Closing);
        (await messi.AskWithTokenAsync("inbox", Stopped)).GetProperty("status").GetString().ShouldBe("OK");
    }

    [Fact]
    public async Task A_client_that_is_lost_has_left_the_peers_group_with_an_exit()
    {
        await using var peer = FirstServer.Start(async connection =>
        {
            (await connection.ReadRequestAsync()).ShouldBe(Check);
            await connection.SayAsync("messi telah bergabung");
            await connection.ExpectReadAsync("exit");
            await connection.SayAsync("exit" + Closing + "\r\n\r\n");
            await connection.ExpectEndAsync();
        });
        await using var realm = await PeeredRealm.StartAsync(peer.EndPoint);
        await using (var client = await realm.Server.ConnectAsync("realm-chat", Stopped))
        {
            var messi = new DocumentClient(client, 32, " \r\n");
            await messi.LogInAsync("auth", "tokenid", "messi", "surabaya", Stopped);
            await messi.EnterGroupAsync("batak", Stopped);
            (await messi.HearAsync(Stopped)).ShouldBe("messi telah bergabung");
        }

        await peer.PlayedAsync();
    }

    // Leaves, hears what is still said, then `exit` in a read of its own and the closing reply.
    private static async Task EndAsync(DocumentClient client, string closing, string last = "")
    {
        await client.SayAsync("exit", Stopped);
        var heard = "";
        while (await client.HearAsync(Stopped) is { } piece) heard += piece;
        heard.ShouldBe(last);
        (await client.ReadReplyAsync(Stopped)).GetRawText().ShouldBe(closing);
    }

    private static async Task HearAsync(DocumentClient client, string text)
    {
        var heard = "";
        while (heard.Length < text.Length && await client.HearAsync(Stopped) is { } piece) heard += piece;
        heard.ShouldBe(text);
    }
}

/// <summary>The document's first realm in a process, with one legacy peer, <c>dua</c>.</summary>
internal sealed class PeeredRealm : IAsyncDisposable
{
    private readonly DataDirectory _data;

    private PeeredRealm(DataDirectory data, KabarProcess server) => (_data, Server) = (data, server);

    public KabarProcess Server { get; }

    public string Data => _data.Location;

    public static async Task<PeeredRealm> StartAsync(IPEndPoint peer)
    {
        var data = await DataDirectory.OfAsync("messi", "henderson", "lineker");
        try
        {
            var listed = string.Create(CultureInfo.InvariantCulture, $"dua=legacy://{peer}");
            return new PeeredRealm(data, await KabarProcess.StartAsync(data, ["--realm", "satu", "--listen", "127.0.0.1:0", "--peer", listed], listening: 1));
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _data.Dispose();
    }
}
