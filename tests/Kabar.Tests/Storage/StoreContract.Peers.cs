using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    protected static NewPeer NewPeer(string realm) => new(Realm(realm), $"{realm}:8887", $"fingerprint of {realm}", "secret", Noon);

    protected static async Task<Peer> AddPeerAsync(IStore store, string realm)
    {
        var added = await store.AddPeerAsync(NewPeer(realm));
        return added.ShouldNotBeNull();
    }

    protected static async Task<Peer> FindAsync(IStore store, PeerId peer) => (await store.ListPeersAsync(None)).Single(known => known.Id == peer);

    [Fact]
    public async Task A_peer_is_kept_with_what_changes_of_it()
    {
        var store = await OpenAsync();
        var (dua, tiga) = (await AddPeerAsync(store, "dua"), await AddPeerAsync(store, "tiga"));
        (await store.AddPeerAsync(NewPeer("DUA"))).ShouldBeNull();
        dua.OutEpoch.ShouldNotBe(tiga.OutEpoch);

        var changed = await store.UpdatePeerAsync(dua.Id, peer => peer with
        {
            LinkAddress = null,
            Secret = null,
            IsPaused = true,
            LastContact = Noon.AddHours(1),
            ReconcileSince = Noon,
            OutAcknowledged = 99,
            InThrough = 99,
        });

        var expected = dua with { LinkAddress = null, Secret = null, IsPaused = true, LastContact = Noon.AddHours(1), ReconcileSince = Noon };
        changed.ShouldBe(expected);
        foreach (var killed in new[] { false, true })
        {
            if (killed) store = await KillAndOpenAsync(store);
            (await store.ListPeersAsync(None)).ShouldBe([expected, tiga]);
        }

        (await store.RemovePeerAsync(dua.Id, [])).ShouldBeTrue();
        (await store.RemovePeerAsync(dua.Id, [])).ShouldBeFalse();
        (await store.UpdatePeerAsync(dua.Id, peer => peer)).ShouldBeNull();
        (await store.BeginEpochAsync(dua.Id)).ShouldBeNull();
        (await AddPeerAsync(store, "dua")).Id.Value.ShouldBeGreaterThan(tiga.Id.Value);
    }

    [Fact]
    public async Task A_removed_peers_outbox_and_directory_go_with_it_and_those_who_wrote_are_told()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var dua = await AddPeerAsync(store, "dua");
        await store.SetDirectoryAsync(dua.Id, [Username.Parse("james")]);
        var sent = await SendAsync(store, messi, "james@dua", "halo james", dua);

        await store.RemovePeerAsync(dua.Id, [new FailureNotice(NextId(), messi, DeliveryFailure.Of(sent.Id, Refusal.PeerRemoved, "james@dua", sent.Text), Noon)]);

        store = await KillAndOpenAsync(store);
        (await store.ListPeersAsync(None)).ShouldBeEmpty();
        (await store.FindInDirectoriesAsync(Username.Parse("james"), None)).ShouldBeEmpty();
        (await store.FindOutboxAsync(dua.Id, None)).Count.ShouldBe(0);
        var told = (await ReadAsync(store, messi)).Messages.ShouldHaveSingleItem();
        (told.Kind, told.From).ShouldBe((EntryKind.DeliveryFailed, At("messi")));
        DeliveryFailure.Read(told.Text).ShouldBe(new DeliveryFailure(sent.Id, Refusal.PeerRemoved, "james@dua", "halo james"));
        await Should.ThrowAsync<StoreException>(SendAsync(store, messi, "james@dua", "again", dua));
    }

    [Fact]
    public async Task An_invitation_works_once_and_not_after_its_time()
    {
        var store = await OpenAsync();
        var (used, late) = (SessionToken.Create().Hash(), SessionToken.Create().Hash());
        await store.AddInvitationAsync(used, Noon.AddHours(24));
        await store.AddInvitationAsync(late, Noon.AddHours(1));
        store = await KillAndOpenAsync(store);

        (await store.TakeInvitationAsync(late, Noon.AddHours(1))).ShouldBeFalse();
        (await store.TakeInvitationAsync(SessionToken.Create().Hash(), Noon)).ShouldBeFalse();
        (await store.TakeInvitationAsync(used, Noon)).ShouldBeTrue();
        store = await KillAndOpenAsync(store);
        (await store.TakeInvitationAsync(used, Noon)).ShouldBeFalse();
    }

    [Fact]
    public async Task Directories_say_which_peers_have_a_user()
    {
        var store = await OpenAsync();
        var (dua, tiga) = (await AddPeerAsync(store, "dua"), await AddPeerAsync(store, "tiga"));
        await store.SetDirectoryAsync(tiga.Id, [Username.Parse("james"), Username.Parse("zidane")]);
        await store.SetDirectoryAsync(dua.Id, [Username.Parse("old"), Username.Parse("James")]);
        await store.SetDirectoryAsync(dua.Id, [Username.Parse("james"), Username.Parse("rooney")]);
        await store.ChangeDirectoryAsync(dua.Id, [Username.Parse("beckham")], [Username.Parse("ROONEY")]);

        store = await KillAndOpenAsync(store);
        (await store.FindInDirectoriesAsync(Username.Parse("JAMES"), None)).ShouldBe([dua.Id, tiga.Id]);
        (await store.FindInDirectoriesAsync(Username.Parse("rooney"), None)).ShouldBeEmpty();
        (await store.FindInDirectoriesAsync(Username.Parse("old"), None)).ShouldBeEmpty();
        (await store.ListDirectoryAsync(dua.Id, None)).Select(username => username.Value.ToUpperInvariant()).ShouldBe(["BECKHAM", "JAMES"]);
    }
}
