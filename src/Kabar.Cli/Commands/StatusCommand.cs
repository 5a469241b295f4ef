using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kabar.Cli.Operator;
using Kabar.Server.Control;

namespace Kabar.Cli.Commands;

/// <summary>`kabar status`: how a realm does.</summary>
internal static class StatusCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("status", "Tells how a realm does: what it holds, what its server has done and takes, its peers and its limits.");
        var settings = new SettingsOptions(command);
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        command.Options.Add(json);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenUnchangedAsync(settings.Read(result).Options, cancellationToken);
            var status = (await link.AskAsync(new ControlRequest { Do = "status" }, cancellationToken)).Status ?? throw new CommandFault("The server's answer is empty.");
            if (result.GetValue(json)) await around.Output.WriteLineAsync(JsonSerializer.Serialize(status, ControlJson.Default.StatusReport));
            else await WriteAsync(around.Output, status);
        }));
        return command;
    }

    private static async Task WriteAsync(TextWriter output, StatusReport status)
    {
        var figures = new PlainTable("figure", "value");
        figures.Add("realm", status.Realm);
        figures.Add("version", status.Version);
        figures.Add("up", status.UptimeSeconds is { } seconds ? $"{TimeSpan.FromSeconds(seconds):d\\.hh\\:mm\\:ss}" : "no server runs");
        foreach (var listener in status.Listeners) figures.Add("listens", listener);
        figures.Add("registration", status.Registration);
        figures.Add("accounts", Number(status.Accounts));
        figures.Add("sessions", Number(status.Sessions));
        figures.Add("messages", Number(status.Messages));
        if (status.UptimeSeconds is not null)
        {
            figures.Add("connections", Number(status.Connections));
            figures.Add("listening", Number(status.Listening));
            figures.Add("requests", Number(status.Requests));
            figures.Add("refusals", Number(status.Refusals));
            figures.Add("cpu seconds", status.CpuSeconds.ToString("F1", CultureInfo.InvariantCulture));
            figures.Add("memory", Mebibytes(status.ResidentBytes));
            figures.Add("managed memory", Mebibytes(status.ManagedBytes));
        }

        figures.Add("unindexed", Number(status.Unindexed));
        figures.Add("unsearchable", Number(status.Unsearchable));
        figures.Add("database", Mebibytes(status.DatabaseBytes));
        figures.Add("free disk", Mebibytes(status.FreeBytes));
        if (status.Backup is { } backup) figures.Add("backup", $"under way, {Mebibytes(backup.Bytes)} of {Mebibytes(backup.Of)}");
        await output.WriteAsync(figures.ToString());

        if (status.Peers.Count > 0)
        {
            var peers = new PlainTable("peer", "state", "waiting", "bytes");
            foreach (var peer in status.Peers) peers.Add(peer.Realm, peer.State, Number(peer.Queue), Number(peer.QueueBytes));
            await output.WriteAsync($"\n{peers}");
        }

        var limits = new PlainTable("limit", "value", "bounds");
        foreach (var limit in status.Limits) limits.Add(limit.Name, limit.Value == 0 ? "off" : Number(limit.Value), limit.Meaning);
        await output.WriteAsync($"\n{limits}");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:F1} MiB");
}
