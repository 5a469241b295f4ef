using System.Net;
using System.Text.Json;
using Kabar.Core;

namespace Kabar.Tests.Server.Web.Api;

public sealed class TokenEndpointsTests : IAsyncLifetime
{
    private ApiScene _scene = null!; // set before each test

    public static TheoryData<string, string> Routes => new()
    {
        { "GET", "/api/tokens" },
        { "POST", "/api/tokens" },
        { "DELETE", "/api/tokens/018bcfe5-6800-7000-8000-000000000001" },
        { "GET", "/api/hooks?group=%23batak" },
        { "POST", "/api/hooks" },
        { "DELETE", "/api/hooks/018bcfe5-6800-7000-8000-000000000001" },
    };

    public async ValueTask InitializeAsync() => _scene = await ApiScene.OpenAsync();

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_person_makes_a_token_sees_it_without_its_secret_and_revokes_it()
    {
        using var browser = await _scene.Web.OpenBrowserAsync("lineker");
        var made = await browser.PostJsonAsync("/api/tokens", """{"name":"bot","may":["read","send"],"in":"#batak","days":30}""").ShouldBeOkAsync();
        made.EnumerateObject().Select(property => property.Name).ShouldBe(["id", "token"]);
        var secret = made.GetProperty("token").GetString().ShouldNotBeNull();

        using var bot = _scene.Bot(secret);
        await bot.PostJsonAsync("/api/v1/messages", """{"to":"#batak","text":"horas"}""").ShouldBeOkAsync();
        var listed = await browser.GetStringAsync("/api/tokens");
        listed.ShouldNotContain(secret[6..]);
        var token = JsonDocument.Parse(listed).RootElement.GetProperty("tokens").EnumerateArray().ShouldHaveSingleItem();
        token.EnumerateObject().Select(property => property.Name).ShouldBe(["id", "name", "may", "in", "created", "used", "expires"]);
        token.GetProperty("may").GetRawText().ShouldBe("""["send","read"]""");

        // Nobody else sees or ends it.
        using var other = await _scene.Web.OpenBrowserAsync("messi");
        (await other.GetStringAsync("/api/tokens")).ShouldBe("""{"tokens":[]}""");
        var path = $"/api/tokens/{made.GetProperty("id").GetString()}";
        await other.DeleteAsync(path).ShouldBeRefusedAsync("404 unknown_token");
        (await browser.DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await browser.DeleteAsync(path).ShouldBeRefusedAsync("404 unknown_token");
        await bot.GetAsync("/api/v1/me").ShouldBeRefusedAsync("401 unknown_token");
    }

    [Fact]
    public async Task Who_keeps_order_in_a_group_makes_lists_and_ends_its_webhooks()
    {
        using var browser = await _scene.Web.OpenBrowserAsync("messi");
        var made = await browser.PostJsonAsync("/api/hooks", """{"group":"#batak","name":"Bel Rumah"}""").ShouldBeOkAsync();
        using var anybody = _scene.Bot(null);
        await anybody.PostAsync(made.GetProperty("url").GetString(), new StringContent("ada tamu")).ShouldBeOkAsync();
        (await _scene.SaidAsync(_scene.Lineker, "#batak")).ShouldBe(["Bel Rumah: ada tamu"]);

        var hook = (await browser.GetAsync("/api/hooks?group=%23batak").ShouldBeOkAsync()).GetProperty("hooks").EnumerateArray().ShouldHaveSingleItem();
        (hook.GetProperty("name").GetString(), hook.GetProperty("hook").GetBoolean(), hook.GetProperty("in").GetString()).ShouldBe(("Bel Rumah", true, "#batak"));
        (await browser.GetAsync("/api/tokens").ShouldBeOkAsync()).GetProperty("tokens").GetArrayLength().ShouldBe(1);

        using var member = await _scene.Web.OpenBrowserAsync("lineker");
        var path = $"/api/hooks/{hook.GetProperty("id").GetString()}";
        await member.GetAsync("/api/hooks?group=%23batak").ShouldBeRefusedAsync("403 not_allowed");
        await member.PostJsonAsync("/api/hooks", """{"group":"#batak","name":"x"}""").ShouldBeRefusedAsync("403 not_allowed");
        await member.DeleteAsync(path).ShouldBeRefusedAsync("404 unknown_token");
        (await browser.DeleteAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await anybody.PostAsync(made.GetProperty("url").GetString(), new StringContent("ada tamu")).ShouldBeRefusedAsync("404 unknown_token");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Only_who_is_logged_in_with_a_browser_of_this_site_manages_tokens(string method, string path)
    {
        using var nobody = await _scene.Web.OpenBrowserAsync();
        await AskAsync(nobody).ShouldBeRefusedAsync("401 not_logged_in");

        // A token makes no tokens.
        using var bot = await _scene.BotAsync();
        await AskAsync(bot).ShouldBeRefusedAsync("401 not_logged_in");

        using var browser = await _scene.Web.OpenBrowserAsync("messi");
        browser.DefaultRequestHeaders.Add("Origin", "https://evil.example");
        if (method != "GET") await AskAsync(browser).ShouldBeRefusedAsync("403 not_allowed origin");
        (await _scene.Realm.Tokens.ListAsync(_scene.Messi, CancellationToken.None)).Length.ShouldBe(1);

        Task<HttpResponseMessage> AskAsync(HttpClient client)
        {
            var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method == "POST") request.Content = WebRealm.Json("""{"name":"x","may":["send"],"group":"#batak"}""");
            return client.SendAsync(request);
        }
    }

    [Theory]
    [InlineData("tokens", """{"may":["send"]}""", "400 missing_parameter name")]
    [InlineData("tokens", """{"name":"","may":["send"]}""", "400 invalid_name name")]
    [InlineData("tokens", """{"name":"a\u0000","may":["send"]}""", "400 invalid_parameter name")]
    [InlineData("tokens", """{"name":"x"}""", "400 missing_parameter may")]
    [InlineData("tokens", """{"name":"x","may":[]}""", "400 invalid_parameter may")]
    [InlineData("tokens", """{"name":"x","may":["send",null]}""", "400 invalid_parameter may")]
    [InlineData("tokens", """{"name":"x","may":["admin"]}""", "400 invalid_parameter may")]
    [InlineData("tokens", """{"name":"x","may":"send"}""", "400 malformed_request")]
    [InlineData("tokens", """{"name":"x","may":["send"],"in":"a/b"}""", "400 invalid_parameter in")]
    [InlineData("tokens", """{"name":"x","may":["send"],"in":"siapa"}""", "404 unknown_recipient")]
    [InlineData("tokens", """{"name":"x","may":["send"],"in":"#siapa"}""", "404 unknown_group")]
    [InlineData("tokens", """{"name":"x","may":["send"],"days":0}""", "400 invalid_parameter days")]
    [InlineData("tokens", """{"name":"x","may":["send"],"days":3651}""", "400 invalid_parameter days")]
    [InlineData("hooks", """{"name":"x"}""", "400 missing_parameter group")]
    [InlineData("hooks", """{"group":"#a/b","name":"x"}""", "400 invalid_parameter group")]
    [InlineData("hooks", """{"group":"#siapa","name":"x"}""", "404 unknown_group")]
    [InlineData("hooks", """{"group":"#batak"}""", "400 missing_parameter name")]
    [InlineData("hooks", """{"group":"#batak","name":"dua\nbaris"}""", "400 invalid_name name")]
    public async Task What_can_be_no_token_is_one_clear_error_and_none_is_made(string what, string body, string expected)
    {
        using var browser = await _scene.Web.OpenBrowserAsync("messi");
        await browser.PostJsonAsync($"/api/{what}", body).ShouldBeRefusedAsync(expected);
        (await _scene.Realm.Tokens.ListAsync(_scene.Messi, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_has_fifty_at_most()
    {
        for (var i = 0; i < AccessTokens.MostPerAccount; i++) await _scene.TokenAsync();
        using var browser = await _scene.Web.OpenBrowserAsync("messi");
        await browser.PostJsonAsync("/api/tokens", """{"name":"x","may":["send"]}""").ShouldBeRefusedAsync("409 too_many");
        await browser.PostJsonAsync("/api/hooks", """{"group":"#batak","name":"x"}""").ShouldBeRefusedAsync("409 too_many");
        await browser.GetAsync("/api/hooks").ShouldBeRefusedAsync("400 missing_parameter group");
        await browser.DeleteAsync("/api/tokens/x").ShouldBeRefusedAsync("404 unknown_token");
    }
}
