namespace Kabar.Transcripts;

/// <summary>
/// The plays beside the test executable: <c>plays/DIALECT/*.play</c>, those of <c>plays/every-dialect</c> once for each dialect, and
/// every fenced block marked <c>play</c> in the protocol's documents. Those that name a second realm are apart; <c>plays/two-realms</c> holds
/// nothing else.
/// </summary>
internal static class Plays
{
    /// <summary>The native protocol, which is no dialect of the documents.</summary>
    public const string Native = "kabar";

    public static readonly IReadOnlyList<string> Dialects = ["message-service", "chat", "thread-chat", "layanan-chat", "realm-chat"];

    /// <summary>What a listener may speak.</summary>
    public static readonly IReadOnlyList<string> Spoken = [.. Dialects, Native];
    public static readonly IReadOnlyList<string> Links = ["legacy", "native"];
    private const string EveryDialect = "every-dialect";
    private const string TwoRealms = "two-realms";
    private static readonly Lazy<IReadOnlyDictionary<string, Play>> Found = new(Find);

    /// <summary>Those of one realm.</summary>
    public static IReadOnlyCollection<string> Names => [.. Found.Value.Where(play => !play.Value.Transcript.IsBetweenRealms).Select(play => play.Key)];

    /// <summary>Those of one realm in which the native protocol is spoken from beginning to end, over whatever carries it.</summary>
    public static IReadOnlyCollection<string> NativeNames =>
        [.. Found.Value.Where(play => play.Value.Dialect == Native && play.Value.Transcript is { IsBetweenRealms: false, Switches: false }).Select(play => play.Key)];

    /// <summary>Those of two realms that are joined over this link.</summary>
    public static IReadOnlyCollection<string> NamesOver(string link) =>
        [.. Found.Value.Where(play => play.Value.Transcript.IsBetweenRealms && play.Value.Transcript.IsOf(link)).Select(play => play.Key)];

    public static Play Named(string name) => Found.Value[name];

    private static SortedDictionary<string, Play> Find()
    {
        var found = new SortedDictionary<string, Play>(StringComparer.Ordinal);
        var plays = Path.Combine(AppContext.BaseDirectory, "plays");
        foreach (var file in Directory.EnumerateFiles(plays, "*.play", SearchOption.AllDirectories))
        {
            var folder = Path.GetFileName(Path.GetDirectoryName(file)) ?? "";
            var name = folder + "/" + Path.GetFileNameWithoutExtension(file);
            var transcript = Transcript.Parse(File.ReadAllText(file), "tests/Transcripts/plays/" + folder + "/" + Path.GetFileName(file));
            if (folder == EveryDialect)
                foreach (var dialect in Dialects) found.Add($"{name} on {dialect}", new Play(dialect, transcript));
            else
                found.Add(name, new Play(folder == TwoRealms ? "realm-chat" : folder, transcript));
        }

        var documents = Path.Combine(AppContext.BaseDirectory, "protocol");
        if (!Directory.Exists(documents)) return found;

        foreach (var file in Directory.EnumerateFiles(documents, "*.md"))
        {
            var dialect = Path.GetFileName(file) == "native.md" ? Native : "realm-chat";
            foreach (var transcript in MarkdownPlays.In(File.ReadAllText(file), "docs/protocol/" + Path.GetFileName(file)))
                found.Add($"{transcript.Source}:{transcript.Lines[0].Number}", new Play(dialect, transcript));
        }

        return found;
    }
}

/// <summary>A transcript and the dialect its actors speak where it names none.</summary>
internal sealed record Play(string Dialect, Transcript Transcript);
