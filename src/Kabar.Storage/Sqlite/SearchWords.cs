using System.Globalization;
using System.Text;

namespace Kabar.Storage.Sqlite;

/// <summary>What somebody looks for, as an expression of the full-text index.</summary>
internal static class SearchWords
{
    /// <summary>So many words are looked for; what comes behind them is not looked at.</summary>
    public const int Most = 32;

    // A prefix of one letter would put half of all lists together.
    private const int ShortestPrefix = 2;

    /// <summary>
    /// All the words, where the last one may end in <c>*</c>; null when there is none. Each is quoted, so that nothing in it has a meaning to SQLite; what has no letter and no digit in it
    /// is nothing to SQLite, and is passed over.
    /// </summary>
    public static string? Parse(string words)
    {
        var split = words.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries);
        var isPrefix = split is [.., var last] && last.EndsWith('*') && split.Length <= Most;
        var expression = new StringBuilder();
        foreach (var (number, word) in split.Take(Most).Index())
        {
            if (!word.EnumerateRunes().Any(IsInWord)) continue;
            expression.Append(expression.Length == 0 ? "" : " ").Append('"').Append(word.Replace("\"", "\"\"", StringComparison.Ordinal).Replace('\0', ' ')).Append('"');
            if (isPrefix && number == split.Length - 1 && word.TrimEnd('*').EnumerateRunes().Reverse().TakeWhile(IsInWord).Count() >= ShortestPrefix) expression.Append(" *");
        }

        return expression.Length == 0 ? null : expression.ToString();
    }

    // What SQLite's tokenizer makes words of. Marks that are not joined with their letter divide no word; a few too many here do no harm.
    private static bool IsInWord(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.PrivateUse;
}
