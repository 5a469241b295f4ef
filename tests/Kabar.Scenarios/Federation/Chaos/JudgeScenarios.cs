using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>The judge judged: in a world where all is well one thing is broken, and it must be found.</summary>
public sealed class JudgeScenarios
{
    private static readonly string[] Speakers = ["messi@satu", "james@dua"];
    private readonly Dictionary<string, List<InboxEntry>> _inboxes = [];
    private readonly Dictionary<string, List<ExportedMessage>> _direct = new() { ["satu"] = [], ["dua"] = [] };
    private readonly Dictionary<string, List<ExportedMessage>> _group = new() { ["satu"] = [], ["dua"] = [] };
    private readonly Dictionary<string, View> _views = [];
    private readonly Ledger _ledger;
    private readonly List<RestoreWindow> _restores = [];
    private long _now;

    /// <summary>Each says three things to the other and three in the group, one a tick.</summary>
    public JudgeScenarios()
    {
        _ledger = new Ledger(() => _now);
        foreach (var address in Speakers)
        {
            _inboxes[address] = [];
            _views[address] = _ledger.OpenView(address.Split('@')[1], address.Split('@')[0]);
        }

        for (var number = 1; number <= 3; number++)
        {
            foreach (var address in Speakers)
            {
                Sends(Private(address, number), Other(address));
                Says(Said(address, number));
            }
        }
    }

    [Fact]
    public void A_world_that_is_well_passes()
    {
        var verdict = Decide();

        verdict.Faults.ShouldBeEmpty();
        (verdict.Sent, verdict.Acknowledged, verdict.InGroup, verdict.Doubled, verdict.OutOfOrder).ShouldBe((12, 12, 6, 0, 0));
    }

    [Fact]
    public void A_lost_private_message_is_found()
    {
        _inboxes["james@dua"].RemoveAt(1);

        Finds("lost: 1/satu/messi/2. to james@dua was acknowledged");
    }

    [Fact]
    public void A_doubled_private_message_is_found()
    {
        _inboxes["james@dua"].Add(_inboxes["james@dua"][0]);

        Finds("doubled: 1/satu/messi/1. in the inbox of james@dua").Doubled.ShouldBe(1);
    }

    [Fact]
    public void Private_messages_out_of_order_are_found()
    {
        _inboxes["james@dua"].Reverse(0, 2);

        Finds("out of order: 1/satu/messi/1. after number 2 in the inbox of james@dua").OutOfOrder.ShouldBe(1);
    }

    [Fact]
    public void A_message_in_a_strangers_inbox_is_found()
    {
        _inboxes["messi@satu"].Add(_inboxes["james@dua"][0]);

        Finds("messi@satu has what nobody sent him");
    }

    [Fact]
    public void A_message_under_another_name_is_found()
    {
        _inboxes["james@dua"][0] = _inboxes["james@dua"][0] with { Sender = "henderson" };

        Finds("james@dua has 1/satu/messi/1. under henderson");
    }

    [Fact]
    public void A_text_that_two_messages_have_become_is_found()
    {
        var inbox = _inboxes["james@dua"];
        inbox[0] = new InboxEntry("messi", inbox[0].Text + inbox[1].Text);

        Finds("james@dua has what nobody sent him");
    }

    [Fact]
    public void A_missing_and_a_doubled_copy_are_found()
    {
        _direct["satu"].Add(_direct["satu"][0]);
        _direct["satu"].RemoveAt(1);

        Finds("copies of 1/satu/messi/1. at satu");
        Finds("no copy at satu");
    }

    [Fact]
    public void A_failure_told_counts_as_told_and_not_as_lost()
    {
        _inboxes["james@dua"].RemoveAt(1);
        _inboxes["messi@satu"].Add(new InboxEntry("@satu", "Pesan untuk james@dua tidak terkirim: 1/satu/messi/2."));

        var verdict = Decide();

        verdict.Faults.ShouldBeEmpty();
        verdict.RefusedAndTold.ShouldBe(1);
    }

    [Fact]
    public void A_failure_told_of_what_was_delivered_is_found()
    {
        _inboxes["messi@satu"].Add(new InboxEntry("@satu", "Pesan untuk james@dua tidak terkirim: 1/satu/messi/2."));

        Finds("told of a failure, and yet delivered: 1/satu/messi/2.");
    }

    [Fact]
    public void A_failure_told_to_another_is_found()
    {
        _inboxes["james@dua"].RemoveAt(1);
        _inboxes["james@dua"].Add(new InboxEntry("@dua", "Pesan untuk james@dua tidak terkirim: 1/satu/messi/2."));

        Finds("james@dua was told of a message that is not his");
        Finds("lost: 1/satu/messi/2.");
    }

    [Fact]
    public void A_refused_message_that_arrives_is_found_and_one_that_does_not_is_well()
    {
        var stamp = Private("messi@satu", 4);
        _ledger.Begin(stamp, "james@dua");
        _ledger.Answer(stamp, Outcome.Refused, "Gagal");
        Decide().Faults.ShouldBeEmpty();

        _inboxes["james@dua"].Add(new InboxEntry("messi", stamp.ToString()));

        Finds("refused (Gagal), and yet delivered: 1/satu/messi/4.");
    }

    [Fact]
    public void An_unknown_message_may_be_there_or_not()
    {
        var stamp = Private("messi@satu", 4);
        _ledger.Begin(stamp, "james@dua");
        _ledger.Answer(stamp, Outcome.Unknown);
        Decide().Unknown.ShouldBe(1);

        _inboxes["james@dua"].Add(new InboxEntry("messi", stamp.ToString()));
        _direct["satu"].Add(Message(stamp, 9));
        _direct["dua"].Add(Message(stamp, 9));

        Decide().Faults.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_restored_realm_alone_had_may_be_lost_and_is_listed()
    {
        _inboxes["james@dua"].RemoveAt(1);
        foreach (var copies in _direct.Values) copies.RemoveAll(message => message.Text == "1/satu/messi/2.");
        _restores.Add(new RestoreWindow("satu", TimeOf(Private("messi@satu", 2)), _now));

        var verdict = Decide();

        verdict.Faults.ShouldBeEmpty();
        verdict.LostWithRestore.ShouldBe(["1/satu/messi/2. to james@dua"]);
    }

    [Fact]
    public void What_was_there_before_the_backup_may_not_be_lost_nor_what_another_realm_had()
    {
        _inboxes["james@dua"].RemoveAt(1);
        _restores.Add(new RestoreWindow("satu", TimeOf(Private("messi@satu", 3)), _now));
        Finds("lost: 1/satu/messi/2.");

        _restores[0] = new RestoreWindow("dua", 0, _now);
        Finds("lost: 1/satu/messi/2.");
    }

    [Fact]
    public void A_replica_that_differs_is_found()
    {
        _group["dua"][2] = _group["dua"][2] with { Id = "other" };

        Finds("dua differs from satu after 2 of 6 entries");
    }

    [Fact]
    public void A_replica_that_is_behind_is_found()
    {
        _group["dua"].RemoveAt(5);

        Finds("dua differs from satu after 5 of 6 entries (5 here)");
    }

    [Fact]
    public void A_gap_at_the_home_is_found()
    {
        foreach (var realm in _group.Keys) _group[realm] = [.. _group[realm].Select(entry => entry.Position > 3 ? entry with { Position = entry.Position + 1 } : entry)];

        Finds("position 5 where 4 is due at satu");
    }

    [Fact]
    public void A_text_that_was_seen_in_the_group_and_is_not_there_is_found()
    {
        RemoveFromGroup(Said("james@dua", 3));

        Finds("lost: 1/dua/james/g3. was seen in the group at dua, satu");
    }

    [Fact]
    public void A_text_that_only_the_restored_home_has_shown_may_be_lost_but_not_one_that_another_realm_has()
    {
        var stamp = Said("messi@satu", 4);
        _ledger.Begin(stamp, to: null);
        _ledger.See(_views["messi@satu"], stamp);
        _ledger.Answer(stamp, Outcome.Acknowledged);
        _restores.Add(new RestoreWindow("satu", _now, _now));
        Decide().LostWithRestore.ShouldBe(["1/satu/messi/g4. in the group"]);

        _ledger.See(_views["james@dua"], stamp);

        Finds("lost: 1/satu/messi/g4. was seen in the group at satu, dua");
    }

    [Fact]
    public void A_text_that_was_taken_and_came_to_nothing_untold_is_found()
    {
        var stamp = Said("james@dua", 0);
        _ledger.Begin(stamp, to: null);
        _ledger.Answer(stamp, Outcome.Unknown);
        Decide().Faults.ShouldBeEmpty();

        _ledger.PassOver(stamp);
        Finds("lost: 1/dua/james/g0. was taken for the group");

        _inboxes["james@dua"].Add(new InboxEntry("@dua", $"Tidak terkirim: {stamp}"));
        Decide().Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_doubled_text_in_the_group_is_found()
    {
        foreach (var history in _group.Values) history.Add(history[0] with { Position = 7, Id = "again" });

        Finds("doubled: 1/satu/messi/g1. in the group at 1 and 7").Doubled.ShouldBe(1);
    }

    [Fact]
    public void A_group_out_of_a_speakers_order_is_found()
    {
        foreach (var history in _group.Values)
            (history[0], history[2]) = (history[2] with { Position = 1 }, history[0] with { Position = 3 });

        Finds("out of order: 1/satu/messi/g1. after 1/satu/messi/g2. in the group");
    }

    [Fact]
    public void Words_in_anothers_mouth_are_found()
    {
        foreach (var history in _group.Values) history[0] = history[0] with { From = "james@dua" };

        Finds("james@dua is said to have said 1/satu/messi/g1.");
    }

    [Fact]
    public void A_view_in_another_order_or_with_a_text_twice_is_found()
    {
        _views["james@dua"].Shown.Reverse(0, 2);
        Finds("out of order: 1/satu/messi/g1. (position 1) after position 2 in a view of james@dua");

        _ledger.See(_views["messi@satu"], Said("messi@satu", 1));
        Finds("doubled: 1/satu/messi/g1. in one view of messi@satu");
    }

    [Fact]
    public void What_the_restored_home_alone_had_shown_may_have_got_other_positions_since()
    {
        var home = _ledger.OpenView("satu", "messi");
        Stamp[] stamps = [Said("james@dua", 4), Said("messi@satu", 4)];
        foreach (var stamp in stamps) _ledger.Begin(stamp, to: null);
        foreach (var stamp in stamps) _ledger.See(home, stamp);
        foreach (var stamp in stamps.Reverse())
        {
            foreach (var history in _group.Values) history.Add(Message(stamp, history.Count + 1) with { Conversation = "group" });
        }

        Finds("out of order: 1/satu/messi/g4. (position 7) after position 8 in a view of messi@satu");

        _restores.Add(new RestoreWindow("satu", _now, _now));
        Decide().Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_second_group_of_the_name_is_found()
    {
        var world = BuildWorld();
        var split = world.Exports["dua"] with { Conversations = [.. world.Exports["dua"].Conversations, new ExportedConversation("other", "group", "batak", [])] };

        Judge.Decide(_ledger, world with { Exports = new Dictionary<string, RealmExport> { ["satu"] = world.Exports["satu"], ["dua"] = split } })
            .Faults.ShouldContain("dua has 2 groups batak");
    }

    private static Stamp Private(string address, int number) => new(1, address.Split('@')[1], address.Split('@')[0], IsSaid: false, number);

    private static Stamp Said(string address, int number) => Private(address, number) with { IsSaid = true };

    private static string Other(string address) => Speakers.Single(speaker => speaker != address);

    private static ExportedMessage Message(Stamp stamp, long position) => new("direct", position, $"id-{stamp}", stamp.Address, "said", stamp.ToString());

    private void Sends(Stamp stamp, string to)
    {
        _now++;
        _ledger.Begin(stamp, to);
        _ledger.Answer(stamp, Outcome.Acknowledged);
        _inboxes[to].Add(new InboxEntry(stamp.User, stamp.ToString()));
        foreach (var copies in _direct.Values) copies.Add(Message(stamp, copies.Count + 1));
    }

    private void Says(Stamp stamp)
    {
        _now++;
        _ledger.Begin(stamp, to: null);
        foreach (var view in _views.Values.OrderBy(view => view.Realm)) _ledger.See(view, stamp);
        _ledger.Answer(stamp, Outcome.Acknowledged);
        foreach (var history in _group.Values) history.Add(Message(stamp, history.Count + 1) with { Conversation = "group" });
    }

    private void RemoveFromGroup(Stamp stamp)
    {
        foreach (var history in _group.Values) history.RemoveAll(entry => entry.Text == stamp.ToString());
    }

    private long TimeOf(Stamp stamp) => _ledger.Sendings.Single(sending => sending.Stamp == stamp).Begun;

    private World BuildWorld() => new(
        _group.Keys.ToDictionary(
            realm => realm,
            realm => new RealmExport(
                realm,
                [new ExportedConversation("direct", "direct", null, Speakers), new ExportedConversation("group", "group", "batak", Speakers)],
                [.. _direct[realm], .. _group[realm]])),
        _inboxes.ToDictionary(inbox => inbox.Key, IReadOnlyList<InboxEntry> (inbox) => inbox.Value))
    {
        Group = "batak",
        Home = "satu",
        Restores = _restores,
    };

    private Verdict Decide() => Judge.Decide(_ledger, BuildWorld());

    private Verdict Finds(string fault)
    {
        var verdict = Decide();
        verdict.Faults.ShouldContain(found => found.Contains(fault, StringComparison.Ordinal), string.Join('\n', verdict.Faults));
        return verdict;
    }
}
