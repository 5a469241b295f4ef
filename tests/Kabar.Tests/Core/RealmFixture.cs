using System.Text;
using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Core;

/// <summary>A realm on a real store, with a clock that a test moves.</summary>
internal sealed class RealmFixture : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IPeers? _peers;

    public RealmFixture(RealmOptions? options = null, IPeers? peers = null)
    {
        Options = options ?? new RealmOptions();
        _peers = peers;
        Store = SqliteStore.Open(_folder["kabar.db"]);
        Realm = Make();
    }

    public FakeClock Clock { get; } = new();

    public RealmOptions Options { get; }

    public SqliteStore Store { get; }

    public string Database => _folder["kabar.db"];

    public Realm Realm { get; private set; }

    /// <summary>As after a restart: nothing is kept but what the store has.</summary>
    public async Task RestartAsync()
    {
        await Realm.DisposeAsync();
        Realm = Make();
    }

    /// <summary>An account with the password "x", whose hash costs nothing.</summary>
    public Task<Account> AddAsync(string username) => AddAsync(username, Hashes.Cheap);

    public async Task<Account> AddAsync(string username, string hash)
    {
        var added = await Realm.Accounts.AddHashedAsync(username, $"Display {username}", [], hash, isAdmin: false, CancellationToken.None);
        return added.Value();
    }

    /// <summary>A session, without the cost of a log-in.</summary>
    public async Task<SessionToken> EnterAsync(Account account)
    {
        var token = SessionToken.Create();
        await Store.AddSessionAsync(new Session(new SessionId(Guid.NewGuid()), account.Id, Clock.GetUtcNow(), Clock.GetUtcNow()), token.Hash(), CancellationToken.None);
        return token;
    }

    public ValueTask<Result<LoggedIn>> LogInAsync(string username, string password, string origin = "192.0.2.1") =>
        Realm.LogInAsync(username, new Password(Encoding.UTF8.GetBytes(password)), origin, CancellationToken.None);

    public ValueTask<Result<Message>> SendAsync(SessionToken token, string to, string text) => Realm.SendAsync(token, to, MessageText.From(text), CancellationToken.None);

    /// <summary>Where something is said or read.</summary>
    public static ConversationAddress To(string address) => ConversationAddress.TryParse(address, out var parsed) ? parsed : throw new FormatException(address);

    /// <summary>Says something by way of the native protocol.</summary>
    public async Task<Result<Posted>> PostAsync(Account from, string to, string text, string? key = null, long? answers = null) =>
        (await Realm.Conversations.BeginPostAsync(from, To(to), new Draft(MessageText.From(text), key, answers), CancellationToken.None)).TryGet(out var posting, out var refusal)
            ? await posting.CommitAsync()
            : refusal;

    /// <summary>Listens for an account from now on.</summary>
    public async Task<FeedReader> ListenAsync(Account account, SessionId? session = null)
    {
        var listening = session ?? new SessionId(Guid.NewGuid());
        if (session is null)
            await Store.AddSessionAsync(new Session(listening, account.Id, Clock.GetUtcNow(), Clock.GetUtcNow()), SessionToken.Create().Hash(), CancellationToken.None);
        var reader = new FeedReader(Realm.Feeds, account, listening);
        await reader.StartAsync(Store.LastArrival);
        return reader;
    }

    public async ValueTask DisposeAsync()
    {
        await Realm.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    private Realm Make()
    {
        RealmName.TryParse("satu", out var name).ShouldBeTrue();
        return new Realm(name, Store, Options, Clock, _peers);
    }
}

internal static class ResultAssertions
{
    public static T Value<T>(this Result<T> result)
    {
        result.TryGet(out var value, out var refusal).ShouldBeTrue($"refused: {refusal}");
        return value!; // there is one
    }

    public static void ShouldBeRefused<T>(this Result<T> result, Refusal expected)
    {
        result.TryGet(out _, out var refusal).ShouldBeFalse();
        refusal.ShouldBe(expected);
    }
}
