using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Kabar.Core;

/// <summary>The public id of a token: shown to its owner, opens nothing.</summary>
public readonly record struct AccessTokenId(Guid Value);

/// <summary>What a token lets a program do in its account's name.</summary>
[Flags]
public enum AccessRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Say something.</summary>
    Send = 1,

    /// <summary>See what was said, and say how far it has read.</summary>
    Read = 2,
}

/// <summary>
/// What a program acts with in the name of an account: it may less than the account itself, and belongs to no session. It ends when it is revoked, when it expires
/// and with its account; a new password leaves it as it is. A hook is one that may only say something in one group, under its own name.
/// </summary>
public sealed record AccessToken
{
    /// <summary>The id.</summary>
    public required AccessTokenId Id { get; init; }

    /// <summary>In whose name.</summary>
    public required AccountId Account { get; init; }

    /// <summary>What its owner calls it; the name that people see of what comes through a hook.</summary>
    public required string Name { get; init; }

    /// <summary>What it may.</summary>
    public required AccessRights May { get; init; }

    /// <summary>The one conversation in which it may; null for all.</summary>
    public AccessPlace? In { get; init; }

    /// <summary>Whether it is a group's hook.</summary>
    public bool IsHook { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was last used, to within a minute; null for never.</summary>
    public DateTimeOffset? Used { get; init; }

    /// <summary>When it ends; null for when somebody ends it.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasExpired(DateTimeOffset now) => Expires <= now;
}

/// <summary>The one conversation of a token.</summary>
/// <param name="Address">The other one; the group as it was addressed when the token was made.</param>
/// <param name="Group">Which group: it may get another home, and another may get its name. Null for a direct conversation.</param>
public sealed record AccessPlace(ConversationAddress Address, GroupId? Group);

/// <summary>A token that has just been made.</summary>
/// <param name="Secret">Shown this once.</param>
/// <param name="Token">The token.</param>
public sealed record MadeToken(AccessSecret Secret, AccessToken Token);

/// <summary>A token in use.</summary>
/// <param name="Token">The token.</param>
/// <param name="Account">In whose name; of a hook with the hook's name as its display name.</param>
public sealed record Access(AccessToken Token, Account Account)
{
    /// <summary>
    /// The account's key for what a program calls so. A token of one conversation has keys of its own, so that it neither takes those of others nor learns of what was said
    /// under them elsewhere; the others have the account's.
    /// </summary>
    public string? KeyOf(string? key)
    {
        // What can be no key stays what it is, and is refused as that.
        if (Token.In is null || !Conversations.IsKey(key)) return key;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Token.Id.Value.ToByteArray(), .. Encoding.UTF8.GetBytes(key)], hash);
        return Base64Url.EncodeToString(hash);
    }
}
