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
                break;
            case GroupDispatch act:
                json.Id("\"do\":\"act\",\"id\":"u8, act.Id);
                json.Id(",\"group\":"u8, act.Group.Value);
                json.Word(",\"verb\":"u8, LinkWords.Verbs.Word(act.Verb));
                json.Word(",\"from\":"u8, act.From.Value);
                json.String(",\"name\":"u8, act.FromName);
                if (act.Subject is { } subject) json.Address(",\"subject\":"u8, subject);
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
