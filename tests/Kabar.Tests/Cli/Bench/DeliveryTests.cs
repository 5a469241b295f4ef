using Kabar.Cli.Bench;

namespace Kabar.Tests.Cli.Bench;

public class DeliveryTests
{
    [Fact]
    public void What_was_acknowledged_and_read_once_is_exact()
    {
        var messages = new SentMessages();
        foreach (var sequence in Enumerable.Range(0, 3000))
        {
            // A reader may be told before the sender is.
            messages.Receive(sequence);
            messages.Acknowledge(sequence);
        }

        messages.AddTo(new Delivery()).ShouldBe(new Delivery(Acknowledged: 3000, Received: 3000));
        messages.AddTo(new Delivery()).IsExact.ShouldBeTrue();
    }

    [Fact]
    public void A_message_lost_or_doubled_or_delivered_in_spite_of_an_error_is_noticed()
    {
        var messages = new SentMessages();
        messages.Acknowledge(0);
        messages.Acknowledge(1);
        messages.Receive(1);
        messages.Receive(1);
        messages.Receive(2);

        var delivery = messages.AddTo(new Delivery());
        delivery.ShouldBe(new Delivery(Acknowledged: 2, Received: 2, Lost: 1, Doubled: 1));
        delivery.IsExact.ShouldBeFalse();
        new Delivery(Acknowledged: 1, Received: 2).IsExact.ShouldBeFalse();
        new Delivery(OutOfOrder: 1).IsExact.ShouldBeFalse();
        new Delivery(Strange: 1).IsExact.ShouldBeFalse();
    }

    [Fact]
    public void A_stamp_is_read_as_it_was_written_and_nothing_else_is()
    {
        var text = new byte[MessageStamp.Length + 1];
        MessageStamp.Write(text, 123, int.MaxValue);

        MessageStamp.TryRead(text, out var sender, out var sequence).ShouldBeTrue();
        (sender, sequence).ShouldBe((123, int.MaxValue));
        MessageStamp.TryRead("halo lineker, ini messi"u8, out _, out _).ShouldBeFalse();
        MessageStamp.TryRead("000012-345"u8, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_texts_of_an_inbox_are_read_in_its_order_whatever_users_are_called()
    {
        var texts = new List<string>();
        var count = WireReply.ReadTexts(
            """{"status": "OK", "messages": {"msg": [{"msg_from": "M", "msg_to": "L", "msg": "one"}, {"msg_from": "M", "msg_to": "L", "msg": "two"}], "messi": [{"msg_from": "msg", "msg_to": "L", "msg": "three"}]}}"""u8,
            text => texts.Add(System.Text.Encoding.UTF8.GetString(text)));

        count.ShouldBe(3);
        texts.ShouldBe(["one", "two", "three"]);
    }
}
