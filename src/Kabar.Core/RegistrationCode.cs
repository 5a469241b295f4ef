using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Kabar.Core;

/// <summary>
/// The code of an invitation to register: 16 characters of an alphabet without those that are taken for one another, 80 random bits, in groups of four that can be read
/// out. Case, hyphens and blanks do not matter when it is typed. It prints as nothing.
/// </summary>
public readonly record struct RegistrationCode
{
    private const int Length = 16;
    private const int GroupLength = 4;
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private readonly string? _characters;

    private RegistrationCode(string characters) => _characters = characters;

    /// <summary>A new one, from the system's generator for secrets.</summary>
    public static RegistrationCode Create() => new(RandomNumberGenerator.GetString(Alphabet, Length));

    /// <summary>Takes what was typed.</summary>
    /// <returns>False when it is no code.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out RegistrationCode code)
    {
        code = default;
        if (text is null) return false;
        Span<char> characters = stackalloc char[Length];
        var length = 0;
        foreach (var typed in text)
        {
            if (typed is '-' or ' ') continue;
            var character = char.ToUpperInvariant(typed);
            if (length == Length || !Alphabet.Contains(character, StringComparison.Ordinal)) return false;
            characters[length++] = character;
        }

        if (length < Length) return false;
        code = new RegistrationCode(new string(characters));
        return true;
    }

    /// <summary>What a store keeps in place of the code.</summary>
    public TokenHash Hash()
    {
        Span<byte> hash = stackalloc byte[TokenHash.Length];
        SHA256.HashData(Encoding.ASCII.GetBytes(Characters), hash);
        return TokenHash.Read(hash);
    }

    /// <summary>The text form, for the one who hands it out.</summary>
    public string Write() => string.Join('-', Characters.Chunk(GroupLength).Select(group => new string(group)));

    /// <summary>Never the secret.</summary>
    public override string ToString() => "(code)";

    private string Characters => _characters ?? throw new InvalidOperationException("This code was never made.");
}
