using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Tokens of programs.</content>
public sealed partial class SqliteStore
{
    private const string TokenColumns = "id, account, name, may, place, place_id, is_hook, created, used, expires";

    /// <inheritdoc/>
    public ValueTask<bool> AddTokenAsync(AccessToken token, TokenHash secret, int most) => WriteAsync(database =>
    {
        database.Prepare("DELETE FROM access_token WHERE account = ?1 AND expires <= ?2").Bind(1, token.Account.Value).Bind(2, token.Created).Run();
        if (database.Prepare("SELECT count(*) FROM access_token WHERE account = ?1").Bind(1, token.Account.Value).ReadNumber() >= most) return false;

        var row = database.Prepare(
            """
            INSERT INTO access_token (hash, id, account, name, may, place, place_id, is_hook, created, used, expires)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """)
            .BindBlob(1, BytesOf(secret))
            .Bind(2, token.Id.Value)
            .Bind(3, token.Account.Value)
            .Bind(4, token.Name)
            .Bind(5, (long)token.May)
            .BindOrNull(6, token.In?.Address.ToString())
            .Bind(8, token.IsHook ? 1 : 0)
            .Bind(9, token.Created)
            .Bind(10, token.Used)
            .Bind(11, token.Expires);
        if (token.In?.Group is { } group) row.Bind(7, group.Value);
        else row.BindNull(7);
        row.Run();
        return true;
    });

    /// <inheritdoc/>
    public ValueTask<AccessToken?> FindTokenAsync(TokenHash secret, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(TokensOf(lease.Database.Prepare($"SELECT {TokenColumns} FROM access_token WHERE hash = ?1").BindBlob(1, BytesOf(secret))).SingleOrDefault());
    }

    /// <inheritdoc/>
    public ValueTask<AccessToken?> FindTokenAsync(AccessTokenId id, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(TokensOf(lease.Database.Prepare($"SELECT {TokenColumns} FROM access_token WHERE id = ?1").Bind(1, id.Value)).SingleOrDefault());
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<AccessToken>> ListTokensAsync(AccountId account, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(TokensOf(lease.Database.Prepare($"SELECT {TokenColumns} FROM access_token WHERE account = ?1 ORDER BY number").Bind(1, account.Value)));
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<AccessToken>> ListHooksAsync(GroupId group, CancellationToken cancellationToken)
    {
        using var lease = _reads.Rent();
        return new(TokensOf(lease.Database.Prepare($"SELECT {TokenColumns} FROM access_token WHERE place_id = ?1 AND is_hook = 1 ORDER BY number").Bind(1, group.Value)));
    }

    /// <inheritdoc/>
    public async ValueTask TouchTokenAsync(AccessTokenId id, DateTimeOffset used) => await WriteAsync(database =>
    {
        database.Prepare("UPDATE access_token SET used = ?2 WHERE id = ?1 AND (used IS NULL OR used < ?2)").Bind(1, id.Value).Bind(2, used).Run();
        return true;
    });

    /// <inheritdoc/>
    public ValueTask<bool> EndTokenAsync(AccessTokenId id) => WriteAsync(database =>
    {
        database.Prepare("DELETE FROM access_token WHERE id = ?1").Bind(1, id.Value).Run();
        return database.Changes > 0;
    });

    // One that cannot be read must not be taken for none, with which a token may everywhere.
    private static ConversationAddress PlaceIn(Statement query) =>
        ConversationAddress.TryParse(query.Text(4), out var place) ? place : throw new StoreException("A token's conversation cannot be read; run 'kabar check'.");

    private static ImmutableArray<AccessToken> TokensOf(Statement query)
    {
        var tokens = ImmutableArray.CreateBuilder<AccessToken>();
        while (query.Step())
            tokens.Add(new AccessToken
            {
                Id = new AccessTokenId(query.Uuid(0)),
                Account = new AccountId(query.Number(1)),
                Name = query.Text(2),
                May = (AccessRights)query.Number(3),
                In = query.IsNull(4) ? null : new AccessPlace(PlaceIn(query), query.IsNull(5) ? null : new GroupId(query.Uuid(5))),
                IsHook = query.Truth(6),
                Created = query.Time(7),
                Used = query.TimeOrNull(8),
                Expires = query.TimeOrNull(9),
            });
        return tokens.DrainToImmutable();
    }
}
