using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>An administrator's round, and what others see of it: nothing.</summary>
public sealed class AdministrationScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    [Fact]
    public async Task An_administrator_looks_after_the_realm()
    {
        var realm = await RealmAsync("satu", ["henderson*", "messi"]);
        var admin = await EnterAsync(realm, "henderson");
        var messi = await EnterAsync(realm, "messi");
        await messi.MakeGroupAsync("batak");
        var page = admin.Page;

        // 1. How it is, and a backup.
        await admin.ChooseAsync("Administration");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Health" })).ToHaveAttributeAsync("aria-current", "page");
        await Expect(page.GetByText("Requests a second", new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Back up now" }).ClickAsync();
        await Expect(page.GetByText("Backed up: ")).ToBeVisibleAsync();
        (await realm.CommandAsync("check")).ExitCode.ShouldBeOneOf(0, 1);

        // 2. An account is made, and its password works; another password ends what was.
        await page.GetByRole(AriaRole.Link, new() { Name = "Accounts" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add an account" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Username").FillAsync("budi");
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Name that people see").FillAsync("Budi Santoso");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Add an account" }).ClickAsync();
        var password = await SecretAsync(page);
        var budi = await VisitAsync(realm);
        await budi.LogInAsync("budi", password);
        await DoAsync(page, "budi", "Give a new password");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Give a new password" }).ClickAsync();
        var another = await SecretAsync(page);
        another.ShouldNotBe(password);
        await Expect(budi.Page.GetByRole(AriaRole.Heading, new() { Name = "Log in to Kabar" })).ToBeVisibleAsync();

        // 3. Messi's sessions are ended, and he is switched off.
        await DoAsync(page, "messi", "Sessions…");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "End all" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog, new() { Name = "End all sessions of messi?" }).GetByRole(AriaRole.Button, new() { Name = "End all" }).ClickAsync();
        await Expect(messi.Page.GetByRole(AriaRole.Heading, new() { Name = "Log in to Kabar" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await DoAsync(page, "messi", "Switch off");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Switch off" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "messi" }).GetByText("off", new() { Exact = true })).ToBeVisibleAsync();

        // 4. Groups and other realms.
        await page.GetByRole(AriaRole.Link, new() { Name = "Groups" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "#batak" }).ClickAsync();
        await Expect(page.GetByText("Lionel Messi")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Other realms" }).ClickAsync();
        await Expect(page.GetByText("This realm is joined with no other.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite a realm" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByLabel("Where the other realm reaches this one").FillAsync(realm.LinkAddress);
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Make a code" }).ClickAsync();
        var code = await SecretAsync(page);
        var dua = await RealmAsync("dua", ["james"]);
        await dua.AcceptAsync(code, from: "satu");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "dua" })).ToContainTextAsync("connected");
    }

    [Fact]
    public async Task Who_has_not_the_right_sees_nothing_of_it_and_loads_nothing_of_it()
    {
        var realm = await RealmAsync("satu", ["messi", "henderson*"]);
        var messi = await VisitAsync(realm);
        var asked = new List<string>();
        messi.Context.Request += (_, request) => asked.Add(new Uri(request.Url).AbsolutePath);
        await messi.LogInAsync("messi");
        await messi.Page.GetByRole(AriaRole.Button, new() { Name = "Settings and more" }).ClickAsync();
        await Expect(messi.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Settings" })).ToBeVisibleAsync();
        await Expect(messi.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Administration" })).ToHaveCountAsync(0);
        await messi.Page.Keyboard.PressAsync("Escape");
        await messi.GoAsync("#/admin/accounts");
        await Expect(messi.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Heading, new() { Name = "Hello, Lionel Messi" })).ToBeVisibleAsync();
        messi.Expect("status of 403");
        (await messi.Page.EvaluateAsync<int>("() => fetch('/api/admin/user/list', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }).then(one => one.status)")).ShouldBe(403);
        asked.ShouldNotContain(path => path.Contains("/js/admin/", StringComparison.Ordinal));
    }

    private static async Task DoAsync(IPage page, string name, string action)
    {
        await page.GetByLabel("Search for a name").FillAsync(name);
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = name }).GetByRole(AriaRole.Button, new() { Name = "What can be done with" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = action }).ClickAsync();
    }

    /// <summary>What a dialog shows once. It is closed behind it.</summary>
    private static async Task<string> SecretAsync(IPage page)
    {
        var dialog = page.GetByRole(AriaRole.Dialog).Filter(new() { Has = page.GetByRole(AriaRole.Button, new() { Name = "Copy" }) });
        var secret = await dialog.GetByRole(AriaRole.Textbox).InputValueAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        return secret;
    }
}
