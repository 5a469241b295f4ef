using System.Net;
using System.Net.WebSockets;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kabar.Server.Web;

/// <summary>The native protocol over WebSocket, at <c>/ws</c> of the HTTP listener. Protocol: native, "Transport".</summary>
internal static class WebSocketEndpoint
{
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(30);

    // How long a client may take to answer the leave that is taken of it.
    private static readonly TimeSpan LeaveTakes = TimeSpan.FromSeconds(5);

    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    public static void Map(WebApplication application)
    {
        application.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Alive, KeepAliveTimeout = Alive });
        var door = application.Services.GetRequiredService<ConnectionDoor>();
        var limits = application.Services.GetRequiredService<Limits>();
        var registry = application.Services.GetRequiredService<ConnectionRegistry>();
        var sessions = application.Services.GetRequiredService<WebSessions>();
        application.Map("/ws", context => ServeAsync(context, door, limits, registry, sessions));
    }

    private static async Task ServeAsync(HttpContext context, ConnectionDoor door, Limits limits, ConnectionRegistry registry, WebSessions sessions)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "websocket";
            return;
        }

        if (!SiteOrigin.IsOfThisSite(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        context.Features.Get<HttpPlace>()?.Dispose();
        var longest = limits.RequestLineBytes > 0 && limits.JsonLineBytes > 0 ? Math.Max(limits.RequestLineBytes, limits.JsonLineBytes) : 0;
        var transport = new WebSocketTransport(socket, longest);
        var remote = context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort) : null;
        using var leaving = new CancellationTokenSource();
        var receiving = transport.ReceiveAsync(leaving.Token);
        var isAdmitted = await door.ServeAsync(transport, Speech.Native, remote, context.Abort, sessions.TokenOf(context.Request));

        // The client is told why, and what it still sends up to its own leave is thrown away.
        leaving.CancelAfter(LeaveTakes);
        await transport.CloseAsync(!isAdmitted ? TryAgainLater : registry.IsStopping ? WebSocketCloseStatus.EndpointUnavailable : WebSocketCloseStatus.NormalClosure, leaving.Token);
        await transport.Input.CompleteAsync();
        await receiving;
    }
}
