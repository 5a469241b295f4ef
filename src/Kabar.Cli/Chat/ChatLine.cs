namespace Kabar.Cli.Chat;

/// <summary>What a piece of a line is, from which its colour follows.</summary>
internal enum Tone
{
    Plain,

    /// <summary>Worth less than the rest: times, numbers, what happened beside what was said.</summary>
    Dim,

    Strong,

    /// <summary>A person; each has one of a few colours, by the name.</summary>
    Person,

    /// <summary>The one who sits here.</summary>
    Self,

    /// <summary>A message that was read.</summary>
    Read,

    /// <summary>Something went wrong.</summary>
    Alarm,
}

/// <summary>A piece of a line. The text may be a stranger's: whoever paints it makes it harmless.</summary>
internal readonly record struct ChatSpan(string Text, Tone Tone = Tone.Plain);

/// <summary>A message's place among all conversations.</summary>
internal readonly record struct ChatPlace(string Conversation, long Position);

/// <summary>A line to be shown, of as many rows as it needs.</summary>
internal sealed record ChatLine(IReadOnlyList<ChatSpan> Spans)
{
    /// <summary>Where its further rows begin.</summary>
    public int Indent { get; init; }

    /// <summary>The message whose tick stands in it, at <see cref="TickColumn"/>; null for none.</summary>
    public ChatPlace? Place { get; init; }

    public int TickColumn { get; init; }

    /// <summary>A rule: filled up to the width of the window.</summary>
    public bool IsRule { get; init; }

    public static ChatLine Of(string text, Tone tone = Tone.Plain) => new([new ChatSpan(text, tone)]);

    public static ChatLine Rule(string text) => new([new ChatSpan(text, Tone.Dim)]) { IsRule = true };

    public override string ToString() => string.Concat(Spans.Select(span => span.Text));
}
