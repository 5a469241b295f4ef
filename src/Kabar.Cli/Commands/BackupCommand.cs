using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kabar.Cli.Operator;
using Kabar.Server.Control;
using Kabar.Storage.Sqlite;

namespace Kabar.Cli.Commands;

/// <summary>`kabar backup`: a consistent copy beside a running server.</summary>
internal static class BackupCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("backup", "Copies the data, also beside a running server, which goes on writing: to a new or empty folder, or to one under 'backups' in the data. "
            + "'kabar check --data FOLDER' verifies the copy.");
        var settings = new SettingsOptions(command);
        var target = new Argument<string?>("FOLDER") { Description = "Where to; unless said, backups/TIME in the data.", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(target);
        command.Subcommands.Add(List(around));
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            if (result.GetValue(target) is { } folder)
            {
                StoreCopy.BackUp(settings.ReadData(result), folder);
                await around.Output.WriteLineAsync($"backed up to {folder}");
                return;
            }

            await using var link = await OperatorLink.OpenUnchangedAsync(settings.Read(result).Options, cancellationToken);
            var made = (await link.AskAsync(new ControlRequest { Do = "backup" }, cancellationToken)).Backup ?? throw new CommandFault("The server's answer is empty.");
            await around.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"backed up to {made.Folder} ({made.Bytes} bytes, {made.Seconds:F1} s)"));
        }));
        return command;
    }

    private static Command List(Surroundings around)
    {
        var command = new Command("list", "Lists the backups under 'backups' in the data, the oldest first.");
        var settings = new SettingsOptions(command);
        var json = new Option<bool>("--json") { Description = "A JSON object a line." };
        command.Options.Add(json);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenUnchangedAsync(settings.Read(result).Options, cancellationToken);
            var backups = (await link.AskAsync(new ControlRequest { Do = "backup list" }, cancellationToken)).Backups ?? [];
            if (result.GetValue(json))
            {
                foreach (var backup in backups) await around.Output.WriteLineAsync(JsonSerializer.Serialize(backup, ControlJson.Default.BackupLine));
                return;
            }

            var table = new PlainTable("begun", "bytes", "folder");
            foreach (var backup in backups)
                table.Add(backup.Begun.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), backup.Bytes.ToString(CultureInfo.InvariantCulture), backup.Folder);
            await around.Output.WriteAsync(table.ToString());
        }));
        return command;
    }
}
