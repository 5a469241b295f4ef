using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Tests.Storage;

/// <summary>
/// What every store promises, whatever it is made of: one suite, inherited by each implementation. Nothing in it knows SQL.
/// </summary>
public abstract partial class StoreContract : IAsyncLifetime
{
    // Stores keep milliseconds.
    protected static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly List<IStore> _open = [];

    private int _ids;

    /// <summary>Opens this test's store: new at first, then as it was left.</summary>
    protected abstract ValueTask<IStore> OpenStoreAsync();

    /// <summary>Opens what would be found if the process, which goes on here, had been killed at this moment.</summary>
    protected abstract ValueTask<IStore> OpenAfterKillAsync();

    /// <summary>Verifies what is on disk after each test. Every store is closed by then.</summary>
    protected abstract ValueTask VerifyAsync();

    public ValueTask InitializeAsync() => default;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var store in _open) await store.DisposeAsync();
        await VerifyAsync();
    }

    protected async Task<IStore> OpenAsync()
    {
        var store = await OpenStoreAsync();
        _open.Add(store);
        return store;
    }

    protected async Task<IStore> KillAndOpenAsync(IStore store)
    {
        var found = await OpenAfterKillAsync();
        _open.Add(found);
        await CloseAsync(store);
        return found;
    }

    protected async Task CloseAsync(IStore store)
    {
        _open.Remove(store);
        await store.DisposeAsync();
    }

    protected async Task<IStore> ReopenAsync(IStore store)
    {
        await CloseAsync(store);
        return await OpenAsync();
    }

    protected static async Task<Account> AddAsync(IStore store, string username)
    {
        var added = await store.AddAccountAsync(New(username), None);
        return added.ShouldNotBeNull();
    }

    protected static NewAccount New(string username) => new(Username.Parse(username), $"Display {username}", [], "hash", IsAdmin: false, Noon);

    protected NewMessage Message(Account from, Account to, string text) =>
        new(new Guid(++_ids, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, 0]), from, to, MessageText.From(text), Noon.AddMilliseconds(_ids));

    protected ValueTask<Message> AppendAsync(IStore store, Account from, Account to, string text) => store.AppendAsync(Message(from, to, text));

    /// <summary>Appends all, in order, waiting only for the last.</summary>
    protected static async Task<Message[]> AppendAllAsync(IStore store, IEnumerable<NewMessage> messages)
    {
        var appending = new List<Task<Message>>();
        foreach (var message in messages) appending.Add(store.AppendAsync(message).AsTask());
        return await Task.WhenAll(appending).BeforeDeadline();
    }

    protected static async Task<InboxPage> ReadAsync(IStore store, Account reader, int most = int.MaxValue)
    {
        var left = most;
        return await store.ReadInboxAsync(reader.Id, _ => left-- > 0, None);
    }

    protected static async Task<string[]> TextsAsync(IStore store, Account reader) => Texts(await ReadAsync(store, reader));

    protected static string[] Texts(InboxPage page) => [.. page.Messages.Select(message => message.Text.Decode())];

    /// <summary>Reads and marks to the end, a page of at most so many at a time.</summary>
    protected static async Task<ImmutableArray<Message>> DrainAsync(IStore store, Account reader, int pageSize = int.MaxValue)
    {
        var all = ImmutableArray.CreateBuilder<Message>();
        while (await ReadAsync(store, reader, pageSize) is { Messages.Length: > 0 } page)
        {
            page.Messages.Length.ShouldBeLessThanOrEqualTo(pageSize);
            all.AddRange(page.Messages);
            await store.MarkReadAsync(page, None);
        }

        return all.DrainToImmutable();
    }
}
