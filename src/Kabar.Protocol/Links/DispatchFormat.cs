using System.Buffers;
using System.Diagnostics;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>
/// What an outbox keeps: a numbered frame without its number and its line's end, a JSON object. The number is put in front when it is sent
/// (<see cref="LinkFrameWriter.WriteNumbered"/>), since the store gives it, and another one in another epoch.
/// </summary>
public static class DispatchFormat
{
    private const int IdLength = 36;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _scratch;

    /// <summary>Writes it for the outbox.</summary>
    public static byte[] Write(Dispatch dispatch)
    {
        ArgumentNullException.ThrowIfNull(dispatch);
        var output = _scratch ??= new ArrayBufferWriter<byte>(4096);
        output.ResetWrittenCount();
        var json = new FrameText(output);
        json.Raw("{"u8);
        WriteFields(dispatch, ref json);
        json.Raw("}"u8);
        json.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null when it is damaged.</summary>
    public static Dispatch? Read(ReadOnlySpan<byte> stored) => LinkFrameReader.ReadDispatch(stored);

    /// <summary>
    /// The version of the protocol that what <see cref="Write"/> wrote needs: a peer of an earlier one would end the link at it. Looks only at the front, where what
    /// people have written does not come.
    /// </summary>
    public static int VersionOf(ReadOnlySpan<byte> stored)
    {
        var untilVerb = "{\"do\":\"act\",\"id\":\"\",\"group\":\"\",\"verb\":"u8.Length + (2 * IdLength);
        if (stored.StartsWith("{\"do\":\"revise\""u8) || stored.StartsWith("{\"do\":\"receipt\""u8)) return LinkFrame.RevisionsSince;
        if (!stored.StartsWith("{\"do\":\"act\""u8) || stored.Length < untilVerb) return 1;
        var verb = stored[untilVerb..];
        return verb.StartsWith("\"edit\""u8) || verb.StartsWith("\"delete\""u8) || verb.StartsWith("\"react\""u8) ? LinkFrame.RevisionsSince : 1;
    }

    internal static void WriteFields(Dispatch dispatch, ref FrameText json)
    {
        switch (dispatch)
        {
            case DirectDispatch message:
                json.Id("\"do\":\"message\",\"id\":"u8, message.Id);
                json.Word(",\"from\":"u8, message.From.Value);
                json.String(",\"name\":"u8, message.FromName);
                json.Word(",\"to\":"u8, message.To.Value);
                json.String(",\"text\":"u8, message.Text.Utf8.Span);
                json.Time(",\"sent\":"u8, message.Sent);
                if (message.Answers is { } answers) json.Id(",\"answers\":"u8, answers);
                break;
            case RevisionDispatch revision:
                json.Id("\"do\":\"revise\",\"id\":"u8, revision.Id);
                json.Word(",\"kind\":"u8, LinkWords.Kinds.Word(revision.Kind));
                json.Word(",\"from\":"u8, revision.From.Value);
                json.String(",\"name\":"u8, revision.FromName);
                json.Word(",\"to\":"u8, revision.To.Value);
                json.Id(",\"target\":"u8, revision.Target);
                if (revision.Text.Length > 0) json.String(",\"text\":"u8, revision.Text.Utf8.Span);
                json.Time(",\"sent\":"u8, revision.Sent);
                break;
            case ReceiptDispatch receipt:
                json.Id("\"do\":\"receipt\",\"id\":"u8, receipt.Id);
                json.Word(",\"from\":"u8, receipt.From.Value);
                json.Word(",\"to\":"u8, receipt.To.Value);
                if (receipt.Delivered is { } delivered) json.Id(",\"delivered\":"u8, delivered);
                if (receipt.Read is { } read) json.Id(",\"read\":"u8, read);
                break;
            case GroupDispatch act:
                json.Id("\"do\":\"act\",\"id\":"u8, act.Id);
                json.Id(",\"group\":"u8, act.Group.Value);
                json.Word(",\"verb\":"u8, LinkWords.Verbs.Word(act.Verb));
                json.Word(",\"from\":"u8, act.From.Value);
                json.String(",\"name\":"u8, act.FromName);
                if (act.Subject is { } subject) json.Address(",\"subject\":"u8, subject);
                if (act.Target is { } target) json.Number(",\"target\":"u8, target);
                if (act.Text.Length > 0) json.String(",\"text\":"u8, act.Text.Utf8.Span);
                json.Time(",\"sent\":"u8, act.Sent);
                break;
            case FailureDispatch failed:
                json.Id("\"do\":\"failed\",\"id\":"u8, failed.Id);
                json.Id(",\"failed\":"u8, failed.Failed);
                json.Word(",\"reason\":"u8, LinkWords.Refusals.Word(failed.Reason));
                json.Word(",\"to\":"u8, failed.To.Value);
                if (failed.Addressee is { } addressee) json.Word(",\"addressee\":"u8, addressee.Value);
                if (failed.Group is { } group) json.Id(",\"group\":"u8, group.Value);
                break;
            default: throw new UnreachableException();
        }
    }
}
