using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Server.Hosting;
using Kabar.Tests.Core;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

/// <summary>Numbers, epochs, acknowledgements, floods and several links: what a peer may do with the link itself.</summary>
public sealed class LinkSessionTests
{
    [Fact]
    public async Task What_comes_again_under_its_number_or_a_lower_one_or_its_id_is_carried_out_once()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var (one, two) = (scene.Dua.Message("james", "messi", "satu"), scene.Dua.Message("james", "messi", "dua"));
        var said = scene.Dua.Act(GroupVerb.Say, "james", scene.Batak, text: "horas");
        await scene.Dua.SayAsync(one, two, said);
        await scene.RememberAsync();

        await scene.Dua.SendAsync(new NumberedFrame(1, one), new NumberedFrame(3, said), new NumberedFrame(2, scene.Dua.Message("james", "messi", "lain")));
        await scene.Dua.SayAsync(one, said, two);
        await scene.Dua.SayAsync(two);

        (await scene.Satu.InboxAsync("messi")).ShouldBe(["james@dua: satu", "james@dua: dua"]);
        (await scene.Satu.SaidAsync(scene.Batak)).ShouldBe(["james@dua: horas"]);
        await scene.ShouldBeUnharmedAsync();
    }

    [Fact]
    public async Task Under_a_new_epoch_what_came_before_is_carried_out_no_more()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var (one, said) = (scene.Dua.Message("james", "messi", "satu"), scene.Dua.Act(GroupVerb.Say, "james", scene.Batak, text: "horas"));
        await scene.Dua.SayAsync(one, said);
        await scene.RememberAsync();

        for (var i = 0; i < 3; i++)
        {
            scene.Dua.Epoch = Guid.NewGuid();
            await scene.Dua.DialAsync();
            await scene.Dua.SendAsync(new NumberedFrame(1, said), new NumberedFrame(2, one));
            await scene.Dua.HearAsync<AckFrame>(ack => ack.Mark == new StreamMark(scene.Dua.Epoch, 2));
        }

        await scene.ShouldBeUnharmedAsync();
    }

    [Fact]
    public async Task New_epochs_without_end_do_not_fill_the_outbox_with_what_is_pending()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        for (var i = 0; i < 3; i++) (await scene.Satu.ActAsync("messi", scene.Toba, GroupVerb.Say, text: "menunggu")).Value();
        for (var i = 0; i < 3; i++)
        {
            scene.Tiga.Epoch = Guid.NewGuid();
            await scene.Tiga.DialAsync();
        }

        (await scene.Satu.OutboxAsync("tiga")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_link_that_is_cut_after_any_frame_is_taken_up_where_it_was()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var messages = Enumerable.Range(1, 8).Select(i => scene.Dua.Message("james", "messi", $"{i}")).ToArray();
        for (var sent = 1; sent <= messages.Length; sent++)
        {
            // All over again each time, and one more; the last may or may not have been read when the link is cut.
            await scene.Dua.SendAsync([.. messages.Take(sent).Select((message, i) => new NumberedFrame(i + 1, message))]);
            await scene.Dua.CutAsync();
            await scene.Dua.DialAsync();
            scene.Dua.Welcome.Received.ShouldNotBeNull().Epoch.ShouldBe(scene.Dua.Epoch);
            scene.Dua.Welcome.Received.Value.Through.ShouldBeInRange(0, sent);
        }

        await scene.Dua.SendAsync([.. messages.Select((message, i) => new NumberedFrame(i + 1, message))]);
        await scene.Dua.HearAsync<AckFrame>(ack => ack.Mark.Through == messages.Length);
        (await scene.Satu.InboxAsync("messi")).ShouldBe(messages.Select(message => $"james@dua: {message.Text.Decode()}"));
    }

    [Fact]
    public async Task What_is_sent_to_a_peer_goes_on_behind_what_it_has_and_comes_again_when_it_lost_it()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        for (var i = 1; i <= 5; i++) (await scene.Satu.SendAsync("messi", "james@dua", $"{i}")).Value();
        var epoch = scene.Dua.Welcome.Sends.Epoch;
        await scene.Dua.HearAsync<NumberedFrame>(frame => frame.Sequence == 5);

        for (var has = 0; has <= 5; has++)
        {
            scene.Dua.PassedOver.Clear();
            await scene.Dua.DialAsync(new StreamMark(epoch, has));
            (await scene.Satu.SendAsync("messi", "james@dua", $"sesudah {has}")).Value();
            await scene.Dua.HearAsync<NumberedFrame>(frame => frame.Sequence == 6 + has);
            scene.Dua.PassedOver.OfType<NumberedFrame>().Select(frame => frame.Sequence).ShouldBe(Enumerable.Range(has + 1, 5).Select(number => (long)number));
        }
    }

    [Fact]
    public async Task Acknowledgements_of_another_epoch_or_going_back_or_beyond_what_was_sent_lose_nothing()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        for (var i = 1; i <= 3; i++) (await scene.Satu.SendAsync("messi", "james@dua", $"{i}")).Value();
        var epoch = scene.Dua.Welcome.Sends.Epoch;
        await scene.Dua.HearAsync<NumberedFrame>(frame => frame.Sequence == 3);

        await scene.Dua.SendAsync(new AckFrame(new StreamMark(Guid.NewGuid(), 3)));
        await scene.Dua.PassAsync();
        (await scene.Satu.OutboxAsync("dua")).Count.ShouldBe(3);
        await scene.Dua.SendAsync(new AckFrame(new StreamMark(epoch, 2)), new AckFrame(new StreamMark(epoch, 1)));
        await scene.Dua.PassAsync();
        await scene.Dua.SendAsync(new AckFrame(new StreamMark(epoch, long.MaxValue >> 10)));
        await scene.Dua.PassAsync();
        (await scene.Satu.SendAsync("messi", "james@dua", "sesudah")).Value();
        (await scene.Dua.HearAsync<NumberedFrame>()).Sequence.ShouldBe(4);
        await scene.ShouldBeUnharmedAsync();
    }

    [Fact]
    public async Task Who_claims_to_have_more_than_was_sent_puts_no_words_into_the_mouth_of_a_user_here()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await scene.Dua.TryDialAsync("dua", received: new StreamMark(scene.Dua.Welcome.Sends.Epoch, 99))).ShouldBeNull();
        var asked = await scene.Dua.HearAsync<AskCopiesFrame>();
        await scene.Dua.SendAsync(new AnswerFrame(asked.Id)
        {
            Copies =
            [
                Copy("messi@satu", "james@dua"), Copy("james@dua", "lineker@satu"), Copy("andi@tiga", "messi@satu"),
                Copy("messi@satu", "andi@tiga"), Copy("messi@satu", "lineker@satu"), Copy("james@dua", "tiadaorang@satu"),
            ],
        });
        await UntilAsync(async () => (await scene.Satu.InboxAsync("lineker")).Length > 0);

        (await scene.Satu.InboxAsync("lineker")).ShouldBe(["james@dua: palsu"]);
        var kept = await scene.Satu.Store.ListCopiesAsync(scene.Dua.Name, DateTimeOffset.UnixEpoch, null, 100, CancellationToken.None);
        kept.Select(copy => copy.From.ToString()).ShouldBe(["james@dua"]);
        await scene.RememberAsync();
        await scene.ShouldBeUnharmedAsync();

        MessageCopy Copy(string from, string to) =>
            new(Guid.CreateVersion7(), SampleFrames.Address(from), from, SampleFrames.Address(to), MessageText.From("palsu"), scene.Satu.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Copies_that_do_not_go_on_and_frames_meanwhile_without_end_are_not_kept()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await scene.Dua.TryDialAsync("dua", received: new StreamMark(scene.Dua.Welcome.Sends.Epoch, 99))).ShouldBeNull();
        var copy = new MessageCopy(Guid.CreateVersion7(), SampleFrames.Address("james@dua"), "James", SampleFrames.Address("messi@satu"), MessageText.From("lama"), scene.Satu.Clock.GetUtcNow());
        for (var i = 0; i < 2; i++)
        {
            var asked = await scene.Dua.HearAsync<AskCopiesFrame>();
            await scene.Dua.SendAsync(new AnswerFrame(asked.Id) { Copies = [copy], HasMore = true });
        }

        await scene.Dua.EndAsync();
        (await scene.Satu.InboxAsync("messi")).ShouldBe(["james@dua: lama"]);
    }

    [Fact]
    public async Task Older_copies_come_before_newer_frames_and_what_was_too_much_to_keep_comes_again()
    {
        const int Frames = 1500;
        await using var scene = await AuthorityScene.OpenAsync();
        (await scene.Dua.TryDialAsync("dua", received: new StreamMark(scene.Dua.Welcome.Sends.Epoch, 99))).ShouldBeNull();
        var old = new MessageCopy(Guid.CreateVersion7(), SampleFrames.Address("james@dua"), "James", SampleFrames.Address("messi@satu"), MessageText.From("lama"), scene.Satu.Clock.GetUtcNow());
        var messages = Enumerable.Range(1, Frames).Select(i => new NumberedFrame(i, scene.Dua.Message("james", "messi", $"{i}"))).ToArray();
        var asked = await scene.Dua.HearAsync<AskCopiesFrame>();
        await scene.Dua.SendAsync(messages);
        await scene.Dua.PassAsync();
        (await scene.Satu.InboxAsync("messi")).ShouldBeEmpty();

        await scene.Dua.SendAsync(new AnswerFrame(asked.Id) { Copies = [old] });
        await scene.Dua.EndAsync();
        await scene.Dua.DialAsync(new StreamMark(Guid.NewGuid(), 0));
        await scene.Dua.SendAsync(messages);
        await scene.Dua.HearAsync<AckFrame>(ack => ack.Mark.Through == Frames);
        (await scene.Satu.InboxAsync("messi")).ShouldBe(["james@dua: lama", .. messages.Select(frame => $"james@dua: {((DirectDispatch)frame.Dispatch).Text.Decode()}")]);
    }

    [Fact]
    public async Task After_a_restore_copies_in_both_directions_come_back_page_by_page_and_once()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await scene.Satu.Store.SetSettingAsync("restored", "1");
        (await scene.Satu.Store.BeginAfterRestoreAsync(scene.Satu.Clock.GetUtcNow())).ShouldBeTrue();
        await scene.Dua.DialAsync();
        var lost = new[] { ("james@dua", "messi@satu", "apa kabar?"), ("messi@satu", "james@dua", "baik"), ("andi@tiga", "messi@satu", "palsu"), ("james@dua", "messi@satu", "syukurlah") }
            .Select(copy => new MessageCopy(Guid.CreateVersion7(), SampleFrames.Address(copy.Item1), copy.Item1, SampleFrames.Address(copy.Item2), MessageText.From(copy.Item3), scene.Satu.Clock.GetUtcNow()))
            .ToArray();
        var newer = scene.Dua.Message("james", "messi", "sesudah");
        await scene.Dua.SendAsync(new NumberedFrame(1, newer), new NumberedFrame(2, scene.Dua.Message("james", "messi", "syukurlah", lost[3].Id)));

        var asked = scene.Dua.PassedOver.OfType<AskCopiesFrame>().SingleOrDefault() ?? await scene.Dua.HearAsync<AskCopiesFrame>();
        await scene.Dua.SendAsync(new AnswerFrame(asked.Id) { Copies = [.. lost[..2]], HasMore = true });
        asked = await scene.Dua.HearAsync<AskCopiesFrame>();
        asked.After.ShouldBe(lost[1].Id);
        await scene.Dua.SendAsync(new AnswerFrame(asked.Id) { Copies = [.. lost[2..]] });
        await scene.Dua.HearAsync<PingFrame>();
        await scene.Dua.SendAsync(new PongFrame());
        await scene.Dua.HearAsync<AckFrame>(ack => ack.Mark.Through == 2);

        (await scene.Satu.InboxAsync("messi")).ShouldBe(["james@dua: apa kabar?", "james@dua: syukurlah", "james@dua: sesudah"]);
        (await scene.Satu.OutboxAsync("dua")).Count.ShouldBe(0, "what was sent before is not sent again");
    }

    [Fact]
    public async Task After_a_restore_what_became_of_messages_comes_back_and_nobody_changes_what_another_said()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        (await scene.Satu.SendAsync("messi", "james@dua", "lama")).Value();
        var kept = (await scene.Dua.HearAsync<NumberedFrame>()).Dispatch.Id;
        await scene.Satu.Store.SetSettingAsync("restored", "1");
        (await scene.Satu.Store.BeginAfterRestoreAsync(scene.Satu.Clock.GetUtcNow())).ShouldBeTrue();
        await scene.Dua.DialAsync();
        var said = Copy("james@dua", "messi@satu", "halo");
        var asked = scene.Dua.PassedOver.OfType<AskCopiesFrame>().SingleOrDefault() ?? await scene.Dua.HearAsync<AskCopiesFrame>();
        await scene.Dua.SendAsync(new AnswerFrame(asked.Id)
        {
            Copies =
            [
                said,
                Copy("james@dua", "messi@satu", "halo!", EntryKind.Edited, said.Id),
                Copy("messi@satu", "james@dua", "🐐", EntryKind.Reacted, said.Id),
                Copy("messi@satu", "james@dua", "lama!", EntryKind.Edited, kept),
                Copy("james@dua", "messi@satu", "palsu", EntryKind.Edited, kept),
                Copy("james@dua", "messi@satu", "", EntryKind.Deleted, kept),
                Copy("messi@satu", "lineker@satu", "palsu", EntryKind.Edited, kept),
                Copy("andi@tiga", "messi@satu", "x", EntryKind.Reacted, kept),
                Copy("james@dua", "lineker@satu", "x", EntryKind.Reacted, kept),
                Copy("james@dua", "messi@satu", "jawaban", EntryKind.Said, said.Id),
            ],
        });
        await scene.Dua.HearAsync<PingFrame>();

        (await scene.Satu.ReadingAsync("messi", "james@dua")).ShouldBe(["messi: lama!*", "james@dua: halo!* [messi 🐐]", "james@dua: jawaban"]);
        (await scene.Satu.InboxAsync("messi")).ShouldBe(["james@dua: halo!", "james@dua: jawaban"]);

        MessageCopy Copy(string from, string to, string text, EntryKind kind = EntryKind.Said, Guid? target = null) =>
            new(Guid.CreateVersion7(), SampleFrames.Address(from), from, SampleFrames.Address(to), MessageText.From(text), scene.Satu.Clock.GetUtcNow(), kind, target);
    }

    [Fact]
    public async Task Of_two_links_the_newer_goes_on_and_nothing_is_doubled_or_lost()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        var messages = Enumerable.Range(1, 20).Select(i => new NumberedFrame(i, scene.Dua.Message("james", "messi", $"{i}"))).ToArray();
        await scene.Dua.SendAsync(messages);
        (await scene.Satu.SendAsync("messi", "james@dua", "halo")).Value();
        await scene.Dua.DialAsync();
        scene.Dua.PassedOver.OfType<NumberedFrame>().Count().ShouldBeLessThanOrEqualTo(1);
        await scene.Dua.SendAsync(messages);
        await scene.Dua.HearAsync<AckFrame>(ack => ack.Mark.Through == messages.Length);
        (await scene.Satu.InboxAsync("messi")).ShouldBe(messages.Select(frame => $"james@dua: {((DirectDispatch)frame.Dispatch).Text.Decode()}"));
        (await scene.Satu.OutboxAsync("dua")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_line_over_the_limit_ends_the_link_also_when_it_never_ends()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await scene.Dua.SendAsync(new byte[LinkFrame.MostBytes + 1].AsMemory());
        (await scene.Dua.EndAsync()).ShouldBe(ByeReason.Malformed);
        await scene.ShouldBeUnharmedAsync();
    }

    [Fact]
    public async Task Who_sends_too_much_is_slowed_down_and_heard()
    {
        var clock = new FakeClock();
        await using var scene = await AuthorityScene.OpenAsync(new Limits { LinkFramesPerSecond = 100, LinkSilenceSeconds = 0 }, clock);
        await scene.Dua.SendAsync([.. Enumerable.Range(1, 1000).Select(i => new NumberedFrame(i, scene.Dua.Message("james", "messi", $"{i}")))]);
        await scene.Dua.SendAsync(new PingFrame());
        var heard = scene.Dua.HearAsync<PongFrame>();
        (await scene.Satu.InboxAsync("messi")).Length.ShouldBeLessThanOrEqualTo(100);
        await AdvanceUntilAsync(clock, heard);
        (await scene.Satu.InboxAsync("messi")).Length.ShouldBe(1000);
    }

    [Fact]
    public async Task Who_never_takes_the_answers_is_not_answered_for_ever()
    {
        await using var scene = await AuthorityScene.OpenAsync(new Limits { OutboxMegabytes = 1 });
        var sequence = 0L;
        var ended = scene.Dua.EndAsync();
        try
        {
            while (!ended.IsCompleted)
            {
                await scene.Dua.SendAsync([.. Enumerable.Range(0, 200).Select(_ => new NumberedFrame(++sequence, scene.Dua.Message("james", "tiadaorang", "hai")))]);
                sequence.ShouldBeLessThan(1_000_000);
            }
        }
        catch (IOException)
        {
            // The link was closed while more was sent.
        }

        await ended;
        (await scene.Satu.OutboxAsync("dua")).Bytes.ShouldBeLessThan(3 * 1024 * 1024);
        await scene.ShouldBeUnharmedAsync();
    }

    [Fact]
    public async Task Who_asks_and_follows_without_end_and_reads_nothing_delays_nobody()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        using var enough = new CancellationTokenSource();
        var flooding = FloodAsync();
        await scene.ShouldBeUnharmedAsync();
        (await scene.Satu.SendAsync("messi", "james@dua", "menunggu")).Value();
        await enough.CancelAsync();
        await scene.Dua.CutAsync();
        await flooding.BeforeDeadline();

        async Task FloodAsync()
        {
            try
            {
                while (!enough.IsCancellationRequested)
                    await scene.Dua.SendAsync([.. Enumerable.Range(0, 100).SelectMany<int, LinkFrame>(_ =>
                        [new FollowFrame(scene.Batak, 0, null), new AskUserFrame(Guid.NewGuid(), Username.Parse("messi")), new FollowFrame(new GroupId(Guid.NewGuid()), 0, null)])]);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // It was cut.
            }
        }
    }

    [Fact]
    public async Task A_link_on_which_nothing_is_heard_is_given_up()
    {
        var clock = new FakeClock();
        await using var scene = await AuthorityScene.OpenAsync(clock: clock);
        var ended = scene.Dua.EndAsync();
        await AdvanceUntilAsync(clock, ended);
        (await scene.Satu.SendAsync("messi", "james@dua", "menunggu")).Value();
        (await scene.Satu.OutboxAsync("dua")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_waits_too_long_goes_back_to_its_sender()
    {
        var clock = new FakeClock();
        await using var scene = await AuthorityScene.OpenAsync(clock: clock);
        await scene.Dua.CutAsync();
        await UntilAsync(() => Task.FromResult(!scene.Satu.Peers.IsConnected(scene.Dua.Name)));
        (await scene.Satu.SendAsync("messi", "james@dua", "terlambat")).Value();
        clock.Set(TimeSpan.FromDays(8));
        await UntilAsync(async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return (await scene.Satu.OutboxAsync("dua")).Count == 0;
        });
        (await scene.Satu.InboxAsync("messi")).ShouldBe(["failed: Expired"]);
    }

    [Fact]
    public async Task Who_lives_here_is_told_at_first_and_with_each_change()
    {
        await using var scene = await AuthorityScene.OpenAsync();
        await scene.Satu.Realm.Accounts.AddHashedAsync("baru", "Baru", [], Hashes.Cheap, isAdmin: false, CancellationToken.None);
        var change = await scene.Dua.HearAsync<UsersFrame>(users => !users.IsAll);
        (change.IsAll, change.Add.Single().Value).ShouldBe((false, "baru"));
        change.Hash.ShouldBe(UsersFrame.HashOf([Username.Parse("messi"), Username.Parse("lineker"), Username.Parse("baru")]));
        scene.Dua.PassedOver.OfType<UsersFrame>().First().IsAll.ShouldBeTrue();
    }

    [Fact]
    public async Task A_group_that_its_member_fills_is_followed_to_its_end()
    {
        const int Entries = 3000;
        await using var scene = await AuthorityScene.OpenAsync();
        var said = new List<Task>();
        for (var i = 0; i < Entries; i++) said.Add(scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Say, text: $"{i}"));
        await Task.WhenAll(said);
        var head = await scene.Satu.Realm.Groups.FindHeadAsync(await scene.Satu.GroupAsync(scene.Batak), CancellationToken.None);
        await scene.Dua.SendAsync(new FollowFrame(scene.Batak, 0, null));
        var position = (await scene.Dua.HearAsync<StateFrame>()).After;
        while (position < head) (await scene.Dua.HearAsync<EntryFrame>()).Position.ShouldBe(++position);
    }

    // Time passes until something has happened.
    private static async Task AdvanceUntilAsync(FakeClock clock, Task happened)
    {
        await UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(happened.IsCompleted);
        });
        await happened;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline.Span);
        while (!await condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
