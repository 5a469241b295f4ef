using Kabar.Core;

namespace Kabar.Protocol.Native;

/// <summary>Refusals as the native protocol tells them. Protocol: native, "Errors".</summary>
public static class NativeErrors
{
    /// <summary>The stable word, for programs.</summary>
    public static ReadOnlySpan<byte> Code(Refusal refusal) => throw new NotImplementedException();

    /// <summary>The sentence, for people.</summary>
    public static string Word(Refusal refusal, Language language) => throw new NotImplementedException();
}
