using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Kabar.Transcripts;

namespace Kabar.Scenarios.Federation;

/// <summary>The document's first server asks ours: a connection a request, reads of 32 bytes, and a relay that compares one of them with <c>exit</c>.</summary>
public sealed class FirstServerScenarios
{
    private const string Peer = "127.0.0.7";
    private const string Wrong = "**Protocol Tidak Benar";
    private static readonly IPEndPoint PeerEndPoint = new(IPAddress.Parse(Peer), 8899);

    private static CancellationToken Stopped => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_it_brings_is_in_the_inbox_and_its_answer_holds_what_it_keeps()
    {
        await using var realm = await PeeredRealm.StartAsync(PeerEndPoint);
        await using var messi = await realm.Server.ClientAsync("realm-chat");
        var token = await messi.LogInAsync("messi", "surabaya");

        (await AskAsync(realm, "server send james messi Halo, apa kabar, Messi?")).GetRawText().ShouldBe(
            """{"status": "OK", "message": "Message Sent", "sendback": {"msg_from": "james", "msg_to": "Lionel Messi", "msg": "Halo, apa kabar, Messi?"}}""");
        (await messi.AskAsync($"inbox {token}")).ShouldBe(
            """{"status": "OK", "messages": {"james": [{"msg_from": "james", "msg_to": "Lionel Messi", "msg": "Halo, apa kabar, Messi?"}]}}""");

        Message(await AskAsync(realm, "server send james mesi Halo?")).ShouldBe("User Tidak Ditemukan");
        Message(await AskAsync(realm, "server kirim james messi Halo?")).ShouldBe(Wrong);
        Message(await AskAsync(realm, "server send james messi")).ShouldBe(Wrong);
    }

    [Fact]
    public async Task Its_relay_takes_a_client_through_a_group_of_ours_and_out_again()
    {
        await using var realm = await PeeredRealm.StartAsync(PeerEndPoint);
        await using var connection = await realm.Server.ConnectAsync("realm-chat", Stopped);
        var messi = new DocumentClient(connection, 32, " \r\n");
        await messi.LogInAsync("auth", "tokenid", "messi", "surabaya", Stopped);
        Message(await AskAsync(realm, "check group james batak other")).ShouldBe("Tidak ada grup batak di server");

        await messi.EnterGroupAsync("batak", Stopped);
        (await messi.HearAsync(Stopped)).ShouldBe("messi telah bergabung");
        await using var socket = await ConnectAsync(realm, Peer);
        var relay = new DocumentClient(socket, 32, " \r\n");
        await relay.SayAsync("check group james batak other \r\n", Stopped);
        (await relay.HearAsync(Stopped)).ShouldBe("james telah bergabung");
        (await messi.HearAsync(Stopped)).ShouldBe("james telah bergabung");

        // What its client says and hears passes through its 32 bytes.
        await relay.SayAsync("halo gaes", Stopped);
        (await relay.HearAsync(Stopped)).ShouldBe("james: halo gaes");
        (await messi.HearAsync(Stopped)).ShouldBe("james: halo gaes");
        await messi.SayAsync("halo james, selamat datang!!!", Stopped);
        (await relay.HearAsync(Stopped) + await relay.HearAsync(Stopped)).ShouldBe("messi: halo james, selamat datang!!!");
        (await messi.HearAsync(Stopped) + await messi.HearAsync(Stopped)).ShouldBe("messi: halo james, selamat datang!!!");

        // The reading half stops at an exit of its own; the closing reply is its client's.
        await relay.SayAsync("exit", Stopped);
        (await relay.HearAsync(Stopped)).ShouldBeNull();
        (await relay.ReadReplyAsync(Stopped)).GetRawText().ShouldBe("""{"status": "OK", "message": "Telah keluar dari grup batak"}""");
        (await messi.HearAsync(Stopped)).ShouldBe("james meninggalkan group");
    }

    [Fact]
    public async Task A_relay_that_breaks_has_left()
    {
        await using var realm = await PeeredRealm.StartAsync(PeerEndPoint);
        await using var connection = await realm.Server.ConnectAsync("realm-chat", Stopped);
        var messi = new DocumentClient(connection, 64, " \r\n");
        await messi.LogInAsync("auth", "tokenid", "messi", "surabaya", Stopped);
        await messi.EnterGroupAsync("batak", Stopped);
        (await messi.HearAsync(Stopped)).ShouldBe("messi telah bergabung");

        await using (var socket = await ConnectAsync(realm, Peer))
        {
            var relay = new DocumentClient(socket, 32, " \r\n");
            await relay.SayAsync("check group james batak other \r\n", Stopped);
            (await relay.HearAsync(Stopped)).ShouldBe("james telah bergabung");
            (await messi.HearAsync(Stopped)).ShouldBe("james telah bergabung");
        }

        (await messi.HearAsync(Stopped)).ShouldBe("james meninggalkan group");
    }

    [Fact]
    public async Task It_is_not_asked_on()
    {
        // Nobody plays: a connection to it would be one too many.
        await using var peer = FirstServer.StartAt(IPAddress.Parse(Peer));
        await using var realm = await PeeredRealm.StartAsync(peer.EndPoint);

        Message(await AskAsync(realm, "server send james jantuar Halo?")).ShouldBe("User Tidak Ditemukan");
        Message(await AskAsync(realm, "check group james batak other")).ShouldBe("Tidak ada grup batak di server");
        peer.HasCallers.ShouldBeFalse();
    }

    [Fact]
    public async Task From_an_address_that_is_not_listed_its_lines_are_no_commands()
    {
        await using var realm = await PeeredRealm.StartAsync(PeerEndPoint);
        await using var messi = await realm.Server.ClientAsync("realm-chat");
        var token = await messi.LogInAsync("messi", "surabaya");

        foreach (var stranger in (string[])["127.0.0.1", "127.0.0.8"])
        {
            foreach (var line in (string[])["server send james messi Halo", "server send james mesi Halo", "check group james batak other", "server", "check"])
                (await AskAsync(realm, line, stranger)).GetRawText().ShouldBe($$"""{"status": "ERROR", "message": "{{Wrong}}"}""");
        }

        (await messi.InboxAsync(token)).ShouldBeEmpty();
    }

    private static async Task<JsonElement> AskAsync(PeeredRealm realm, string line, string from = Peer)
    {
        await using var connection = await ConnectAsync(realm, from);
        return await new DocumentClient(connection, 32, " \r\n").AskAsync(line, Stopped);
    }

    private static async Task<Stream> ConnectAsync(PeeredRealm realm, string from) =>
        new NetworkStream(await realm.Server.ConnectSocketAsync("realm-chat", Stopped, from), ownsSocket: true);

    private static string? Message(JsonElement reply) => reply.GetProperty("message").GetString();
}
