using System.Text.Json;

namespace Kabar.Client;

/// <summary>Reads replies. What is not as the protocol has it is an <see cref="IOException"/>. Protocol: native, "Replies", "Verbs".</summary>
internal static class ReplyReader
{
    /// <summary>What a reply refuses; null when it grants.</summary>
    public static KabarException? Refusal(JsonElement reply) => reply.Text("status"u8) switch
    {
        "OK" => null,
        "ERROR" => new KabarException(reply.Text("code"u8) ?? "failed", reply.Text("message"u8) ?? "The realm has refused.", reply.Text("parameter"u8)),
        _ => throw Fields.Garbled(),
    };

    /// <summary>For replies that say nothing but that it was done.</summary>
    public static bool Done(JsonElement reply) => true;

    public static KabarUser User(JsonElement reply) => new(
        reply.TextOrThrow("user"u8), reply.Text("name"u8) ?? reply.TextOrThrow("user"u8), reply.TextOrThrow("realm"u8), reply.TextOrThrow("session"u8));

    public static KabarPosted Posted(JsonElement reply) => new(
        reply.TextOrThrow("mid"u8), reply.TextOrThrow("state"u8), reply.Number("position"u8), reply.Text("at"u8));

    public static long Position(JsonElement reply) => reply.NumberOrThrow("position"u8);

    public static KabarPage Page(JsonElement reply, EventReader events) => new(reply.List("entries"u8, events.Entry), reply.Flag("more"u8));

    public static KabarHistory History(JsonElement reply, EventReader events)
    {
        var conversation = reply.TextOrThrow("to"u8);
        return new KabarHistory(
            reply.List("entries"u8, events.Entry),
            reply.Number("first"u8) ?? 0,
            reply.Number("last"u8) ?? 0,
            reply.Number("head"u8) ?? 0,
            reply.Number("read"u8) ?? 0,
            reply.List("receipts"u8, receipt => events.Receipt(receipt, conversation)));
    }

    public static KabarConversations Conversations(JsonElement reply, EventReader events) => new(
        reply.List("conversations"u8, conversation => new KabarConversation(
            conversation.TextOrThrow("with"u8),
            events.Entry(conversation.ObjectOrThrow("last"u8)),
            conversation.Number("read"u8) ?? 0,
            (int)Math.Min(conversation.Number("unread"u8) ?? 0, int.MaxValue))),
        reply.Flag("more"u8));

    public static KabarGroup Group(JsonElement group) => new(
        WithSign(group.TextOrThrow("group"u8)),
        group.Text("topic"u8) ?? "",
        group.Flag("open"u8),
        (int)Math.Min(group.Number("members"u8) ?? 0, int.MaxValue),
        group.Text("role"u8));

    public static IReadOnlyList<KabarGroup> Groups(JsonElement reply) => reply.List("groups"u8, Group);

    public static IReadOnlyList<KabarMember> Members(JsonElement reply) => reply.List("members"u8, member => new KabarMember(
        member.TextOrThrow("user"u8), member.Text("name"u8) ?? member.TextOrThrow("user"u8), member.TextOrThrow("role"u8), member.Flag("muted"u8)));

    public static IReadOnlyList<KabarPresence> Users(JsonElement reply) => reply.List("users"u8, EventReader.Presence);

    public static IReadOnlyList<KabarPeer> Peers(JsonElement reply) =>
        reply.List("peers"u8, peer => new KabarPeer(peer.TextOrThrow("realm"u8), peer.Flag("connected"u8)));

    public static IReadOnlyList<KabarSession> Sessions(JsonElement reply) => reply.List("sessions"u8, session => new KabarSession(
        session.TextOrThrow("session"u8), session.Time("created"u8) ?? default, session.Time("used"u8) ?? default, session.Flag("current"u8)));

    private static string WithSign(string group) => group.StartsWith('#') ? group : "#" + group;
}
