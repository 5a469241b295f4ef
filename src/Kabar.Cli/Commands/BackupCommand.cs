using System.CommandLine;
using Kabar.Cli.Operator;
using Kabar.Storage.Sqlite;

namespace Kabar.Cli.Commands;

/// <summary>`kabar backup`: a consistent copy beside a running server.</summary>
internal static class BackupCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("backup", "Copies the data to a new or empty folder, also beside a running server, which goes on writing. "
            + "'kabar check --data FOLDER' verifies the copy.");
        var settings = new SettingsOptions(command);
        var target = new Argument<string>("FOLDER") { Description = "Where to." };
        command.Arguments.Add(target);
        command.SetAction((result, _) => Execution.RunAsync(around, async () =>
        {
            StoreCopy.BackUp(settings.ReadData(result), result.GetRequiredValue(target));
            await around.Output.WriteLineAsync($"backed up to {result.GetRequiredValue(target)}");
        }));
        return command;
    }
}
