using System.Text.Json;
using Kabar.Transcripts;

namespace Kabar.Scenarios.Federation;

/// <summary>The document's own clients, which read 32 or 64 bytes at a time, live through its whole walk-through on two realms.</summary>
public sealed class DocumentWalkScenarios
{
    private static readonly string[] Halves = ["messi: halo james,", "selamat datang!!!"];

    [Theory]
    [InlineData("legacy", 32)]
    [InlineData("legacy", 64)]
    [InlineData("native", 32)]
    [InlineData("native", 64)]
    public async Task The_documents_clients_live_through_its_walk_through(string link, int readSize)
    {
        var stopped = TestContext.Current.CancellationToken;
        await using var realms = await DocumentRealms.StartAsync(link);
        var messi = await ClientAsync(realms.ConnectToSatuAsync, readSize);
        var henderson = await ClientAsync(realms.ConnectToSatuAsync, readSize);
        var james = await ClientAsync(realms.ConnectToDuaAsync, readSize);

        // a. Each at his own realm.
        Status(await messi.LogInAsync("auth", "tokenid", "messi", "surabaya", stopped)).ShouldBe("OK");
        Status(await henderson.LogInAsync("auth", "tokenid", "henderson", "surabaya", stopped)).ShouldBe("OK");
        Status(await james.LogInAsync("auth", "tokenid", "james", "medan", stopped)).ShouldBe("OK");

        // b.
        Message(await messi.SendAsync("send", "henderson", "apa kabar disana?", stopped)).ShouldBe("Message Sent");
        Texts(await henderson.AskWithTokenAsync("inbox", stopped), "messi").ShouldBe(["apa kabar disana?"]);

        // c.
        await messi.EnterGroupAsync("batak", stopped);
        await HearAsync(messi, "messi telah bergabung");
        await henderson.EnterGroupAsync("batak", stopped);
        await HearAsync(henderson, "henderson telah bergabung");
        await HearAsync(messi, "henderson telah bergabung");
        await messi.SayAsync("halo gaes", stopped);
        await HearAsync(messi, "messi: halo gaes");
        await HearAsync(henderson, "messi: halo gaes");
        await henderson.SayAsync("halo messi!!!", stopped);
        await HearAsync(henderson, "henderson: halo messi!!!");
        await HearAsync(messi, "henderson: halo messi!!!");
        await LeaveAsync(henderson);
        await HearAsync(messi, "henderson meninggalkan group");
        await LeaveAsync(messi);

        // d.
        Message(await messi.SendAsync("send", "james", "Halo, apa kabar, James?", stopped)).ShouldBe("Message Sent");
        Message(await messi.SendAsync("send", "jamez", "Halo?", stopped)).ShouldBe("User Tidak Ditemukan");

        // e.
        await messi.EnterGroupAsync("batak", stopped);
        await HearAsync(messi, "messi telah bergabung");
        await james.EnterGroupAsync("batak", stopped);
        await HearAsync(james, "james telah bergabung");
        await HearAsync(messi, "james telah bergabung");
        await james.SayAsync("halo gaes", stopped);
        await HearAsync(james, "james: halo gaes");
        await HearAsync(messi, "james: halo gaes");
        await messi.SayAsync("halo james, selamat datang!!!", stopped);
        await HearAsync(messi, Halves);
        await HearAsync(james, Halves);
        await LeaveAsync(james);
        await HearAsync(messi, "james meninggalkan group");
        await LeaveAsync(messi);

        // f. What was answered with OK may still be on its way for a moment.
        IReadOnlyList<string?> texts = [];
        await Running.Eventually.BecomesTrueAsync(
            async () => (texts = Texts(await james.AskWithTokenAsync("inbox", stopped), "messi")).Count > 0, "the message has come");
        texts.ShouldBe(["Halo, apa kabar, James?"]);
        Texts(await james.AskWithTokenAsync("inbox", stopped), "messi").ShouldBeEmpty();
        await realms.StopAsync();

        async Task HearAsync(DocumentClient client, params string[] pieces)
        {
            // A read may hold less than a text, never more than what was said.
            var heard = "";
            while (!pieces.All(piece => heard.Contains(piece, StringComparison.Ordinal)))
                heard += await client.HearAsync(stopped) ?? throw new InvalidOperationException($"It ended after '{heard}'.");
        }

        async Task LeaveAsync(DocumentClient client)
        {
            await client.SayAsync("exit", stopped);
            while (await client.HearAsync(stopped) is { } heard) heard.ShouldNotContain("status");
            Message(await client.ReadReplyAsync(stopped)).ShouldBe("Telah keluar dari grup batak");
        }

        async Task<DocumentClient> ClientAsync(OpenConnection connect, int size) => new(await connect("realm-chat", stopped), size, " \r\n");
    }

    private static string? Status(JsonElement reply) => reply.GetProperty("status").GetString();

    private static string? Message(JsonElement reply) => reply.GetProperty("message").GetString();

    private static IReadOnlyList<string?> Texts(JsonElement reply, string sender) =>
        reply.GetProperty("messages").TryGetProperty(sender, out var messages) ? [.. messages.EnumerateArray().Select(message => message.GetProperty("msg").GetString())] : [];
}
