using System.Diagnostics.CodeAnalysis;

namespace Kabar.Core;

/// <summary>The name of a realm: labels of letters, digits and hyphens joined by dots (<c>satu</c>, <c>kampus.example</c>), lower case, at most 253 characters.</summary>
public readonly record struct RealmName
{
    private const int MaxLength = 253;
    private const int MaxLabel = 63;

    private readonly string? _value;

    private RealmName(string value) => _value = value;

    /// <summary>The name in lower case.</summary>
    public string Value => _value ?? throw new InvalidOperationException("This realm name was never parsed.");

    /// <summary>Takes <paramref name="text"/> as a realm name; case is folded.</summary>
    /// <returns>False when a label is empty, too long, starts or ends with a hyphen, or holds another character.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out RealmName name)
    {
        name = default;
        if (text is not { Length: > 0 and <= MaxLength }) return false;
        foreach (var range in text.AsSpan().Split('.'))
        {
            var label = text.AsSpan(range);
            if (label.Length is 0 or > MaxLabel || label[0] == '-' || label[^1] == '-') return false;
            foreach (var character in label)
                if (!char.IsAsciiLetterOrDigit(character) && character != '-') return false;
        }

        name = new RealmName(text.ToLowerInvariant());
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
