using System.CommandLine;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kabar.Cli.Operator;

/// <summary>
/// Where a command takes a realm's settings from: kabar.json (or <c>--config</c>), then <c>KABAR__…</c> variables, then its own options.
/// </summary>
internal sealed class SettingsOptions
{
    private const string DefaultFile = "kabar.json";

    private readonly Option<string?> _config = new("--config") { Description = "The settings; kabar.json in the current folder where there is one.", HelpName = "FILE" };
    private readonly Option<string?> _data = new("--data") { Description = "The folder with the data; ./kabar-data unless set.", HelpName = "DIR" };

    public SettingsOptions(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_data);
    }

    /// <summary>The settings, and the configuration they were bound from, which also holds those of logging.</summary>
    public (KabarOptions Options, IConfiguration Configuration) Read(ParseResult result)
    {
        var file = result.GetValue(_config);
        if (file is not null && !File.Exists(file)) throw new CommandFault($"There is no file {file}.");

        try
        {
            var configuration = new ConfigurationBuilder()
                .AddJsonFile(Path.GetFullPath(file ?? DefaultFile), optional: file is null, reloadOnChange: false)
                .AddEnvironmentVariables("KABAR__")
                .Build();
            var options = KabarOptions.Bind(configuration);
            return (options with { Data = result.GetValue(_data) ?? options.Data }, configuration);
        }
        catch (InvalidDataException exception)
        {
            throw new CommandFault($"{file ?? DefaultFile} cannot be read: {exception.InnerException?.Message ?? exception.Message}");
        }
    }

    /// <summary>The data directory alone.</summary>
    public string ReadData(ParseResult result) => Read(result).Options.Data;
}
