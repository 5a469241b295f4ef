using System.Globalization;
using System.Text;

namespace Kabar.Core;

/// <summary>
/// What a sender is told when something he sent could not be delivered. It is an entry of his conversation with himself, so it waits
/// in his inbox like any message, on disk; the text form is what that entry holds.
/// </summary>
/// <param name="Message">The id of what was not delivered.</param>
/// <param name="Reason">Why.</param>
/// <param name="To">Whom or what it was for: <c>james@dua</c>, <c>#batak@satu</c>.</param>
/// <param name="Quote">How it began, at most <see cref="MaxQuoteBytes"/> bytes of it.</param>
public sealed record DeliveryFailure(Guid Message, Refusal Reason, string To, string Quote)
{
    /// <summary>The most bytes of the text that are quoted.</summary>
    public const int MaxQuoteBytes = 200;

    /// <summary>For a text that was not delivered.</summary>
    public static DeliveryFailure Of(Guid message, Refusal reason, string to, MessageText text) => new(message, reason, to, Shorten(text));

    /// <summary>The text form: reason, id and address separated by blanks, then the quote.</summary>
    public MessageText Write() => MessageText.From(string.Create(CultureInfo.InvariantCulture, $"{Reason} {Message} {To} {Quote}"));

    /// <summary>Reads the text form; null when it is none.</summary>
    public static DeliveryFailure? Read(MessageText text)
    {
        var parts = text.Decode().Split(' ', 4);
        return parts.Length == 4 && Enum.TryParse<Refusal>(parts[0], out var reason) && Guid.TryParse(parts[1], out var message)
            ? new DeliveryFailure(message, reason, parts[2], parts[3])
            : null;
    }

    private static string Shorten(MessageText text)
    {
        if (text.Length <= MaxQuoteBytes) return text.Decode();

        // Not in the middle of a character: a byte 10xxxxxx goes on with one.
        var end = MaxQuoteBytes;
        while ((text.Utf8.Span[end] & 0xC0) == 0x80) end--;
        return Encoding.UTF8.GetString(text.Utf8.Span[..end]) + "…";
    }
}
