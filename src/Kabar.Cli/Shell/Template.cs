using System.Text.RegularExpressions;

namespace Kabar.Cli.Shell;

/// <summary>A sentence with named gaps in braces. What is filled in is never read for gaps again, so a message may hold braces.</summary>
internal static partial class Template
{
    public static IEnumerable<string> Gaps(string template) => Gap().Matches(template).Select(match => match.Groups["name"].Value);

    public static string Fill(string template, Func<string, string> value) =>
        Gap().Replace(template, match => value(match.Groups["name"].Value));

    [GeneratedRegex(@"\{(?<name>[A-Za-z.]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Gap();
}
