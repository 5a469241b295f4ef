using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kabar.Cli.Operator;
using Kabar.Server.Control;

namespace Kabar.Cli.Commands;

/// <summary>`kabar peer`: the realms that this one is joined with.</summary>
internal static class PeerCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("peer", "The realms that this one is joined with: two operators join theirs with one code.");
        command.Subcommands.Add(Invite(around));
        command.Subcommands.Add(Accept(around));
        command.Subcommands.Add(List(around));
        command.Subcommands.Add(OfRealm(around, "pause", "Closes the link to a peer until it is resumed; what is meant for the peer waits."));
        command.Subcommands.Add(OfRealm(around, "resume", "Lets the link to a peer stand again."));
        command.Subcommands.Add(OfRealm(around, "remove", "Forgets a peer; what waits for it goes back to its senders."));
        command.Subcommands.Add(Simple(around, "rotate", "Gives this realm's link a new key, for which the old one vouches to every peer."));
        return command;
    }

    private static Command Invite(Surroundings around)
    {
        var command = new Command("invite", "Prints a code with which another realm's operator joins it with this one ('kabar peer accept CODE' there). It works once, for a day. Hand it over in confidence.");
        var settings = new SettingsOptions(command);
        var address = new Option<string?>("--address") { Description = "Where the other realm reaches this one's link; unless set, LinkAddress or where it listens.", HelpName = "HOST:PORT" };
        command.Options.Add(address);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            var reply = await link.AskAsync(new ControlRequest { Do = "peer invite", Address = result.GetValue(address) }, cancellationToken);
            await around.Output.WriteLineAsync(reply.Code);
        }));
        return command;
    }

    private static Command Accept(Surroundings around)
    {
        var command = new Command("accept", "Joins this realm with the one whose operator has made the code.");
        var settings = new SettingsOptions(command);
        var code = new Argument<string>("CODE") { Description = "kabar-peer:…, as 'kabar peer invite' printed it there; - reads it from standard input." };
        command.Arguments.Add(code);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var text = result.GetRequiredValue(code);
            if (text == "-") text = await around.Input.ReadLineAsync(cancellationToken) ?? throw new CommandFault("No code on standard input.");
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            await SayAsync(around, await link.AskAsync(new ControlRequest { Do = "peer accept", Code = text }, cancellationToken));
        }));
        return command;
    }

    private static Command List(Surroundings around)
    {
        var command = new Command("list", "Lists the peers: state, what waits for them and how long, when they were last heard of.");
        var settings = new SettingsOptions(command);
        var json = new Option<bool>("--json") { Description = "A JSON object a line." };
        command.Options.Add(json);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            var peers = (await link.AskAsync(new ControlRequest { Do = "peer list" }, cancellationToken)).Peers ?? [];
            if (result.GetValue(json))
                foreach (var peer in peers) await around.Output.WriteLineAsync(JsonSerializer.Serialize(peer, ControlJson.Default.PeerLine));
            else
                await around.Output.WriteAsync(Table(peers));
        }));
        return command;
    }

    private static Command OfRealm(Surroundings around, string verb, string description)
    {
        var command = new Command(verb, description);
        var settings = new SettingsOptions(command);
        var realm = new Argument<string>("REALM") { Description = "The peer's name." };
        command.Arguments.Add(realm);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            await SayAsync(around, await link.AskAsync(new ControlRequest { Do = $"peer {verb}", Realm = result.GetRequiredValue(realm) }, cancellationToken));
        }));
        return command;
    }

    private static Command Simple(Surroundings around, string verb, string description)
    {
        var command = new Command(verb, description);
        var settings = new SettingsOptions(command);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            await SayAsync(around, await link.AskAsync(new ControlRequest { Do = $"peer {verb}" }, cancellationToken));
        }));
        return command;
    }

    private static async Task SayAsync(Surroundings around, ControlReply reply)
    {
        if (reply.Done is { } done) await around.Output.WriteLineAsync(done);
    }

    private static string Table(IReadOnlyList<PeerLine> peers)
    {
        var table = new PlainTable("realm", "link", "state", "waiting", "bytes", "oldest", "last contact", "");
        foreach (var peer in peers)
        {
            table.Add(
                peer.Realm,
                peer.Kind,
                peer.State,
                peer.Queue.ToString(CultureInfo.InvariantCulture),
                peer.QueueBytes.ToString(CultureInfo.InvariantCulture),
                peer.OldestSeconds is { } seconds ? $"{TimeSpan.FromSeconds(seconds):d\\.hh\\:mm\\:ss}" : "",
                peer.LastContact?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? (peer.Kind == "legacy" ? "" : "never"),
                peer.Hindrance ?? "");
        }

        return table.ToString();
    }
}
