using System.Globalization;
using System.Text.RegularExpressions;

namespace Kabar.Transcripts;

/// <summary>
/// A play: who sends what, and what must come back, byte for byte. One line each:
/// <code>
/// # a comment
/// === a scene                         connections of the scene before are closed; captures and the realm stay
/// @dialect chat                       actors speak to the listener of this dialect from here on
/// @dialect chat messi lineker         only these do
/// @realm dua james taeno              these live on another realm, which is joined with the one of everybody else
/// @link legacy                        the play is of realms joined over this link only (legacy or native)
/// @speaks kabar messi                 messi's connection speaks another dialect than it was opened with: replies end otherwise
/// @registration open                  the realm lets people register: open, or invite with the name that an invitation code has below
/// @repeat LONG 8193 x                 {LONG} is 8193 times x
/// messi > auth messi surabaya         a request, sent with the first clients' ending: a blank and \r\n
/// messi >> auth messi\x20surabaya\n   bytes as they are, nothing added; \r \n \t \\ and \xNN are escapes, { and } around a name as below
/// messi &lt; {"status": "OK", "tokenid": "{M}"}   a reply, compared up to its \r\n\r\n
/// james &lt;~ {"status": "OK", "messages": {}}   the reply to a request that is made again until this is what comes
/// messi &lt;* {"event":"message", …}      an event, among replies of the native protocol
/// messi &lt;&lt; exit                       bytes as they are, without an ending; escapes as above
/// messi &lt; [closed]                    the server has ended the connection
/// messi > [close]                     the actor ends it
/// </code>
/// <c>{NAME}</c> (capitals) stands for a value without quote and blank: the first time in a reply it captures, later it is filled in
/// or must be the same. <c>{NAME:uuid}</c> captures only a lower-case UUID, <c>:number</c> digits, <c>:time</c> a time, <c>:any</c> whatever is there; <c>{_:time}</c> only
/// matches. Entries among events come in the order of the play; receipts, typing and presence may come earlier, or untold. An actor's connection opens with its first line, and anew
/// with its first line after it was closed.
/// </summary>
internal sealed partial class Transcript
{
    private Transcript(string source, IReadOnlyList<TranscriptLine> lines)
    {
        Source = source;
        Lines = lines;
    }

    /// <summary>The file the play stands in, for messages.</summary>
    public string Source { get; }

    public IReadOnlyList<TranscriptLine> Lines { get; }

    /// <summary>Whether it needs a second realm.</summary>
    public bool IsBetweenRealms => Lines.Any(line => line is RealmLine);

    /// <summary>What the realm's settings must be for it.</summary>
    public RegistrationLine? Registration => Lines.OfType<RegistrationLine>().SingleOrDefault();

    /// <summary>Whether a connection of it changes from one dialect to another.</summary>
    public bool Switches => Lines.Any(line => line is SpeaksLine);

    /// <summary>Whether it may be played where realms are joined over this link.</summary>
    public bool IsOf(string link) => Lines.OfType<LinkLine>().All(line => line.Link == link);

    /// <summary>Reads a play. <paramref name="firstLine"/> is the number of its first line in <paramref name="source"/>.</summary>
    /// <exception cref="FormatException">A line is none of the above; the message names it.</exception>
    public static Transcript Parse(string text, string source, int firstLine = 1)
    {
        var lines = new List<TranscriptLine>();
        var number = firstLine;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (ParseLine(line, source, number) is { } parsed) lines.Add(parsed);
            number++;
        }

        if (!lines.Any(line => line is ReplyLine or EventualReplyLine or EventLine or ClosedLine or RawReplyLine))
            throw new FormatException($"{source}:{firstLine}: a play that expects nothing proves nothing");

        return new Transcript(source, lines);
    }

    private static TranscriptLine? ParseLine(string line, string source, int number)
    {
        if (line.Trim().Length == 0 || line.StartsWith('#')) return null;
        if (line.StartsWith("===", StringComparison.Ordinal)) return new SceneLine(number, line[3..].Trim());
        if (line.StartsWith('@')) return ParseDirective(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), source, number);

        var match = ActorLine().Match(line);
        if (!match.Success) throw new FormatException($"{source}:{number}: neither a request, a reply, a scene nor a directive: {line}");

        var actor = match.Groups["actor"].Value;
        var text = match.Groups["text"].Value;
        try
        {
            return (match.Groups["arrow"].Value, text) switch
            {
                (">", "[close]") => new CloseLine(number, actor),
                ("<", "[closed]") => new ClosedLine(number, actor),
                (">", _) => new RequestLine(number, actor, Template.Parse(text)),
                ("<", _) => new ReplyLine(number, actor, Template.Parse(text)),
                ("<*", _) => new EventLine(number, actor, Template.Parse(text)),
                ("<~", _) => new EventualReplyLine(number, actor, Template.Parse(text)),
                (">>", _) => new RawRequestLine(number, actor, Template.ParseEscaped(text)),
                _ => new RawReplyLine(number, actor, Template.ParseEscaped(text)),
            };
        }
        catch (FormatException fault)
        {
            throw new FormatException($"{source}:{number}: {fault.Message}", fault);
        }
    }

    private static TranscriptLine ParseDirective(string[] words, string source, int number) => words switch
    {
        ["@dialect", var dialect, .. var actors] => new DialectLine(number, dialect, actors),
        ["@speaks", var dialect, _, ..] => new SpeaksLine(number, dialect, words[2..]),
        ["@registration", "open"] => new RegistrationLine(number, "open", null),
        ["@registration", "invite", var name] => new RegistrationLine(number, "invite", name),
        ["@realm", var realm, _, ..] => new RealmLine(number, realm, words[2..]),
        ["@link", ("legacy" or "native") and var link] => new LinkLine(number, link),
        ["@repeat", var name, var count, var text] when int.TryParse(count, CultureInfo.InvariantCulture, out var times) =>
            new RepeatLine(number, name, times, text),
        _ => throw new FormatException($"{source}:{number}: no such directive: {string.Join(' ', words)}"),
    };

    [GeneratedRegex("^(?<actor>[a-z][a-z0-9_-]*) *(?<arrow>>>|<<|<~|<\\*|>|<)(?: (?<text>.*))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex ActorLine();
}

internal abstract record TranscriptLine(int Number);

internal sealed record SceneLine(int Number, string Title) : TranscriptLine(Number);

internal sealed record DialectLine(int Number, string Dialect, IReadOnlyList<string> Actors) : TranscriptLine(Number);

internal sealed record SpeaksLine(int Number, string Dialect, IReadOnlyList<string> Actors) : TranscriptLine(Number);

internal sealed record RegistrationLine(int Number, string Mode, string? Code) : TranscriptLine(Number);

internal sealed record RealmLine(int Number, string Realm, IReadOnlyList<string> Actors) : TranscriptLine(Number);

internal sealed record LinkLine(int Number, string Link) : TranscriptLine(Number);

internal sealed record RepeatLine(int Number, string Name, int Count, string Text) : TranscriptLine(Number);

internal sealed record RequestLine(int Number, string Actor, Template Text) : TranscriptLine(Number);

internal sealed record RawRequestLine(int Number, string Actor, Template Bytes) : TranscriptLine(Number);

internal sealed record ReplyLine(int Number, string Actor, Template Text) : TranscriptLine(Number);

internal sealed record EventualReplyLine(int Number, string Actor, Template Text) : TranscriptLine(Number);

internal sealed record EventLine(int Number, string Actor, Template Text) : TranscriptLine(Number);

internal sealed record RawReplyLine(int Number, string Actor, Template Bytes) : TranscriptLine(Number);

internal sealed record CloseLine(int Number, string Actor) : TranscriptLine(Number);

internal sealed record ClosedLine(int Number, string Actor) : TranscriptLine(Number);
