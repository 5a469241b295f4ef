using System.Text.Json;
using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

public sealed class StoreExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_is_there_a_JSON_object_a_line()
    {
        await using var store = SqliteStore.Open(_folder["kabar.db"]);
        var messi = (await store.AddAccountAsync(
            new NewAccount(Username.Parse("messi"), "Lionel \"Leo\" 🐐\u0001", [new("negara", "Argentina\n")], "$hash$", IsAdmin: true, Samples.Noon), CancellationToken.None)).ShouldNotBeNull();
        var lineker = await store.AddAsync("lineker");
        var session = new Session(new SessionId(Guid.NewGuid()), messi.Id, Samples.Noon, Samples.Noon.AddMinutes(1));
        await store.AddSessionAsync(session, SessionToken.Create().Hash(), CancellationToken.None);
        var token = new AccessToken
        {
            Id = new AccessTokenId(Guid.NewGuid()),
            Account = messi.Id,
            Name = "bot \"1\"",
            May = AccessRights.Read,
            In = new AccessPlace(new ConversationAddress(new Address(lineker.Username), null), null),
            Created = Samples.Noon,
        };
        (await store.AddTokenAsync(token, AccessSecret.Create().Hash(), 1)).ShouldBeTrue();
        var said = await store.SayAsync(messi, lineker, "tab\t \"quoted\" \\ é 🐐 </script>");
        await store.SayAsync(lineker, lineker, "note");
        await store.MarkReadAsync(await store.ReadInboxAsync(lineker.Id, message => message.Position == 1 && message.FromName != "Display lineker", CancellationToken.None), CancellationToken.None);

        var lines = Export(out var count);

        count.ShouldBe(lines.Length);
        lines.Select(line => line.GetProperty("type").GetString()).ShouldBe(["account", "account", "session", "token", "conversation", "conversation", "message", "message"]);
        Json(lines[0]).ShouldBe("""{"type":"account","username":"messi","nama":"Lionel \"Leo\" \uD83D\uDC10\u0001","negara":"Argentina\n","password_hash":"$hash$","admin":true,"disabled":false,"created":"2026-03-01T12:00:00+00:00","inbox_read_through":0}""");
        lines[1].GetProperty("inbox_read_through").GetInt64().ShouldBe(said.Arrival);
        lines[2].GetProperty("id").GetGuid().ShouldBe(session.Id.Value);
        lines[2].GetProperty("last_used").GetDateTimeOffset().ShouldBe(session.LastUsed);
        lines[2].EnumerateObject().Select(property => property.Name).ShouldBe(["type", "id", "username", "created", "last_used"]);
        Json(lines[3]).ShouldBe($$"""{"type":"token","id":"{{token.Id.Value}}","username":"messi","name":"bot \"1\"","may":["read"],"in":"lineker","hook":false,"created":"2026-03-01T12:00:00+00:00"}""");
        Json(lines[4].GetProperty("members")).ShouldBe("""["messi","lineker"]""");
        Json(lines[5].GetProperty("members")).ShouldBe("""["lineker"]""");
        lines[6].GetProperty("id").GetGuid().ShouldBe(said.Id);
        lines[6].GetProperty("from").GetString().ShouldBe("messi");
        lines[6].GetProperty("from_name").GetString().ShouldBe(messi.DisplayName);
        lines[6].GetProperty("text").GetString().ShouldBe("tab\t \"quoted\" \\ é 🐐 </script>");
        (lines[6].GetProperty("conversation").GetInt64(), lines[6].GetProperty("position").GetInt64(), lines[6].GetProperty("arrival").GetInt64())
            .ShouldBe((said.Conversation.Value, said.Position, said.Arrival));
        lines[7].GetProperty("from").GetString().ShouldBe("lineker");
    }

    [Fact]
    public async Task What_is_not_indexed_yet_is_there_too()
    {
        await using var store = SqliteStore.Open(_folder["kabar.db"], Samples.Pace);
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        await store.SayAllAsync(messi, lineker, 2100);
        await store.SayAllAsync(messi, lineker, 100);

        Export(out _).Count(line => line.GetProperty("type").GetString() == "message").ShouldBe(2200);
    }

    [Fact]
    public void There_must_be_a_database() => Should.Throw<StoreException>(() => StoreExport.Write(_folder["none.db"], Stream.Null)).Message.ShouldContain("no database");

    private JsonElement[] Export(out long count)
    {
        using var stream = new MemoryStream();
        count = StoreExport.Write(_folder["kabar.db"], stream);
        var text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        text.ShouldEndWith("\n");
        return [.. text[..^1].Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string Json(JsonElement element) => element.GetRawText();
}
