using Kabar.Core;
using Kabar.Server.Hosting;
using Kabar.Server.Web.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Web;

/// <summary>
/// The front end of browsers and of bots: the page and its files, log-in, and what is asked for by HTTP. The chat itself goes over the WebSocket, in the native protocol.
/// Protocol: web.
/// </summary>
internal static partial class WebFrontEnd
{
    public static void Map(WebApplication application)
    {
        var services = application.Services;
        var errors = services.GetRequiredService<WebErrors>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WebFrontEnd));
        UseProxies(application, services.GetRequiredService<KabarOptions>());
        SecurityHeaders.Use(application);
        application.Use((context, next) => GuardAsync(context, next, errors, logger));
        WebSocketEndpoint.Map(application);
        services.GetRequiredService<WebAssets>().Map(application);
        services.GetRequiredService<SessionEndpoints>().Map(application);
        services.GetRequiredService<AdminEndpoints>().Map(application);
        services.GetRequiredService<TokenEndpoints>().Map(application);
        services.GetRequiredService<BotEndpoints>().Map(application);
        services.GetRequiredService<ApiDocument>().Map(application);
    }

    // Limits and log-ins count for the address of whoever asks, not for that of the proxy he comes through.
    private static void UseProxies(WebApplication application, KabarOptions options)
    {
        if (options.ProxyAddresses is not { Count: > 0 } proxies) return;
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        forwarded.KnownIPNetworks.Clear();
        forwarded.KnownProxies.Clear();
        foreach (var proxy in proxies) forwarded.KnownProxies.Add(proxy);
        application.UseForwardedHeaders(forwarded);
    }

    // What every request under /api has in common: who may not ask, that nothing of it is kept, and what comes of a fault.
    private static async Task GuardAsync(HttpContext context, RequestDelegate next, WebErrors errors, ILogger logger)
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        var changes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        if (changes && !SiteOrigin.IsOfThisSite(context.Request))
        {
            await errors.RefuseAsync(context, Refusal.NotAllowed, "origin");
            return;
        }

        try
        {
            await next(context);
        }
        catch (Exception exception) when (exception is StoreException or NotSupportedException or System.Security.Cryptography.CryptographicException && !context.Response.HasStarted)
        {
            // The path may hold a secret, and is not told.
            Log.Failed(logger, exception);
            await errors.RefuseAsync(context, Refusal.Failed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1301, Level = LogLevel.Error, Message = "A request over HTTP failed.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
