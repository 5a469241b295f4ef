using System.CommandLine;
using Kabar.Cli.Operator;
using Kabar.Storage;
using Kabar.Storage.Sqlite;

namespace Kabar.Cli.Commands;

/// <summary>`kabar export`: everything as JSON Lines.</summary>
internal static class ExportCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("export", "Writes accounts, sessions, conversations and messages as JSON Lines, also beside a running server. "
            + "It holds what people said and the hashes of their passwords: keep it as you keep the data.");
        var settings = new SettingsOptions(command);
        var output = new Option<string?>("--output", "-o") { Description = "A new file, readable by its owner alone; standard output unless set.", HelpName = "FILE" };
        command.Options.Add(output);
        command.SetAction((result, _) => Execution.RunAsync(around, async () =>
        {
            var path = result.GetValue(output);
            await using var stream = new BufferedStream(path is null ? Console.OpenStandardOutput() : PrivateFiles.Open(path, FileMode.CreateNew), 64 * 1024);
            StoreExport.Write(DataDirectory.DatabaseIn(settings.ReadData(result)), stream);
        }));
        return command;
    }
}
