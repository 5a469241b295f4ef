using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation;

/// <summary>What is meant for a realm that is away waits, arrives once and in order, or comes back to its sender.</summary>
public sealed class DeliveryScenarios
{
    private static readonly string[] Texts = [.. Enumerable.Range(1, 20).Select(number => FormattableString.Invariant($"pesan {number}"))];

    [Fact]
    public async Task What_is_sent_to_a_realm_that_is_down_arrives_once_and_in_order_when_it_is_back()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");
        await realms.Dua.KillAsync();

        foreach (var text in Texts) await messi.SendsAsync("james@dua", text);

        await realms.Dua.StartAsync();
        await using var james = await realms.Dua.UserAsync("james");
        (await james.InboxOfAsync(Texts.Length, "everything arrives")).ShouldBe(FromMessi(Texts));
        await realms.AreIdleAsync();
        (await james.InboxOfAsync(Texts.Length, "nothing comes twice")).Count.ShouldBe(Texts.Length);
    }

    [Fact]
    public async Task What_is_acknowledged_for_a_peer_survives_a_kill_of_the_senders_realm()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        realms.Link.Cut();
        await using (var messi = await realms.Satu.UserAsync("messi"))
        {
            foreach (var text in Texts) await messi.SendsAsync("james@dua", text);
        }

        await realms.Satu.KillAsync();
        await realms.Satu.StartAsync();
        realms.Link.Pass();

        await using var james = await realms.Dua.UserAsync("james");
        (await james.InboxOfAsync(Texts.Length, "everything arrives")).ShouldBe(FromMessi(Texts));
        await realms.AreIdleAsync();
        (await james.InboxOfAsync(Texts.Length, "nothing comes twice")).Count.ShouldBe(Texts.Length);
    }

    [Fact]
    public async Task A_link_that_has_died_without_a_word_is_noticed_and_made_anew()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");
        await using var james = await realms.Dua.UserAsync("james");
        var connections = realms.Link.ConnectionsAccepted;

        // The old connection stays dead; the weather is good again for a new one.
        realms.Link.HalfOpen();
        await messi.SendsAsync("james@dua", Texts[0]);
        await Eventually.BecomesTrueAsync(() => realms.Link.BytesSwallowed > 0, "it is swallowed");
        realms.Link.Pass();

        await Eventually.BecomesTrueAsync(() => realms.Link.ConnectionsAccepted > connections, "the dialling realm dials again", TimeSpan.FromMinutes(2));
        (await james.InboxOfAsync(1, "it arrives after all")).ShouldBe(FromMessi(Texts[..1]));
        await realms.AreIdleAsync();
        (await james.InboxOfAsync(1, "nothing comes twice")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_user_at_a_named_realm_comes_back_as_a_notice_to_the_sender()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");

        // Without a realm it is known at once that nobody has him; with one the message is taken, also while the realm is away.
        (await messi.SendAsync("tidakada", "halo")).ShouldContain("User Tidak Ditemukan");
        realms.Link.Cut();
        await messi.SendsAsync("tidakada@dua", "halo siapa saja");
        realms.Link.Pass();

        await messi.NoticeAsync("halo siapa saja", "the message comes back");
        messi.Inbox.Count.ShouldBe(1);
        await realms.AreIdleAsync();
    }

    [Fact]
    public async Task Who_is_where_is_known_while_a_realm_is_down_when_it_has_shared_its_names()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");
        await Eventually.BecomesTrueAsync(async () => await messi.SendAsync("james", Texts[0]) == LineClient.Sent, "the names have come");
        await realms.Dua.KillAsync();

        await messi.SendsAsync("james", Texts[1]);
        (await messi.SendAsync("tidakada", "halo")).ShouldContain("User Tidak Ditemukan");

        await realms.Dua.StartAsync();
        await using var james = await realms.Dua.UserAsync("james");
        (await james.InboxOfAsync(2, "both arrive")).ShouldBe(FromMessi(Texts[..2]));
    }

    [Fact]
    public async Task A_realm_that_shares_no_names_is_asked_while_it_is_there()
    {
        await using var realms = await TwoRealms.JoinedAsync(new Dictionary<string, string> { ["ShareUsernames"] = "false" });
        await using var messi = await realms.Satu.UserAsync("messi");
        await messi.SendsAsync("james", Texts[0]);
        realms.Link.Cut();
        await Eventually.BecomesTrueAsync(async () => (await realms.Satu.PeerAsync("dua")).State is "down" or "connecting", "the cut is noticed");

        (await messi.SendAsync("taeno", "halo")).ShouldContain("User Tidak Ditemukan");
        await messi.SendsAsync("james@dua", Texts[1]);

        realms.Link.Pass();
        await using var james = await realms.Dua.UserAsync("james");
        (await james.InboxOfAsync(2, "both arrive")).ShouldBe(FromMessi(Texts[..2]));
    }

    [Fact]
    public async Task An_unknown_realm_is_refused_at_once()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");

        (await messi.SendAsync("james@lima", "halo")).ShouldContain("User Tidak Ditemukan");
    }

    [Fact]
    public async Task A_paused_peer_queues_and_resumes()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");
        await using var james = await realms.Dua.UserAsync("james");

        (await realms.Satu.CommandAsync("peer", "pause", "dua")).ShouldHaveDone();
        foreach (var text in Texts) await messi.SendsAsync("james@dua", text);

        var paused = await realms.Satu.PeerAsync("dua");
        (paused.State, paused.Queue).ShouldBe(("paused", Texts.Length));
        await realms.Satu.KillAsync();
        await realms.Satu.StartAsync();
        (await realms.Satu.PeerAsync("dua")).State.ShouldBe("paused");
        (await james.InboxOfAsync(0, "nothing has come")).ShouldBeEmpty();

        (await realms.Satu.CommandAsync("peer", "resume", "dua")).ShouldHaveDone();
        (await james.InboxOfAsync(Texts.Length, "everything arrives")).ShouldBe(FromMessi(Texts));
        await realms.AreIdleAsync();
    }

    [Fact]
    public async Task What_waits_for_a_peer_that_is_removed_comes_back_to_its_senders()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");
        await using var henderson = await realms.Satu.UserAsync("henderson");
        realms.Link.Cut();
        await messi.SendsAsync("james@dua", "pesan dari messi");
        await messi.SendsAsync("taeno@dua", "pesan lain dari messi");
        await henderson.SendsAsync("james@dua", "pesan dari henderson");

        (await realms.Satu.CommandAsync("peer", "remove", "dua")).ShouldHaveDone();

        await messi.NoticeAsync("pesan dari messi", "the first comes back");
        await messi.NoticeAsync("pesan lain dari messi", "the second comes back");
        await henderson.NoticeAsync("pesan dari henderson", "the third comes back");
        (messi.Inbox.Count, henderson.Inbox.Count).ShouldBe((2, 1));
        (await realms.Satu.PeersAsync()).ShouldBeEmpty();
        (await messi.SendAsync("james@dua", "halo")).ShouldContain("User Tidak Ditemukan");

        realms.Link.Pass();
        await using var james = await realms.Dua.UserAsync("james");
        (await james.InboxOfAsync(0, "nothing has come")).ShouldBeEmpty();
        (await realms.Dua.PeersAsync()).ShouldNotContain(peer => peer.State == "connected");
    }

    [Fact]
    public async Task The_list_of_peers_tells_the_state_and_how_long_something_has_waited()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");
        realms.Link.Cut();
        await Eventually.BecomesTrueAsync(async () => (await realms.Satu.PeerAsync("dua")).State is "down" or "connecting", "the cut is noticed");
        (await realms.Satu.PeerAsync("dua")).Queue.ShouldBe(0);

        await messi.SendsAsync("james@dua", "menunggu");

        var waiting = await realms.Satu.PeerAsync("dua");
        waiting.Queue.ShouldBe(1);
        waiting.QueueBytes.ShouldBeGreaterThan("menunggu".Length);
        waiting.LastContact.ShouldNotBeNullOrEmpty();
        await Eventually.BecomesTrueAsync(async () => (await realms.Satu.PeerAsync("dua")).OldestSeconds >= 1, "its age grows");
        (await realms.Satu.CommandAsync("peer", "list")).ShouldHaveDone().Output.ShouldContain("dua");

        realms.Link.Pass();
        await realms.AreIdleAsync(TimeSpan.FromSeconds(90));
    }

    private static IEnumerable<InboxEntry> FromMessi(IEnumerable<string> texts) => texts.Select(text => new InboxEntry("messi", text));
}
