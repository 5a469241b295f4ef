using Kabar.Scenarios.Federation;
using Kabar.Scenarios.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>Two realms that are joined, and people of both before their pages.</summary>
public sealed class RealmPageScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    [Fact]
    public async Task People_of_two_realms_talk_with_each_other_and_in_a_group()
    {
        var (satu, dua) = await JoinedAsync();
        var messi = await EnterAsync(satu, "messi");
        var james = await EnterAsync(dua, "james");

        // 1. With each other, both ways, with what has become of it.
        await messi.TurnToAsync("james@dua");
        await messi.SayAsync("halo dari satu");
        await james.Row("Lionel Messi").ClickAsync();
        await james.SeesAsync("halo dari satu");
        await messi.IsAsync("halo dari satu", "read");
        await james.SayAsync("halo dari dua");
        await messi.SeesAsync("halo dari dua");
        await Expect(messi.Page.GetByRole(AriaRole.Heading, new() { Name = "James Maranata" })).ToBeVisibleAsync();

        // 2. In a group whose home is satu.
        await messi.MakeGroupAsync("batak");
        await james.GoAsync("#/c/%23batak%40satu");
        await james.Page.GetByRole(AriaRole.Button, new() { Name = "Join the group" }).ClickAsync();
        await Expect(james.Composer).ToBeVisibleAsync();
        await messi.HappensAsync("James Maranata joined");
        await messi.SayAsync("horas james");
        await james.SeesAsync("horas james");
        await james.SayAsync("horas messi");
        await messi.SeesAsync("horas messi");
        await Expect(messi.Message("horas messi")).ToContainTextAsync("@dua");
    }

    [Fact]
    public async Task What_is_said_to_a_realm_that_is_away_waits_and_is_seen_to_wait()
    {
        var (satu, dua) = await JoinedAsync();
        var messi = await EnterAsync(satu, "messi");
        await messi.TurnToAsync("james@dua");
        await messi.SayAsync("satu");
        await messi.IsAsync("satu", "sent");
        await dua.KillAsync();
        await messi.SayAsync("dua");
        await messi.IsAsync("dua", "waits for the other realm");
        await dua.StartAsync();
        await messi.IsAsync("dua", "sent");
        var james = await EnterAsync(dua, "james");
        await james.Row("Lionel Messi").ClickAsync();
        await james.SeesAsync("dua");
        (await james.TextsAsync()).ShouldBe(["satu", "dua"]);
        await messi.IsAsync("dua", "read");
    }

    [Fact]
    public async Task What_could_not_be_said_says_why_and_can_be_tried_again_or_thrown_away()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        var messi = await EnterAsync(realm, "messi");
        messi.ExpectBrokenConnection();
        await messi.TurnToAsync("lineker");
        await messi.SayAsync("sebelum");
        await messi.IsAsync("sebelum", "sent");

        // While the realm is away its operator switches off whom he writes to.
        await realm.KillAsync();
        await messi.SayAsync("jangan hilang");
        await messi.SayAsync("biar hilang");
        (await realm.CommandAsync("user", "disable", "lineker")).ShouldHaveDone();
        await realm.StartAsync();
        await Expect(messi.Message("jangan hilang").GetByRole(AriaRole.Button, new() { Name = "Try again" }).Last).ToBeVisibleAsync();
        await Expect(messi.Message("biar hilang").GetByRole(AriaRole.Button, new() { Name = "Discard" }).Last).ToBeVisibleAsync();

        // One is thrown away; the other goes when it can.
        await messi.Message("biar hilang").GetByRole(AriaRole.Button, new() { Name = "Discard" }).Last.ClickAsync();
        await Expect(messi.Message("biar hilang")).ToHaveCountAsync(0);
        (await realm.CommandAsync("user", "enable", "lineker")).ShouldHaveDone();
        await messi.Message("jangan hilang").GetByRole(AriaRole.Button, new() { Name = "Try again" }).Last.ClickAsync();
        await messi.IsAsync("jangan hilang", "sent");
        await using var lineker = await NativeUser.ConnectAsync(realm, "lineker");
        (await lineker.ReadingAsync("messi")).Count.ShouldBe(2);
    }

    private async Task<(RealmProcess Satu, RealmProcess Dua)> JoinedAsync()
    {
        var satu = await RealmAsync("satu", ["messi", "lineker"]);
        var dua = await RealmAsync("dua", ["james", "taeno"]);
        await dua.AcceptAsync(await satu.InviteAsync(satu.LinkAddress), from: "satu");
        await Eventually.BecomesTrueAsync(async () => await satu.PeersAsync() is [{ IsIdle: true }] && await dua.PeersAsync() is [{ IsIdle: true }], "the realms are joined");
        return (satu, dua);
    }
}
