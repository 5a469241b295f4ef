namespace Kabar.Core;

/// <summary>The number of an account in its store. Never given twice, also after a removal.</summary>
public readonly record struct AccountId(long Value);

/// <summary>Who someone is on this realm.</summary>
public sealed record Account
{
    /// <summary>The most UTF-16 characters a display name or the value of an attribute may have.</summary>
    public const int MaxNameLength = 128;

    /// <summary>The number in the store.</summary>
    public required AccountId Id { get; init; }

    /// <summary>The name to log in with and to write to.</summary>
    public required Username Username { get; init; }

    /// <summary>The name that people see (<c>nama</c>).</summary>
    public required string DisplayName { get; init; }

    /// <summary>What else is known, in the order in which it was given: <c>negara</c>, <c>kota</c>, ….</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; } = [];

    /// <summary>The password's hash as a PHC string. It leaves the process only in an operator's export.</summary>
    public required string PasswordHash { get; init; }

    /// <summary>Whether this account may administer the realm.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>Whether it is switched off: it cannot log in, and nobody can write to it.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Username.ToString();
}

/// <summary>An account that is about to be made.</summary>
/// <param name="Username">The name; refused when another account has it.</param>
/// <param name="DisplayName">What people see.</param>
/// <param name="Attributes">What else is known.</param>
/// <param name="PasswordHash">A PHC string.</param>
/// <param name="IsAdmin">Whether it may administer the realm.</param>
/// <param name="Created">When.</param>
public sealed record NewAccount(
    Username Username,
    string DisplayName,
    IReadOnlyList<KeyValuePair<string, string>> Attributes,
    string PasswordHash,
    bool IsAdmin,
    DateTimeOffset Created);
