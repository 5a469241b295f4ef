using System.Net.Http.Headers;
using System.Text;
using Kabar.Core;
using Kabar.Tests.Core;

namespace Kabar.Tests.Server.Web.Api;

public sealed class HookTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private ApiScene _scene = null!; // set before each test
    private HttpClient _anybody = null!;

    public async ValueTask InitializeAsync()
    {
        _scene = await ApiScene.OpenAsync();
        _anybody = _scene.Bot(null);
    }

    public ValueTask DisposeAsync()
    {
        _anybody.Dispose();
        return _scene.DisposeAsync();
    }

    [Fact]
    public async Task What_comes_through_a_hook_is_said_in_its_group_under_its_name()
    {
        var hook = await _scene.HookAsync();
        await PostAsync(hook, "ada tamu\r\ndi pintu é").ShouldBeOkAsync();
        await PostAsync(hook, """{"text":"sudah pergi","key":"k1"}""", "application/json").ShouldBeOkAsync();
        var again = await PostAsync(hook, """{"text":"sudah pergi","key":"k1"}""", "application/json").ShouldBeOkAsync();
        again.GetProperty("state").GetString().ShouldBe("accepted");

        (await _scene.SaidAsync(_scene.Lineker, "#batak")).ShouldBe(["Bel Rumah: ada tamu\r\ndi pintu é", "Bel Rumah: sudah pergi"]);
        (await _scene.HistoryAsync(_scene.Lineker, "#batak")).Entries[^1].From.ToString().ShouldBe("messi");
    }

    [Fact]
    public async Task Two_hooks_of_one_maker_have_keys_of_their_own()
    {
        var (first, second) = (await _scene.HookAsync(), await _scene.HookAsync(name: "Alarm"));
        const string body = """{"text":"siap","key":"build-17"}""";
        var said = await PostAsync(first, body, "application/json").ShouldBeOkAsync();
        var alsoSaid = await PostAsync(second, body, "application/json").ShouldBeOkAsync();
        alsoSaid.GetProperty("mid").GetGuid().ShouldNotBe(said.GetProperty("mid").GetGuid());
        (await PostAsync(second, body, "application/json").ShouldBeOkAsync()).GetRawText().ShouldBe(alsoSaid.GetRawText());
        (await _scene.SaidAsync(_scene.Lineker, "#batak")).ShouldBe(["Bel Rumah: siap", "Alarm: siap"]);
    }

    [Fact]
    public async Task A_hook_whose_maker_has_left_the_group_or_is_muted_or_is_gone_says_nothing()
    {
        var hook = await _scene.HookAsync();
        var actor = Actor.Of(_scene.Messi);
        var groups = _scene.Realm.Groups;
        (await groups.ActAsync(actor, _scene.Batak.Id, GroupVerb.Role, new Address(_scene.Lineker.Username), MessageText.From("owner"), None)).Value();
        (await groups.ActAsync(Actor.Of(_scene.Lineker), _scene.Batak.Id, GroupVerb.Role, new Address(_scene.Messi.Username), MessageText.From("member"), None)).Value();

        (await groups.ActAsync(Actor.Of(_scene.Lineker), _scene.Batak.Id, GroupVerb.Mute, new Address(_scene.Messi.Username), default, None)).Value();
        await PostAsync(hook, "halo").ShouldBeRefusedAsync("403 muted");
        (await groups.ActAsync(actor, _scene.Batak.Id, GroupVerb.Leave, null, default, None)).Value();
        await PostAsync(hook, "halo").ShouldBeRefusedAsync("403 not_a_member");
        (await groups.RemoveAsync(_scene.Batak.Id, None)).Value();
        await PostAsync(hook, "halo").ShouldBeRefusedAsync("403 not_allowed");
        (await groups.CreateAsync(_scene.Messi, _scene.Batak.Name, isOpen: true, None)).Value();
        await PostAsync(hook, "halo").ShouldBeRefusedAsync("403 not_allowed");
        (await _scene.Realm.Accounts.SetDisabledAsync("messi", disabled: true, None)).Value();
        await PostAsync(hook, "halo").ShouldBeRefusedAsync("404 unknown_token");
    }

    [Fact]
    public async Task A_secret_that_opens_no_hook_is_not_there()
    {
        var hook = await _scene.HookAsync();
        await _anybody.PostAsync("/api/v1/hooks/x", new StringContent("halo")).ShouldBeRefusedAsync("404 unknown_token");
        await _anybody.PostAsync($"/api/v1/hooks/{AccessSecret.Create().Write()}", new StringContent("halo")).ShouldBeRefusedAsync("404 unknown_token");
        await PostAsync(await _scene.TokenAsync(place: "#batak"), "halo").ShouldBeRefusedAsync("404 unknown_token");
        (await _scene.Realm.Tokens.RevokeAsync(hook.Token.Id)).ShouldBeNull();
        await PostAsync(hook, "halo").ShouldBeRefusedAsync("404 unknown_token");
    }

    [Theory]
    [InlineData("", "text/plain", "400 empty_text")]
    [InlineData("a\0b", "text/plain; charset=utf-8", "400 invalid_parameter text")]
    [InlineData("halo", "text/plain; charset=latin1", "400 malformed_request")]
    [InlineData("text=halo", "application/x-www-form-urlencoded", "400 malformed_request")]
    [InlineData("halo", "", "400 malformed_request")]
    [InlineData("halo", "application/json", "400 malformed_request")]
    [InlineData("{}", "application/json", "400 missing_parameter text")]
    [InlineData("""{"text":7}""", "application/json", "400 malformed_request")]
    public async Task What_a_hook_cannot_say_is_one_clear_error(string body, string type, string expected)
    {
        await PostAsync(await _scene.HookAsync(), body, type).ShouldBeRefusedAsync(expected);
        (await _scene.SaidAsync(_scene.Lineker, "#batak")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_no_UTF8_is_refused()
    {
        var hook = await _scene.HookAsync();
        await PostAsync(hook, [.. "halo "u8, 0xC3, 0x28], "text/plain").ShouldBeRefusedAsync("400 malformed_request");
        await PostAsync(hook, new string('x', 8193)).ShouldBeRefusedAsync("400 message_too_long");
        await PostAsync(hook, new string('x', 70_000)).ShouldBeRefusedAsync("413 request_too_large");
        (await _scene.SaidAsync(_scene.Lineker, "#batak")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_text_that_is_tried_again_with_its_key_in_the_address_is_said_once()
    {
        var hook = await _scene.HookAsync();
        var said = await PostAsync(hook, "cadangan selesai", query: "?key=c%201").ShouldBeOkAsync();
        (await PostAsync(hook, "cadangan selesai", query: "?key=c%201").ShouldBeOkAsync()).GetRawText().ShouldBe(said.GetRawText());
        const string json = """{"text":"cadangan selesai","key":"c 1"}""";
        foreach (var query in new[] { "", "?key=c%201" })
            (await PostAsync(hook, json, "application/json", query).ShouldBeOkAsync()).GetRawText().ShouldBe(said.GetRawText());
        (await _scene.SaidAsync(_scene.Lineker, "#batak")).ShouldBe(["Bel Rumah: cadangan selesai"]);

        await PostAsync(hook, json, "application/json", "?key=c2").ShouldBeRefusedAsync("400 invalid_parameter key");
        foreach (var wrong in new[] { "?key=", "?key=a&key=b", "?key=a%00", "?key=" + new string('k', 65) })
            await PostAsync(hook, "cadangan selesai", query: wrong).ShouldBeRefusedAsync("400 invalid_parameter key");
    }

    private Task<HttpResponseMessage> PostAsync(MadeToken hook, string body, string type = "text/plain", string query = "") =>
        PostAsync(hook, Encoding.UTF8.GetBytes(body), type, query);

    private Task<HttpResponseMessage> PostAsync(MadeToken hook, byte[] body, string type, string query = "")
    {
        var content = new ByteArrayContent(body);
        if (type.Length > 0) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return _anybody.PostAsync($"/api/v1/hooks/{hook.Secret.Write()}{query}", content);
    }
}
