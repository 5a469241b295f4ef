using System.CommandLine;
using System.Reflection;

namespace Kabar.Cli.Commands;

/// <summary>`kabar init`: a commented kabar.json to begin with.</summary>
internal static class InitCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("init", "Writes a kabar.json with every setting, its default and what it does. An existing file is left alone.");
        var file = new Argument<string>("FILE") { Description = "Where to.", DefaultValueFactory = _ => "kabar.json" };
        command.Arguments.Add(file);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var path = result.GetRequiredValue(file);
            if (File.Exists(path)) throw new CommandFault($"{path} exists already.");
            await using var template = Assembly.GetExecutingAssembly().GetManifestResourceStream("kabar.json")!; // embedded by the project
            await using var target = new FileStream(path, FileMode.CreateNew);
            await template.CopyToAsync(target, cancellationToken);
            await around.Output.WriteLineAsync($"wrote {path}; 'kabar serve' reads it");
        }));
        return command;
    }
}
