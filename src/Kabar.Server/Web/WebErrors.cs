using System.Text;
using System.Text.Json.Serialization;
using Kabar.Core;
using Kabar.Protocol.Native;
using Kabar.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Kabar.Server.Web;

/// <summary>Refusals as HTTP answers: the status, and the native protocol's code and words. Protocol: web, "Errors".</summary>
internal sealed class WebErrors(KabarOptions options, KabarMetrics metrics)
{
    private const string TooLarge = "request_too_large";

    /// <summary>Answers with a refusal.</summary>
    public Task RefuseAsync(HttpContext context, Refusal refusal, string? parameter = null) => RefuseAsync(context, refusal, StatusOf(refusal), parameter);

    /// <summary>Answers with a refusal that has another status here than elsewhere.</summary>
    public Task RefuseAsync(HttpContext context, Refusal refusal, int status, string? parameter = null)
    {
        metrics.CountRefusal(refusal);
        return WriteAsync(
            context, status, new WebError(Encoding.ASCII.GetString(NativeErrors.Code(refusal)), NativeErrors.Word(refusal, LanguageOf(context.Request)), parameter));
    }

    /// <summary>Answers that the body is no JSON of the kind that is asked for, or too large.</summary>
    public Task RefuseBodyAsync(HttpContext context, int status)
    {
        if (status != StatusCodes.Status413PayloadTooLarge) return RefuseAsync(context, Refusal.MalformedLine);
        metrics.CountRefusal(Refusal.TextTooLong);
        return WriteAsync(context, status, new WebError(TooLarge, NativeErrors.Word(Refusal.TextTooLong, LanguageOf(context.Request))));
    }

    /// <summary>Answers with a sentence for an operator.</summary>
    public Task RefuseAsync(HttpContext context, string sentence)
    {
        metrics.CountRefusedCommand();
        return WriteAsync(context, StatusCodes.Status400BadRequest, new WebError("refused", sentence));
    }

    /// <summary>What the one who asks is spoken to in: the language he asks for, or the realm's.</summary>
    public Language LanguageOf(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => Of(language.Value.AsSpan()))
        .FirstOrDefault(language => language is not null) ?? options.SpokenLanguage;

    /// <summary>The HTTP status for a refusal.</summary>
    public static int StatusOf(Refusal refusal) => refusal switch
    {
        Refusal.NotLoggedIn or Refusal.NotAuthenticated or Refusal.UnknownSession => StatusCodes.Status401Unauthorized,
        Refusal.NotAllowed or Refusal.NotAMember or Refusal.Banned or Refusal.InviteOnly or Refusal.Muted or Refusal.RegistrationClosed or Refusal.WrongCode or Refusal.WrongPassword =>
            StatusCodes.Status403Forbidden,
        Refusal.UnknownUser or Refusal.UnknownRecipient or Refusal.UnknownGroup or Refusal.UnknownMessage or Refusal.UnknownPeer or Refusal.UnknownCommand
            or Refusal.UnknownToken => StatusCodes.Status404NotFound,
        Refusal.NameTaken or Refusal.AlreadyMember or Refusal.TooMany or Refusal.HomeElsewhere => StatusCodes.Status409Conflict,
        Refusal.TooManyAttempts => StatusCodes.Status429TooManyRequests,
        Refusal.Failed => StatusCodes.Status500InternalServerError,
        Refusal.PeerUnreachable or Refusal.UnreachableRecipient or Refusal.Recovering or Refusal.PeerQueueFull => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    private static Language? Of(ReadOnlySpan<char> tag) =>
        tag.StartsWith("id", StringComparison.OrdinalIgnoreCase) ? Language.Indonesian
        : tag.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? Language.English
        : null;

    private static Task WriteAsync(HttpContext context, int status, WebError error)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(error, WebJson.Default.WebError, cancellationToken: context.RequestAborted);
    }
}

/// <summary>The body of an answer that is none.</summary>
/// <param name="Code">The stable word, for programs.</param>
/// <param name="Message">The sentence, for people.</param>
/// <param name="Parameter">Which parameter is missing or wrong.</param>
internal sealed record WebError(string Code, string Message, string? Parameter = null)
{
    [JsonPropertyOrder(-1)]
    public string Status => "ERROR";
}
