using System.Text;
using System.Text.RegularExpressions;
using Kabar.Core;
using Kabar.Protocol.Native;

namespace Kabar.Tests.Protocol.Native;

/// <summary>The protocol's page names every verb and every code, and no others; and the plays show all of them.</summary>
public sealed partial class NativeDocumentTests
{
    // What only a fault, another realm or a restore makes; tests of those show them.
    private static readonly string[] NotOnStage =
        ["failed", "unreachable_recipient", "too_many", "recovering", "home_elsewhere", "peer_unreachable", "peer_queue_full", "expired", "peer_removed", "unknown_token"];

    private static readonly string Document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "protocol", "native.md"));

    private static readonly string Plays =
        Document + string.Concat(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "plays", "kabar")).Select(File.ReadAllText));

    [Fact]
    public void The_tables_have_every_verb_in_its_text_form()
    {
        var forms = VerbRow().Matches(Section("## Verbs", "## Entries")).Select(row => row.Groups["form"].Value.Replace("\\|", "|", StringComparison.Ordinal));
        forms.ShouldBe(NativeVerbs.Help(null, Language.English).Verbs.Select(verb => verb.Form), ignoreOrder: true);
    }

    [Fact]
    public void The_table_of_errors_has_every_code()
    {
        var codes = Section("## Errors", "## Limits").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line => Code().Matches(line.Split('|')[1])).Select(code => code.Groups["code"].Value);

        codes.ShouldBe(Enum.GetValues<Refusal>().Select(CodeOf), ignoreOrder: true);
    }

    [Fact]
    public void The_plays_show_every_verb_in_both_forms_and_every_code()
    {
        var verbs = NativeVerbs.Help(null, Language.English).Verbs.Select(verb => NativeReaderTests.NameIn(verb.Form)).ToArray();
        verbs.Where(verb => !IsPlayed($@"^\w+ *>>? (.*\\n)?{verb}( |\\|$)")).ShouldBeEmpty("in the text form");
        verbs.Where(verb => !IsPlayed($@"^\w+ *>>? .*""do"":""{verb}""")).ShouldBeEmpty("in the JSON form");
        Enum.GetValues<Refusal>().Select(CodeOf).Except(NotOnStage).Where(code => !Plays.Contains($"\"code\":\"{code}\"", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static string Section(string from, string to) => Document[Document.IndexOf(from, StringComparison.Ordinal)..Document.IndexOf(to, StringComparison.Ordinal)];

    private static bool IsPlayed(string request) => Regex.IsMatch(Plays, request, RegexOptions.Multiline, TimeSpan.FromSeconds(5));

    private static string CodeOf(Refusal refusal) => Encoding.ASCII.GetString(NativeErrors.Code(refusal));

    [GeneratedRegex("^\\| `(?<form>[a-z].*?)` \\| (?<json>[^|]*)\\| (?<reply>[^|]*)\\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex VerbRow();

    [GeneratedRegex("`(?<code>[a-z_]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Code();
}
