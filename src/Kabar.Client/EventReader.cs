using System.Text.Json;

namespace Kabar.Client;

/// <summary>Reads entries and events as one user sees them. Protocol: native, "Entries", "Events".</summary>
internal sealed class EventReader(KabarUser user)
{
    private readonly string _address = $"{user.Username}@{user.Realm}";

    /// <summary>An event; null for one that says nothing to this client: it is of a kind that came up later, and not an entry.</summary>
    /// <exception cref="IOException">It is not of the protocol.</exception>
    public KabarEvent? Read(JsonElement happened) => happened.TextOrThrow("event"u8) switch
    {
        "receipt" => Receipt(happened, null),
        "typing" => new KabarTyping(ConversationOf(happened.TextOrThrow("from"u8), happened.TextOrThrow("to"u8)), happened.TextOrThrow("from"u8)),
        "presence" => Presence(happened),
        "live" => new KabarLive { At = happened.TextOrThrow("at"u8) },
        _ => happened.Number("position"u8) is null || happened.Text("at"u8) is null ? null : Entry(happened),
    };

    public KabarEntry Entry(JsonElement entry)
    {
        var kind = entry.TextOrThrow("event"u8);
        var from = entry.TextOrThrow("from"u8);
        var to = entry.TextOrThrow("to"u8);
        var failed = entry.Text("failed"u8);
        return new KabarEntry
        {
            At = entry.TextOrThrow("at"u8),
            Kind = kind,
            To = to,
            Conversation = ConversationOf(from, to),
            Position = entry.NumberOrThrow("position"u8),
            Id = entry.Text("mid"u8) ?? "",
            From = from,
            Name = entry.Text("name"u8) ?? from,
            Sent = entry.Time("sent"u8) ?? default,
            Text = kind == "failed" ? $"Not delivered to {entry.Text("target_to"u8)} ({failed}): {entry.Text("quote"u8)}" : entry.Text("text"u8) ?? "",
            Target = entry.Number("target"u8) ?? entry.Number("reply"u8),
            Subject = entry.Text("user"u8),
            Emoji = kind == "reacted" ? entry.Text("emoji"u8) ?? "" : null,
            Role = entry.Text("role"u8),
            Realm = entry.Text("realm"u8),
            Undelivered = kind == "failed" ? new KabarUndelivered(entry.Text("target_mid"u8) ?? "", entry.Text("target_to"u8) ?? "", entry.Text("quote"u8) ?? "") : null,
            Edited = entry.Time("edited"u8),
            IsDeleted = entry.Flag("deleted"u8),
            Failure = failed,
            Reactions = entry.List("reactions"u8, reaction => new KabarReaction(reaction.TextOrThrow("emoji"u8), reaction.TextOrThrow("from"u8))),
        };
    }

    /// <summary>How far somebody has come; in a history the conversation is the history's.</summary>
    public KabarReceipt Receipt(JsonElement receipt, string? conversation)
    {
        var from = receipt.TextOrThrow("from"u8);
        return new KabarReceipt(
            conversation ?? ConversationOf(from, receipt.TextOrThrow("to"u8)),
            from,
            receipt.Number("stored"u8) ?? 0,
            receipt.Number("delivered"u8) ?? 0,
            receipt.Number("read"u8) ?? 0);
    }

    public static KabarPresence Presence(JsonElement presence) => new(
        presence.TextOrThrow("user"u8), presence.TextOrThrow("presence"u8), presence.Time("seen"u8), presence.Text("name"u8));

    // A direct conversation is called by the one who is not this user; his own, by himself.
    private string ConversationOf(string from, string to) => to.StartsWith('#') || !IsUser(to) ? to : from;

    private bool IsUser(string address) =>
        address.Equals(user.Username, StringComparison.OrdinalIgnoreCase) || address.Equals(_address, StringComparison.OrdinalIgnoreCase);
}
