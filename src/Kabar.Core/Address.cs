using System.Diagnostics.CodeAnalysis;

namespace Kabar.Core;

/// <summary>Somebody to speak to: <c>messi</c> on this realm, or <c>messi@dua</c> on another.</summary>
/// <param name="Username">The name there.</param>
/// <param name="Realm">The realm, or null for this one.</param>
public readonly record struct Address(Username Username, RealmName? Realm = null)
{
    /// <summary>Takes <paramref name="text"/> as <c>username</c> or <c>username@realm</c>.</summary>
    /// <returns>False when either part is not what <see cref="Core.Username"/> or <see cref="RealmName"/> allow.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        address = default;
        if (text is null) return false;

        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (!Core.Username.TryParse(at < 0 ? text : text[..at], out var username)) return false;
        if (at < 0)
        {
            address = new Address(username);
            return true;
        }

        if (!RealmName.TryParse(text[(at + 1)..], out var realm)) return false;
        address = new Address(username, realm);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Realm is { } realm ? $"{Username}@{realm}" : Username.ToString();
}
