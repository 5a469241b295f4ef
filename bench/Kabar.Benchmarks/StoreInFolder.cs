using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Benchmarks;

/// <summary>A store in a folder of its own, with two accounts, gone afterwards.</summary>
internal sealed class StoreInFolder : IAsyncDisposable
{
    private readonly string _folder;

    private StoreInFolder(string folder, SqliteStore store, Account sender, Account reader) =>
        (_folder, Store, Sender, Reader) = (folder, store, sender, reader);

    public SqliteStore Store { get; }

    public Account Sender { get; }

    public Account Reader { get; }

    public static async Task<StoreInFolder> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("kabar-bench-").FullName;
        var store = SqliteStore.Open(Path.Combine(folder, "kabar.db"));
        return new StoreInFolder(folder, store, await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
    }

    public ValueTask<Message> AppendAsync(MessageText text) => Store.AppendAsync(new NewMessage(Guid.NewGuid(), Sender, Reader, text, DateTimeOffset.UnixEpoch));

    /// <summary>Appends so many, all waiting for the same commits.</summary>
    public async Task AppendAsync(MessageText text, int count)
    {
        var appending = new ValueTask<Message>[count];
        for (var i = 0; i < count; i++) appending[i] = AppendAsync(text);
        foreach (var one in appending) await one;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Account> AddAsync(SqliteStore store, string username) =>
        await store.AddAccountAsync(new NewAccount(Username.Parse(username), username, [], "", IsAdmin: false, DateTimeOffset.UnixEpoch), CancellationToken.None)
        ?? throw new InvalidOperationException("The store is not new.");
}
