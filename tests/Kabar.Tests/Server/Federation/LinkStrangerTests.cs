using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Tests.Core;

namespace Kabar.Tests.Server.Federation;

/// <summary>Who is let in at the link's door, and as whom.</summary>
public sealed class LinkStrangerTests
{
    [Theory]
    [InlineData("empat", ByeReason.UnknownRealm)]
    [InlineData("tiga", ByeReason.NotPinned)]
    [InlineData("satu", ByeReason.UnknownRealm)]
    public async Task Without_a_pin_and_a_secret_nobody_comes_in_under_any_name(string name, ByeReason reason)
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await using var stranger = new ScriptedPeer(scene.Satu, "empat");
        (await stranger.TryDialAsync(name)).ShouldBe(reason);
        (await stranger.TryDialAsync(name, SessionToken.Create())).ShouldBe(name == "empat" ? ByeReason.WrongSecret : reason);
        await scene.ShouldBeUnharmedAsync();
    }

    [Fact]
    public async Task A_secret_opens_the_door_once()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await using var empat = new ScriptedPeer(scene.Satu, "empat");
        await using var lima = new ScriptedPeer(scene.Satu, "lima");
        var code = await scene.Satu.Peers.InviteAsync(null, CancellationToken.None);
        (await empat.TryDialAsync("empat", code.Secret)).ShouldBeNull();
        (await lima.TryDialAsync("lima", code.Secret)).ShouldBe(ByeReason.WrongSecret);
        (await lima.TryDialAsync("empat", code.Secret)).ShouldBe(ByeReason.NotPinned);

        // Who has come in with it comes in again, with it or without.
        (await empat.TryDialAsync("empat", code.Secret)).ShouldBeNull();
        (await empat.TryDialAsync("empat")).ShouldBeNull();
    }

    [Fact]
    public async Task With_a_secret_nobody_takes_the_name_of_a_peer_and_the_secret_stays_good()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await using var empat = new ScriptedPeer(scene.Satu, "empat");
        var code = await scene.Satu.Peers.InviteAsync(null, CancellationToken.None);
        (await empat.TryDialAsync("tiga", code.Secret)).ShouldBe(ByeReason.NotPinned);
        (await empat.TryDialAsync("satu", code.Secret)).ShouldBe(ByeReason.UnknownRealm);
        await scene.ShouldBeUnharmedAsync();
        (await empat.TryDialAsync("empat", code.Secret)).ShouldBeNull();
    }

    [Fact]
    public async Task A_peer_does_not_come_in_under_the_name_of_another()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await scene.Dua.TryDialAsync("tiga")).ShouldBe(ByeReason.NotPinned);
        await scene.ShouldBeUnharmedAsync();
    }

    [Fact]
    public async Task A_paused_peer_waits_outside_and_comes_back()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await scene.Satu.Peers.PauseAsync(scene.Dua.Name);
        await scene.Dua.EndAsync();
        (await scene.Dua.TryDialAsync("dua")).ShouldBe(ByeReason.Paused);
        (await scene.Satu.SendAsync("messi", "james@dua", "menunggu")).Value();
        await scene.ShouldBeUnharmedAsync();

        await scene.Satu.Peers.ResumeAsync(scene.Dua.Name);
        (await scene.Dua.TryDialAsync("dua")).ShouldBeNull();
        (await scene.Dua.HearAsync<NumberedFrame>()).Dispatch.ShouldBeOfType<DirectDispatch>().Text.Decode().ShouldBe("menunggu");
    }

    [Fact]
    public async Task A_removed_peer_is_a_stranger_and_what_waited_for_it_goes_back()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await scene.Satu.SendAsync("messi", "james@dua", "menunggu")).Value();
        await scene.Satu.Peers.RemoveAsync(scene.Dua.Name, CancellationToken.None);
        await scene.Dua.EndAsync();
        (await scene.Dua.TryDialAsync("dua")).ShouldBe(ByeReason.UnknownRealm);
        (await scene.Satu.InboxAsync("messi")).ShouldBe(["failed: PeerRemoved"]);
        await scene.RememberAsync();
        await scene.ShouldBeUnharmedAsync();
    }

    [Fact]
    public async Task A_key_that_the_old_one_vouches_for_is_known_from_then_on()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var old = scene.Dua.Identity.Current;
        scene.Dua.Identity.Rotate();
        (await scene.Dua.TryDialAsync("dua")).ShouldBeNull();
        scene.Satu.Peers.FindLink(scene.Dua.Name).ShouldNotBeNull().Peer.Fingerprint.ShouldBe(scene.Dua.Identity.Current.Fingerprint);
        scene.Dua.Identity.Current.Fingerprint.ShouldNotBe(old.Fingerprint);
    }
}
