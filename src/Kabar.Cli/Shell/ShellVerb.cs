namespace Kabar.Cli.Shell;

internal enum SessionEffect
{
    None,
    Begins,
    Ends,

    /// <summary>The connection becomes a group conversation.</summary>
    Converses,
}

/// <summary>
/// One command: what is asked, and what is printed when the answer is OK. Gaps in the request are <c>token</c>, the session, and the
/// command's parameters in the order they are typed; <c>text</c> takes the rest of the line. The answer may use the same, and
/// <c>reply.KEY</c> for the JSON of that key.
/// </summary>
internal sealed record ShellVerb(string Request, string Answer, SessionEffect Effect = SessionEffect.None)
{
    private const string Token = "token";
    private const string RestOfLine = "text";

    public string Name { get; } = Request.Split(' ')[0];

    public bool NeedsLogin { get; } = Template.Gaps(Request).Contains(Token);

    private string[] Parameters { get; } = [.. Template.Gaps(Request).Where(gap => gap != Token)];

    /// <summary>The parameters of a typed line, or null when one is missing. As in the protocol, words after the last are ignored and a
    /// text begins after one blank.</summary>
    public Dictionary<string, string>? Read(string typed)
    {
        var rest = typed.AsSpan().TrimStart()[Name.Length..];
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in Parameters)
        {
            if (parameter == RestOfLine)
            {
                if (rest.IsWhiteSpace()) return null;
                values[parameter] = rest[1..].ToString();
                break;
            }

            rest = rest.TrimStart(' ');
            if (rest.IsEmpty) return null;
            var end = rest.IndexOf(' ') is >= 0 and var blank ? blank : rest.Length;
            values[parameter] = rest[..end].ToString();
            rest = rest[end..];
        }

        return values;
    }

    public string RequestFor(IReadOnlyDictionary<string, string> values, string token) =>
        Template.Fill(Request, gap => gap == Token ? token : values[gap]);
}
