using System.CommandLine;
using System.Globalization;
using Kabar.Cli.Operator;
using Kabar.Storage;
using Kabar.Storage.Sqlite;

namespace Kabar.Cli.Commands;

/// <summary>`kabar check`: verifies a data directory or a backup.</summary>
internal static class CheckCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("check", "Verifies the data, also beside a running server: SQLite's structure, that positions have no gaps, "
            + "that the index leads to every message. Exits with 1 when something is wrong, and says what.");
        var settings = new SettingsOptions(command);
        command.SetAction((result, _) => Execution.RunAsync(around, async () =>
        {
            var data = settings.ReadData(result);
            var report = StoreCheck.Run(DataDirectory.DatabaseIn(data));
            foreach (var problem in report.Problems) await around.Error.WriteLineAsync(problem);
            if (report.Problems.Count > 0) throw new CommandFault($"{data} is damaged.");
            await around.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"ok: {report.Accounts} accounts, {report.Sessions} sessions, {report.Conversations} conversations, {report.Messages} messages"));
        }));
        return command;
    }
}
