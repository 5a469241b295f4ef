using System.Text;
using Kabar.Core;
using Microsoft.AspNetCore.Http;

namespace Kabar.Server.Web;

/// <summary>
/// The sessions of browsers: a browser keeps its token in a cookie that no script can read and no other site can make it send. The realm's name is in the cookie's,
/// because cookies do not know ports: two realms on one machine would take each other's away. Protocol: web, "Session".
/// </summary>
internal sealed class WebSessions(Realm realm)
{
    private readonly string _cookie = $"kabar-session-{realm.Name}";

    // What forgets it when nobody comes back; the session itself ends by its own rule.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>The token that a request brings; null for none.</summary>
    public SessionToken? TokenOf(HttpRequest request) =>
        request.Cookies.TryGetValue(_cookie, out var text) && text is { Length: > 0 } ? SessionToken.Parse(Encoding.UTF8.GetBytes(text)) : null;

    /// <summary>The session of a request.</summary>
    /// <returns>It; <see cref="Refusal.NotLoggedIn"/> without a cookie, <see cref="Refusal.UnknownSession"/> when it has ended.</returns>
    public ValueTask<Result<LoggedIn>> FindAsync(HttpContext context) => TokenOf(context.Request) is { } token
        ? realm.ResumeAsync(token, context.RequestAborted)
        : new ValueTask<Result<LoggedIn>>(Refusal.NotLoggedIn);

    /// <summary>Gives a session to the browser.</summary>
    public void Keep(HttpContext context, LoggedIn login)
    {
        Span<byte> token = stackalloc byte[SessionToken.TextLength];
        login.Token.Write(token);
        context.Response.Cookies.Append(_cookie, Encoding.ASCII.GetString(token), Options(context.Request, Kept));
    }

    /// <summary>Takes it away again.</summary>
    public void Drop(HttpContext context) => context.Response.Cookies.Delete(_cookie, Options(context.Request, null));

    private static CookieOptions Options(HttpRequest request, TimeSpan? kept) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = SiteOrigin.IsSecure(request),
        Path = "/",
        MaxAge = kept,
    };
}
