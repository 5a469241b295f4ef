using System.Collections.Frozen;

namespace Kabar.Cli.Shell;

/// <summary>What the terminal client of one dialect understands and says; `docs/protocol/README.md`, section 4, as data.</summary>
internal sealed record ShellDialect(string Name, string UnknownCommand, string MissingParameter, IReadOnlyList<ShellVerb> Verbs)
{
    public const string NotAuthorized = "Error, not authorized";

    private readonly FrozenDictionary<string, ShellVerb> _byName = Verbs.ToFrozenDictionary(verb => verb.Name, StringComparer.Ordinal);

    public ShellVerb? Find(string name) => _byName.GetValueOrDefault(name);

    public static string Refused(string message) => "Error, " + message;
}
