using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kabar.Server.Hosting;

/// <summary>What the HTTP listener serves to those who watch the server.</summary>
internal static class MonitoringEndpoints
{
    public static void Map(WebApplication application)
    {
        application.MapGet("/healthz", (HttpContext context) => context.Response.WriteAsync("ok\n", context.RequestAborted));
        application.MapGet("/metrics", (HttpContext context, MetricsPage page) =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return context.Response.WriteAsync(page.Render(), context.RequestAborted);
        });
    }
}
