using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Kabar.Core;

/// <summary>
/// The name of an account: 1–32 of <c>A-Z a-z 0-9 . _ -</c>, compared without regard to case, shown as it was registered.
/// </summary>
public readonly record struct Username
{
    /// <summary>The most characters a username may have.</summary>
    public const int MaxLength = 32;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly string? _value;

    private Username(string value) => _value = value;

    /// <summary>The name as it is shown.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This username was never parsed.");

    /// <summary>Takes <paramref name="text"/> as a username.</summary>
    /// <returns>False when it is empty, too long or holds any other character; nothing is corrected.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Username username)
    {
        var valid = text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Allowed);
        username = valid ? new Username(text!) : default;
        return valid;
    }

    /// <summary>Takes <paramref name="text"/> as a username.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Username Parse(string text) =>
        TryParse(text, out var username) ? username : throw new FormatException($"'{text}' is not a username: 1–{MaxLength} of A-Z a-z 0-9 . _ -");

    /// <inheritdoc/>
    public bool Equals(Username other) => string.Equals(_value, other._value, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => _value is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(_value);

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
