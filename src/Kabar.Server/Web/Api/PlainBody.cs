using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kabar.Server.Web.Api;

/// <summary>A body that is text: UTF-8, and nothing else.</summary>
internal static class PlainBody
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a request says that it brings one.</summary>
    public static bool IsOne(HttpRequest request) =>
        request.GetTypedHeaders().ContentType is { } type && type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) && WebBodies.IsUtf8(request);

    /// <summary>Reads one, or answers why it cannot be read.</summary>
    /// <returns>Null when it could not, which was answered.</returns>
    public static async ValueTask<string?> ReadAsync(HttpContext context, WebErrors errors)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return Strict.GetString(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (DecoderFallbackException)
        {
            await errors.RefuseBodyAsync(context, StatusCodes.Status400BadRequest);
        }
        catch (BadHttpRequestException exception)
        {
            await errors.RefuseBodyAsync(context, exception.StatusCode);
        }

        return null;
    }
}
