using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>What a realm remembers of the tokens of programs. See <see cref="IStore"/> for what holds of every verb.</summary>
public interface ITokenStore
{
    /// <summary>Keeps a new token under the hash of its secret. Those of the account that have expired when it was made are forgotten first.</summary>
    /// <returns>False when the account has so many already.</returns>
    ValueTask<bool> AddTokenAsync(AccessToken token, TokenHash secret, int most);

    /// <summary>The token under this hash, or null.</summary>
    ValueTask<AccessToken?> FindTokenAsync(TokenHash secret, CancellationToken cancellationToken);

    /// <summary>The token of this id, or null.</summary>
    ValueTask<AccessToken?> FindTokenAsync(AccessTokenId id, CancellationToken cancellationToken);

    /// <summary>The tokens of an account, in the order of their making.</summary>
    ValueTask<ImmutableArray<AccessToken>> ListTokensAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>The hooks of a group, in the order of their making.</summary>
    ValueTask<ImmutableArray<AccessToken>> ListHooksAsync(GroupId group, CancellationToken cancellationToken);

    /// <summary>Writes down when a token was last used, if that is later than what is known.</summary>
    ValueTask TouchTokenAsync(AccessTokenId id, DateTimeOffset used);

    /// <summary>Ends a token. False when it had ended.</summary>
    ValueTask<bool> EndTokenAsync(AccessTokenId id);
}
