using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Kabar.Cli.Wire;

/// <summary>One reply: a JSON object with a <c>status</c>. Values come out either as text or as the very JSON the server sent, blanks and
/// escapes included.</summary>
internal sealed class ServerReply
{
    private readonly JsonElement _object;

    private ServerReply(ReadOnlyMemory<byte> line, JsonElement @object)
    {
        Line = line;
        _object = @object;
    }

    /// <summary>The reply as it came, without the line ends that close it.</summary>
    public ReadOnlyMemory<byte> Line { get; }

    public bool IsOk => Text("status") == "OK";

    /// <summary>What an error says. A server that says nothing is quoted as <c>Gagal</c>: failed.</summary>
    public string Message => Text("message") ?? "Gagal";

    /// <summary>The session id of a login. COMPAT: the servers of two of the documents call it <c>tokenId</c>.</summary>
    public string? Token => Text("tokenid") ?? Text("tokenId");

    public static ServerReply Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            // What is not UTF-8 becomes the replacement character here, once, rather than an exception at each value.
            var valid = Utf8.IsValid(line.Span) ? line : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line.Span));
            using var document = JsonDocument.Parse(valid);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return new ServerReply(line, document.RootElement.Clone());
        }
        catch (JsonException)
        {
            // told below, as for any other line that is not a reply
        }

        throw new ServerFault("The server's answer is not one of this protocol.");
    }

    /// <summary>The value as the server wrote it, or null when there is none.</summary>
    public string? Json(string key) => _object.TryGetProperty(key, out var value) ? value.GetRawText() : null;

    public JsonElement? Value(string key) => _object.TryGetProperty(key, out var value) ? value : null;

    public string? Text(string key) => Value(key) is { ValueKind: JsonValueKind.String } value ? TextOf(value) : null;

    /// <summary>The text of a JSON string. One with half a surrogate pair, which the first servers could send, is given as it was
    /// written.</summary>
    public static string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText();
        }
    }
}
