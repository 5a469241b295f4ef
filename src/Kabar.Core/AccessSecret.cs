using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Kabar.Core;

/// <summary>
/// The secret of an <see cref="AccessToken"/>: <c>kabar_</c> and 256 random bits in base64url, shown to its owner once. A store keeps only its <see cref="TokenHash"/>.
/// It prints as nothing. The default value opens nothing.
/// </summary>
public readonly record struct AccessSecret
{
    /// <summary>The length of the text form.</summary>
    public const int TextLength = 49;

    // So that a secret that has slipped into a file is known for what it is.
    private const string Prefix = "kabar_";
    private const int Bytes = 32;

    private readonly string? _text;

    private AccessSecret(string text) => _text = text;

    /// <summary>A new one, from the system's generator for secrets.</summary>
    public static AccessSecret Create()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(bytes);
        return new AccessSecret(Prefix + Base64Url.EncodeToString(bytes));
    }

    /// <summary>Takes the text form as a program presents it.</summary>
    /// <returns>The secret; the default one, which opens nothing, when the text can be none.</returns>
    public static AccessSecret Parse(string? text) =>
        text is { Length: TextLength } && text.StartsWith(Prefix, StringComparison.Ordinal) && Base64Url.IsValid(text.AsSpan(Prefix.Length)) ? new AccessSecret(text) : default;

    /// <summary>What a store keeps in place of the secret.</summary>
    public TokenHash Hash()
    {
        Span<byte> hash = stackalloc byte[TokenHash.Length];
        SHA256.HashData(Encoding.ASCII.GetBytes(_text ?? ""), hash);
        return TokenHash.Read(hash);
    }

    /// <summary>The text form, for the one reply that hands it out.</summary>
    public string Write() => _text ?? throw new InvalidOperationException("This secret was never made.");

    /// <summary>Never the secret.</summary>
    public override string ToString() => "(token)";
}
