using System.Security.Cryptography;

namespace Kabar.Tests.Core;

/// <summary>Hashes that cost nothing to verify, for tests that are about something else.</summary>
internal static class Hashes
{
    /// <summary>Of the password "x".</summary>
    public static string Cheap { get; } = Pbkdf2("x", rounds: 1);

    public static string Pbkdf2(string password, int rounds)
    {
        byte[] salt = [1, 2, 3, 4, 5, 6, 7, 8];
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA512, 32);
        return $"$pbkdf2-sha512$i={rounds}${Convert.ToBase64String(salt).TrimEnd('=')}${Convert.ToBase64String(hash).TrimEnd('=')}";
    }
}
