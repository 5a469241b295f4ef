using Kabar.Scenarios.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>Coming in by the page, and going out again.</summary>
public sealed class LoginScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    [Fact]
    public async Task Somebody_makes_an_account_logs_out_and_logs_in_again()
    {
        var realm = await RealmAsync("satu", ["messi"], new Dictionary<string, string> { ["Registration"] = "open" });
        var budi = await VisitAsync(realm);
        budi.Expect("status of 401");
        budi.Expect("status of 409");
        var page = budi.Page;
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Log in to Kabar" })).ToBeVisibleAsync();
        await Expect(page.GetByText("on the realm satu")).ToBeVisibleAsync();

        // 1. A name that somebody has is refused beside its field, and what was typed stays.
        await page.GetByRole(AriaRole.Button, new() { Name = "Create an account" }).ClickAsync();
        await page.GetByLabel("Username").FillAsync("Messi");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Budi Santoso");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("rahasia-sekali");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create an account" }).ClickAsync();
        await Expect(page.GetByLabel("Username")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.GetByLabel("Username")).ToBeFocusedAsync();
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("Budi Santoso");

        // 2. Another one is his, and he is in.
        await page.GetByLabel("Username").FillAsync("budi");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create an account" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Hello, Budi Santoso" })).ToBeVisibleAsync();
        (await page.EvaluateAsync<string>("document.cookie")).ShouldBeEmpty();
        var cookie = (await budi.Context.CookiesAsync()).ShouldHaveSingleItem();
        (cookie.Name, cookie.HttpOnly, cookie.SameSite, cookie.Path).ShouldBe(("kabar-session-satu", true, SameSiteAttribute.Strict, "/"));

        // 3. He goes: nothing of him stays in the browser.
        await budi.TurnToAsync("messi");
        await budi.Composer.FillAsync("belum selesai");
        await Eventually.BecomesTrueAsync(async () => (await budi.StorageAsync()).Contains("belum selesai", StringComparison.Ordinal), "the draft is kept");
        await budi.LogOutAsync();
        (await budi.Context.CookiesAsync()).ShouldBeEmpty();
        (await budi.StorageAsync()).ShouldNotContain("budi");
        (await budi.StorageAsync()).ShouldNotContain("belum selesai");
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Log in to Kabar" })).ToBeVisibleAsync();

        // 4. A wrong password is told apart from nothing; the right one lets him in.
        await page.GetByLabel("Username").FillAsync("budi");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("salah");
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "wrong" })).ToBeVisibleAsync();
        await budi.LogInAsync("budi", "rahasia-sekali");
    }

    [Fact]
    public async Task An_invitation_code_opens_the_door_once()
    {
        var realm = await RealmAsync("satu", ["messi"], new Dictionary<string, string> { ["Registration"] = "invite" });
        var code = (await realm.CommandAsync("user", "invite")).ShouldHaveDone().Output.Trim().Split('\n')[0].Split(' ')[0];
        var budi = await VisitAsync(realm);
        var wati = await VisitAsync(realm);
        wati.Expect("status of 40");

        await budi.RegisterAsync("budi", code);
        await Expect(budi.Page.GetByRole(AriaRole.Heading, new() { Name = "Conversations" })).ToBeVisibleAsync();

        await wati.RegisterAsync("wati", code);
        await Expect(wati.Page.GetByLabel("Invitation code")).ToHaveAttributeAsync("aria-invalid", "true");
    }

    [Fact]
    public async Task Where_nobody_may_register_nothing_is_offered()
    {
        var realm = await RealmAsync("satu", ["messi"]);
        var somebody = await VisitAsync(realm);
        await Expect(somebody.Page.GetByRole(AriaRole.Button, new() { Name = "Log in" })).ToBeVisibleAsync();
        await Expect(somebody.Page.GetByRole(AriaRole.Button, new() { Name = "Create an account" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_page_speaks_the_language_of_the_browser_and_the_one_that_is_chosen()
    {
        var realm = await RealmAsync("satu", ["messi"]);
        var messi = await VisitAsync(realm, locale: "id-ID");
        var page = messi.Page;
        (await page.GetAttributeAsync("html", "lang")).ShouldBe("id");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Masuk" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "English" }).ClickAsync();
        await messi.LogInAsync("messi");
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Conversations" })).ToBeVisibleAsync();

        await messi.GoAsync("#/settings");
        await page.GetByText("Bahasa Indonesia").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Percakapan" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Pengaturan" })).ToBeVisibleAsync();
        (await page.GetAttributeAsync("html", "lang")).ShouldBe("id");
    }
}
