using System.Diagnostics.CodeAnalysis;

namespace Kabar.Core;

/// <summary>The name of a group, by the rules of <see cref="Username"/>: 1–32 of <c>A-Z a-z 0-9 . _ -</c>, without regard to case.</summary>
public readonly record struct GroupName
{
    private readonly Username _name;

    private GroupName(Username name) => _name = name;

    /// <summary>The name as it is shown.</summary>
    public string Value => _name.Value;

    /// <summary>Takes <paramref name="text"/> as the name of a group.</summary>
    /// <returns>False when it is empty, too long or holds any other character; nothing is corrected.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out GroupName name)
    {
        var valid = Username.TryParse(text, out var parsed);
        name = new GroupName(parsed);
        return valid;
    }

    /// <summary>Takes <paramref name="text"/> as the name of a group.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static GroupName Parse(string text) => new(Username.Parse(text));

    /// <inheritdoc/>
    public override string ToString() => _name.ToString();
}

/// <summary>A group to be found: <c>#batak</c> wherever it is, or <c>#batak@satu</c> of one realm. The <c>#</c> may be left out.</summary>
/// <param name="Name">The name there.</param>
/// <param name="Realm">Its home, or null for whichever realm has it, this one first.</param>
public readonly record struct GroupAddress(GroupName Name, RealmName? Realm = null)
{
    /// <summary>Takes <paramref name="text"/> as <c>#name</c> or <c>#name@realm</c>.</summary>
    /// <returns>False when either part is not what <see cref="GroupName"/> or <see cref="RealmName"/> allow.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out GroupAddress address)
    {
        address = default;
        if (text is null || !Address.TryParse(text.StartsWith('#') ? text[1..] : text, out var parsed)) return false;
        address = new GroupAddress(GroupName.Parse(parsed.Username.Value), parsed.Realm);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Realm is { } realm ? $"#{Name}@{realm}" : $"#{Name}";
}

/// <summary>The number of a group, the same on every realm and wherever its home moves.</summary>
public readonly record struct GroupId(Guid Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
