using Kabar.Cli.Terminal;

namespace Kabar.Cli;

/// <summary>What a command finds around it: its standard streams, the environment, the person's directories.</summary>
internal sealed record Surroundings(TextReader Input, TextWriter Output, TextWriter Error, Func<string, string?> Variable)
{
    /// <summary>Asks a question at the terminal, unseen for a secret; null where nobody sits at one.</summary>
    public Func<string, bool, string?>? Ask { get; init; }

    /// <summary>Those of this process. The input is decoded as it comes, without Console's own line editing.</summary>
    public static Surroundings OfProcess { get; } = new(
        new StreamReader(Console.OpenStandardInput()), Console.Out, Console.Error, Environment.GetEnvironmentVariable)
    {
        Ask = Console.IsInputRedirected ? null : Question.Ask,
    };

    /// <summary>Where settings and the token are kept.</summary>
    public string ConfigurationDirectory => DirectoryOf("XDG_CONFIG_HOME", ".config");

    /// <summary>Where what is only a convenience is kept: the lines typed before.</summary>
    public string StateDirectory => DirectoryOf("XDG_STATE_HOME", Path.Combine(".local", "state"));

    private string DirectoryOf(string variable, string underHome)
    {
        // A relative path there is to be ignored, says the specification of these variables.
        if (Variable(variable) is { Length: > 0 } chosen && Path.IsPathRooted(chosen)) return Path.Combine(chosen, "kabar");
        var home = Variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.Combine(home, underHome, "kabar");
    }
}
