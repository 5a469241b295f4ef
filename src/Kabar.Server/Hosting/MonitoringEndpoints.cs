using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kabar.Server.Hosting;

/// <summary>What the HTTP listener serves to those who watch the server: whether it lives, to everybody; its figures, on this machine.</summary>
internal static class MonitoringEndpoints
{
    private static readonly string[] ForwardingHeaders = ["X-Forwarded-For", "X-Original-For", "Forwarded"];

    public static void Map(WebApplication application)
    {
        application.MapGet("/healthz", (HttpContext context) => context.Response.WriteAsync("ok\n", context.RequestAborted));
        application.MapGet("/metrics", (HttpContext context, MetricsPage page) =>
        {
            if (!IsOfThisMachine(context))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return context.Response.WriteAsync(page.Render(), context.RequestAborted);
        });
    }

    // A proxy on this machine asks for others: it says so, or at least by what name they call the realm; and so does a browser that was led here by a name of its own.
    private static bool IsOfThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && (context.Request.Host.Host == "localhost" || (IPAddress.TryParse(context.Request.Host.Host.Trim('[', ']'), out var host) && IPAddress.IsLoopback(host)))
        && !ForwardingHeaders.Any(context.Request.Headers.ContainsKey);
}
