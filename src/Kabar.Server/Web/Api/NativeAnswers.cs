using System.Buffers;
using System.ComponentModel;
using System.Text.Json.Serialization;
using Kabar.Protocol.Native;
using Microsoft.AspNetCore.Http;

namespace Kabar.Server.Web.Api;

/// <summary>Answers that are replies of the native protocol, byte for byte. The records below describe them and are never written themselves.</summary>
internal static class NativeAnswers
{
    /// <summary>Answers; completes when the kernel has it.</summary>
    public static async Task WriteAsync(HttpContext context, NativeReply reply)
    {
        var output = new ArrayBufferWriter<byte>();
        NativeWriter.Write(reply, id: default, default, output);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = output.WrittenCount;
        await context.Response.Body.WriteAsync(output.WrittenMemory, context.RequestAborted);
        await context.Response.CompleteAsync();
    }
}

[Description("Something was said. It is on disk.")]
internal sealed record PostedAnswer(
    string Status,
    [property: Description("`accepted`; `queued` when it waits for another realm; `pending` when it waits for the group's home, which gives the position.")] string State,
    [property: Description("The message's id, the same on every realm.")] Guid Mid,
    [property: Description("Its place in the conversation; absent while it is pending.")] long? Position,
    [property: Description("Its place among all that the realm has accepted; absent while it is pending.")] string? At);

[Description("How far the conversation is read now.")]
internal sealed record ReadAnswer(string Status, long Position);

[Description("A page of a conversation, as `history` of the native protocol.")]
internal sealed record HistoryAnswer(
    string Status,
    [property: Description("The conversation.")] string To,
    [property: Description("Oldest first, without those that only tell of an edit, a deletion or a reaction.")] IReadOnlyList<EntryLine> Entries,
    [property: Description("The first position that the page covers.")] long First,
    [property: Description("The last position that it covers; the next page is the one after it. Less than `first` when there is nothing.")] long Last,
    [property: Description("The last position of the conversation.")] long Head,
    [property: Description("How far the account has read.")] long Read,
    [property: Description("How far the others have come.")] IReadOnlyList<ReceiptLine> Receipts);

[Description("The conversations, the newest first.")]
internal sealed record ConversationsAnswer(
    string Status,
    IReadOnlyList<ConversationLine> Conversations,
    [property: Description("Whether there are more, before the `at` of the last one's last entry.")] bool More);

internal sealed record ConversationLine(
    [property: Description("The other one, or the group.")] string With,
    [property: Description("The display name of the other one, where he is a user of this realm.")] string? Name,
    EntryLine Last,
    [property: Description("How far the account has read.")] long Read,
    [property: Description("How many messages of others lie beyond, at most 100.")] int Unread);

[Description("An entry, as the native protocol tells it. Which keys are there follows from `event`.")]
internal sealed record EntryLine(
    [property: Description("`message`, or what has happened: `joined`, `left`, `topic`, …")] string Event,
    [property: Description("Its place among all that the realm has accepted, as a string of digits.")] string At,
    [property: Description("Whom it was said to, or the group.")] string To,
    [property: Description("Its place in the conversation.")] long Position,
    [property: Description("Its id, the same on every realm.")] Guid Mid,
    string From,
    [property: Description("The name that people see.")] string Name,
    string Sent,
    [property: Description("Whom it concerns.")] string? User,
    [property: Description("The position of the entry that it changes.")] long? Target,
    [property: Description("The position of the message that it answers.")] long? Reply,
    string? Text,
    [property: Description("`true` when it was deleted; then there is no text.")] bool? Deleted,
    [property: Description("When it was last edited.")] string? Edited,
    IReadOnlyList<ReactionLine>? Reactions,
    [property: Description("The code of why it was not delivered.")] string? Failed,
    string? Emoji,
    string? Role,
    string? Realm,
    [property: JsonPropertyName("target_mid")] Guid? TargetMid,
    [property: JsonPropertyName("target_to")] string? TargetTo,
    string? Quote);

internal sealed record ReactionLine(string Emoji, string From);

internal sealed record ReceiptLine(
    string From,
    string To,
    long Stored,
    long Delivered,
    long Read);
