using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>Who is there at this moment. It lives in memory; only when somebody was last seen is written down. Safe to call from any thread.</summary>
public sealed class Presences
{
    /// <summary>A connection of an account is there, until the returned object is disposed of. The first and the last one are told to those who have to do with the account.</summary>
    public PresencePlace Enter(Account account) => throw new NotImplementedException();

    /// <summary>How somebody is: here, or asked of his realm, which is waited for as long as <see cref="RealmOptions.PeerPatience"/>.</summary>
    /// <returns>How he is; <see cref="Refusal.UnknownRecipient"/>, <see cref="Refusal.PeerUnreachable"/>.</returns>
    public ValueTask<Result<UserPresence>> FindAsync(Address who, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The accounts that are there, or away, in the order of their names, with their display names.</summary>
    public ImmutableArray<(UserPresence Presence, string DisplayName)> List() => throw new NotImplementedException();
}

/// <summary>A connection that counts as somebody's being there.</summary>
public sealed class PresencePlace : IDisposable
{
    /// <summary>Whether he has said on this connection that he is away.</summary>
    public bool IsAway { get; set; }

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
