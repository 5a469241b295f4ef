using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Kabar.Server.Web;

/// <summary>Bodies of requests: JSON of at most <see cref="MostBytes"/>.</summary>
internal static class WebBodies
{
    /// <summary>The most bytes of a body; the listener refuses more.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Whether a request names no other encoding.</summary>
    public static bool IsUtf8(HttpRequest request) =>
        request.GetTypedHeaders().ContentType is not { Charset: { HasValue: true } charset } || HeaderUtilities.RemoveQuotes(charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads one, or answers why it cannot be read.</summary>
    /// <returns>Null when it could not, which was answered.</returns>
    public static async ValueTask<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, WebErrors errors)
        where T : class
    {
        try
        {
            // A form of another site cannot send this type without being asked whether it may.
            if (context.Request.HasJsonContentType() && IsUtf8(context.Request) && await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) is { } body) return body;
        }
        catch (JsonException)
        {
            // Answered below.
        }
        catch (BadHttpRequestException exception)
        {
            await errors.RefuseBodyAsync(context, exception.StatusCode);
            return null;
        }

        await errors.RefuseBodyAsync(context, StatusCodes.Status400BadRequest);
        return null;
    }
}
