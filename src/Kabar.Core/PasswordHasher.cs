using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kabar.Core;

/// <summary>
/// Hashes passwords: Argon2id (19 MiB, two passes) from the system's libsodium, or PBKDF2-SHA512 with 210,000 rounds where there is
/// none. Both write PHC strings, so both can be verified side by side. It is slow on purpose: at most two run at a time, on threads
/// of their own, and a bounded number waits.
/// </summary>
public sealed class PasswordHasher : IDisposable
{
    private const int AtOnce = 2;
    private const int MostWaiting = 1_000;
    private const int Pbkdf2Rounds = 210_000;
    private const string Pbkdf2Prefix = "$pbkdf2-sha512$i=";

    private readonly SemaphoreSlim _slots = new(AtOnce);
    private int _waiting;

    /// <summary>Whether a text looks like a hash that this class can verify.</summary>
    public static bool IsHash(string hash) =>
        (hash.StartsWith("$argon2id$", StringComparison.Ordinal) && hash.Length < Argon2.TextLength) || TryReadPbkdf2(hash, out _, out _, out _);

    /// <summary>The algorithm new hashes are made with, for the operator.</summary>
    public static string Algorithm => Argon2.IsAvailable ? "Argon2id (libsodium)" : "PBKDF2-SHA512 (libsodium was not found)";

    /// <summary>A new hash with a new salt.</summary>
    public Task<string> HashAsync(Password password, CancellationToken cancellationToken) =>
        RunAsync(() => Argon2.IsAvailable ? Argon2.Hash(password.Utf8.Span) : Pbkdf2(password.Utf8.Span), cancellationToken);

    /// <summary>Compares a password with a hash, in constant time.</summary>
    /// <returns>Whether it is right, and whether a new hash would be a better one; null when too many wait already.</returns>
    /// <exception cref="NotSupportedException">The hash is Argon2id and this machine has no libsodium.</exception>
    internal async ValueTask<(bool IsRight, bool IsOutdated)?> VerifyAsync(Password password, string hash, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _waiting) >= MostWaiting) return null;
        return await RunAsync(() => Verify(password.Utf8.Span, hash), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _slots.WaitAsync(cancellationToken);
            try
            {
                // A thread of its own: ten milliseconds and more on the pool's few threads would be taken from every connection.
                return await Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static (bool IsRight, bool IsOutdated) Verify(ReadOnlySpan<byte> password, string hash)
    {
        if (!TryReadPbkdf2(hash, out var rounds, out var salt, out var expected))
        {
            if (!Argon2.IsAvailable) throw new NotSupportedException("This password was hashed with Argon2id; install libsodium to verify it.");
            return (Argon2.Verify(hash, password), Argon2.IsOutdated(hash));
        }

        var actual = Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA512, expected.Length);
        return (CryptographicOperations.FixedTimeEquals(actual, expected), Argon2.IsAvailable || rounds < Pbkdf2Rounds);
    }

    private static string Pbkdf2(ReadOnlySpan<byte> password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Pbkdf2Rounds, HashAlgorithmName.SHA512, 32);
        return new StringBuilder(Pbkdf2Prefix)
            .Append(CultureInfo.InvariantCulture, $"{Pbkdf2Rounds}${Convert.ToBase64String(salt).TrimEnd('=')}${Convert.ToBase64String(hash).TrimEnd('=')}")
            .ToString();
    }

    private static bool TryReadPbkdf2(string text, out int rounds, out byte[] salt, out byte[] hash)
    {
        (rounds, salt, hash) = (0, [], []);
        if (!text.StartsWith(Pbkdf2Prefix, StringComparison.Ordinal)) return false;
        var parts = text[Pbkdf2Prefix.Length..].Split('$');
        return parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out rounds) && rounds is > 0 and <= 10_000_000
            && TryReadBase64(parts[1], out salt) && TryReadBase64(parts[2], out hash) && hash.Length is >= 16 and <= 64;
    }

    private static bool TryReadBase64(string text, out byte[] bytes)
    {
        var buffer = new byte[text.Length];
        var read = Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), buffer, out var length);
        bytes = buffer[..length];
        return read;
    }
}
