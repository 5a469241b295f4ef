using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Kabar.Core;
using Kabar.Protocol.Native;
using Kabar.Tests.Core;

namespace Kabar.Tests.Server.Web.Api;

public sealed class BotEndpointsTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private ApiScene _scene = null!; // set before each test

    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "/api/v1/me" },
        { "GET", "/api/v1/conversations" },
        { "GET", "/api/v1/messages?in=lineker" },
        { "POST", "/api/v1/messages" },
        { "POST", "/api/v1/read" },
    };

    public async ValueTask InitializeAsync() => _scene = await ApiScene.OpenAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_bot_says_something_and_says_it_once_however_often_it_tries_again_with_its_key()
    {
        using var bot = await _scene.BotAsync();
        var first = await bot.PostJsonAsync("/api/v1/messages", """{"to":"lineker","text":"halo,\napa kabar? é 🐐","key":"c0ffee"}""").ShouldBeOkAsync();
        first.EnumerateObject().Select(property => property.Name).ShouldBe(["status", "state", "mid", "position", "at"]);
        first.GetProperty("state").GetString().ShouldBe("accepted");

        using var again = await _scene.BotAsync();
        (await again.PostJsonAsync("/api/v1/messages", """{"to":"lineker","text":"lain","key":"c0ffee"}""").ShouldBeOkAsync()).GetRawText().ShouldBe(first.GetRawText());
        (await again.PostJsonAsync("/api/v1/messages?key=c0ffee", """{"to":"lineker","text":"lain"}""").ShouldBeOkAsync()).GetRawText().ShouldBe(first.GetRawText());
        await bot.PostJsonAsync("/api/v1/messages", """{"to":"#batak","text":"horas","reply":null}""").ShouldBeOkAsync();
        await bot.PostJsonAsync("/api/v1/messages", """{"to":"LINEKER@satu","text":"ya?","reply":1,"color":"red"}""").ShouldBeOkAsync();

        (await _scene.SaidAsync(_scene.Lineker, "messi")).ShouldBe(["Lionel Messi: halo,\napa kabar? é 🐐", "Lionel Messi: ya?"]);
        (await _scene.SaidAsync(_scene.Lineker, "#batak")).ShouldBe(["Lionel Messi: horas"]);
        (await _scene.HistoryAsync(_scene.Lineker, "messi")).Entries[1].Target.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_of_one_conversation_learns_nothing_by_the_keys_of_others()
    {
        var made = await _scene.TokenAsync(place: "#batak");
        using var bot = await _scene.BotAsync();
        using var inGroup = _scene.Bot(made.Secret.Write());
        var elsewhere = await bot.PostJsonAsync("/api/v1/messages", """{"to":"lineker","text":"rahasia","key":"build-17"}""").ShouldBeOkAsync();

        // 1. What it says is said, and once.
        const string body = """{"to":"#batak","text":"horas","key":"build-17"}""";
        var said = await inGroup.PostJsonAsync("/api/v1/messages", body).ShouldBeOkAsync();
        said.GetProperty("mid").GetGuid().ShouldNotBe(elsewhere.GetProperty("mid").GetGuid());
        (await inGroup.PostJsonAsync("/api/v1/messages", body).ShouldBeOkAsync()).GetRawText().ShouldBe(said.GetRawText());
        (await _scene.SaidAsync(_scene.Lineker, "#batak")).ShouldBe(["Lionel Messi: horas"]);

        // 2. A key of any length a key may have, and no other.
        await inGroup.PostJsonAsync("/api/v1/messages", $$"""{"to":"#batak","text":"horas","key":"{{new string('k', 64)}}"}""").ShouldBeOkAsync();
        foreach (var wrong in new[] { "", new string('k', 65) })
            await inGroup.PostJsonAsync("/api/v1/messages", $$"""{"to":"#batak","text":"horas","key":"{{wrong}}"}""").ShouldBeRefusedAsync("400 invalid_parameter key");
    }

    [Fact]
    public async Task What_a_bot_reads_reads_as_in_the_native_protocol()
    {
        var lineker = _scene.Lineker;
        await _scene.SayAsync(lineker, "messi", "halo \"é\" \u202e🐐");
        await _scene.SayAsync(lineker, "messi", "dua");
        await _scene.SayAsync(_scene.Messi, "lineker", "tiga");
        (await _scene.Realm.Conversations.EditAsync(lineker, RealmFixture.To("messi"), 2, MessageText.From("DUA"), None)).Value();
        (await _scene.Realm.Conversations.ReactAsync(_scene.Messi, RealmFixture.To("lineker"), 1, "👍", None)).Value();
        using var bot = await _scene.BotAsync();

        foreach (var (place, range, query) in new[]
        {
            ("lineker", new HistoryRange(null, null, 100), ""),
            ("#batak", new HistoryRange(null, null, 100), ""),
            ("lineker", new HistoryRange(3, 1, 1), "&before=3&after=1&limit=1"),
            ("lineker", new HistoryRange(null, 0, 2), "&after=0&limit=2"),
            ("lineker", new HistoryRange(null, 999, 100), "&after=999&limit=100000"),
        })
        {
            var page = (await _scene.Realm.Conversations.ReadHistoryAsync(_scene.Messi, RealmFixture.To(place), range, None)).Value();
            var body = await bot.GetByteArrayAsync($"/api/v1/messages?in={Uri.EscapeDataString(place)}{query}");
            Encoding.UTF8.GetString(body).ShouldBe(Native(new HistoryReply(page)));
        }

        var conversations = await _scene.Realm.Conversations.ListAsync(_scene.Messi, null, 100, None);
        (await bot.GetStringAsync("/api/v1/conversations")).ShouldBe(Native(new ConversationsReply(conversations, IsMore: false)));
        (await bot.GetStringAsync("/api/v1/conversations?limit=1")).ShouldBe(Native(new ConversationsReply(conversations[..1], IsMore: true)));
        (await bot.GetStringAsync($"/api/v1/conversations?before={conversations[0].Last.Arrival}")).ShouldBe(Native(new ConversationsReply(conversations[1..], IsMore: false)));
    }

    [Fact]
    public async Task What_a_bot_was_given_is_delivered_and_read_only_when_it_says_so()
    {
        await _scene.SayAsync(_scene.Lineker, "messi", "satu");
        await _scene.SayAsync(_scene.Lineker, "messi", "dua");
        using var bot = await _scene.BotAsync();

        await bot.GetAsync("/api/v1/messages?in=lineker&after=0&limit=1").ShouldBeOkAsync();
        await DeliveredAsync().BeforeDeadline();

        (await bot.PostJsonAsync("/api/v1/read", """{"in":"lineker","position":1}""").ShouldBeOkAsync()).GetRawText().ShouldBe("""{"status":"OK","position":1}""");
        (await bot.PostJsonAsync("/api/v1/read", """{"in":"lineker"}""").ShouldBeOkAsync()).GetProperty("position").GetInt64().ShouldBe(2);
        (await MarksAsync())!.Read.ShouldBe(2);

        // A moment later.
        async Task DeliveredAsync()
        {
            while (await MarksAsync() is not { Delivered: 1, Read: 0 }) await Task.Yield();
        }

        async Task<Marks?> MarksAsync() => (await _scene.HistoryAsync(_scene.Lineker, "messi")).Marks.SingleOrDefault();
    }

    [Fact]
    public async Task A_bot_learns_in_whose_name_it_acts_and_what_it_may()
    {
        using var bot = await _scene.BotAsync(may: AccessRights.Read, place: "#batak");
        var me = await bot.GetAsync("/api/v1/me").ShouldBeOkAsync();
        me.EnumerateObject().Select(property => property.Name).ShouldBe(["status", "user", "name", "realm", "token"]);
        (me.GetProperty("user").GetString(), me.GetProperty("name").GetString(), me.GetProperty("realm").GetString()).ShouldBe(("messi", "Lionel Messi", "satu"));
        var token = me.GetProperty("token");
        token.EnumerateObject().Select(property => property.Name).ShouldBe(["id", "name", "may", "in", "created"]);
        token.GetProperty("may").GetRawText().ShouldBe("""["read"]""");
        token.GetProperty("in").GetString().ShouldBe("#batak");
        token.GetProperty("created").GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
        (await bot.GetAsync("/api/v1/me").ShouldBeOkAsync()).GetProperty("token").TryGetProperty("used", out _).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Nobody_gets_in_without_a_token_that_lives(string method, string path)
    {
        using var nobody = _scene.Bot(null);
        await AskAsync(nobody).ShouldBeRefusedAsync("401 not_logged_in");
        (await AskAsync(nobody)).Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");

        nobody.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", (await _scene.TokenAsync()).Secret.Write());
        await AskAsync(nobody).ShouldBeRefusedAsync("401 not_logged_in");
        foreach (var wrong in new[] { "x", AccessSecret.Create().Write() })
        {
            using var guesser = _scene.Bot(wrong);
            await AskAsync(guesser).ShouldBeRefusedAsync("401 unknown_token");
        }

        // 1. Revoked.
        var made = await _scene.TokenAsync();
        using var bot = _scene.Bot(made.Secret.Write());
        (await _scene.Realm.Tokens.RevokeAsync(made.Token.Id)).ShouldBeNull();
        await AskAsync(bot).ShouldBeRefusedAsync("401 unknown_token");

        // 2. Of an account that is switched off, or was removed.
        using var others = await _scene.BotAsync(_scene.Lineker);
        (await _scene.Realm.Accounts.SetDisabledAsync("lineker", disabled: true, None)).Value();
        await AskAsync(others).ShouldBeRefusedAsync("401 unknown_token");
        (await _scene.Realm.Accounts.RemoveAsync("lineker", None)).Value();
        await AskAsync(others).ShouldBeRefusedAsync("401 unknown_token");

        Task<HttpResponseMessage> AskAsync(HttpClient client)
        {
            var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method == "POST") request.Content = WebRealm.Json("""{"to":"messi","in":"messi","text":"halo"}""");
            return client.SendAsync(request);
        }
    }

    [Fact]
    public async Task A_token_ends_when_it_expires()
    {
        var clock = new FakeClock();
        await using var scene = await ApiScene.OpenAsync(clock: clock);
        using var bot = scene.Bot((await scene.TokenAsync(lifetime: TimeSpan.FromDays(1))).Secret.Write());
        await bot.GetAsync("/api/v1/me").ShouldBeOkAsync();
        clock.Advance(TimeSpan.FromDays(1));
        await bot.GetAsync("/api/v1/me").ShouldBeRefusedAsync("401 unknown_token");
    }

    [Fact]
    public async Task A_token_does_no_more_than_it_may_and_only_where_it_may()
    {
        using var reader = await _scene.BotAsync(may: AccessRights.Read);
        await reader.PostJsonAsync("/api/v1/messages", """{"to":"lineker","text":"halo"}""").ShouldBeRefusedAsync("403 not_allowed");
        using var sender = await _scene.BotAsync(may: AccessRights.Send);
        await sender.GetAsync("/api/v1/messages?in=lineker").ShouldBeRefusedAsync("403 not_allowed");
        await sender.GetAsync("/api/v1/conversations").ShouldBeRefusedAsync("403 not_allowed");
        await sender.PostJsonAsync("/api/v1/read", """{"in":"lineker"}""").ShouldBeRefusedAsync("403 not_allowed");
        await sender.GetAsync("/api/v1/me").ShouldBeOkAsync();

        await _scene.SayAsync(_scene.Lineker, "messi", "rahasia");
        await _scene.SayAsync(_scene.Messi, "messi", "catatan");
        using var inGroup = await _scene.BotAsync(place: "#batak");
        await inGroup.PostJsonAsync("/api/v1/messages", """{"to":"#batak","text":"horas"}""").ShouldBeOkAsync();
        await inGroup.GetAsync("/api/v1/messages?in=%23batak").ShouldBeOkAsync();
        foreach (var elsewhere in new[] { "lineker", "siapa", "messi", "#siapa", "#batak@dua" })
        {
            await inGroup.PostJsonAsync("/api/v1/messages", $$"""{"to":"{{elsewhere}}","text":"halo"}""").ShouldBeRefusedAsync("403 not_allowed");
            await inGroup.GetAsync($"/api/v1/messages?in={Uri.EscapeDataString(elsewhere)}").ShouldBeRefusedAsync("403 not_allowed");
            await inGroup.PostJsonAsync("/api/v1/read", $$"""{"in":"{{elsewhere}}"}""").ShouldBeRefusedAsync("403 not_allowed");
        }

        (await WithAsync(inGroup, "?limit=1")).ShouldBe(["#batak"]);
        using var direct = await _scene.BotAsync(place: "lineker");
        (await WithAsync(direct, "?limit=1")).ShouldBe(["lineker"]);

        // Another group that has the name now is not the token's.
        (await _scene.Realm.Groups.RemoveAsync(_scene.Batak.Id, None)).Value();
        (await _scene.Realm.Groups.CreateAsync(_scene.Messi, _scene.Batak.Name, isOpen: true, None)).Value();
        await inGroup.GetAsync("/api/v1/messages?in=%23batak").ShouldBeRefusedAsync("403 not_allowed");
        (await WithAsync(inGroup, "")).ShouldBeEmpty();

        static async Task<string?[]> WithAsync(HttpClient bot, string query) =>
            [.. (await bot.GetAsync("/api/v1/conversations" + query).ShouldBeOkAsync()).GetProperty("conversations").EnumerateArray().Select(line => line.GetProperty("with").GetString())];
    }

    [Fact]
    public async Task A_token_of_one_conversation_sees_its_line_wherever_it_stands()
    {
        await _scene.SayAsync(_scene.Messi, "lineker", "catatan");
        foreach (var place in new[] { "#batak", "lineker" })
        {
            using var bot = await _scene.BotAsync(place: place);

            // 1. Below others, then above them: the same as in the whole list.
            await _scene.SayAsync(_scene.Messi, "messi", "di atas");
            await CheckAsync(bot, place);
            await _scene.SayAsync(_scene.Lineker, place == "lineker" ? "messi" : place, "naik");
            await CheckAsync(bot, place);

            // 2. Not before itself.
            var last = (await LineAsync(place)).Last.Arrival;
            (await bot.GetStringAsync($"/api/v1/conversations?before={last + 1}")).ShouldBe(Native(new ConversationsReply([await LineAsync(place)], IsMore: false)));
            (await bot.GetStringAsync($"/api/v1/conversations?before={last}")).ShouldBe(Native(new ConversationsReply([], IsMore: false)));
        }

        // 3. Of a group that the account has left there is none.
        using var left = await _scene.BotAsync(_scene.Lineker, place: "#batak");
        (await _scene.Realm.Groups.ActAsync(Actor.Of(_scene.Lineker), _scene.Batak.Id, GroupVerb.Leave, null, default, None)).Value();
        (await left.GetStringAsync("/api/v1/conversations")).ShouldBe(Native(new ConversationsReply([], IsMore: false)));

        async Task CheckAsync(HttpClient bot, string place) =>
            (await bot.GetStringAsync("/api/v1/conversations?limit=1")).ShouldBe(Native(new ConversationsReply([await LineAsync(place)], IsMore: false)));

        async Task<ConversationSummary> LineAsync(string place) =>
            (await _scene.Realm.Conversations.ListAsync(_scene.Messi, null, 100, None)).Single(line => (line.Group is { } group ? $"{group.Address}" : $"{line.Other}") == place);
    }

    [Theory]
    [InlineData("""{"text":"halo"}""", "400 missing_parameter to")]
    [InlineData("""{"to":"a/b","text":"halo"}""", "400 invalid_parameter to")]
    [InlineData("""{"to":"lineker"}""", "400 missing_parameter text")]
    [InlineData("""{"to":"lineker","text":""}""", "400 empty_text")]
    [InlineData("""{"to":"lineker","text":"a\u0000b"}""", "400 invalid_parameter text")]
    [InlineData("""{"to":"lineker","text":"halo","key":""}""", "400 invalid_parameter key")]
    [InlineData("""{"to":"lineker","text":"halo","key":"a\u0000"}""", "400 invalid_parameter key")]
    [InlineData("""{"to":"lineker","text":"halo","key":"12345678901234567890123456789012345678901234567890123456789012345"}""", "400 invalid_parameter key")]
    [InlineData("""{"to":"lineker","text":"halo","reply":0}""", "400 invalid_parameter reply")]
    [InlineData("""{"to":"lineker","text":"halo","reply":9007199254740993}""", "400 invalid_parameter reply")]
    [InlineData("""{"to":"lineker","text":"halo","reply":7}""", "404 unknown_message")]
    [InlineData("""{"to":"lineker","text":"halo","reply":"1"}""", "400 malformed_request")]
    [InlineData("""{"to":"lineker","text":["halo"]}""", "400 malformed_request")]
    [InlineData("""{"to":"lineker","text":"\ud83d"}""", "400 malformed_request")]
    [InlineData("""{"to":"siapa","text":"halo"}""", "404 unknown_recipient")]
    [InlineData("""{"to":"#siapa","text":"halo"}""", "404 unknown_group")]
    [InlineData("""{"to":"lineker@dua","text":"halo"}""", "404 unknown_recipient")]
    [InlineData("""["lineker","halo"]""", "400 malformed_request")]
    [InlineData("""{"to":"lineker","text":"halo\"}""", "400 malformed_request")]
    [InlineData("", "400 malformed_request")]
    public async Task What_cannot_be_said_is_one_clear_error_and_nothing_is_said(string body, string expected)
    {
        using var bot = await _scene.BotAsync();
        await bot.PostJsonAsync("/api/v1/messages", body).ShouldBeRefusedAsync(expected);
        (await _scene.SaidAsync(_scene.Lineker, "messi")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_is_too_large_no_UTF8_or_of_another_type_is_refused()
    {
        using var bot = await _scene.BotAsync();
        await bot.PostJsonAsync("/api/v1/messages", $$"""{"to":"lineker","text":"{{new string('x', 8193)}}"}""").ShouldBeRefusedAsync("400 message_too_long");
        await bot.PostJsonAsync("/api/v1/messages", $$"""{"to":"lineker","text":"{{new string('x', 70_000)}}"}""").ShouldBeRefusedAsync("413 request_too_large");
        await PostAsync([.. "{\"to\":\"lineker\",\"text\":\""u8, 0xC3, 0x28, .. "\"}"u8], "application/json").ShouldBeRefusedAsync("400 malformed_request");
        await PostAsync("""{"to":"lineker","text":"halo"}"""u8.ToArray(), "text/plain").ShouldBeRefusedAsync("400 malformed_request");
        await PostAsync("""{"to":"lineker","text":"halo"}"""u8.ToArray(), "application/json; charset=klingon").ShouldBeRefusedAsync("400 malformed_request");
        await PostAsync("to=lineker&text=halo"u8.ToArray(), "application/x-www-form-urlencoded").ShouldBeRefusedAsync("400 malformed_request");
        (await _scene.SaidAsync(_scene.Lineker, "messi")).ShouldBeEmpty();

        Task<HttpResponseMessage> PostAsync(byte[] body, string type)
        {
            var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            return bot.PostAsync("/api/v1/messages", content);
        }
    }

    [Theory]
    [InlineData("messages", "400 missing_parameter in")]
    [InlineData("messages?in=", "400 invalid_parameter in")]
    [InlineData("messages?in=a/b", "400 invalid_parameter in")]
    [InlineData("messages?in=lineker&in=messi", "400 invalid_parameter in")]
    [InlineData("messages?in=lineker%00", "400 invalid_parameter in")]
    [InlineData("messages?in=siapa", "404 unknown_recipient")]
    [InlineData("messages?in=%23siapa", "404 unknown_group")]
    [InlineData("messages?in=lineker&before=0", "400 invalid_parameter before")]
    [InlineData("messages?in=lineker&after=-1", "400 invalid_parameter after")]
    [InlineData("messages?in=lineker&after=x", "400 invalid_parameter after")]
    [InlineData("messages?in=lineker&limit=0", "400 invalid_parameter limit")]
    [InlineData("messages?in=lineker&limit=99999999999999999999", "400 invalid_parameter limit")]
    [InlineData("conversations?before=x", "400 invalid_parameter before")]
    [InlineData("conversations?limit=1.5", "400 invalid_parameter limit")]
    public async Task What_cannot_be_read_is_one_clear_error(string path, string expected)
    {
        using var bot = await _scene.BotAsync();
        await bot.GetAsync("/api/v1/" + path).ShouldBeRefusedAsync(expected);
    }

    [Fact]
    public async Task A_page_of_another_site_says_nothing_and_none_is_told_that_it_may_ask()
    {
        using var bot = await _scene.BotAsync();
        bot.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        await bot.PostJsonAsync("/api/v1/messages", """{"to":"lineker","text":"halo"}""").ShouldBeRefusedAsync("403 not_allowed origin");
        (await bot.GetAsync("/api/v1/me")).Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        (await _scene.SaidAsync(_scene.Lineker, "messi")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_that_asks_too_much_is_told_to_wait_and_no_other_is()
    {
        var clock = new FakeClock();
        await using var scene = await ApiScene.OpenAsync(options => options with { Limits = new() { RequestsPerSecond = 1, RequestBurst = 2 } }, clock);
        using var bot = await scene.BotAsync();
        using var other = await scene.BotAsync();
        await bot.GetAsync("/api/v1/me").ShouldBeOkAsync();
        await bot.GetAsync("/api/v1/me").ShouldBeOkAsync();
        using (var answer = await bot.GetAsync("/api/v1/me"))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        }

        await bot.PostJsonAsync("/api/v1/messages", """{"to":"lineker","text":"halo"}""").ShouldBeRefusedAsync("429 too_many_attempts");
        await other.GetAsync("/api/v1/me").ShouldBeOkAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        await bot.GetAsync("/api/v1/me").ShouldBeOkAsync();
    }

    private static string Native(NativeReply reply)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        NativeWriter.Write(reply, id: default, Language.English, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
