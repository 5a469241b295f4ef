using Kabar.Core;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;

namespace Kabar.Tests.Protocol;

/// <summary>What an inbox shows besides the messages of this realm: those of others, and what could not be delivered.</summary>
public sealed class InboxReplyTests
{
    private static readonly Guid Id = Guid.Parse("15299a77-ce5b-458e-b3ba-9b565c09c135");

    [Fact]
    public void What_could_not_be_delivered_is_said_by_the_realm_apart_from_what_the_reader_says_to_himself() =>
        Written(
            new InboxReply(Sample.Messi, [Sample.Message(Sample.Messi, "to myself"), Failure("james@dua", "halo \"é\""), Sample.Message(Sample.Messi, "again"), Failure("#batak@dua", "x", Refusal.Muted)], Sample.Satu, []))
            .ShouldBe(
                """{"status": "OK", "messages": {"messi": [{"msg_from": "Lionel Messi", "msg_to": "Lionel Messi", "msg": "to myself"}, """
                + """{"msg_from": "Lionel Messi", "msg_to": "Lionel Messi", "msg": "again"}], """
                + "\"@satu\": " + """[{"msg_from": "satu", "msg_to": "Lionel Messi", "msg": "Pesan untuk james@dua tidak terkirim (User Tidak Ditemukan): halo \"\u00e9\""}, """
                + """{"msg_from": "satu", "msg_to": "Lionel Messi", "msg": "Pesan untuk #batak@dua tidak terkirim (Tidak Boleh Bicara di Grup): x"}]}}""");

    [Fact]
    public void Who_writes_from_elsewhere_stands_under_his_bare_name_unless_somebody_here_has_it()
    {
        var (james, taeno) = (Elsewhere("james"), Elsewhere("taeno"));
        Written(new InboxReply(Sample.Messi, [james, taeno, Sample.Message(Sample.Account("james", "James here"), "c")], Sample.Satu, [Username.Parse("JAMES")])).ShouldBe(
            """{"status": "OK", "messages": {"james@dua": [{"msg_from": "Name", "msg_to": "Lionel Messi", "msg": "halo"}], """
            + "\"taeno\": " + """[{"msg_from": "Name", "msg_to": "Lionel Messi", "msg": "halo"}], "james": [{"msg_from": "James here", "msg_to": "Lionel Messi", "msg": "c"}]}}""");
    }

    [Fact]
    public void However_long_names_are_a_message_adds_no_more_than_was_reckoned()
    {
        var label = new string('r', 63);
        RealmName.TryParse($"{label}.{label}.{label}.{new string('r', 61)}", out var realm).ShouldBeTrue();
        var who = Username.Parse(new string('u', Username.MaxLength));
        var reader = Sample.Account(who.Value, "R");
        foreach (var dialect in DialectCatalog.All)
        {
            foreach (var reason in Enum.GetValues<Refusal>())
            {
                Message[] messages =
                [
                    Failure($"{who}@{realm}", new string('é', 100) + "…", reason, "R"),
                    Sample.Message(reader, "x"),
                    Elsewhere(who.Value, realm),
                ];
                foreach (var message in messages)
                {
                    var empty = Written(new InboxReply(reader, [], realm, [who]), dialect).Length;
                    (Written(new InboxReply(reader, [message], realm, [who]), dialect).Length - empty).ShouldBeLessThanOrEqualTo(Dialect.InboxSize(message, reader), $"{dialect.Name} {reason} {message.Kind}");
                }
            }
        }
    }

    private static string Written(InboxReply reply, Dialect? dialect = null)
    {
        var output = new FixedOutput();
        (dialect ?? DialectCatalog.Default).Write(reply, output);
        ReplyShape.Verify(output.Written);
        return output.Text[..^4];
    }

    private static Message Failure(string to, string quote, Refusal reason = Refusal.UnknownRecipient, string name = "Lionel Messi") =>
        Make(new Address(Sample.Messi.Username), name, new DeliveryFailure(Id, reason, to, quote).Write(), EntryKind.DeliveryFailed);

    private static Message Elsewhere(string username, RealmName? realm = null) =>
        Make(new Address(Username.Parse(username), realm ?? (RealmName.TryParse("dua", out var dua) ? dua : default)), "Name", MessageText.From("halo"), EntryKind.Said);

    private static Message Make(Address from, string name, MessageText text, EntryKind kind) => new()
    {
        Id = Id,
        Conversation = new ConversationId(1),
        Position = 1,
        Arrival = 1,
        From = from,
        FromName = name,
        Text = text,
        Sent = DateTimeOffset.UnixEpoch,
        Kind = kind,
    };
}
