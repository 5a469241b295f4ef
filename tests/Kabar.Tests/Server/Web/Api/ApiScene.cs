using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Kabar.Core;
using Kabar.Tests.Core;

namespace Kabar.Tests.Server.Web.Api;

/// <summary>A realm with messi, lineker and messi's open group batak, and programs that ask it.</summary>
internal sealed class ApiScene : IAsyncDisposable
{
    public const AccessRights Both = AccessRights.Send | AccessRights.Read;

    private static readonly CancellationToken None = CancellationToken.None;

    private ApiScene(WebRealm web, Account messi, Account lineker, Group batak) => (Web, Messi, Lineker, Batak) = (web, messi, lineker, batak);

    public WebRealm Web { get; }

    public Realm Realm => Web.Realm;

    public Account Messi { get; }

    public Account Lineker { get; }

    public Group Batak { get; }

    public static async Task<ApiScene> OpenAsync(Func<Kabar.Server.Hosting.KabarOptions, Kabar.Server.Hosting.KabarOptions>? change = null, TimeProvider? clock = null)
    {
        var web = await WebRealm.StartAsync(change, clock);
        var (messi, lineker) = (await FindAsync(web, "messi"), await FindAsync(web, "lineker"));
        var batak = (await web.Realm.Groups.CreateAsync(messi, GroupName.Parse("batak"), isOpen: true, None)).Value().Group;
        (await web.Realm.Groups.EnterAsync(lineker, batak.Address, None)).Value();
        return new ApiScene(web, messi, lineker, batak);
    }

    /// <summary>A program with a token of its own.</summary>
    public async Task<HttpClient> BotAsync(Account? account = null, AccessRights may = Both, string? place = null) => Bot((await TokenAsync(account, may, place)).Secret.Write());

    public HttpClient Bot(string? token)
    {
        var bot = new HttpClient { BaseAddress = Web.Address };
        if (token is not null) bot.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        bot.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        return bot;
    }

    public async Task<MadeToken> TokenAsync(Account? account = null, AccessRights may = Both, string? place = null, TimeSpan? lifetime = null) =>
        (await Realm.Tokens.CreateAsync(account ?? Messi, "bot", may, place is null ? null : RealmFixture.To(place), lifetime, None)).Value();

    public async Task<MadeToken> HookAsync(Account? maker = null, string name = "Bel Rumah") => (await Realm.Tokens.CreateHookAsync(maker ?? Messi, Batak.Address, name, None)).Value();

    /// <summary>Says something by way of the native protocol.</summary>
    public async Task<Posted> SayAsync(Account from, string to, string text) =>
        (await Realm.Conversations.BeginPostAsync(from, RealmFixture.To(to), new Draft(MessageText.From(text)), None)).TryGet(out var posting, out var refusal)
            ? (await posting.CommitAsync()).Value()
            : throw new InvalidOperationException($"Refused: {refusal}.");

    public async Task<HistoryPage> HistoryAsync(Account reader, string place) =>
        (await Realm.Conversations.ReadHistoryAsync(reader, RealmFixture.To(place), new HistoryRange(null, null, 100), None)).Value();

    /// <summary>What was said, with the names of who said it.</summary>
    public async Task<string[]> SaidAsync(Account reader, string place) =>
        [.. (await HistoryAsync(reader, place)).Entries.Where(entry => entry.Kind == EntryKind.Said).Select(entry => $"{entry.FromName}: {entry.Text.Decode()}")];

    public async ValueTask DisposeAsync() => await Web.DisposeAsync();

    private static async Task<Account> FindAsync(WebRealm web, string name) => (await web.Realm.Accounts.FindAsync(Username.Parse(name), None)).ShouldNotBeNull();
}

internal static class ApiAnswers
{
    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, string json) => client.PostAsync(path, WebRealm.Json(json));

    /// <summary>The body of a good answer.</summary>
    public static async Task<JsonElement> ShouldBeOkAsync(this Task<HttpResponseMessage> asking)
    {
        using var answer = await asking;
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>One clear error, with a code and perhaps a parameter: <c>403 not_allowed</c>, <c>400 missing_parameter to</c>.</summary>
    public static async Task ShouldBeRefusedAsync(this Task<HttpResponseMessage> asking, string expected)
    {
        using var answer = await asking;
        var body = await answer.Content.ReadAsStringAsync();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json", body);
        var error = JsonDocument.Parse(body).RootElement;
        error.GetProperty("status").GetString().ShouldBe("ERROR");
        error.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        var parameter = error.TryGetProperty("parameter", out var named) ? $" {named.GetString()}" : "";
        $"{(int)answer.StatusCode} {error.GetProperty("code").GetString()}{parameter}".ShouldBe(expected);
    }
}
