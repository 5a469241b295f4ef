using System.Text;
using System.Text.Json;

namespace Kabar.Cli.Bench;

/// <summary>Reading what the load generator needs of a reply.</summary>
internal static class WireReply
{
    /// <summary>Whether it says OK. Every reply begins with its status, in these very bytes: of the older dialects with a blank, of the native protocol without.</summary>
    public static bool IsOk(ReadOnlySpan<byte> reply) => reply.StartsWith("{\"status\": \"OK\""u8) || reply.StartsWith("{\"status\":\"OK\""u8);

    /// <summary>The sentence of an error.</summary>
    public static string MessageOf(ReadOnlySpan<byte> reply) => Find(reply, "message") ?? "a reply without status or message: " + Start(reply);

    /// <summary>The session that a login opened.</summary>
    public static string? TokenOf(ReadOnlySpan<byte> reply) => Find(reply, "tokenid");

    /// <summary>The texts of an inbox page, in its order.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="take">Is given each text as it stands in the JSON, escapes and all.</param>
    /// <returns>How many there were.</returns>
    public static int ReadTexts(ReadOnlySpan<byte> reply, Action<ReadOnlySpan<byte>> take)
    {
        var reader = new Utf8JsonReader(reply);
        var count = 0;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("msg"u8)) continue;
                // A user may be called msg, too; what follows his name is an array.
                if (!reader.Read() || reader.TokenType != JsonTokenType.String) continue;
                take(reader.ValueSpan);
                count++;
            }
        }
        catch (JsonException exception)
        {
            throw new IOException("a reply is no JSON: " + Start(reply), exception);
        }

        return count;
    }

    private static string? Find(ReadOnlySpan<byte> reply, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.ToArray());
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Start(ReadOnlySpan<byte> reply) => Encoding.UTF8.GetString(reply[..Math.Min(reply.Length, 60)]);
}
