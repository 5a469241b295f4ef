using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Kabar.Transcripts;

/// <summary>
/// A line of a play with its <c>{NAME}</c>s. Inside, bytes are kept as a string with one character a byte (Latin-1), so that
/// regular expressions compare bytes.
/// </summary>
internal sealed partial class Template
{
    private const string Nameless = "_";

    // What a value may be. One that may be anything is as short as it can be.
    private static readonly Dictionary<string, string> Kinds = new()
    {
        [""] = "[^\"\\s]+",
        ["uuid"] = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        ["number"] = "[0-9]+",
        ["time"] = "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z",
        ["any"] = ".*?",
    };

    private readonly IReadOnlyList<Part> _parts;

    private Template(IReadOnlyList<Part> parts) => _parts = parts;

    public static Template Parse(string text) => new(Split(text, literal => Encoding.UTF8.GetBytes(literal)));

    /// <summary>The same, with the escapes \r \n \t \\ \xNN.</summary>
    public static Template ParseEscaped(string text) => new(Split(text, Unescape));

    /// <summary>The bytes, with every name filled in.</summary>
    /// <exception cref="FormatException">A name that nothing has captured yet.</exception>
    public byte[] Fill(IReadOnlyDictionary<string, string> captures) => Encoding.Latin1.GetBytes(string.Concat(_parts.Select(part =>
        part.Name is null ? part.Literal
        : captures.TryGetValue(part.Name, out var value) ? value
        : throw new FormatException($"{{{part.Name}}} has not been captured yet"))));

    /// <summary>Whether the bytes are these; names met for the first time are added to <paramref name="captures"/>.</summary>
    public bool Matches(ReadOnlySpan<byte> actual, Dictionary<string, string> captures)
    {
        var pattern = new StringBuilder("\\A");
        var fresh = new List<string>();
        foreach (var part in _parts)
        {
            if (part.Name is null) pattern.Append(Regex.Escape(part.Literal));
            else if (part.Name == Nameless) pattern.Append(CultureInfo.InvariantCulture, $"(?:{Kinds[part.Kind]})");
            else if (captures.TryGetValue(part.Name, out var value)) pattern.Append(Regex.Escape(value));
            else if (fresh.Contains(part.Name)) pattern.Append(CultureInfo.InvariantCulture, $"\\k<{part.Name}>");
            else
            {
                fresh.Add(part.Name);
                pattern.Append(CultureInfo.InvariantCulture, $"(?<{part.Name}>{Kinds[part.Kind]})");
            }
        }

        var match = Regex.Match(Encoding.Latin1.GetString(actual), pattern.Append("\\z").ToString(), RegexOptions.None, TimeSpan.FromSeconds(5));
        if (!match.Success) return false;

        foreach (var name in fresh) captures[name] = match.Groups[name].Value;
        return true;
    }

    /// <summary>For a message: known names filled in, the others left as they are.</summary>
    public byte[] FillOrKeep(IReadOnlyDictionary<string, string> captures) => Encoding.Latin1.GetBytes(string.Concat(_parts.Select(part =>
        part.Name is null ? part.Literal : captures.GetValueOrDefault(part.Name, $"{{{part.Name}}}"))));

    /// <summary>The same as a person can read it.</summary>
    public string Show(IReadOnlyDictionary<string, string> captures) => Readable(FillOrKeep(captures));

    /// <summary>Bytes as a person can read them: UTF-8 where it is, escapes for control characters and stray bytes.</summary>
    public static string Readable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var consumed);
            if (status != System.Buffers.OperationStatus.Done)
                foreach (var stray in bytes[..consumed]) text.Append(CultureInfo.InvariantCulture, $"\\x{stray:x2}");
            else if (rune.Value == '\r') text.Append("\\r");
            else if (rune.Value == '\n') text.Append("\\n");
            else if (rune.Value < ' ' || rune.Value == 0x7f) text.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
            else text.Append(rune.ToString());
            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    /// <summary>A text in the form in which values are kept: one character for each byte of its UTF-8.</summary>
    public static string BytesAsText(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static List<Part> Split(string text, Func<string, byte[]> bytesOf)
    {
        var parts = new List<Part>();
        var at = 0;
        foreach (Match match in Placeholder().Matches(text))
        {
            AddLiteral(text[at..match.Index]);
            parts.Add(new Part("", match.Groups["name"].Value, match.Groups["kind"].Value));
            at = match.Index + match.Length;
        }

        AddLiteral(text[at..]);
        return parts;

        void AddLiteral(string literal)
        {
            if (literal.Length > 0) parts.Add(new Part(Encoding.Latin1.GetString(bytesOf(literal)), null, ""));
        }
    }

    private static byte[] Unescape(string text)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                var next = text.IndexOf('\\', at);
                if (next < 0) next = text.Length;
                bytes.AddRange(Encoding.UTF8.GetBytes(text[at..next]));
                at = next - 1;
                continue;
            }

            at++;
            var escape = at < text.Length ? text[at] : throw new FormatException("a lone \\ at the end");
            if (escape == 'x')
            {
                if (at + 2 >= text.Length || !byte.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                    throw new FormatException("\\x needs two hexadecimal digits");

                bytes.Add(value);
                at += 2;
                continue;
            }

            bytes.Add(escape switch
            {
                'r' => (byte)'\r',
                'n' => (byte)'\n',
                't' => (byte)'\t',
                '\\' => (byte)'\\',
                _ => throw new FormatException($"no such escape: \\{escape}"),
            });
        }

        return [.. bytes];
    }

    [GeneratedRegex("\\{(?<name>[A-Z][A-Z0-9_]*|_)(:(?<kind>uuid|number|time|any))?\\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Placeholder();

    private sealed record Part(string Literal, string? Name, string Kind);
}
