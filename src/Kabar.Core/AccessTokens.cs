using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>The tokens with which programs act in the name of accounts, and the hooks of groups. Safe to call from any thread.</summary>
public sealed class AccessTokens
{
    /// <summary>The most that one account may have, hooks among them.</summary>
    public const int MostPerAccount = 50;

    /// <summary>The longest that a token lasts, in days, unless it lasts until somebody revokes it.</summary>
    public const int MostDays = 3650;

    // "Last used" is written down again only after this long, so that using a token costs no write.
    private static readonly TimeSpan TouchAfter = TimeSpan.FromMinutes(1);

    private readonly IStore _store;
    private readonly Accounts _accounts;
    private readonly Groups _groups;
    private readonly Conversations _conversations;
    private readonly TimeProvider _clock;

    internal AccessTokens(IStore store, Accounts accounts, Groups groups, Conversations conversations, TimeProvider clock) =>
        (_store, _accounts, _groups, _conversations, _clock) = (store, accounts, groups, conversations, clock);

    /// <summary>Makes a token.</summary>
    /// <param name="account">In whose name it acts.</param>
    /// <param name="name">What its owner calls it, as a display name may be.</param>
    /// <param name="may">What it may, at least something.</param>
    /// <param name="place">The one conversation in which it may; null for all.</param>
    /// <param name="lifetime">For how long; null for as long as nobody revokes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// The token with its secret; <see cref="Refusal.InvalidName"/>, <see cref="Refusal.TooMany"/>, and what <see cref="Conversations.ReadHistoryAsync"/> refuses of
    /// <paramref name="place"/>.
    /// </returns>
    public async ValueTask<Result<MadeToken>> CreateAsync(
        Account account, string name, AccessRights may, ConversationAddress? place, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentOutOfRangeException.ThrowIfEqual(may, AccessRights.None);
        if (!Accounts.IsAllowed(name)) return Refusal.InvalidName;
        AccessPlace? within = null;
        if (place is { } address && !(await _conversations.LocateAsync(account, address, cancellationToken)).TryGet(out within, out var refusal)) return refusal;
        return await MakeAsync(account, name, may, within, isHook: false, lifetime);
    }

    /// <summary>Makes a hook of a group, for one who keeps order there.</summary>
    /// <returns>
    /// The hook with its secret; <see cref="Refusal.UnknownGroup"/>, <see cref="Refusal.NotAMember"/>, <see cref="Refusal.NotAllowed"/>, <see cref="Refusal.InvalidName"/>,
    /// <see cref="Refusal.TooMany"/>.
    /// </returns>
    public async ValueTask<Result<MadeToken>> CreateHookAsync(Account maker, GroupAddress address, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(maker);
        if (!Accounts.IsAllowed(name)) return Refusal.InvalidName;
        if (!(await FindKeptAsync(maker, address, cancellationToken)).TryGet(out var group, out var refusal)) return refusal;
        return await MakeAsync(maker, name, AccessRights.Send, new AccessPlace(new ConversationAddress(null, group.Address), group.Id), isHook: true, lifetime: null);
    }

    /// <summary>The tokens of an account that have not expired, hooks among them, in the order of their making, each with its conversation as it is addressed now.</summary>
    public async ValueTask<ImmutableArray<AccessToken>> ListAsync(Account account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var now = _clock.GetUtcNow();
        return await PlaceAsync((await _store.ListTokensAsync(account.Id, cancellationToken)).RemoveAll(token => token.HasExpired(now)), cancellationToken);
    }

    /// <summary>The hooks of a group, whoever made them, for one who keeps order there.</summary>
    /// <returns>In the order of their making; or what <see cref="CreateHookAsync"/> refuses.</returns>
    public async ValueTask<Result<ImmutableArray<AccessToken>>> ListHooksAsync(Account who, GroupAddress address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(who);
        return (await FindKeptAsync(who, address, cancellationToken)).TryGet(out var group, out var refusal)
            ? await PlaceAsync(await _store.ListHooksAsync(group.Id, cancellationToken), cancellationToken)
            : refusal;
    }

    /// <summary>Ends a token of an account's own, or a hook.</summary>
    /// <returns>Null, or <see cref="Refusal.UnknownToken"/>.</returns>
    public async ValueTask<Refusal?> RevokeAsync(Account account, AccessTokenId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        return await _store.FindTokenAsync(id, cancellationToken) is { } token && token.Account == account.Id ? await RevokeAsync(id) : Refusal.UnknownToken;
    }

    /// <summary>Ends a hook, for its maker and for those who keep order in its group.</summary>
    /// <returns>Null, or <see cref="Refusal.UnknownToken"/>.</returns>
    public async ValueTask<Refusal?> RevokeHookAsync(Account who, AccessTokenId id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(who);
        if (await _store.FindTokenAsync(id, cancellationToken) is not { IsHook: true, In.Group: { } group } hook) return Refusal.UnknownToken;
        return hook.Account == who.Id || Keeps(who, await _groups.FindAsync(group, cancellationToken)) ? await RevokeAsync(id) : Refusal.UnknownToken;
    }

    /// <summary>Ends any token, for the operator.</summary>
    /// <returns>Null, or <see cref="Refusal.UnknownToken"/>.</returns>
    public async ValueTask<Refusal?> RevokeAsync(AccessTokenId id) => await _store.EndTokenAsync(id) ? null : Refusal.UnknownToken;

    /// <summary>What a secret opens, and writes down that it was used.</summary>
    /// <returns>The token and whose it is; <see cref="Refusal.UnknownToken"/> when there is none, it has expired, or its account was switched off.</returns>
    public async ValueTask<Result<Access>> OpenAsync(AccessSecret secret, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (secret == default || await _store.FindTokenAsync(secret.Hash(), cancellationToken) is not { } token || token.HasExpired(now)
            || await _accounts.FindAsync(token.Account, cancellationToken) is not { IsDisabled: false } account) return Refusal.UnknownToken;

        if (token.Used is not { } used || now - used >= TouchAfter)
        {
            try
            {
                await _store.TouchTokenAsync(token.Id, now);
            }
            catch (StoreException)
            {
                // On a full disk, say: that must not keep a program from reading. It is written down another time.
            }
        }

        return new Access(token, token.IsHook ? account with { DisplayName = token.Name } : account);
    }

    /// <summary>Whether a token may do something somewhere.</summary>
    /// <param name="access">The token.</param>
    /// <param name="right">What.</param>
    /// <param name="asked">Where, as the program names it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Where; <see cref="Refusal.NotAllowed"/>, which does not tell whether there is such a conversation.</returns>
    public async ValueTask<Result<ConversationAddress>> AdmitAsync(Access access, AccessRights right, ConversationAddress asked, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(access);
        if (!access.Token.May.HasFlag(right)) return Refusal.NotAllowed;
        if (access.Token.In is not { } place) return asked;

        if (asked.Group is { } group) return place.Group is { } id && (await _groups.FindAsync(group, cancellationToken))?.Id == id ? asked : Refusal.NotAllowed;
        if (place.Address.User is not { } other || asked.User?.Username != other.Username) return Refusal.NotAllowed;
        return (await _conversations.LocateAsync(access.Account, asked, cancellationToken)).TryGet(out var found, out _) && found.Address == place.Address
            ? place.Address
            : Refusal.NotAllowed;
    }

    /// <summary>A token with its conversation as it is addressed now: its group may have another home.</summary>
    public async ValueTask<AccessToken> PlaceAsync(AccessToken token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.In is { Group: { } id } place && await _groups.FindAsync(id, cancellationToken) is { } group
            ? token with { In = place with { Address = new ConversationAddress(null, group.Address) } }
            : token;
    }

    private static bool Keeps(Account who, Group? group) =>
        group is not null && group.Members.TryGetValue(new Address(who.Username), out var member) && member.Role >= GroupRole.Moderator;

    private async ValueTask<Result<Group>> FindKeptAsync(Account who, GroupAddress address, CancellationToken cancellationToken)
    {
        if (await _groups.FindAsync(address, cancellationToken) is not { } group) return Refusal.UnknownGroup;
        if (GroupRules.CheckReader(group, Actor.Of(who)) is { } hindrance) return hindrance;
        return Keeps(who, group) ? group : Refusal.NotAllowed;
    }

    private async ValueTask<ImmutableArray<AccessToken>> PlaceAsync(ImmutableArray<AccessToken> tokens, CancellationToken cancellationToken)
    {
        var placed = ImmutableArray.CreateBuilder<AccessToken>(tokens.Length);
        foreach (var token in tokens) placed.Add(await PlaceAsync(token, cancellationToken));
        return placed.MoveToImmutable();
    }

    private async ValueTask<Result<MadeToken>> MakeAsync(Account account, string name, AccessRights may, AccessPlace? place, bool isHook, TimeSpan? lifetime)
    {
        var (secret, now) = (AccessSecret.Create(), _clock.GetUtcNow());
        var token = new AccessToken
        {
            Id = new AccessTokenId(Guid.NewGuid()),
            Account = account.Id,
            Name = name,
            May = may,
            In = place,
            IsHook = isHook,
            Created = now,
            Expires = now + lifetime,
        };
        return await _store.AddTokenAsync(token, secret.Hash(), MostPerAccount) ? new MadeToken(secret, token) : Refusal.TooMany;
    }
}
