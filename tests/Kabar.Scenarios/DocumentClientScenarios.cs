using System.Text.Json;
using Kabar.Scenarios.Running;
using Kabar.Transcripts;

namespace Kabar.Scenarios;

/// <summary>The documents' own clients, with their reads of a few bytes, live through a whole session of their dialect.</summary>
public sealed class DocumentClientScenarios
{
    public static TheoryData<string, int, string> Clients
    {
        get
        {
            var clients = new TheoryData<string, int, string>();
            foreach (var dialect in Plays.Dialects)
                foreach (var readSize in (int[])[32, 64])
                    foreach (var ending in (string[])[" \r\n", " \n\n"]) clients.Add(dialect, readSize, ending);
            return clients;
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_of_its_document_is_served(string dialect, int readSize, string ending)
    {
        var words = Words.Of(dialect);
        var stopped = TestContext.Current.CancellationToken;
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data);
        await using var first = await server.ConnectAsync(dialect, stopped);
        await using var second = await server.ConnectAsync(dialect, stopped);
        var painter = new DocumentClient(first, readSize, ending);
        var princess = new DocumentClient(second, readSize, ending);

        // 1. Refused, then logged in, with names and a password beyond ASCII.
        Status(await painter.LogInAsync(words.LogIn, words.TokenKey, "pelukis", "salah", stopped)).ShouldBe("ERROR");
        painter.Token.ShouldBeEmpty();
        Status(await painter.LogInAsync(words.LogIn, words.TokenKey, "pelukis", "lukis", stopped)).ShouldBe("OK");
        Status(await princess.LogInAsync(words.LogIn, words.TokenKey, "putri", "sandi-é😀", stopped)).ShouldBe("OK");
        Guid.TryParseExact(painter.Token, "D", out _).ShouldBeTrue(painter.Token);

        // 2. Texts of every length around the size of a read, so that every character once falls on a border.
        string[] texts = ["halo", "żółw 🐢 中文 \"kutip\" \\", .. Enumerable.Range(1, 70).Select(length => string.Concat(Enumerable.Repeat("é😀", length)))];
        foreach (var text in texts)
            (await painter.SendAsync(words.Send, "putri", text, stopped)).GetProperty("message").GetString().ShouldBe("Message Sent");

        Status(await painter.SendAsync(words.Send, "siapa", "halo", stopped)).ShouldBe("ERROR");

        // 3. Read once, whole, in order.
        var inbox = (await princess.AskWithTokenAsync(words.Inbox, stopped)).GetProperty("messages");
        inbox.EnumerateObject().Select(sender => sender.Name).ShouldBe(["pelukis"]);
        var messages = inbox.GetProperty("pelukis").EnumerateArray().ToList();
        messages.Select(message => message.GetProperty("msg").GetString()).ShouldBe(texts);
        messages.ShouldAllBe(message => message.GetProperty("msg_from").GetString() == "Sén \"Si Man\" \\ 😀");
        messages.ShouldAllBe(message => message.GetProperty("msg_to").GetString() == "Ратна 雪");
        (await princess.AskWithTokenAsync(words.Inbox, stopped)).GetProperty("messages").EnumerateObject().ShouldBeEmpty();

        // 4. Who is there, where the document has a word for it.
        if (words.Active is { } active) Status(await active(princess, stopped)).ShouldBe("OK");

        // 5. Gone.
        Status(await painter.AskWithTokenAsync("logout", stopped)).ShouldBe("OK");
        (await painter.AskWithTokenAsync(words.Inbox, stopped)).GetProperty("message").GetString().ShouldBe("Session Tidak Ditemukan");
        await server.StopAsync();
    }

    private static string? Status(JsonElement reply) => reply.GetProperty("status").GetString();

    private sealed record Words(
        string LogIn, string TokenKey, string Send, string Inbox, Func<DocumentClient, CancellationToken, Task<JsonElement>>? Active)
    {
        public static Words Of(string dialect) => dialect switch
        {
            "message-service" => new("auth", "tokenid", "send", "inbox", (client, stopped) => client.AskWithTokenAsync("actives", stopped)),
            "chat" => new("auth", "tokenId", "send", "inbox", (client, stopped) => client.AskWithTokenAsync("listuser", stopped)),
            "thread-chat" => new("auth", "tokenid", "send", "inbox", (client, stopped) => client.AskAsync("online", stopped)),
            "layanan-chat" => new("login", "tokenId", "chat", "kotakmasuk", (client, stopped) => client.AskWithTokenAsync("user_on", stopped)),
            _ => new("auth", "tokenid", "send", "inbox", Active: null),
        };
    }
}
