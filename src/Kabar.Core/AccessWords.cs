namespace Kabar.Core;

/// <summary>Rights as words: over HTTP, on the command line, in exports.</summary>
public static class AccessWords
{
    private const string SendWord = "send";
    private const string ReadWord = "read";

    /// <summary>The words.</summary>
    public static IEnumerable<string> Of(AccessRights may)
    {
        if (may.HasFlag(AccessRights.Send)) yield return SendWord;
        if (may.HasFlag(AccessRights.Read)) yield return ReadWord;
    }

    /// <summary>The rights of some words; null when there is none, or one is none.</summary>
    public static AccessRights? Read(IEnumerable<string?> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var may = AccessRights.None;
        foreach (var word in words)
        {
            if (word is not (SendWord or ReadWord)) return null;
            may |= word == SendWord ? AccessRights.Send : AccessRights.Read;
        }

        return may == AccessRights.None ? null : may;
    }
}
