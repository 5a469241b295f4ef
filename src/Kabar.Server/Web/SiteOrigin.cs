using Microsoft.AspNetCore.Http;

namespace Kabar.Server.Web;

/// <summary>Which site a page is of that asks for something. A browser says so, and lets any page try; one of another site must not speak for who is logged in here.</summary>
internal static class SiteOrigin
{
    /// <summary>Whether a request may come from where it does: from a page of this site, or from no page.</summary>
    public static bool IsOfThisSite(HttpRequest request) => IsOfThisSite(request.Headers.Origin, request.Host.Value ?? "");

    /// <summary>Whether an <c>Origin</c> is that of this host, or there is none.</summary>
    public static bool IsOfThisSite(string? origin, string host) =>
        string.IsNullOrEmpty(origin)
        || (Uri.TryCreate(origin, UriKind.Absolute, out var site)
            && Uri.TryCreate($"{site.Scheme}://{host}", UriKind.Absolute, out var asked)
            && string.Equals(site.Authority, asked.Authority, StringComparison.OrdinalIgnoreCase)
            && site.Authority.Length > 0);

    /// <summary>Whether the person's browser speaks TLS with this site, though what comes here may have been taken out of it by a proxy.</summary>
    public static bool IsSecure(HttpRequest request) => request.IsHttps || request.Headers.Origin.ToString().StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
