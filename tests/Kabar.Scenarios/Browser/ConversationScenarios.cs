using Kabar.Scenarios.Federation;
using Kabar.Scenarios.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>Two people, each before a browser of his own, who talk with each other.</summary>
public sealed class ConversationScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    [Fact]
    public async Task What_one_writes_the_other_has_at_once_and_both_see_how_far_it_came()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        var messi = await EnterAsync(realm, "messi");
        var lineker = await EnterAsync(realm, "lineker");

        // 1. Messi finds him by his username; he is there.
        await messi.Page.GetByRole(AriaRole.Button, new() { Name = "New conversation or group" }).ClickAsync();
        await messi.Page.GetByRole(AriaRole.Menuitem, new() { Name = "New conversation" }).ClickAsync();
        var dialog = messi.Page.GetByRole(AriaRole.Dialog, new() { Name = "New conversation" });
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Gary Lineker" })).ToBeVisibleAsync();
        await dialog.GetByLabel("Username").FillAsync("siapa");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await Expect(dialog.GetByLabel("Username")).ToHaveAttributeAsync("aria-invalid", "true");
        await dialog.GetByLabel("Username").FillAsync("lineker");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(messi.Composer).ToBeFocusedAsync();

        // 2. What he says stands in the list of the other, counted, and in the title of his page.
        await messi.SayAsync("halo Gary, apa kabar?");
        await Expect(messi.Page.GetByRole(AriaRole.Heading, new() { Name = "Gary Lineker" })).ToBeVisibleAsync();
        await Expect(lineker.Row("Lionel Messi")).ToContainTextAsync("halo Gary, apa kabar?");
        await Expect(lineker.Row("Lionel Messi")).ToContainTextAsync("1 unread message");
        await Expect(lineker.Page).ToHaveTitleAsync("(1) Kabar · satu");
        await messi.IsAsync("halo Gary, apa kabar?", "delivered");

        // 3. He opens it: read, and counted no more.
        await lineker.Row("Lionel Messi").ClickAsync();
        await lineker.SeesAsync("halo Gary, apa kabar?");
        await messi.IsAsync("halo Gary, apa kabar?", "read");
        await Expect(lineker.Row("Lionel Messi")).Not.ToContainTextAsync("unread");
        await Expect(lineker.Page).ToHaveTitleAsync("Lionel Messi · Kabar");

        // 4. He answers; messi sees him type, and who is there.
        await lineker.Composer.PressSequentiallyAsync("baik, ");
        await Expect(messi.Page.GetByText("is typing…")).ToContainTextAsync("Gary Lineker");
        await lineker.SayAsync("baik, kamu?");
        await messi.SeesAsync("baik, kamu?");
        await Expect(messi.Page.GetByText("is typing…")).ToHaveCountAsync(0);
        await lineker.IsAsync("baik, kamu?", "read");
        await Expect(messi.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("online");
        (await messi.TextsAsync()).ShouldBe(["halo Gary, apa kabar?", "baik, kamu?"]);
        (await lineker.TextsAsync()).ShouldBe(["halo Gary, apa kabar?", "baik, kamu?"]);

        // 5. And that he goes.
        await lineker.LogOutAsync();
        await Expect(messi.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("seen");
        await Expect(messi.Page.GetByRole(AriaRole.Main)).Not.ToContainTextAsync("online");
        await messi.SayAsync("sampai nanti");
        await messi.IsAsync("sampai nanti", "sent");
    }

    [Fact]
    public async Task A_message_has_as_many_lines_as_were_written_and_links_that_lead_out_of_the_page()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        var messi = await EnterAsync(realm, "messi");
        var lineker = await EnterAsync(realm, "lineker");
        await messi.TurnToAsync("lineker");
        await lineker.TurnToAsync("messi");

        var alone = (await messi.Composer.BoundingBoxAsync())!.Height;
        await messi.Composer.PressSequentiallyAsync("jadwal:");
        await messi.Composer.PressAsync("Shift+Enter");
        await messi.Composer.PressSequentiallyAsync("  senin 10:00");
        await messi.Composer.PressAsync("Shift+Enter");
        await messi.Composer.PressSequentiallyAsync("lihat https://contoh.example/jadwal?a=1&b=2.");
        (await messi.Composer.BoundingBoxAsync())!.Height.ShouldBeGreaterThan(alone);
        await messi.Composer.PressAsync("Enter");

        var link = lineker.Page.GetByRole(AriaRole.Link, new() { Name = "https://contoh.example/jadwal?a=1&b=2", Exact = true });
        await Expect(link).ToHaveAttributeAsync("href", "https://contoh.example/jadwal?a=1&b=2");
        await Expect(link).ToHaveAttributeAsync("target", "_blank");
        var rel = (await link.GetAttributeAsync("rel"))!.Split(' ');
        rel.ShouldContain("noopener");
        rel.ShouldContain("noreferrer");
        (await lineker.TextsAsync()).ShouldBe(["jadwal:\n  senin 10:00\nlihat https://contoh.example/jadwal?a=1&b=2."]);
    }

    [Fact]
    public async Task What_was_begun_is_there_again_after_a_reload_with_what_it_answers()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker", "henderson"]);
        await using (var far = await NativeUser.ConnectAsync(realm, "lineker")) await far.SendAsync("messi", "mau kopi?");
        var messi = await EnterAsync(realm, "messi");
        await messi.TurnToAsync("lineker");
        await messi.ActAsync("mau kopi?", "Reply");
        await messi.Composer.FillAsync("mau, tapi");
        await messi.TurnToAsync("henderson");
        await Expect(messi.Row("Gary Lineker")).ToContainTextAsync("Draft:");
        await Expect(messi.Composer).ToHaveValueAsync("");

        await messi.TurnToAsync("lineker");
        await Expect(messi.Composer).ToHaveValueAsync("mau, tapi");
        await Eventually.BecomesTrueAsync(async () => (await messi.StorageAsync()).Contains("mau, tapi", StringComparison.Ordinal), "it is kept");
        await messi.Page.ReloadAsync();
        await Expect(messi.Composer).ToHaveValueAsync("mau, tapi");
        await Expect(messi.Page.GetByText("Reply to")).ToBeVisibleAsync();
        await messi.SayAsync("mau, tapi nanti");
        await Expect(messi.Message("mau, tapi nanti").GetByRole(AriaRole.Button, new() { Name = "mau kopi?" })).ToBeVisibleAsync();
        await Expect(messi.Row("Gary Lineker")).Not.ToContainTextAsync("Draft:");
    }

    [Fact]
    public async Task Days_part_the_messages_and_those_of_a_moment_stand_together()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        await using (var lineker = await NativeUser.ConnectAsync(realm, "lineker"))
        {
            foreach (var text in (string[])["dua hari lalu", "kemarin", "kemarin juga", "hari ini"]) await lineker.SendAsync("messi", text);
        }

        await realm.MakeOlderAsync("dua hari lalu", TimeSpan.FromDays(2));
        await realm.MakeOlderAsync("kemarin", TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(1));
        await realm.MakeOlderAsync("kemarin juga", TimeSpan.FromDays(1));
        var messi = await EnterAsync(realm, "messi");
        await messi.TurnToAsync("lineker");
        await messi.SeesAsync("hari ini");

        var days = messi.Page.GetByRole(AriaRole.Separator);
        var before = DateTimeOffset.UtcNow.ToOffset(TimeSpan.FromHours(7)).AddDays(-2).ToString("dddd d MMMM", System.Globalization.CultureInfo.InvariantCulture);
        (await days.EvaluateAllAsync<string[]>("all => all.map(one => one.getAttribute('aria-label'))")).Where(day => day != "New messages").ShouldBe([before, "Yesterday", "Today"]);

        // The second of a moment stands closer than the first of a day.
        var first = (await messi.Message("kemarin").First.BoundingBoxAsync())!;
        var second = (await messi.Message("kemarin juga").BoundingBoxAsync())!;
        var next = (await messi.Message("hari ini").BoundingBoxAsync())!;
        (second.Y - first.Y - first.Height).ShouldBeLessThan(8);
        (next.Y - second.Y - second.Height).ShouldBeGreaterThan(16);
    }

    [Fact]
    public async Task Notifications_tell_of_what_nobody_looks_at_as_much_as_was_chosen()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker", "henderson"]);
        var messi = await VisitAsync(realm);
        await messi.StubNotificationsAsync();
        await messi.Page.ReloadAsync();
        await messi.LogInAsync("messi");
        await using var lineker = await NativeUser.ConnectAsync(realm, "lineker");

        // 1. At first: none.
        await lineker.SendAsync("messi", "satu");
        await Expect(messi.Row("Gary Lineker")).ToContainTextAsync("satu");
        (await messi.NotificationsAsync()).ShouldBeEmpty();

        // 2. With the text, once it was allowed.
        await messi.GoAsync("#/settings");
        await messi.Page.GetByText("With the text").ClickAsync();
        await lineker.SendAsync("messi", "dua");
        await Eventually.BecomesTrueAsync(async () => await messi.NotificationsAsync() is ["Gary Lineker: dua"], "he is told");

        // 3. Without it.
        await messi.Page.GetByText("Without the text").ClickAsync();
        await lineker.SendAsync("messi", "tiga");
        await Eventually.BecomesTrueAsync(async () => await messi.NotificationsAsync() is [_, var quiet] && !quiet.Contains("tiga", StringComparison.Ordinal) && !quiet.Contains("Lineker", StringComparison.Ordinal), "he is told, but not what");

        // 4. Not of the conversation that is open, nor of a muted one.
        await messi.Page.GetByText("With the text").ClickAsync();
        await messi.TurnToAsync("lineker");
        await lineker.SendAsync("messi", "empat");
        await messi.SeesAsync("empat");
        await messi.TurnToAsync("henderson");
        await messi.Row("Gary Lineker").ClickAsync(new() { Button = MouseButton.Right });
        await messi.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Mute notifications" }).ClickAsync();
        await lineker.SendAsync("messi", "lima");
        await Expect(messi.Row("Gary Lineker")).ToContainTextAsync("lima");
        (await messi.NotificationsAsync()).Count.ShouldBe(2);
    }
}
