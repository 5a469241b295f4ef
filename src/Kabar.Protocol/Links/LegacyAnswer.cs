using System.Buffers;
using System.Text.Json;

namespace Kabar.Protocol.Links;

/// <summary>
/// What a legacy peer answers: one JSON object up to <c>\r\n\r\n</c>. Read leniently, since other people wrote the peer: keys nobody knows
/// are passed over, and any status but <c>OK</c> is a no (the first server says <c>PENDING</c> for one). Protocol: dialects, section 6.
/// </summary>
/// <param name="IsOk">Whether the status is <c>OK</c>.</param>
/// <param name="Message">Its message, if any.</param>
/// <param name="Sendback">What the sender's realm keeps of a message that was accepted, if it came.</param>
public sealed record LegacyAnswer(bool IsOk, string? Message, Sendback? Sendback)
{
    /// <summary>The most bytes an answer may have, its end included.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>What a peer says that has no such user.</summary>
    public const string UnknownUser = "User Tidak Ditemukan";

    private static ReadOnlySpan<byte> End => "\r\n\r\n"u8;

    /// <summary>Looks for an answer in what has come so far.</summary>
    /// <param name="received">Everything since the request.</param>
    /// <param name="isEnd">Whether nothing more will come: then a whole object without its end is an answer too.</param>
    /// <param name="answer">The answer, when it is complete.</param>
    public static LegacyAnswerStatus TryRead(in ReadOnlySequence<byte> received, bool isEnd, out LegacyAnswer? answer)
    {
        answer = null;
        var reader = new SequenceReader<byte>(received);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> json, End))
        {
            if (received.Length > MostBytes) return LegacyAnswerStatus.Malformed;
            if (!isEnd) return LegacyAnswerStatus.Incomplete;
            json = received;
        }

        // In one piece: the framework's reader fails on some texts that come in several.
        if (json.Length + End.Length <= MostBytes) answer = Read(json.IsSingleSegment ? json.FirstSpan : json.ToArray());
        return answer is null ? LegacyAnswerStatus.Malformed : LegacyAnswerStatus.Complete;
    }

    /// <summary>Reads an answer whose end is known already; null when it is malformed.</summary>
    public static LegacyAnswer? Read(ReadOnlySpan<byte> json) => Read(new Utf8JsonReader(json));

    private static LegacyAnswer? Read(Utf8JsonReader reader)
    {
        try
        {
            bool? isOk = null;
            string? message = null;
            Sendback? sendback = null;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("status"u8)) isOk = ReadString(ref reader) == "OK";
                else if (reader.ValueTextEquals("message"u8)) message = ReadString(ref reader);
                else if (reader.ValueTextEquals("sendback"u8)) sendback = ReadSendback(ref reader);
                else reader.Skip();
            }

            // One more read, so that what stands behind the object is seen too.
            return isOk is { } known && !reader.Read() ? new LegacyAnswer(known, message, sendback) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON; or another type than it should be, or a string that is no text (half of a surrogate pair).
            return null;
        }
    }

    private static Sendback ReadSendback(ref Utf8JsonReader reader)
    {
        var sendback = new Sendback(null, null, null);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("The sendback is no object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("msg_from"u8)) sendback = sendback with { From = ReadString(ref reader) };
            else if (reader.ValueTextEquals("msg_to"u8)) sendback = sendback with { To = ReadString(ref reader) };
            else if (reader.ValueTextEquals("msg"u8)) sendback = sendback with { Text = ReadString(ref reader) };
            else reader.Skip();
        }

        return sendback;
    }

    private static string ReadString(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("That is no string."); // a string token has a string
}

/// <summary>What a peer gives back of a message it has accepted. What is missing is null: the message has been accepted all the same.</summary>
/// <param name="From">The sender, as the peer shows him.</param>
/// <param name="To">The addressee's display name.</param>
/// <param name="Text">The text as the peer stored it; the first server keeps the blanks and the line end around it.</param>
public sealed record Sendback(string? From, string? To, string? Text);

/// <summary>What came of looking for an answer.</summary>
public enum LegacyAnswerStatus
{
    /// <summary>There is one.</summary>
    Complete,

    /// <summary>Its end has not come yet.</summary>
    Incomplete,

    /// <summary>It is none, or too long.</summary>
    Malformed,
}
