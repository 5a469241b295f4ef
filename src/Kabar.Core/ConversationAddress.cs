using System.Diagnostics.CodeAnalysis;

namespace Kabar.Core;

/// <summary>Where something is said: to somebody (<c>messi</c>, <c>james@dua</c>), or in a group (<c>#batak</c>, <c>#batak@satu</c>). One of the two.</summary>
/// <param name="User">Whom, or null.</param>
/// <param name="Group">In which group, or null.</param>
public readonly record struct ConversationAddress(Address? User, GroupAddress? Group)
{
    /// <summary>Takes <paramref name="text"/> as the one or, with a <c>#</c>, the other.</summary>
    /// <returns>False when it is neither.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out ConversationAddress address)
    {
        address = default;
        if (text is null) return false;
        if (text.StartsWith('#'))
        {
            var isGroup = GroupAddress.TryParse(text, out var group);
            address = new ConversationAddress(null, group);
            return isGroup;
        }

        var isUser = Address.TryParse(text, out var user);
        address = new ConversationAddress(user, null);
        return isUser;
    }

    /// <inheritdoc/>
    public override string ToString() => User?.ToString() ?? Group?.ToString() ?? "";
}
