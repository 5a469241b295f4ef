using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Tests.Core;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

/// <summary>A peer that speaks the first version is spared what would end its link.</summary>
public sealed class LinkVersionTests
{
    [Fact]
    public async Task What_it_does_not_know_keeps_its_number_and_is_not_sent_and_the_rest_goes_on()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await OutdateAsync(scene.Dua);
        (await scene.Satu.SendAsync("messi", "james@dua", "satu")).Value();
        var peer = scene.Satu.Peers.FindLink(scene.Dua.Name).ShouldNotBeNull().Peer;
        var revision = DispatchFormat.Write(new RevisionDispatch(
            Guid.CreateVersion7(), EntryKind.Deleted, Username.Parse("messi"), "M", Username.Parse("james"), Guid.CreateVersion7(), default, scene.Satu.Clock.GetUtcNow()));
        await scene.Satu.Store.AppendAsync(new OutgoingMessage(
            Guid.CreateVersion7(), await scene.Satu.AccountAsync("messi"), SampleFrames.Address("james@dua"), MessageText.From("dibawa lain"), scene.Satu.Clock.GetUtcNow(), new Parcel(peer.Id, revision)));
        scene.Satu.Peers.Send(scene.Dua.Name, new TypingSignal(Username.Parse("messi"), Username.Parse("james"), null));
        (await scene.Satu.SendAsync("messi", "james@dua", "tiga")).Value();

        (await scene.Dua.HearAsync<NumberedFrame>()).Sequence.ShouldBe(1);
        (await scene.Dua.HearAsync<NumberedFrame>()).Sequence.ShouldBe(3);
        scene.Dua.PassedOver.ShouldNotContain(frame => frame is SignalFrame);
    }

    [Fact]
    public async Task A_group_is_told_up_to_the_first_entry_that_it_does_not_know_and_further_when_it_knows_it()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await OutdateAsync(scene.Dua);
        var said = (await scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Say, text: "horas")).Value().Entry.ShouldNotBeNull().Position;
        await scene.Dua.SendAsync(new FollowFrame(scene.Batak, said - 1, null));
        (await scene.Dua.HearAsync<EntryFrame>()).Position.ShouldBe(said);
        (await scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.React, text: "👍", target: said)).Value();
        (await scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Say, text: "sesudah")).Value();
        await scene.Dua.PassAsync();
        scene.Dua.PassedOver.ShouldNotContain(frame => frame is EntryFrame);

        scene.Dua.Speaks = LinkFrame.Version;
        await scene.Dua.DialAsync();
        await scene.Dua.SendAsync(new FollowFrame(scene.Batak, said, null));
        (await scene.Dua.HearAsync<EntryFrame>()).ShouldSatisfyAllConditions(
            entry => entry.Position.ShouldBe(said + 1), entry => entry.Kind.ShouldBe(EntryKind.Reacted), entry => entry.Target.ShouldBe(said), entry => entry.Text.Decode().ShouldBe("👍"));
        (await scene.Dua.HearAsync<EntryFrame>()).Position.ShouldBe(said + 2);
    }

    private static async Task OutdateAsync(ScriptedPeer peer)
    {
        peer.Speaks = 1;
        await peer.DialAsync();
        peer.PassedOver.Clear();
    }
}
