using System.Net;
using System.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kabar.Cli.Bench;

/// <summary>
/// The yardstick: Kestrel with next to nothing on it. It runs in a process of its own, of this same executable, so that its runtime is
/// set up as the server's is.
/// </summary>
internal static class EchoServer
{
    public const string CommandName = "echo-server";

    public static async Task RunAsync(bool inlineScheduling, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseConnectionHandler<EchoConnectionHandler>()));
        builder.Services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = inlineScheduling;
            sockets.Backlog = 4096;
        });
        await using var application = builder.Build();
        await application.StartAsync(cancellationToken);
        Console.WriteLine($"listening on {new Uri(application.Urls.Single()).Authority} ({Settings(inlineScheduling)})");
        await application.WaitForShutdownAsync(cancellationToken);
    }

    private static string Settings(bool inlineScheduling) =>
        $"{(GCSettings.IsServerGC ? "server" : "workstation")} GC, {(GCSettings.LatencyMode == GCLatencyMode.Batch ? "not concurrent" : "concurrent")}, "
        + $"{(inlineScheduling ? "inline" : "default")} scheduling";
}
