using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

/// <summary>What the tests of one SQLite file put into it.</summary>
internal static class Samples
{
    /// <summary>An index that follows closely, so that a few thousand messages are below, in and above it.</summary>
    public static readonly IndexPace Pace = new(2048, 1024 * 1024, 256);

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static async Task<Account> AddAsync(this SqliteStore store, string username)
    {
        var added = await store.AddAccountAsync(new NewAccount(Username.Parse(username), $"Display {username}", [], "hash", IsAdmin: false, Noon), CancellationToken.None);
        return added.ShouldNotBeNull();
    }

    public static ValueTask<Message> SayAsync(this SqliteStore store, Account from, Account to, string text) =>
        store.AppendAsync(new NewMessage(Guid.NewGuid(), from, to, MessageText.From(text), Noon));

    public static Task<Message[]> SayAllAsync(this SqliteStore store, Account from, Account to, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => store.SayAsync(from, to, $"{i}").AsTask())).BeforeDeadline();

    public static async Task<string[]> InboxAsync(this SqliteStore store, Account reader)
    {
        var page = await store.ReadInboxAsync(reader.Id, _ => true, CancellationToken.None);
        return [.. page.Messages.Select(message => message.Text.Decode())];
    }

    /// <summary>Where the full-text index of a file lies.</summary>
    public static string SearchIndexOf(string database) => Path.Combine(Path.GetDirectoryName(database)!, "search.db"); // a file in a folder

    /// <summary>A closed file with three messages, all indexed, between accounts 1 and 2.</summary>
    public static async Task<string> MakeFileAsync(string path)
    {
        await using var store = SqliteStore.Open(path);
        var (messi, lineker) = (await store.AddAsync("messi"), await store.AddAsync("lineker"));
        await store.SayAllAsync(messi, lineker, 2);
        await store.SayAsync(lineker, messi, "back");
        return path;
    }

    /// <summary>Changes a file behind the store's back.</summary>
    public static void Damage(string path, string sql)
    {
        using var database = Database.OpenWriter(path);
        database.Run("PRAGMA foreign_keys=OFF");
        database.Run(sql);
    }

    public static long? Number(string path, string sql)
    {
        using var database = Database.OpenReader(path);
        return database.Prepare(sql).ReadNumber();
    }
}
