namespace Kabar.Protocol.Native;

/// <summary>The verbs of the native protocol. Protocol: native, "Verbs".</summary>
public static class NativeVerbs
{
    /// <summary>The verbs that begin with these words, with what they do.</summary>
    /// <param name="verb">Words of the text form; null for all verbs. A <see cref="HelpRequest"/> that was read has only words that some verb begins with.</param>
    /// <param name="language">What people are spoken to in.</param>
    public static HelpReply Help(string? verb, Language language) => throw new NotImplementedException();
}
