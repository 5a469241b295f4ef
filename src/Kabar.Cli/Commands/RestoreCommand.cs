using System.CommandLine;
using Kabar.Cli.Operator;
using Kabar.Storage;
using Kabar.Storage.Sqlite;

namespace Kabar.Cli.Commands;

/// <summary>`kabar restore`: puts a backup in the place of the data.</summary>
internal static class RestoreCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("restore", "Verifies a backup and puts it in the place of the data; what was there is kept in a folder beside it. "
            + "Refuses while a server holds the data.");
        var settings = new SettingsOptions(command);
        var backup = new Argument<string>("FOLDER") { Description = "The backup." };
        command.Arguments.Add(backup);
        command.SetAction((result, _) => Execution.RunAsync(around, async () =>
        {
            var data = settings.ReadData(result);
            using var held = DataDirectory.TryHold(data) ?? throw new CommandFault($"A server holds {data}; stop it first.");
            var kept = StoreCopy.Restore(result.GetRequiredValue(backup), held, TimeProvider.System.GetUtcNow());
            await around.Output.WriteLineAsync(kept is null ? $"restored to {data}" : $"restored to {data}; what was there is in {kept}");
        }));
        return command;
    }
}
