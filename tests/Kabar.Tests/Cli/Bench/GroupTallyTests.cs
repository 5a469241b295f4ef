using System.Text;
using Kabar.Cli.Bench;

namespace Kabar.Tests.Cli.Bench;

public class GroupTallyTests
{
    private const int Group = 3;

    [Fact]
    public void Texts_that_each_member_hears_once_and_in_one_order_are_exact()
    {
        var tally = new GroupTally(Group, members: 3, depth: 1);
        for (var number = 0; number < 100; number++)
        {
            var text = Say(tally, place: 0);
            Hear(tally, 2, text).ShouldBe((Heard.Something, 0));
            Hear(tally, 0, text).ShouldBe((Heard.Something, 0));
            Hear(tally, 1, text).ShouldBe((Heard.TextOfAll, 0));
        }

        tally.AddTo(new Delivery(Acknowledged: 1, Received: 1)).ShouldBe(new Delivery(Acknowledged: 301, Received: 301));
        tally.AddTo(new Delivery()).IsExact.ShouldBeTrue();
    }

    [Fact]
    public void Notices_are_ignored_and_what_nobody_said_is_strange()
    {
        var tally = new GroupTally(Group, members: 1, depth: 1);
        Hear(tally, 0, "messi telah bergabung").Heard.ShouldBe(Heard.Something);
        Hear(tally, 0, "messi meninggalkan group").Heard.ShouldBe(Heard.Something);
        tally.AddTo(new Delivery()).ShouldBe(new Delivery());

        Hear(tally, 0, "messi: halo gaes").Heard.ShouldBe(Heard.Something);
        Hear(tally, 0, "exit").Heard.ShouldBe(Heard.Something);
        Hear(tally, 0, Stamped(Group + 1, 0)).Heard.ShouldBe(Heard.Something);
        Hear(tally, 0, Stamped(Group, 0)).Heard.ShouldBe(Heard.Something);
        tally.AddTo(new Delivery()).ShouldBe(new Delivery(Strange: 4));
    }

    [Fact]
    public void A_text_that_comes_twice_is_doubled_whether_others_have_still_to_hear_it_or_not()
    {
        var tally = new GroupTally(Group, members: 2, depth: 1);
        var first = Say(tally, place: 0);
        Hear(tally, 0, first);
        Hear(tally, 0, first).Heard.ShouldBe(Heard.Something);
        Hear(tally, 1, first).Heard.ShouldBe(Heard.TextOfAll);
        Hear(tally, 1, first).Heard.ShouldBe(Heard.Something);
        Say(tally, place: 0);
        Hear(tally, 1, first).Heard.ShouldBe(Heard.Something);

        tally.AddTo(new Delivery()).ShouldBe(new Delivery(Acknowledged: 4, Received: 2, Lost: 2, Doubled: 3));
    }

    [Fact]
    public void A_text_that_a_member_never_hears_is_lost()
    {
        var tally = new GroupTally(Group, members: 2, depth: 1);
        Hear(tally, 0, Say(tally, place: 0));

        tally.AddTo(new Delivery()).ShouldBe(new Delivery(Acknowledged: 2, Received: 1, Lost: 1));
    }

    [Fact]
    public void Any_order_will_do_as_long_as_it_is_everybodys()
    {
        var tally = new GroupTally(Group, members: 2, depth: 2);
        var (one, two) = (Say(tally, place: 0), Say(tally, place: 1));
        Hear(tally, 0, two);
        Hear(tally, 1, two).ShouldBe((Heard.TextOfAll, 1));
        var three = Say(tally, place: 1);
        foreach (var member in (int[])[0, 1])
        {
            Hear(tally, member, three);
            Hear(tally, member, one);
        }

        tally.AddTo(new Delivery()).ShouldBe(new Delivery(Acknowledged: 6, Received: 6));
    }

    [Fact]
    public void Members_who_hear_two_texts_in_different_orders_are_noticed()
    {
        var tally = new GroupTally(Group, members: 3, depth: 2);
        var (one, two) = (Say(tally, place: 0), Say(tally, place: 1));
        Hear(tally, 0, one);
        Hear(tally, 1, two);
        Hear(tally, 0, two);
        Hear(tally, 1, one).Heard.ShouldBe(Heard.Something);
        Hear(tally, 2, one).ShouldBe((Heard.TextOfAll, 0));
        Hear(tally, 2, two).ShouldBe((Heard.TextOfAll, 1));

        tally.AddTo(new Delivery()).ShouldBe(new Delivery(Acknowledged: 6, Received: 6, OutOfOrder: 1));
        tally.AddTo(new Delivery()).IsExact.ShouldBeFalse();
    }

    [Fact]
    public void In_the_native_protocol_texts_are_those_of_message_events()
    {
        var tally = new GroupTally(Group, members: 1, depth: 1, isNative: true);
        var text = Say(tally, place: 0)["messi: ".Length..];
        Hear(tally, 0, """{"status":"OK","state":"accepted","position":1}""").Heard.ShouldBe(Heard.Something);
        Hear(tally, 0, """{"event":"joined","at":"1","to":"#g","from":"messi","name":"say \"text\":\"x"}""").Heard.ShouldBe(Heard.Something);
        Hear(tally, 0, $$"""{"event":"message","at":"2","to":"#g","position":2,"from":"messi","name":"a \"text\":\" b","text":"{{text}}"}""").ShouldBe((Heard.TextOfAll, 0));
        tally.AddTo(new Delivery()).ShouldBe(new Delivery(Acknowledged: 1, Received: 1));

        Hear(tally, 0, """{"status":"ERROR","code":"not_member","message":"no"}""").Heard.ShouldBe(Heard.Something);
        Hear(tally, 0, """{"event":"message","text":"halo gaes"}""").Heard.ShouldBe(Heard.Something);
        tally.AddTo(new Delivery()).ShouldBe(new Delivery(Acknowledged: 1, Received: 1, Strange: 2));
    }

    [Fact]
    public void The_farewell_is_known_and_is_no_delivery()
    {
        var tally = new GroupTally(Group, members: 1, depth: 1);
        var text = new byte[MessageStamp.Length + 1];
        tally.SayFarewell(text);

        Hear(tally, 0, "messi: " + Encoding.ASCII.GetString(text)).Heard.ShouldBe(Heard.Farewell);
        tally.AddTo(new Delivery()).ShouldBe(new Delivery());
    }

    private static string Say(GroupTally tally, int place)
    {
        var text = "                          x"u8.ToArray();
        tally.Say(text, place);
        return "messi: " + Encoding.ASCII.GetString(text);
    }

    private static string Stamped(int group, int sequence)
    {
        var text = "                          x"u8.ToArray();
        MessageStamp.Write(text, group, sequence);
        return "messi: " + Encoding.ASCII.GetString(text);
    }

    private static (Heard Heard, int Place) Hear(GroupTally tally, int member, string line) =>
        (tally.Receive(member, Encoding.ASCII.GetBytes(line), out var place), place);
}
