namespace Kabar.Transcripts;

/// <summary>The fenced blocks of a Markdown document whose info string is <c>play</c>, each a transcript with the document's line numbers.</summary>
internal static class MarkdownPlays
{
    private const string Fence = "```";

    public static IEnumerable<Transcript> In(string markdown, string source)
    {
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        for (var start = 0; start < lines.Length; start++)
        {
            if (!lines[start].StartsWith(Fence, StringComparison.Ordinal)) continue;

            var end = Array.FindIndex(lines, start + 1, line => line.TrimEnd() == Fence);
            if (end < 0) throw new FormatException($"{source}:{start + 1}: the block has no end");

            if (lines[start][Fence.Length..].Trim() == "play")
                yield return Transcript.Parse(string.Join('\n', lines[(start + 1)..end]), source, start + 2);

            start = end;
        }
    }
}
