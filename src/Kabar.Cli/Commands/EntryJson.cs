using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kabar.Client;

namespace Kabar.Cli.Commands;

/// <summary>JSON of messages for programs, one object a line, with the keys of the native protocol.</summary>
internal static class EntryJson
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(KabarEntry entry) => Written(json =>
    {
        json.WriteString("event", entry.Kind);
        if (entry.At is { } at) json.WriteString("at", at);
        json.WriteString("conversation", entry.Conversation);
        json.WriteString("to", entry.To);
        json.WriteNumber("position", entry.Position);
        json.WriteString("mid", entry.Id);
        json.WriteString("from", entry.From);
        json.WriteString("name", entry.Name);
        json.WriteString("sent", entry.Sent);
        if (!entry.IsDeleted) json.WriteString("text", entry.Text);
        if (entry.Target is { } target) json.WriteNumber("reply", target);
        if (entry.Edited is { } edited) json.WriteString("edited", edited);
        if (entry.IsDeleted) json.WriteBoolean("deleted", true);
        if (entry.Failure is { } failure) json.WriteString("failed", failure);
        if (entry.Undelivered is { } undelivered)
        {
            json.WriteString("target_mid", undelivered.Id);
            json.WriteString("target_to", undelivered.To);
            json.WriteString("quote", undelivered.Quote);
        }
    });

    public static string Of(string to, KabarPosted posted) => Written(json =>
    {
        json.WriteString("to", to);
        json.WriteString("state", posted.State);
        if (posted.Id.Length > 0) json.WriteString("mid", posted.Id);
        if (posted.Position is { } position) json.WriteNumber("position", position);
        if (posted.At is { } at) json.WriteString("at", at);
    });

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Relaxed))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
