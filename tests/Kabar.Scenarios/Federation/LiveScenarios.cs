using System.Text.Json.Nodes;
using Kabar.Scenarios.Running;
using static Kabar.Scenarios.Federation.NativeUser;

namespace Kabar.Scenarios.Federation;

/// <summary>Two people who speak the native protocol at two realms: what becomes of what they say, how far it has come, and what is of the moment.</summary>
public sealed class LiveScenarios
{
    [Fact]
    public async Task A_message_is_queued_stored_delivered_and_read_also_when_the_link_was_down()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await NativeUser.ConnectAsync(realms.Satu, "messi");

        // 1. James is not there: his realm has it.
        var sent = await messi.SendAsync("james@dua", "halo james");
        Text(sent, "state").ShouldBe("queued");
        await messi.HearsReceiptAsync("james@dua", "stored", Number(sent, "position"));
        messi.Heard.ShouldNotContain(what => Is(what, "receipt") && (Number(what, "delivered") > 0 || Number(what, "read") > 0));

        // 2. His client is given it, and he reads it.
        await using var james = await NativeUser.ConnectAsync(realms.Dua, "james");
        (await james.ReadingAsync("messi@satu")).ShouldBe(["messi@satu: halo james"]);
        await messi.HearsReceiptAsync("james@dua", "delivered", Number(sent, "position"));
        await james.DoAsync("read", ("to", "messi@satu"));
        await messi.HearsReceiptAsync("james@dua", "read", Number(sent, "position"));

        // 3. While the link is down it waits here, and he learns of nothing.
        realms.Link.Cut();
        await DownAsync(realms);
        var waits = await messi.SendAsync("james@dua", "nanti saja");
        Text(waits, "state").ShouldBe("queued");
        await messi.DoAsync("edit", ("to", "james@dua"), ("position", Number(waits, "position")), ("text", "sekarang saja"));
        var own = await james.SendAsync("messi@satu", "dari sini juga");
        realms.Link.Pass();
        var heard = await james.HearsAsync(waits);
        await james.HearsAsync(what => Is(what, "edited") && Number(what, "target") == Number(heard, "position") && Text(what, "text") == "sekarang saja", "it reads differently");
        await messi.HearsReceiptAsync("james@dua", "stored", Number(waits, "position"));
        await messi.HearsReceiptAsync("james@dua", "delivered", Number(waits, "position"));
        await messi.HearsSaidAsync("dari sini juga");
        await messi.DoAsync("read", ("to", "james@dua"));
        await james.HearsReceiptAsync("messi@satu", "read", Number(own, "position"));

        // 4. What cannot be delivered is failed, and says why.
        var lost = await messi.SendAsync("siapa@dua", "halo?");
        var failed = await messi.HearsAsync(what => Is(what, "failed"), "it was not delivered");
        (Text(failed, "failed"), Text(failed, "target_mid"), Text(failed, "target_to")).ShouldBe(("unknown_recipient", Text(lost, "mid"), "siapa@dua"));
        var entry = (await messi.DoAsync("history", ("to", "siapa@dua")))["entries"]!.AsArray().Single()!.AsObject();
        Text(entry, "failed").ShouldBe("unknown_recipient");
    }

    [Fact]
    public async Task Edits_deletions_reactions_and_replies_cross_the_link_in_both_directions_also_when_it_was_down()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await NativeUser.ConnectAsync(realms.Satu, "messi");
        await using var james = await NativeUser.ConnectAsync(realms.Dua, "james");

        // 1. Each says something while the link is down, so that the two count differently.
        realms.Link.Cut();
        await DownAsync(realms);
        var mine = Number(await messi.SendAsync("james@dua", "dari satu"), "position");
        var his = Number(await james.SendAsync("messi@satu", "dari dua"), "position");
        (mine, his).ShouldBe((1, 1));
        realms.Link.Pass();
        var heardByJames = Number(await james.HearsSaidAsync("dari satu"), "position");
        var heardByMessi = Number(await messi.HearsSaidAsync("dari dua"), "position");
        (heardByJames, heardByMessi).ShouldBe((2, 2));

        // 2. What either does is done to the same message at both.
        await james.SendAsync("messi@satu", "ya", reply: heardByJames);
        Number(await messi.HearsSaidAsync("ya"), "reply").ShouldBe(mine);
        await messi.DoAsync("react", ("to", "james@dua"), ("position", heardByMessi), ("emoji", "👍"));
        var reacted = await james.HearsAsync(what => Is(what, "reacted"), "messi reacts");
        (Number(reacted, "target"), Text(reacted, "emoji"), Text(reacted, "from")).ShouldBe((his, "👍", "messi@satu"));
        await james.DoAsync("edit", ("to", "messi@satu"), ("position", his), ("text", "dari dua!"));
        Number(await messi.HearsAsync(what => Is(what, "edited") && Text(what, "text") == "dari dua!", "james edits"), "target").ShouldBe(heardByMessi);
        Text(await james.AskAsync("edit", ("to", "messi@satu"), ("position", heardByJames), ("text", "palsu")), "code").ShouldBe("not_allowed");

        // 3. And what is done while the link is down, when it is up again.
        realms.Link.Cut();
        await DownAsync(realms);
        await james.DoAsync("react", ("to", "messi@satu"), ("position", heardByJames), ("emoji", "🐐"));
        await james.DoAsync("react", ("to", "messi@satu"), ("position", heardByJames), ("emoji", "☕"));
        await messi.DoAsync("react", ("to", "james@dua"), ("position", heardByMessi));
        await messi.DoAsync("edit", ("to", "james@dua"), ("position", mine), ("text", "satu"));
        await messi.DoAsync("edit", ("to", "james@dua"), ("position", mine), ("text", "dari satu saja"));
        var gone = Number(await messi.SendAsync("james@dua", "jangan dibaca"), "position");
        await messi.DoAsync("delete", ("to", "james@dua"), ("position", gone));
        realms.Link.Pass();
        await AgreeAsync(messi, "james@dua", james, "messi@satu", ["james@dua: dari dua!*", "james@dua: ya", "messi@satu: -", "messi@satu: dari satu saja* [james@dua ☕]"]);
        james.Heard.ShouldNotContain(what => Is(what, "message") && Text(what, "text") == "jangan dibaca" && what["deleted"] != null);
    }

    [Fact]
    public async Task What_is_done_to_a_groups_messages_is_the_same_at_home_and_at_a_replica()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await NativeUser.ConnectAsync(realms.Satu, "messi");
        await using var james = await NativeUser.ConnectAsync(realms.Dua, "james");
        await messi.DoAsync("group create", ("group", "batak"));
        await james.DoAsync("group join", ("group", "batak@satu"));

        // 1. From the home and from the replica, where it waits for the home's word.
        var one = Number(await messi.SendAsync("#batak", "halo gaes"), "position");
        Number(await james.HearsSaidAsync("halo gaes"), "position").ShouldBe(one);
        Text(await james.SendAsync("#batak@satu", "hai", reply: one), "state").ShouldBe("pending");
        var two = await messi.HearsSaidAsync("hai");
        Number(two, "reply").ShouldBe(one);
        await james.HearsSaidAsync("hai");
        await james.DoAsync("react", ("to", "#batak@satu"), ("position", one), ("emoji", "👍"));
        await messi.HearsAsync(what => Is(what, "reacted") && Number(what, "target") == one && Text(what, "from") == "james@dua", "james reacts");
        await messi.DoAsync("edit", ("to", "#batak"), ("position", one), ("text", "halo semua"));
        await james.HearsAsync(what => Is(what, "edited") && Number(what, "target") == one && Text(what, "text") == "halo semua", "messi edits");

        // 2. While the link is down; the owner takes back what james said.
        realms.Link.Cut();
        await DownAsync(realms);
        await james.DoAsync("edit", ("to", "#batak@satu"), ("position", Number(two, "position")), ("text", "hai juga"));
        await james.SendAsync("#batak@satu", "masih ada orang?");
        var three = Number(await messi.SendAsync("#batak", "salah kirim"), "position");
        await messi.DoAsync("delete", ("to", "#batak"), ("position", three));
        await messi.DoAsync("react", ("to", "#batak"), ("position", Number(two, "position")), ("emoji", "☕"));
        realms.Link.Pass();
        var last = await messi.HearsSaidAsync("masih ada orang?");
        await messi.DoAsync("delete", ("to", "#batak"), ("position", Number(last, "position")));
        await AgreeAsync(messi, "#batak", james, "#batak@satu", ["james@dua: -", "james@dua: hai juga* [messi@satu ☕]", "messi@satu: -", "messi@satu: halo semua* [james@dua 👍]"]);

        // 3. Nobody else's.
        Text(await james.AskAsync("delete", ("to", "#batak@satu"), ("position", one)), "code").ShouldBe("not_allowed");
        Text(await james.AskAsync("edit", ("to", "#batak@satu"), ("position", one), ("text", "palsu")), "code").ShouldBe("not_allowed");
    }

    [Fact]
    public async Task Who_is_there_and_who_is_typing_is_told_across_the_link()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await NativeUser.ConnectAsync(realms.Satu, "messi");
        var james = await NativeUser.ConnectAsync(realms.Dua, "james");
        await messi.SendAsync("james@dua", "halo");
        await james.HearsSaidAsync("halo");
        await messi.DoAsync("group create", ("group", "batak"));
        await james.DoAsync("group join", ("group", "batak@satu"));

        // 1. Typing, to him and in the group.
        await james.DoAsync("typing", ("to", "messi@satu"));
        await messi.HearsAsync(what => Is(what, "typing") && Text(what, "from") == "james@dua" && Text(what, "to") == "messi", "james is typing to him");
        await james.DoAsync("typing", ("to", "#batak@satu"));
        await messi.HearsAsync(what => Is(what, "typing") && Text(what, "from") == "james@dua" && Text(what, "to") == "#batak", "james is typing in the group");
        await messi.DoAsync("typing", ("to", "#batak"));
        await james.HearsAsync(what => Is(what, "typing") && Text(what, "from") == "messi@satu" && Text(what, "to") == "#batak@satu", "messi is typing in the group");

        // 2. Asked, and told when it changes.
        Text(await messi.DoAsync("status", ("user", "james@dua")), "presence").ShouldBe("online");
        await james.DoAsync("status set", ("presence", "away"));
        await messi.HearsAsync(what => IsPresence(what, "james@dua", "away"), "james is away");
        await james.DisposeAsync();
        await messi.HearsAsync(what => IsPresence(what, "james@dua", "offline"), "james is gone");
        var gone = messi.Heard.Count;
        james = await NativeUser.ConnectAsync(realms.Dua, "james");
        await using var again = james;
        await messi.HearsAsync(what => messi.Heard.Skip(gone).Contains(what) && IsPresence(what, "james@dua", "online"), "james is there again");

        // 3. With the link his realm goes, and comes back.
        gone = messi.Heard.Count;
        realms.Link.Cut();
        await messi.HearsAsync(what => messi.Heard.Skip(gone).Contains(what) && IsPresence(what, "james@dua", "offline"), "nothing is known of james");
        gone = messi.Heard.Count;
        realms.Link.Pass();
        await messi.HearsAsync(what => messi.Heard.Skip(gone).Contains(what) && IsPresence(what, "james@dua", "online"), "james is there after all");
        Text(await messi.AskAsync("status", ("user", "tiadaorang@dua")), "code").ShouldBe("unknown_recipient");
    }

    [Fact]
    public async Task Who_speaks_an_older_dialect_is_shown_how_it_reads_now_and_his_reading_is_told()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await NativeUser.ConnectAsync(realms.Satu, "messi");
        await using var james = await realms.Dua.UserAsync("james");
        var first = Number(await messi.SendAsync("james@dua", "jam tiga"), "position");
        var second = Number(await messi.SendAsync("james@dua", "jangan dibaca"), "position");
        await messi.DoAsync("edit", ("to", "james@dua"), ("position", first), ("text", "jam empat"));
        await messi.DoAsync("delete", ("to", "james@dua"), ("position", second));
        await messi.DoAsync("react", ("to", "james@dua"), ("position", first), ("emoji", "☕"));
        var last = Number(await messi.SendAsync("james@dua", "sampai nanti"), "position");
        await messi.HearsReceiptAsync("james@dua", "stored", last);

        (await james.InboxOfAsync(2, "both have come")).Select(entry => entry.Text).ShouldBe(["jam empat", "sampai nanti"]);
        await messi.HearsReceiptAsync("james@dua", "read", last);

        // What he writes is a message like any other.
        await james.SendsAsync("messi@satu", "baik");
        var heard = await messi.HearsSaidAsync("baik");
        await messi.DoAsync("react", ("to", "james@dua"), ("position", Number(heard, "position")), ("emoji", "👍"));
        await messi.DoAsync("read", ("to", "james@dua"));
        await using var native = await NativeUser.ConnectAsync(realms.Dua, "james");
        await AgreeAsync(messi, "james@dua", native, "messi@satu", ["james@dua: baik [messi@satu 👍]", "messi@satu: -", "messi@satu: jam empat* [messi@satu ☕]", "messi@satu: sampai nanti"]);
    }

    [Fact]
    public async Task A_realm_put_back_to_a_backup_learns_what_has_become_of_messages_since()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        var messi = await NativeUser.ConnectAsync(realms.Satu, "messi");
        await using var james = await NativeUser.ConnectAsync(realms.Dua, "james");
        var old = Number(await messi.SendAsync("james@dua", "sebelum"), "position");
        await james.HearsSaidAsync("sebelum");
        await realms.AreIdleAsync();
        await realms.Satu.BackupAsync(realms.Satu.Beside("backup"));

        await messi.DoAsync("edit", ("to", "james@dua"), ("position", old), ("text", "sebelum!"));
        var lost = await messi.SendAsync("james@dua", "hilang");
        await messi.DoAsync("edit", ("to", "james@dua"), ("position", Number(lost, "position")), ("text", "hilang?"));
        var deleted = Number(await messi.SendAsync("james@dua", "dihapus"), "position");
        await messi.DoAsync("delete", ("to", "james@dua"), ("position", deleted));
        var heard = Number(await james.HearsAsync(lost), "position");
        await james.SendAsync("messi@satu", "jawaban", reply: heard);
        await james.DoAsync("react", ("to", "messi@satu"), ("position", heard), ("emoji", "🐐"));
        await messi.HearsAsync(what => Is(what, "reacted"), "james reacts");
        await realms.AreIdleAsync();
        await messi.DisposeAsync();

        await realms.Satu.StopAsync();
        await realms.Satu.RestoreAsync(realms.Satu.Beside("backup"));
        await realms.Satu.StartAsync();
        messi = await NativeUser.ConnectAsync(realms.Satu, "messi");
        await using var again = messi;
        string[] present = ["james@dua: jawaban", "messi@satu: hilang?* [james@dua 🐐]", "messi@satu: sebelum!*"];
        await Eventually.BecomesTrueAsync(async () => (await messi.ReadingAsync("james@dua")).Order(StringComparer.Ordinal).SequenceEqual(present), "satu knows again how it reads");
        (await james.ReadingAsync("messi@satu")).Where(said => !said.EndsWith(": -", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ShouldBe(present);
        var answer = (await messi.DoAsync("history", ("to", "james@dua")))["entries"]!.AsArray().Select(entry => entry!.AsObject()).Single(entry => Text(entry, "text") == "jawaban");
        Number(answer, "reply").ShouldBeGreaterThan(old);
    }

    private static bool IsPresence(JsonObject what, string user, string state) => Is(what, "presence") && Text(what, "user") == user && Text(what, "presence") == state;

    private static Task DownAsync(TwoRealms realms) => Eventually.BecomesTrueAsync(
        async () => (await realms.Satu.PeerAsync("dua")).State != "connected" && (await realms.Dua.PeerAsync("satu")).State != "connected", "both know that the link is down");

    // Positions differ between two realms, so the order may too.
    private static async Task AgreeAsync(NativeUser one, string oneSays, NativeUser other, string otherSays, string[] present)
    {
        foreach (var (user, place) in new[] { (one, oneSays), (other, otherSays) })
        {
            IReadOnlyList<string> reads = [];
            try
            {
                await Eventually.BecomesTrueAsync(
                    async () => (reads = [.. (await user.ReadingAsync(place)).Order(StringComparer.Ordinal)]).SequenceEqual(present, StringComparer.Ordinal), $"{user.Address} reads {place} so");
            }
            catch (Exception)
            {
                reads.ShouldBe(present, user.Address);
                throw;
            }
        }
    }
}
