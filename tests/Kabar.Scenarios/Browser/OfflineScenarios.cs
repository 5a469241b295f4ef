using Kabar.Scenarios.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>The realm goes away while people write, and comes back.</summary>
public sealed class OfflineScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    [Fact]
    public async Task A_realm_that_is_killed_while_two_write_loses_nothing_and_doubles_nothing()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        var messi = await EnterAsync(realm, "messi");
        var lineker = await EnterAsync(realm, "lineker");
        foreach (var one in (Person[])[messi, lineker]) one.ExpectBrokenConnection();
        await messi.TurnToAsync("lineker");
        await lineker.TurnToAsync("messi");

        // 1. Both write without a pause; in the middle of it the realm is killed.
        var number = 0;
        var said = new List<string>();
        async Task RoundAsync()
        {
            number++;
            said.AddRange([$"<m{number:00}>", $"<l{number:00}>"]);
            await Task.WhenAll(messi.SayAsync($"<m{number:00}>"), lineker.SayAsync($"<l{number:00}>"));
        }

        for (var round = 0; round < 5; round++) await RoundAsync();
        var killed = realm.KillAsync();
        for (var round = 0; round < 5; round++) await RoundAsync();
        await killed;
        foreach (var one in (Person[])[messi, lineker]) await Expect(one.Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Not connected." })).ToBeVisibleAsync();

        // 2. What is said meanwhile waits, each with its clock.
        for (var round = 0; round < 3; round++) await RoundAsync();
        await messi.IsAsync($"<m{number:00}>", "waits to be sent");

        // 3. It is back: everything is there once, in the same order on both pages and on the disk.
        await realm.StartAsync();
        await Eventually.BecomesTrueAsync(
            async () => (await messi.TextsAsync()).Count >= said.Count && (await messi.TextsAsync()).SequenceEqual(await lineker.TextsAsync()) && (await messi.UnsentAsync()) + (await lineker.UnsentAsync()) == 0,
            "both see the same");
        var seen = await messi.TextsAsync();
        seen.Order(StringComparer.Ordinal).ShouldBe(said.Order(StringComparer.Ordinal));
        foreach (var mark in (string[])["<m", "<l"]) seen.Where(text => text.StartsWith(mark, StringComparison.Ordinal)).ShouldBeInOrder();
        await Expect(messi.Page.GetByText("Not connected.")).ToHaveCountAsync(0);

        await lineker.Page.ReloadAsync();
        await Expect(lineker.Messages).ToHaveCountAsync(said.Count);
        (await lineker.TextsAsync()).ShouldBe(seen);
    }

    [Fact]
    public async Task What_was_not_sent_yet_outlives_a_reload_without_the_realm()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        var messi = await EnterAsync(realm, "messi");
        messi.ExpectBrokenConnection();
        messi.Expect("Failed to load resource");
        await messi.TurnToAsync("lineker");
        await messi.SayAsync("sebelum");
        await messi.IsAsync("sebelum", "sent");
        await realm.KillAsync();
        await messi.SayAsync("tanpa realm 1");
        await messi.SayAsync("tanpa realm 2");
        await messi.Composer.FillAsync("belum selesai");
        await Eventually.BecomesTrueAsync(async () => (await messi.StorageAsync()).Contains("belum selesai", StringComparison.Ordinal), "the draft is kept");

        // There is no page without the realm; with it, everything is where it was and goes its way.
        await Should.ThrowAsync<PlaywrightException>(() => messi.Page.ReloadAsync());
        await realm.StartAsync();
        await messi.Page.GotoAsync(new Uri(realm.Web, "/#/c/lineker").ToString());
        await messi.IsAsync("tanpa realm 2", "sent");
        (await messi.TextsAsync()).ShouldBe(["sebelum", "tanpa realm 1", "tanpa realm 2"]);
        await Expect(messi.Composer).ToHaveValueAsync("belum selesai");
        var lineker = await EnterAsync(realm, "lineker");
        await lineker.TurnToAsync("messi");
        await Expect(lineker.Messages).ToHaveCountAsync(3);
        (await lineker.TextsAsync()).ShouldBe(["sebelum", "tanpa realm 1", "tanpa realm 2"]);
    }
}
