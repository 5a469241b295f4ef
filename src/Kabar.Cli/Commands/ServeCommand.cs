using System.CommandLine;
using Kabar.Cli.Operator;
using Kabar.Server.Hosting;

namespace Kabar.Cli.Commands;

/// <summary>`kabar serve`: runs a realm until it is asked to stop.</summary>
internal static class ServeCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("serve", "Runs a realm. Says on standard output where it listens; logs to standard error. Ctrl-C or SIGTERM stops it in order.");
        var settings = new SettingsOptions(command);
        var realm = new Option<string?>("--realm") { Description = "The realm's name, such as satu or kampus.example.", HelpName = "NAME" };
        var listen = new Option<string[]>("--listen")
        {
            Description = "A listener for the line dialects and kabar; 127.0.0.1:8889 unless set. Port 0 takes a free one. May be repeated.",
            HelpName = "HOST:PORT[,dialect=NAME][,tls]",
        };
        var http = new Option<string?>("--http") { Description = "Serve WebSockets (/ws), /metrics and /healthz here; off unless set.", HelpName = "HOST:PORT[,tls]" };
        var link = new Option<string?>("--link") { Description = "Where other realms link to this one; nowhere unless set, until a peer is invited.", HelpName = "HOST:PORT" };
        var peers = new Option<string[]>("--peer")
        {
            Description = "Another realm: legacy://HOST:PORT or kabar://HOST:PORT?pin=FINGERPRINT. May be repeated; one of the same name in the settings gives way.",
            HelpName = "NAME=URI",
        };
        command.Options.Add(realm);
        command.Options.Add(listen);
        command.Options.Add(http);
        command.Options.Add(link);
        command.Options.Add(peers);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var (options, configuration) = settings.Read(result);
            options = options with
            {
                Realm = result.GetValue(realm) ?? options.Realm,
                Http = result.GetValue(http) ?? options.Http,
                Link = result.GetValue(link) ?? options.Link,
                Peers = PeerSetting.Add(options.Peers, result.GetValue(peers) ?? []),
            };
            if (result.GetValue(listen) is { Length: > 0 } listeners) options = options with { Listen = listeners };
            options.Validate();

            await using var host = await KabarHost.StartAsync(options, configuration, TimeProvider.System, cancellationToken);
            foreach (var address in host.Listening) await around.Output.WriteLineAsync($"listening on {address}");
            if (host.Fingerprint is { } fingerprint) await around.Output.WriteLineAsync($"certificate {fingerprint} (SHA-256, for --pin)");
            await around.Output.FlushAsync(cancellationToken);
            await host.WaitForStopAsync(cancellationToken);
        }));
        return command;
    }
}
