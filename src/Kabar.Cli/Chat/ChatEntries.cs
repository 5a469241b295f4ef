using System.Globalization;
using Kabar.Client;

namespace Kabar.Cli.Chat;

/// <summary>How entries read.</summary>
internal sealed class ChatEntries(ChatWords words, ChatGlyphs glyphs, TimeProvider clock)
{
    private const int NumberWidth = 3;
    private const string TimeFormat = "HH:mm";

    public DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, clock.LocalTimeZone);

    /// <summary>An entry as it comes in: a message, or a short line about what has happened; null for what is not worth one.</summary>
    public ChatLine? Live(ChatConversation conversation, KabarEntry entry, string self) => entry.Kind switch
    {
        "edited" => Aside(entry, words.EditedLine(entry.From, entry.Target, entry.Text)),
        "deleted" => Aside(entry, words.DeletedLine(entry.From, entry.Target)),
        "reacted" => Aside(entry, words.ReactedLine(entry.From, entry.Target, entry.Emoji ?? "", QuoteOf(conversation, entry.Target))),
        _ => Past(conversation, entry, self),
    };

    /// <summary>An entry as it is shown of the past: messages read as they now are, so what changed them is not told.</summary>
    public ChatLine? Past(ChatConversation conversation, KabarEntry entry, string self) => entry.Kind switch
    {
        "message" => Message(conversation, entry, self),
        "failed" => Failure(entry),
        "joined" => Happened(entry, glyphs.Came),
        "left" or "kicked" or "banned" => Happened(entry, glyphs.Went),
        _ => Happened(entry, "*"),
    };

    public ChatLine Failure(KabarEntry entry)
    {
        var reason = entry.Text.Length > 0 ? entry.Text : entry.Failure ?? "";
        var line = words.NotDelivered(entry.Undelivered?.To ?? entry.Conversation, reason);
        return new([Time(entry), glyphs.Of(Tick.Failed), new(line, Tone.Alarm), new(entry.Undelivered is { } lost ? " " + glyphs.Quote(lost.Quote) : "", Tone.Dim)]);
    }

    /// <summary>A message of any conversation, with where it stands: as something that was looked for.</summary>
    public ChatLine Found(KabarEntry entry) => new(
    [
        new($"{entry.Conversation} {entry.Position}  ", Tone.Strong), new(words.ShortDate(Local(entry.Sent)) + "  ", Tone.Dim), new(entry.From, Tone.Person), new($": {entry.Text}"),
    ])
    { Indent = 2 };

    /// <summary>The time, the number, the tick, who, what.</summary>
    private ChatLine Message(ChatConversation conversation, KabarEntry entry, string self)
    {
        var isOwn = entry.From == self;
        var number = entry.Position.ToString(CultureInfo.InvariantCulture).PadLeft(NumberWidth) + " ";
        List<ChatSpan> spans =
        [
            Time(entry), new(number, Tone.Dim), glyphs.Of(isOwn ? conversation.TickOf(entry, self) : null), new(" "),
            new(entry.From, isOwn ? Tone.Self : Tone.Person), new(": "),
        ];
        var column = TimeFormat.Length + 1 + number.Length;
        if (entry.Target is { } answered) spans.Add(new($"{glyphs.Answers} {answered} {QuoteOf(conversation, answered)} ", Tone.Dim));
        spans.Add(entry.IsDeleted ? new(words.Deleted, Tone.Dim) : new(entry.Text));
        if (entry.Edited is not null && !entry.IsDeleted) spans.Add(new(words.Edited, Tone.Dim));
        foreach (var reaction in entry.Reactions.GroupBy(reaction => reaction.Emoji))
            spans.Add(new($"  {reaction.Key}{(reaction.Count() > 1 ? reaction.Count().ToString(CultureInfo.InvariantCulture) : "")}"));
        if (entry.Failure is not null) spans.Add(new($" {words.NotSent(entry.Failure)}", Tone.Alarm));

        return new(spans)
        {
            Indent = column + ChatGlyphs.TickWidth + 1,
            TickColumn = column,
            Place = isOwn ? new ChatPlace(conversation.Name, entry.Position) : null,
        };
    }

    private ChatLine? Happened(KabarEntry entry, string sign) =>
        words.Event(entry.Kind, entry.From, entry.Subject ?? "", entry.Role ?? entry.Realm ?? entry.Text) is { } told ? Aside(entry, Terminal.Printable.Line($"{sign} {told}")) : null;

    private ChatLine Aside(KabarEntry entry, string text) =>
        new([Time(entry), new(new string(' ', NumberWidth + 1 + ChatGlyphs.TickWidth + 1)), new(text, Tone.Dim)]) { Indent = TimeFormat.Length + NumberWidth + ChatGlyphs.TickWidth + 3 };

    private ChatSpan Time(KabarEntry entry) => new(Local(entry.Sent).ToString(TimeFormat, CultureInfo.InvariantCulture) + " ", Tone.Dim);

    private string QuoteOf(ChatConversation conversation, long? position) =>
        position is { } place && conversation.Find(place) is { IsDeleted: false, Text.Length: > 0 } entry ? glyphs.Quote(entry.Text) : "";
}
