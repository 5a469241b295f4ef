using Kabar.Cli.Chat;
using Kabar.Client;

namespace Kabar.Tests.Cli.Chat;

public sealed class ChatStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly FixedClock _clock = new() { Now = Noon };
    private readonly ChatState _state;
    private long _at = 100;

    public ChatStateTests() => _state = new ChatState(new ChatWords(isIndonesian: false), ChatGlyphs.Unicode, _clock);

    [Fact]
    public void What_is_unread_is_told_at_the_beginning_and_in_the_prompt()
    {
        _state.Begin(Messi, [Listed("#batak", 12, unread: 3), Listed("lineker", 4, unread: 1)], [new KabarGroup("#batak", "makan siang", true, 5, "member")]);
        Shown().ShouldBe(
        [
            "messi at satu", new ChatWords(isIndonesian: false).Hint, "  1 #batak  3 new  makan siang", "  2 lineker  1 new",
        ]);
        _state.Prompt.ShouldBe("[kabar · #batak 3 · lineker 1] ");
    }

    [Fact]
    public void A_conversation_that_is_opened_shows_its_end_and_where_the_unread_begins()
    {
        Begin(Listed("lineker", 3, unread: 1, read: 2));
        Open("lineker", Said("messi", 1, "halo"), Said("lineker", 2, "hai"), Said("lineker", 3, "apa kabar?"));
        Shown().ShouldBe(
        [
            "lineker", "Saturday, 21 November 2026", "12:00   1 ✓  messi: halo", "12:00   2    lineker: hai", "1 new", "12:00   3    lineker: apa kabar?",
        ]);
        _state.Prompt.ShouldBe("[lineker] ");
        _state.TakeRead().ShouldBe(("lineker", 3L));
        _state.TakeRead().ShouldBeNull();
    }

    [Fact]
    public void What_is_said_here_is_shown_and_what_is_said_elsewhere_is_counted()
    {
        Begin();
        Open("lineker");
        Shown();
        _state.Apply(Said("lineker", 1, "halo"));
        _state.Apply(Said("ana", 1, "hei", "ana"));
        _state.Apply(Said("messi", 2, "dari komputer lain", "ana"));
        Shown().ShouldBe(["Saturday, 21 November 2026", "12:00   1    lineker: halo"]);
        _state.Prompt.ShouldBe("[lineker · ana 1] ");
        _state.TakeRead().ShouldBe(("lineker", 1L));
        _state.Apply(new KabarReceipt("ana", "messi", 0, 0, 2));
        _state.Prompt.ShouldBe("[lineker] ");
    }

    [Fact]
    public void An_entry_that_comes_again_is_neither_shown_nor_counted_again()
    {
        Begin(Listed("ana", 1, unread: 1));
        Open("lineker");
        _state.Apply(Said("lineker", 1, "halo"));
        Shown();
        _state.Apply(Said("lineker", 1, "halo"));
        _state.Apply(Said("ana", 1, "hei", "ana"));
        Shown().ShouldBeEmpty();
        _state.Prompt.ShouldBe("[lineker · ana 1] ");
    }

    [Fact]
    public void A_message_waits_above_the_line_until_it_has_its_place()
    {
        Begin();
        Open("lineker");
        Shown();
        var message = _state.Write("lineker", "halo");
        Notes().ShouldBe(["◌  halo"]);
        _state.Posted(message, new KabarPosted("m1", "accepted", 1, "101"));
        Notes().ShouldBe(["◌  halo"]);
        _state.Apply(Said("messi", 1, "halo") with { Id = "m1" });
        Notes().ShouldBeEmpty();
        Shown().ShouldBe(["Saturday, 21 November 2026", "12:00   1 ✓  messi: halo"]);
    }

    [Fact]
    public void An_entry_that_comes_before_the_answer_takes_nothing_away()
    {
        Begin();
        Open("lineker");
        var message = _state.Write("lineker", "halo");
        _state.Apply(Said("messi", 1, "halo") with { Id = "m1" });
        _state.Posted(message, new KabarPosted("m1", "accepted", 1, "101"));
        Notes().ShouldBeEmpty();
    }

    [Fact]
    public void Many_messages_that_wait_take_few_rows()
    {
        Begin();
        Open("lineker");
        for (var i = 0; i < 7; i++) _state.Write(i == 0 ? "ana" : "lineker", $"baris {i}\nlagi");
        _state.Connected(false);
        Notes().ShouldBe(["◌  ana: baris 0 lagi", "◌  baris 1 lagi", "◌  baris 2 lagi", "   4 more wait", "   not connected; what you write is sent when it is back"]);
    }

    [Fact]
    public void A_refused_message_is_told_with_the_reason()
    {
        Begin();
        Open("lineker");
        Shown();
        _state.Refused(_state.Write("lineker", "sebuah pesan yang sangat panjang sekali"), "Pesan Terlalu Panjang");
        Shown().ShouldBe(["✗  not sent: Pesan Terlalu Panjang “sebuah pesan yang sangat…”"]);
        Notes().ShouldBeEmpty();
    }

    [Fact]
    public void Ticks_follow_the_receipts_of_the_other()
    {
        Begin();
        Open("james@dua");
        _state.Apply(Said("messi", 1, "halo", "james@dua"));
        _state.Apply(Said("messi", 2, "hai", "james@dua"));
        Shown()[^2..].ShouldBe(["12:00   1 ◌  messi: halo", "12:00   2 ◌  messi: hai"]);
        _state.Apply(new KabarReceipt("james@dua", "james@dua", 2, 1, 0));
        Ticks().ShouldBe(["1✓✓", "2✓ "]);
        _state.Apply(new KabarReceipt("james@dua", "james@dua", 0, 2, 1));
        _state.TakeTicks().Select(tick => (tick.Place.Position, tick.Tick.Tone)).ShouldBe([(1L, Tone.Read), (2L, Tone.Dim)]);
        _state.Apply(new KabarReceipt("james@dua", "messi", 0, 0, 2));
        Ticks().ShouldBeEmpty();
    }

    [Fact]
    public void Something_that_was_not_delivered_is_told_wherever_one_is()
    {
        Begin();
        Open("james@dua");
        _state.Apply(Said("messi", 1, "halo", "james@dua") with { Id = "m1" });
        Shown();
        _state.Apply(Entry("failed", "@satu", 1, "messi") with { Text = "User Tidak Ditemukan", Failure = "unknown_recipient", Undelivered = new KabarUndelivered("m1", "james@dua", "halo") });
        Shown().ShouldBe(["12:00 ✗ not delivered to james@dua: User Tidak Ditemukan “halo”"]);
        Ticks().ShouldBe(["1✗ "]);
    }

    [Fact]
    public void Changes_of_a_message_are_short_lines_with_its_number()
    {
        Begin();
        Open("#batak");
        _state.Apply(Said("lineker", 1, "makan jam 12", "#batak"));
        Shown();
        _state.Apply(Entry("edited", "#batak", 2, "lineker") with { Target = 1, Text = "makan jam 1" });
        _state.Apply(Entry("reacted", "#batak", 3, "messi") with { Target = 1, Emoji = "👍" });
        _state.Apply(Entry("reacted", "#batak", 4, "messi") with { Target = 1, Emoji = "" });
        _state.Apply(Entry("deleted", "#batak", 5, "lineker") with { Target = 1 });
        Shown().Select(line => line[13..]).ShouldBe(
        [
            "lineker edited 1: makan jam 1", "messi reacts 👍 to 1 “makan jam 1”", "messi takes back the reaction to 1 “makan jam 1”", "lineker deleted 1",
        ]);
        _state.Current!.Find(1)!.IsDeleted.ShouldBeTrue();
    }

    [Fact]
    public void The_past_reads_as_it_now_is()
    {
        Begin(Listed("#batak", 6));
        Open("#batak",
            Entry("joined", "#batak", 1, "lineker"),
            Said("lineker", 2, "makan jam 1", "#batak") with { Edited = Noon, Reactions = [new("👍", "messi"), new("👍", "ana"), new("🍚", "budi")] },
            Entry("edited", "#batak", 3, "lineker") with { Target = 2, Text = "makan jam 12" },
            Said("ana", 4, "", "#batak") with { IsDeleted = true },
            Said("messi", 5, "ok", "#batak") with { Target = 2 },
            Entry("role", "#batak", 6, "lineker") with { Subject = "messi", Role = "moderator" });
        Shown()[1..].ShouldBe(
        [
            "Saturday, 21 November 2026", "12:00        → lineker joined", "12:00   2    lineker: makan jam 1 (edited)  👍2  🍚", "12:00   4    ana: (deleted)",
            "12:00   5 ✓  messi: ↪ 2 “makan jam 1” ok", "12:00        * lineker made messi moderator",
        ]);
    }

    [Fact]
    public void Somebody_types_until_he_has_said_it_or_some_time_is_over()
    {
        Begin();
        Open("#batak");
        _state.Apply(new KabarTyping("#batak", "lineker"));
        _state.Apply(new KabarTyping("#batak", "ana"));
        _state.Apply(new KabarTyping("#batak", "messi"));
        _state.Apply(new KabarTyping("lineker", "lineker"));
        Notes().ShouldBe(["   ana and lineker are typing…"]);
        _state.NotesChange.ShouldBe(Noon.AddSeconds(6));
        _state.Apply(Said("ana", 1, "halo", "#batak"));
        Notes().ShouldBe(["   lineker is typing…"]);
        _clock.Now = Noon.AddSeconds(6);
        Notes().ShouldBeEmpty();
        _state.NotesChange.ShouldBeNull();
    }

    [Fact]
    public void How_the_other_is_stands_in_the_heading_and_a_change_is_told()
    {
        Begin();
        _state.Open("lineker");
        _state.Current!.Presence = new KabarPresence("lineker", "online", null, "Gary Lineker");
        _state.Show(_state.Current, History("lineker"));
        Shown().ShouldBe(["lineker · Gary Lineker · online"]);
        _state.Apply(new KabarPresence("lineker", "away", null));
        _state.Apply(new KabarPresence("lineker", "away", null));
        _state.Apply(new KabarPresence("ana", "away", null));
        Shown().ShouldBe(["   lineker is away"]);
    }

    [Fact]
    public void A_new_day_is_a_rule()
    {
        Begin();
        Open("lineker", Said("lineker", 1, "malam"));
        Shown();
        _clock.Now = Noon.AddDays(1);
        _state.Apply(Said("lineker", 2, "pagi"));
        Shown().ShouldBe(["Sunday, 22 November 2026", "12:00   2    lineker: pagi"]);
    }

    [Fact]
    public void A_lost_connection_is_a_quiet_line_and_so_is_its_return()
    {
        Begin();
        Open("lineker");
        Shown();
        _state.Connected(true);
        Shown().ShouldBeEmpty();
        _state.Connected(false);
        _state.Connected(false);
        Shown().ShouldBe(["connection lost, connecting again"]);
        _state.Apply(Said("lineker", 1, "sementara itu"));
        _state.Connected(true);
        Shown().ShouldBe(["Saturday, 21 November 2026", "12:00   1    lineker: sementara itu", "connected again"]);
        _state.Connected(false);
        _state.Connected(true);
        Shown().ShouldBeEmpty();
        _clock.Now = Noon.AddMinutes(1);
        _state.Connected(false);
        Shown().ShouldBe(["connection lost, connecting again"]);
    }

    [Fact]
    public void Pages_of_the_past_lead_back_to_now()
    {
        Begin();
        var entries = Enumerable.Range(1, 30).Select(number => Said("lineker", number, $"baris {number}")).ToArray();
        var conversation = _state.Open("lineker");
        _state.Show(conversation, new KabarHistory(entries[20..], 21, 30, 30, 30, []));
        Shown();
        (_state.OlderBefore, _state.NewerAfter).ShouldBe((21L, null));
        _state.ShowPage(conversation, new KabarHistory(entries[10..20], 11, 20, 30, 30, []));
        (_state.OlderBefore, _state.NewerAfter).ShouldBe((11L, 20L));
        Shown().ShouldBe(["11 to 20", "Saturday, 21 November 2026", .. entries[10..20].Select(entry => $"12:00  {entry.Position}    lineker: {entry.Text}")]);
        _state.ShowPage(conversation, new KabarHistory(entries[20..], 21, 30, 30, 30, []));
        Shown()[^1].ShouldBe("now");
        _state.NewerAfter.ShouldBeNull();
    }

    [Fact]
    public void What_comes_while_a_conversation_opens_is_shown_with_it_once()
    {
        Begin();
        var conversation = _state.Open("lineker");
        _state.Apply(Said("lineker", 2, "dua"));
        Shown().ShouldBeEmpty();
        _state.Show(conversation, new KabarHistory([Said("lineker", 1, "satu")], 1, 1, 1, 0, []));
        Shown()[^2..].ShouldBe(["12:00   1    lineker: satu", "12:00   2    lineker: dua"]);
        _state.Apply(Said("lineker", 3, "tiga"));
        Shown().ShouldBe(["12:00   3    lineker: tiga"]);
    }

    [Fact]
    public void Neighbours_go_round_and_can_be_those_with_something_unread()
    {
        Begin(Listed("a", 1), Listed("b", 1), Listed("c", 1, unread: 2));
        Open("a");
        _state.Neighbour(+1, unreadOnly: false)!.Name.ShouldBe("b");
        _state.Neighbour(-1, unreadOnly: false)!.Name.ShouldBe("c");
        _state.Neighbour(+1, unreadOnly: true)!.Name.ShouldBe("c");
        _state.Conversation("b").IsHidden = true;
        _state.Neighbour(+1, unreadOnly: false)!.Name.ShouldBe("c");
        Open("c");
        _state.Neighbour(+1, unreadOnly: true).ShouldBeNull();
        _state.Apply(Said("b", 2, "halo", "b"));
        _state.Conversation("b").IsHidden.ShouldBeFalse();
    }

    [Fact]
    public void Who_does_not_exist_leaves_one_where_one_was()
    {
        Begin();
        Open("lineker", Said("lineker", 1, "halo"));
        Shown();
        var nobody = _state.Open("linekre");
        _state.Abandon(nobody);
        _state.Prompt.ShouldBe("[lineker] ");
        _state.Conversations.Select(known => known.Name).ShouldBe(["lineker"]);
        _state.Apply(Said("lineker", 2, "masih di sini"));
        Shown()[^1].ShouldBe("12:00   2    lineker: masih di sini");
    }

    [Fact]
    public void The_last_own_message_is_the_one_to_edit()
    {
        Begin();
        Open("lineker", Said("messi", 1, "satu"), Said("messi", 2, "", "lineker") with { IsDeleted = true }, Said("lineker", 3, "tiga"));
        _state.LastOwn()!.Position.ShouldBe(1);
        _state.Apply(Entry("edited", "lineker", 4, "messi") with { Target = 1, Text = "Satu" });
        _state.LastOwn()!.Text.ShouldBe("Satu");
    }

    [Fact]
    public void In_a_pipe_everything_is_shown_with_where_it_is()
    {
        var state = new ChatState(new ChatWords(isIndonesian: true), ChatGlyphs.Plain, _clock) { ShowsAll = true };
        state.Begin(Messi, [], []);
        state.TakeLines();
        state.Apply(Said("lineker", 1, "halo"));
        state.TakeLines().Select(line => line.ToString()).ShouldBe(["[lineker] 12:00   1    lineker: halo"]);
    }

    private static KabarUser Messi => new("messi", "Lionel Messi", "satu", "s1");

    private void Begin(params KabarConversation[] listed)
    {
        _state.Begin(Messi, listed, []);
        _state.TakeLines();
    }

    private void Open(string name, params KabarEntry[] entries)
    {
        var conversation = _state.Open(name);
        _state.Show(conversation, History(name, entries));
    }

    private KabarHistory History(string name, params KabarEntry[] entries)
    {
        var last = entries.Length == 0 ? 0 : entries[^1].Position;
        return new KabarHistory([.. entries.Select(entry => entry with { Conversation = name })], 1, last, last, _state.Conversation(name).Read, []);
    }

    private string[] Shown() => [.. _state.TakeLines().Select(line => line.ToString())];

    private IReadOnlyList<string> Notes() => [.. _state.Notes().Select(note => note.ToString())];

    private IReadOnlyList<string> Ticks() => [.. _state.TakeTicks().Select(tick => $"{tick.Place.Position}{tick.Tick.Text}")];

    private KabarEntry Said(string from, long position, string text, string conversation = "lineker") => Entry("message", conversation, position, from) with { Text = text };

    private KabarEntry Entry(string kind, string conversation, long position, string from) => new()
    {
        At = $"{++_at}",
        Kind = kind,
        To = conversation,
        Conversation = conversation,
        Position = position,
        Id = $"{conversation}/{position}",
        From = from,
        Name = from,
        Sent = _clock.Now,
    };

    private KabarConversation Listed(string name, long last, int unread = 0, long? read = null) => new(name, Entry("message", name, last, "x"), read ?? last - unread, unread);

    private sealed class FixedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
