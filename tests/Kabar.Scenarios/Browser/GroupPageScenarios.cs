using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>Groups on the page: made, joined, kept in order, left.</summary>
public sealed class GroupPageScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    [Fact]
    public async Task A_group_is_made_joined_talked_in_and_kept_in_order()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker", "henderson"]);
        var messi = await EnterAsync(realm, "messi");
        var lineker = await EnterAsync(realm, "lineker");

        // 1. Messi makes it, Lineker finds it among the open ones.
        await messi.MakeGroupAsync("batak");
        await lineker.Page.GetByRole(AriaRole.Button, new() { Name = "New conversation or group" }).ClickAsync();
        await lineker.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Join a group" }).ClickAsync();
        await lineker.Page.GetByRole(AriaRole.Button, new() { Name = "Join #batak" }).ClickAsync();
        await Expect(lineker.Composer).ToBeVisibleAsync();
        await messi.HappensAsync("Gary Lineker joined");
        await messi.SayAsync("horas!");
        await lineker.SeesAsync("horas!");
        await lineker.SayAsync("horas, @messi");
        await Expect(messi.Message("horas, @messi")).ToContainTextAsync("Gary Lineker");

        // 2. Its topic, and who is in it, with their roles.
        await messi.OpenDetailsAsync();
        await messi.Page.GetByRole(AriaRole.Button, new() { Name = "Change the topic" }).ClickAsync();
        await messi.Page.GetByRole(AriaRole.Dialog).GetByLabel("Topic").FillAsync("kopi & karaoke");
        await messi.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await lineker.HappensAsync("changed the topic: ");
        await Expect(lineker.Page.GetByRole(AriaRole.Main)).ToContainTextAsync("kopi & karaoke · 2 members");
        await messi.Page.GetByRole(AriaRole.Button, new() { Name = "Invite somebody" }).ClickAsync();
        await messi.Page.GetByRole(AriaRole.Dialog).GetByLabel("Username").FillAsync("henderson");
        await messi.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Invite" }).ClickAsync();
        await lineker.HappensAsync("invited");
        await messi.DoToAsync("Gary Lineker", "Make a moderator");
        await lineker.HappensAsync("made you a moderator");

        // 3. Henderson comes, is silenced by the new moderator, and let speak again.
        var henderson = await EnterAsync(realm, "henderson", locale: "id-ID", heading: "Percakapan");
        await henderson.GoAsync("#/c/%23batak");
        await henderson.Page.GetByRole(AriaRole.Button, new() { Name = "Gabung" }).ClickAsync();
        var composer = henderson.Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Textbox);
        await Expect(composer).ToBeVisibleAsync();
        await lineker.OpenDetailsAsync();
        await lineker.DoToAsync("Jordan Henderson", "Silence");
        await Expect(composer).ToHaveCountAsync(0);
        await lineker.DoToAsync("Jordan Henderson", "Let speak again");
        await Expect(composer).ToBeVisibleAsync();

        // 4. He is put out. The one who did that may not do it to the owner.
        await lineker.DoToAsync("Jordan Henderson", "Remove");
        await lineker.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await messi.HappensAsync("removed");
        await Expect(composer).ToHaveCountAsync(0);
        await lineker.Page.GetByRole(AriaRole.Button, new() { Name = "What to do with Lionel Messi" }).ClickAsync();
        await Expect(lineker.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Write to them" })).ToBeVisibleAsync();
        await Expect(lineker.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Remove" })).ToHaveCountAsync(0);
        await lineker.Page.Keyboard.PressAsync("Escape");

        // 5. Messi leaves it to him.
        await messi.Page.GetByRole(AriaRole.Button, new() { Name = "Leave the group…" }).ClickAsync();
        await messi.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Leave the group…" }).ClickAsync();
        await lineker.HappensAsync("Lionel Messi left");
        await Expect(messi.Row("#batak")).ToHaveCountAsync(0);
        await Expect(lineker.Page.GetByText("owner", new() { Exact = true })).ToBeVisibleAsync();
    }
}
