namespace Kabar.Cli.Chat;

/// <summary>Names for the emoji that people react with.</summary>
internal static class EmojiNames
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["thumbsup"] = "👍",
        ["thumbsdown"] = "👎",
        ["heart"] = "❤️",
        ["laugh"] = "😂",
        ["smile"] = "😄",
        ["wink"] = "😉",
        ["sad"] = "😢",
        ["angry"] = "😠",
        ["wow"] = "😮",
        ["think"] = "🤔",
        ["pray"] = "🙏",
        ["clap"] = "👏",
        ["fire"] = "🔥",
        ["party"] = "🎉",
        ["rocket"] = "🚀",
        ["eyes"] = "👀",
        ["ok"] = "👌",
        ["wave"] = "👋",
        ["check"] = "✅",
        ["cross"] = "❌",
        ["star"] = "⭐",
        ["hundred"] = "💯",
        ["coffee"] = "☕",
        ["rice"] = "🍚",
        ["durian"] = "🍈",
    };

    public static IEnumerable<string> All => Known.Keys;

    /// <summary>The emoji of a name, with or without colons; what is none stays as it is.</summary>
    public static string Of(string word) => Known.GetValueOrDefault(word.Trim(':'), word);
}
