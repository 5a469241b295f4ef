using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Tests.Core;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

/// <summary>What is told of the moment: who hears it, that it never waits, and that too much of it is of use to nobody.</summary>
public sealed class LinkSignalTests
{
    [Fact]
    public async Task Who_is_typing_elsewhere_is_told_to_the_one_he_writes_to_and_to_the_members_of_the_group()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        using var messi = await scene.Satu.ListenAsync("messi");
        using var lineker = await scene.Satu.ListenAsync("lineker");
        await scene.Dua.SendAsync(new SignalFrame(new TypingSignal(Username.Parse("james"), Username.Parse("messi"), null)));
        var typing = await messi.HearAsync<TypingEvent>();
        (typing.From, typing.To.User).ShouldBe((SampleFrames.Address("james@dua"), SampleFrames.Address("messi")));

        await scene.Dua.SendAsync(new SignalFrame(new TypingSignal(Username.Parse("james"), null, scene.Batak)));
        typing = await messi.HearAsync<TypingEvent>();
        (typing.From, typing.To.Group?.Name.Value).ShouldBe((SampleFrames.Address("james@dua"), "batak"));

        (await scene.Satu.SendAsync("messi", "lineker", "sudah?")).Value();
        await lineker.HearAsync<EntryEvent>();
        lineker.PassedOver.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_said_before_a_signal_is_heard_before_it()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        using var messi = await scene.Satu.ListenAsync("messi");
        await scene.Dua.SendAsync(
            new NumberedFrame(1, scene.Dua.Message("james", "messi", "satu")), new SignalFrame(new TypingSignal(Username.Parse("james"), Username.Parse("messi"), null)));
        await messi.HearAsync<TypingEvent>();
        messi.PassedOver.ShouldHaveSingleItem().ShouldBeOfType<EntryEvent>();
    }

    [Fact]
    public async Task Too_many_signals_are_dropped_and_what_is_said_among_them_is_not()
    {
        const int Signals = 20_000;
        var clock = new FakeClock();
        await using var scene = await AuthorityScene.OpenAsync(new() { LinkSilenceSeconds = 0, LinkFramesPerSecond = 0 }, clock);
        using var messi = await scene.Satu.ListenAsync("messi");
        var typing = new SignalFrame(new TypingSignal(Username.Parse("james"), Username.Parse("messi"), null));
        await scene.Dua.SendAsync([.. Enumerable.Repeat<LinkFrame>(typing, Signals), new NumberedFrame(1, scene.Dua.Message("james", "messi", "di antaranya"))]);
        await scene.Dua.HearAsync<AckFrame>();

        await messi.HearAsync<EntryEvent>();
        messi.PassedOver.OfType<TypingEvent>().Count().ShouldBeLessThanOrEqualTo(2_000);
        await scene.ShouldBeUnharmedAfterAsync("james@dua: di antaranya");
    }

    [Fact]
    public async Task What_is_told_to_a_peer_is_sent_when_the_link_stands_and_forgotten_otherwise()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var peers = scene.Satu.Peers;
        peers.List().Select(peer => (peer.Realm.Value, peer.IsConnected)).ShouldBe([("dua", true), ("tiga", true)]);
        peers.Send(scene.Dua.Name, new TypingSignal(Username.Parse("messi"), Username.Parse("james"), null));
        (await scene.Dua.HearAsync<SignalFrame>()).Signal.ShouldBe(new TypingSignal(Username.Parse("messi"), Username.Parse("james"), null));

        await scene.Dua.CutAsync();
        await UntilAsync(() => !peers.IsConnected(scene.Dua.Name));
        peers.List().Select(peer => peer.IsConnected).ShouldBe([false, true]);
        peers.Send(scene.Dua.Name, new TypingSignal(Username.Parse("messi"), Username.Parse("james"), null));
        peers.Send(SampleFrames.Realm("empat"), new TypingSignal(Username.Parse("messi"), Username.Parse("james"), null));
        await scene.Dua.DialAsync();
        await scene.Dua.PassAsync();
        scene.Dua.PassedOver.ShouldNotContain(frame => frame is SignalFrame);
    }

    [Fact]
    public async Task Signals_to_a_peer_that_does_not_read_are_dropped_and_its_link_goes_on()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        for (var i = 0; i < 200_000; i++) scene.Satu.Peers.Send(scene.Dua.Name, new TypingSignal(Username.Parse("messi"), Username.Parse("james"), null));
        await scene.Dua.PassAsync();
        scene.Satu.Peers.IsConnected(scene.Dua.Name).ShouldBeTrue();
        scene.Dua.PassedOver.OfType<SignalFrame>().Count().ShouldBeLessThan(200_000);
    }

    [Fact]
    public async Task How_somebody_elsewhere_is_is_asked_of_his_realm()
    {
        await using var scene = await AuthorityScene.OpenAsync(new() { PeerPatienceSeconds = 1 });
        var peers = scene.Satu.Peers;
        var asking = peers.FindPresenceAsync(SampleFrames.Address("james@dua"), CancellationToken.None).AsTask();
        var asked = await scene.Dua.HearAsync<AskPresenceFrame>();
        asked.User.Value.ShouldBe("james");
        await scene.Dua.SendAsync(new AnswerFrame(asked.Id) { Presence = PresenceState.Offline, Seen = SampleFrames.When });
        (await asking.BeforeDeadline()).Value().ShouldBe(new UserPresence(SampleFrames.Address("james@dua"), PresenceState.Offline, SampleFrames.When));

        asking = peers.FindPresenceAsync(SampleFrames.Address("siapa@dua"), CancellationToken.None).AsTask();
        asked = await scene.Dua.HearAsync<AskPresenceFrame>();
        await scene.Dua.SendAsync(new AnswerFrame(asked.Id, Refusal.UnknownRecipient));
        (await asking.BeforeDeadline()).ShouldBeRefused(Refusal.UnknownRecipient);

        (await peers.FindPresenceAsync(SampleFrames.Address("lama@dua"), CancellationToken.None).AsTask().BeforeDeadline()).ShouldBeRefused(Refusal.PeerUnreachable);
        (await peers.FindPresenceAsync(SampleFrames.Address("ani@empat"), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownRecipient);
    }

    [Fact]
    public async Task Who_is_there_is_told_to_a_peer_whose_users_have_to_do_with_him_at_first_and_with_each_change()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        using (scene.Satu.Realm.Presences.Enter(await scene.Satu.AccountAsync("messi")))
        using (scene.Satu.Realm.Presences.Enter(await scene.Satu.AccountAsync("lineker")))
        {
            // Messi is in a group with users of dua; lineker has to do with nobody there.
            (await scene.Dua.HearAsync<SignalFrame>()).Signal.ShouldBe(new PresenceSignal(Username.Parse("messi"), PresenceState.Online, null));
            scene.Dua.PassedOver.Clear();
            await scene.Dua.DialAsync();
            (await HeardAsync(scene.Dua)).ShouldBe(new PresenceSignal(Username.Parse("messi"), PresenceState.Online, null));
            await scene.Dua.SendAsync(new AskPresenceFrame(Guid.NewGuid(), Username.Parse("messi")));
            (await scene.Dua.HearAsync<AnswerFrame>()).Presence.ShouldBe(PresenceState.Online);
        }

        (await HeardAsync(scene.Dua)).ShouldBeOfType<PresenceSignal>().ShouldSatisfyAllConditions(
            presence => presence.User.Value.ShouldBe("messi"), presence => presence.State.ShouldBe(PresenceState.Offline), presence => presence.Seen.ShouldNotBeNull());
        scene.Dua.PassedOver.OfType<SignalFrame>().ShouldBeEmpty();
    }

    [Fact]
    public async Task When_a_link_ends_nobody_of_that_realm_is_there_any_more()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        using var messi = await scene.Satu.ListenAsync("messi");
        await scene.Dua.SendAsync(new SignalFrame(new PresenceSignal(Username.Parse("james"), PresenceState.Online, null)));
        (await messi.HearAsync<PresenceEvent>()).Presence.ShouldBe(new UserPresence(SampleFrames.Address("james@dua"), PresenceState.Online, null));

        await scene.Dua.CutAsync();
        (await messi.HearAsync<PresenceEvent>()).Presence.ShouldSatisfyAllConditions(
            presence => presence.Who.ShouldBe(SampleFrames.Address("james@dua")), presence => presence.State.ShouldBe(PresenceState.Offline));
    }

    private static async Task<Signal> HeardAsync(ScriptedPeer peer) => peer.PassedOver.OfType<SignalFrame>().FirstOrDefault() is { } heard && peer.PassedOver.Remove(heard)
        ? heard.Signal
        : (await peer.HearAsync<SignalFrame>()).Signal;

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline.Span);
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
