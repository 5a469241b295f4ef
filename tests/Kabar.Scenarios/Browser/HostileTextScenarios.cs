using System.Text.Json;
using System.Text.Json.Nodes;
using Kabar.Scenarios.Federation;
using Kabar.Scenarios.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>Whatever people write and call themselves is shown as text, and moves nothing beside it.</summary>
public sealed class HostileTextScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    private const string Html = """<img src=x onerror="window.wasRun=true"><script>window.wasRun=true</script><b>tebal</b> &lt;i&gt; javascript:alert(1)""";
    private const string Turning = "awal \u202Eterbalik\u202C \u2067akhir\u2069 \u202Dx";

    [Fact]
    public async Task A_text_full_of_code_and_turning_marks_is_shown_as_it_was_written()
    {
        var realm = await RealmAsync("satu", ["messi"]);
        await realm.ImportAsync(Account("nakal", """<script>window.wasRun=true</script>"""));
        await realm.ImportAsync(Account("putar", "\u202Ekilab aman\u202C jahat"));
        var messi = await VisitAsync(realm);
        await messi.StubNotificationsAsync();
        await messi.Page.EvaluateAsync("localStorage.setItem('kabar.notify', 'full'); sessionStorage.setItem('test.permission', 'granted')");
        await messi.Page.ReloadAsync();
        await messi.LogInAsync("messi");
        await using var nakal = await NativeUser.ConnectAsync(realm, "nakal");
        await using var putar = await NativeUser.ConnectAsync(realm, "putar");

        // 1. In the list, the title and the notification.
        await nakal.SendAsync("messi", Html);
        await putar.SendAsync("messi", Turning);
        await Expect(messi.Row("<script>window.wasRun=true</script>")).ToContainTextAsync("<b>tebal</b> &lt;i&gt;");
        await Eventually.BecomesTrueAsync(async () => (await messi.NotificationsAsync()).Count == 2, "he is told of both");
        (await messi.NotificationsAsync())[0].ShouldBe($"<script>window.wasRun=true</script>: {Html}");

        // 2. Among the messages, letter by letter; what turns the direction stays within its message.
        await messi.TurnToAsync("nakal");
        await Expect(messi.Page).ToHaveTitleAsync("(1) <script>window.wasRun=true</script> · Kabar");
        (await messi.TextsAsync()).ShouldBe([Html]);
        await Expect(messi.Messages.GetByRole(AriaRole.Link)).ToHaveCountAsync(0);
        await messi.TurnToAsync("putar");
        (await messi.TextsAsync()).ShouldBe([Turning]);
        (await messi.Page.TitleAsync()).ShouldNotContain('\u202E');
        (await messi.Timeline.EvaluateAsync<bool>(
            "log => [...log.querySelectorAll('.message-text')].every(one => /isolate|plaintext/.test(getComputedStyle(one).unicodeBidi) || one.dir === 'auto')")).ShouldBeTrue();

        // 3. In a quote, a search result, a group's topic and its members.
        await messi.TurnToAsync("nakal");
        var only = messi.Messages.First;
        await only.HoverAsync();
        await only.GetByRole(AriaRole.Button, new() { Name = "Reply" }).ClickAsync();
        await messi.SayAsync("jawaban");
        await Expect(messi.Message("jawaban").GetByRole(AriaRole.Button, new() { Name = "tebal" })).ToContainTextAsync("<script>window.wasRun=true</script>");
        await messi.Page.GetByRole(AriaRole.Button, new() { Name = "Search messages" }).First.ClickAsync();
        await messi.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search messages" }).FillAsync("tebal");
        await Expect(messi.Page.GetByRole(AriaRole.List, new() { Name = "Messages found" })).ToContainTextAsync("<b>tebal</b>");
        await nakal.DoAsync("group create", ("group", "jahat"));
        await nakal.DoAsync("group topic", ("group", "jahat"), ("text", Html));
        await nakal.DoAsync("group invite", ("group", "jahat"), ("user", "messi"));
        await messi.GoAsync("#/c/%23jahat/details");
        await messi.Page.GetByRole(AriaRole.Button, new() { Name = "Join the group" }).ClickAsync();
        await Expect(messi.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("<b>tebal</b>");
        await messi.HappensAsync("<script>window.wasRun=true</script>");

        // 4. Nothing of it was ever more than text.
        (await messi.Page.EvaluateAsync<bool>("window.wasRun === true")).ShouldBeFalse();
        (await messi.Page.EvaluateAsync<int>("document.querySelectorAll('kabar-app b, kabar-app img[src=x], kabar-app script').length")).ShouldBe(0);
    }

    [Fact]
    public async Task A_text_without_an_end_or_a_blank_widens_nothing()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        await using var lineker = await NativeUser.ConnectAsync(realm, "lineker");
        await lineker.SendAsync("messi", new string('w', 4000));
        await lineker.SendAsync("messi", string.Concat(Enumerable.Repeat("Z\u0351\u0352\u0353\u0354\u0355\u0356", 200)));
        foreach (var screen in (Screen[])[Screen.Desktop, Screen.Phone])
        {
            var messi = await EnterAsync(realm, "messi", screen);
            await messi.TurnToAsync("lineker");
            await Expect(messi.Messages).ToHaveCountAsync(2);
            (await messi.Page.EvaluateAsync<bool>("[document.documentElement, document.querySelector('[role=log][aria-label]')].every(one => one.scrollWidth <= one.clientWidth)")).ShouldBeTrue(screen.Name);
        }
    }

    private static string Account(string username, string name) =>
        new JsonObject { ["username"] = username, ["nama"] = name, ["password"] = RealmProcess.PasswordOf(username) }.ToJsonString(JsonSerializerOptions.Default) + "\n";
}
