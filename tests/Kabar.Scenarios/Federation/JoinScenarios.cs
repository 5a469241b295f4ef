using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation;

/// <summary>Realms that join, and the keys and codes they join with.</summary>
public sealed class JoinScenarios
{
    [Fact]
    public async Task Two_fresh_realms_are_joined_with_one_code_and_two_commands()
    {
        await using var realms = await TwoRealms.StartAsync();
        (await realms.Satu.PeersAsync()).ShouldBeEmpty();

        await realms.JoinAsync();

        (await realms.Satu.PeerAsync("dua")).Kind.ShouldBe("native");
        await TalkAsync(realms, "halo");
        realms.Link.BytesPassed.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_code_carries_where_the_realm_listens()
    {
        await using var satu = await RealmProcess.StartAsync("satu", "messi");
        await using var dua = await RealmProcess.StartAsync("dua", "james");

        await dua.AcceptAsync(await satu.InviteAsync(), from: "satu");

        await Eventually.BecomesTrueAsync(async () => (await satu.PeersAsync()) is [{ Realm: "dua", IsIdle: true }], "the link stands");
    }

    [Fact]
    public async Task A_code_carries_the_address_that_is_set_for_the_link()
    {
        await using var dua = await RealmProcess.StartAsync("dua", "james");
        var port = FreePorts.Take();
        await using var gate = LinkProxy.To(port);
        var settings = new Dictionary<string, string> { ["LinkAddress"] = gate.Address };
        await using var satu = await RealmProcess.CreateAsync("satu", ["messi"], settings, linkPort: port);
        await satu.StartAsync();

        await dua.AcceptAsync(await satu.InviteAsync(), from: "satu");

        gate.ConnectionsAccepted.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_code_works_once()
    {
        await using var realms = await TwoRealms.StartAsync();
        await using var tiga = await RealmProcess.StartAsync("tiga", "shafwa");
        var code = await realms.Satu.InviteAsync(realms.Link.Address);
        await realms.Dua.AcceptAsync(code, from: "satu");

        Refused(await tiga.CommandAsync("peer", "accept", code));

        (await realms.Satu.PeersAsync()).Select(peer => peer.Realm).ShouldBe(["dua"]);
        (await tiga.PeersAsync()).ShouldNotContain(peer => peer.State == "connected");
    }

    [Fact]
    public async Task An_altered_code_joins_nobody_and_the_true_one_still_works()
    {
        await using var realms = await TwoRealms.StartAsync();
        var code = await realms.Satu.InviteAsync(realms.Link.Address);
        var start = "kabar-peer:".Length;

        // The last character may hold bits that say nothing.
        foreach (var at in (int[])[start, start + (code.Length - start) / 2, code.Length - 3])
        {
            var altered = code[..at] + (code[at] == 'A' ? 'B' : 'A') + code[(at + 1)..];
            Refused(await realms.Dua.CommandAsync("peer", "accept", altered));
        }

        Refused(await realms.Dua.CommandAsync("peer", "accept", code[..^8]));
        Refused(await realms.Dua.CommandAsync("peer", "accept", "kabar-peer:"));
        Refused(await realms.Dua.CommandAsync("peer", "accept", "halo"));

        (await realms.Satu.PeersAsync()).ShouldNotContain(peer => peer.State == "connected");
        await realms.JoinAsync();
    }

    [Fact]
    public async Task A_realm_does_not_join_itself()
    {
        await using var satu = await RealmProcess.StartAsync("satu", "messi");

        Refused(await satu.CommandAsync("peer", "accept", await satu.InviteAsync()));

        (await satu.PeersAsync()).ShouldNotContain(peer => peer.State == "connected");
    }

    [Fact]
    public async Task A_new_key_keeps_the_link_also_for_a_peer_that_was_down_meanwhile()
    {
        await using var realms = await TwoRealms.JoinedAsync();

        // 1. While both are there.
        (await realms.Satu.CommandAsync("peer", "rotate")).ShouldHaveDone();
        await TalkAsync(realms, "satu kunci baru");

        // 2. While the other is down, twice: the key it knows is by then the last but one.
        await realms.Dua.KillAsync();
        (await realms.Satu.CommandAsync("peer", "rotate")).ShouldHaveDone();
        (await realms.Satu.CommandAsync("peer", "rotate")).ShouldHaveDone();
        await realms.Dua.StartAsync();
        await TalkAsync(realms, "dua kunci baru");

        // 3. The one that dials, while the one it dials is down; and the new keys are those that a restart finds.
        await realms.Satu.KillAsync();
        (await realms.Dua.CommandAsync("peer", "rotate")).ShouldHaveDone();
        await realms.Satu.StartAsync();
        await TalkAsync(realms, "tiga kunci baru");
        await realms.Dua.KillAsync();
        await realms.Satu.KillAsync();
        await realms.Satu.StartAsync();
        await realms.Dua.StartAsync();
        await TalkAsync(realms, "semua mulai lagi");
    }

    private static async Task TalkAsync(TwoRealms realms, string text)
    {
        await using var messi = await realms.Satu.UserAsync("messi");
        await using var james = await realms.Dua.UserAsync("james");
        await messi.SendsAsync("james@dua", text);
        await james.SendsAsync("messi@satu", text);
        (await james.InboxOfAsync(1, "dua hears satu")).ShouldBe([new InboxEntry("messi", text)]);
        (await messi.InboxOfAsync(1, "satu hears dua")).ShouldBe([new InboxEntry("james", text)]);
        await realms.AreIdleAsync();
    }

    /// <summary>With one clear sentence, and nothing of the machine's.</summary>
    private static void Refused(CommandResult command)
    {
        command.ExitCode.ShouldBeOneOf([1, 2], command.Command);
        command.Error.ShouldNotBeNullOrWhiteSpace();
        command.Error.ShouldNotContain("   at ");
        command.Output.ShouldNotContain("joined");
    }
}
