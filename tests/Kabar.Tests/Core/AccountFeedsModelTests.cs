using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Tests.Core;

/// <summary>
/// Whoever listens has each entry that his account may have heard exactly once and in order, whatever happens at the same time: others come and go, speak, are put out of groups;
/// he joins, leaves and comes back; the loop falls behind. What he should have is told by hand from what was committed.
/// </summary>
public sealed class AccountFeedsModelTests : IAsyncDisposable
{
    private static readonly string[] Names = ["messi", "lineker", "james", "taeno", "jantuar", "suarez"];

    private readonly RealmFixture _realm = new();
    private readonly Lock _gate = new();
    private readonly List<Message> _committed = [];
    private readonly List<Account> _accounts = [];
    private readonly List<Group> _groups = [];

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Theory]
    [InlineData(1, 65_536)]
    [InlineData(2, 65_536)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    public async Task Each_entry_comes_once_and_in_order_whatever_happens_meanwhile(int seed, int queuedBatches)
    {
        _realm.Store.EntriesCommitted += entries =>
        {
            lock (_gate) _committed.AddRange(entries);
        };
        foreach (var name in Names) _accounts.Add(await _realm.AddAsync(name));
        foreach (var name in new[] { "batak", "sunda", "minang" })
            _groups.Add((await _realm.Realm.Groups.CreateAsync(_accounts[0], GroupName.Parse(name), isOpen: true, CancellationToken.None)).Value().Group);

        await using var feeds = new AccountFeeds(_realm.Store, static (_, _, _) => new(true), queuedBatches);
        var writing = Enumerable.Range(0, 4).Select(writer => Task.Run(() => WriteAsync(new Random((seed * 100) + writer)))).ToArray();
        var readers = await Task.WhenAll(Enumerable.Range(0, 12).Select(reader => Task.Run(() => ReadAsync(feeds, new Random((seed * 1000) + reader), _accounts[reader % Names.Length]))));
        await Task.WhenAll(writing).BeforeDeadline();

        // A word to oneself is the last thing that everybody hears.
        foreach (var (account, sessions) in readers)
        {
            var last = await SayAsync(account, account);
            foreach (var (reader, _) in sessions) await reader.HasHeardAsync(last.Id);
        }

        foreach (var (account, sessions) in readers)
        {
            foreach (var (reader, from) in sessions)
            {
                reader.Dispose();
                var heard = reader.Taken.Select(entry => entry.Arrival).ToArray();
                heard.ShouldBe(MayHear(account).Where(entry => entry.Arrival > from && entry.Arrival <= heard[^1]).Select(entry => entry.Arrival), $"{account} from {from}");
            }
        }
    }

    // Comes and goes, keeping its place, and leaves several listeners behind.
    private async Task<(Account Account, List<(FeedReader Reader, long From)> Readers)> ReadAsync(AccountFeeds feeds, Random random, Account account)
    {
        var readers = new List<(FeedReader, long)>();
        for (var round = 0; round < 6; round++)
        {
            var from = random.Next(3) == 0 ? 0 : _realm.Store.LastArrival;
            var reader = new FeedReader(feeds, account, new SessionId(Guid.NewGuid()));
            await reader.StartAsync(from, random.Next(1, 20)).BeforeDeadline();
            if (random.Next(2) == 0) readers.Add((reader, from));
            else reader.Dispose();
            for (var pause = random.Next(20); pause > 0; pause--) await Task.Yield();
        }

        return (account, readers);
    }

    private async Task WriteAsync(Random random)
    {
        for (var i = 0; i < 150; i++)
        {
            var (actor, other, group) = (Any(_accounts), Any(_accounts), Any(_groups));
            var done = random.Next(10) switch
            {
                < 3 => SayAsync(actor, other),
                < 6 => ActAsync(GroupVerb.Say, "halo"),
                < 8 => ActAsync(GroupVerb.Join),
                8 => ActAsync(GroupVerb.Leave),
                _ => Task.WhenAll(ActAsync(GroupVerb.Kick), ActAsync(GroupVerb.Ban), ActAsync(GroupVerb.Unban)),
            };
            await done;

            // Often refused; the one who joins comes in by the entry alone.
            Task ActAsync(GroupVerb verb, string text = "") => verb == GroupVerb.Join
                ? _realm.Realm.Groups.AdmitAsync(Actor.Of(actor), group.Id, Guid.CreateVersion7(), CancellationToken.None).AsTask()
                : _realm.Realm.Groups.ActAsync(
                    verb is GroupVerb.Kick or GroupVerb.Ban or GroupVerb.Unban ? GroupFold.Actor("operator", isOperator: true) : Actor.Of(actor),
                    group.Id, verb, new Address(other.Username), MessageText.From(text), CancellationToken.None).AsTask();
        }

        T Any<T>(List<T> all) => all[random.Next(all.Count)];
    }

    private async Task<Message> SayAsync(Account from, Account to) =>
        await _realm.Store.AppendAsync(new NewMessage(Guid.CreateVersion7(), from, to, MessageText.From("halo"), _realm.Clock.GetUtcNow()));

    private List<Message> MayHear(Account account)
    {
        var self = new Address(account.Username);
        var within = new HashSet<ConversationId>();
        var heard = new List<Message>();
        ImmutableArray<Message> committed;
        lock (_gate) committed = [.. _committed];
        foreach (var entry in committed)
        {
            if (entry.Kind == EntryKind.Joined && entry.From == self) within.Add(entry.Conversation);
            if (entry.To is { } to ? entry.From == self || to == self : within.Contains(entry.Conversation)) heard.Add(entry);
            if (entry.Kind is EntryKind.Left or EntryKind.Kicked or EntryKind.Banned && (entry.Subject ?? entry.From) == self) within.Remove(entry.Conversation);
        }

        return heard;
    }
}
