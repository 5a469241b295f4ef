using System.Text.Json;
using Kabar.Scenarios.Federation;
using Kabar.Scenarios.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>Every view, in light and dark, on a desktop and on a phone: a picture of it in <c>artifacts/screens</c>, and nothing in it that keeps anybody out.</summary>
public sealed class PictureScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    public static TheoryData<string> Screens => [.. Screen.All.Select(screen => screen.Name)];

    [Theory]
    [MemberData(nameof(Screens))]
    public async Task Every_view_can_be_used_by_everybody(string name)
    {
        var screen = Screen.All.Single(one => one.Name == name);
        var axe = Axe();
        var realm = await RealmAsync("satu", ["messi", "lineker", "henderson*", "taeno"]);
        var dua = await RealmAsync("dua", ["james"]);
        await dua.AcceptAsync(await realm.InviteAsync(realm.LinkAddress), from: "satu");
        await using var others = await TalkAsync(realm);

        var visitor = await VisitAsync(realm, screen);
        await LookAsync(visitor, screen, "login", axe);
        await visitor.LogInAsync("henderson");
        var page = visitor.Page;
        await Expect(visitor.Row("Lionel Messi")).ToBeVisibleAsync();
        if (screen.IsPhone) await LookAsync(visitor, screen, "list", axe);

        await visitor.TurnToAsync("messi");
        await Expect(visitor.Message("besok aku bawa kopi")).ToBeVisibleAsync();
        await Expect(visitor.Page).ToHaveTitleAsync("(5) Lionel Messi · Kabar");
        await LookAsync(visitor, screen, "conversation", axe);
        await visitor.TurnToAsync("#latihan");
        await Expect(visitor.Message("siap, coach!")).ToBeVisibleAsync();
        await LookAsync(visitor, screen, "group", axe);
        await visitor.GoAsync("#/c/%23latihan/details");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Change the topic" })).ToBeVisibleAsync();
        await LookAsync(visitor, screen, "group-panel", axe);
        await page.GetByRole(AriaRole.Button, new() { Name = "Invite somebody" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await LookAsync(visitor, screen, "dialog", axe);
        await page.Keyboard.PressAsync("Escape");

        await visitor.GoAsync("#/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search messages" }).ClickAsync();
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search messages" }).FillAsync("kopi");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Messages found" }).GetByRole(AriaRole.Link).First).ToBeVisibleAsync();
        await LookAsync(visitor, screen, "search", axe);
        await page.GetByRole(AriaRole.Button, new() { Name = "Back to the conversations" }).ClickAsync();

        await visitor.GoAsync("#/settings");
        await Expect(page.GetByText("This browser", new() { Exact = true })).ToBeVisibleAsync();
        await LookAsync(visitor, screen, "settings", axe);

        foreach (var place in (string[])["health", "accounts", "groups", "peers", "invitations", "tokens"])
        {
            await visitor.GoAsync($"#/admin/{place}");
            await Expect(page.Locator($"kabar-admin-{place}")).ToBeVisibleAsync();
            await Expect(page.Locator($"kabar-admin-{place} .spinner")).ToHaveCountAsync(0);
            if (place == "health") await Expect(page.GetByText("–", new() { Exact = true })).ToHaveCountAsync(0);
            if (place == "peers") await Expect(page.GetByText("connected", new() { Exact = true })).ToBeVisibleAsync();
            await LookAsync(visitor, screen, $"admin-{place}", axe);
        }
    }

    /// <summary>A picture, and what axe finds in it, which must be nothing.</summary>
    private static async Task LookAsync(Person person, Screen screen, string view, string axe)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Artifacts.Folder, "screens")).FullName;
        await person.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{view}-{screen.Name}.png"), Caret = ScreenshotCaret.Hide });

        // Through the debugger: the page's own rules let no foreign script in.
        if (!await person.Page.EvaluateAsync<bool>("'axe' in window")) await person.Page.EvaluateAsync(axe);
        var found = await person.Page.EvaluateAsync<JsonElement>(
            "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(one => `${one.id}: ${one.help}: ${one.nodes.map(node => node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? '')).join(' | ')}`)");
        found.EnumerateArray().Select(one => one.GetString()).ShouldBeEmpty($"{view}, {screen.Name}");
    }

    private static string Axe()
    {
        var file = Path.Combine(Path.GetDirectoryName(Artifacts.Folder)!, "web", "node_modules", "axe-core", "axe.min.js");
        Requires.That(File.Exists(file), "needs axe-core: npm ci in web/");
        return $"(() => {{ {File.ReadAllText(file)} }})()";
    }

    /// <summary>What was said in the realm before anybody looks. Whoever is returned stays there.</summary>
    private static async Task<NativeUser> TalkAsync(RealmProcess realm)
    {
        await using var lineker = await NativeUser.ConnectAsync(realm, "lineker");
        await using var henderson = await NativeUser.ConnectAsync(realm, "henderson");
        await using var taeno = await NativeUser.ConnectAsync(realm, "taeno");
        var messi = await NativeUser.ConnectAsync(realm, "messi");

        await taeno.SendAsync("henderson", "The photos from Tokyo are up: https://photos.example/tokyo");
        await lineker.SendAsync("henderson", "Are we still on for Saturday?");
        await henderson.SendAsync("lineker", "Of course. Ten o’clock at the usual place.");
        await henderson.DoAsync("read", ("to", "lineker"));

        await henderson.DoAsync("group create", ("group", "latihan"));
        await henderson.DoAsync("group topic", ("group", "latihan"), ("text", "Latihan tiap Selasa dan Kamis, 17.00"));
        foreach (var one in (NativeUser[])[messi, lineker, taeno]) await one.DoAsync("group join", ("group", "latihan"));
        await henderson.DoAsync("group role", ("group", "latihan"), ("user", "lineker"), ("role", "moderator"));
        await henderson.SendAsync("#latihan", "Besok latihan mulai jam 17.00 ya, jangan terlambat.");
        await lineker.SendAsync("#latihan", "I will bring the new bibs.");
        await lineker.SendAsync("#latihan", "And somebody please bring a pump, the balls are flat again.");
        var pump = await messi.SendAsync("#latihan", "Pompa ada di mobilku.", reply: NativeUser.Number(await messi.HearsSaidAsync("And somebody please bring a pump, the balls are flat again."), "position"));
        await lineker.DoAsync("react", ("to", "#latihan"), ("position", NativeUser.Number(pump, "position")), ("emoji", "👍"));
        await henderson.DoAsync("react", ("to", "#latihan"), ("position", NativeUser.Number(pump, "position")), ("emoji", "👍"));
        await taeno.SendAsync("#latihan", "siap, coach!");

        var first = await messi.SendAsync("henderson", "Pagi Jordan! Sudah lihat jadwal pertandingan?");
        await henderson.SendAsync("messi", "Sudah. Sabtu jam 10 di lapangan utama.", reply: NativeUser.Number(first, "position"));
        await henderson.SendAsync("messi", "Bring the big bag, please:\n– 12 balls\n– the cones\n– first aid");
        var bag = await messi.SendAsync("henderson", "Siap, semua sudah di mobil 🚗");
        await henderson.DoAsync("react", ("to", "messi"), ("position", NativeUser.Number(bag, "position")), ("emoji", "🙏"));
        await messi.SendAsync("henderson", "besok aku bawa kopi 🙂");
        return messi;
    }
}
