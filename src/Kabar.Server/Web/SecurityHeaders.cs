using Microsoft.AspNetCore.Builder;

namespace Kabar.Server.Web;

/// <summary>What a browser is told about everything that is served: only this site's own files, no code or style in the page, no frame around it.</summary>
internal static class SecurityHeaders
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    // A file of the page does nothing by itself: it is asked for by the page, whose policy holds. There are many of them, so that what is said with each counts.
    private const string PolicyOfFiles = "default-src 'none'";

    public static void Use(IApplicationBuilder application) => application.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal))
        {
            headers.ContentSecurityPolicy = PolicyOfFiles;
            return next(context);
        }

        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        return next(context);
    });
}
