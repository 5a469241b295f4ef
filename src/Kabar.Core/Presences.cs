using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;

namespace Kabar.Core;

/// <summary>
/// Who is there at this moment. It lives in memory; only when somebody was last seen is written down. Those who have to do with an account are told of it: who has a direct
/// conversation with it, or is in a group with it that has at most <see cref="Receipts.MostTold"/> members, here and on other realms. Safe to call from any thread.
///
/// <code>
///   connections come and go ──► state of the account, at once ──► one loop ──► listeners here, links to the realms of the others, the store
/// </code>
/// </summary>
public sealed class Presences : IAsyncDisposable
{
    /// <summary>The most users of whom a realm is told when its link comes to stand; it asks for the others.</summary>
    public const int MostGreeted = 1000;

    // A bound, not a tuning: when it is passed, what peers have told starts again, and is asked for.
    private const int MostElsewhere = 100_000;

    private readonly RealmName _here;
    private readonly IStore _store;
    private readonly IPeers _peers;
    private readonly Accounts _accounts;
    private readonly AccountFeeds _feeds;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly Dictionary<AccountId, Present> _present = [];
    private readonly ConcurrentDictionary<Address, UserPresence> _elsewhere = new();
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Task _running;

    // Whose state may have changed since the loop has looked, and the realms whose links have come to stand since.
    private HashSet<AccountId> _changed = [];
    private HashSet<RealmName> _arrived = [];

    internal Presences(RealmName here, IStore store, IPeers peers, Accounts accounts, AccountFeeds feeds, TimeProvider clock)
    {
        (_here, _store, _peers, _accounts, _feeds, _clock) = (here, store, peers, accounts, feeds, clock);
        _running = Task.Run(RunAsync);
    }

    /// <summary>A connection of an account is there, until the returned object is disposed of. The first and the last one are told to those who have to do with the account.</summary>
    public PresencePlace Enter(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        var place = new PresencePlace(this, account.Id);
        lock (_gate)
        {
            if (!_present.TryGetValue(account.Id, out var present)) _present.Add(account.Id, present = new Present());
            present.Account = account;
            present.Places.Add(place);
        }

        Change(account.Id);
        return place;
    }

    /// <summary>How somebody is: here, or asked of his realm, which is waited for as long as <see cref="RealmOptions.PeerPatience"/>.</summary>
    /// <returns>How he is; <see cref="Refusal.UnknownRecipient"/>, <see cref="Refusal.PeerUnreachable"/>.</returns>
    public async ValueTask<Result<UserPresence>> FindAsync(Address who, CancellationToken cancellationToken)
    {
        if (who.Realm is null || who.Realm == _here)
        {
            if (await _accounts.FindAsync(who.Username, cancellationToken) is { IsDisabled: false } account) return await FindHereAsync(account, cancellationToken);
            if (who.Realm is not null) return Refusal.UnknownRecipient;
            if (!(await _peers.FindUserAsync(who.Username, cancellationToken)).TryGet(out var peer, out var refusal)) return refusal;
            who = new Address(who.Username, peer.Realm);
        }

        // His realm tells of him by itself as long as the link stands.
        if (who.Realm is { } realm && !_peers.IsConnected(realm)) Drop(realm);
        else if (_elsewhere.TryGetValue(who, out var told)) return told;
        return await _peers.FindPresenceAsync(who, cancellationToken);
    }

    /// <summary>The accounts that are there, or away, in the order of their names, with their display names.</summary>
    public ImmutableArray<(UserPresence Presence, string DisplayName)> List()
    {
        lock (_gate)
            return
            [
                .. _present.Values
                    .Where(present => present.State != PresenceState.Offline)
                    .OrderBy(present => present.Account.Username.Value, StringComparer.OrdinalIgnoreCase)
                    .Select(present => (PresenceOf(present), present.Account.DisplayName)),
            ];
    }

    /// <summary>The link to a realm has come to stand: it is told, a moment later, who of those is there that its users have to do with, at most <see cref="MostGreeted"/>. Never waits.</summary>
    public void Greet(RealmName realm)
    {
        lock (_gate) _arrived.Add(realm);
        _bell.Writer.TryWrite(true);
    }

    /// <summary>The link to a realm has gone: what it had told of its users is forgotten, and those who were there are told to be so no more.</summary>
    public async ValueTask ForgetAsync(RealmName realm, CancellationToken cancellationToken)
    {
        foreach (var told in Drop(realm))
            if (told.State != PresenceState.Offline) await TellHereAsync(told with { State = PresenceState.Offline, Seen = null }, cancellationToken);
    }

    /// <summary>Writes down who was seen last, and tells nobody any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _bell.Writer.TryComplete();
        await _running;
    }

    /// <summary>A peer tells how a user of it is.</summary>
    internal async ValueTask TakeAsync(RealmName realm, PresenceSignal signal, CancellationToken cancellationToken)
    {
        var presence = new UserPresence(new Address(signal.User, realm), signal.State, signal.Seen);
        if (_elsewhere.TryGetValue(presence.Who, out var before) && before.State == presence.State)
        {
            _elsewhere[presence.Who] = presence;
            return;
        }

        // Who has to do with nobody here is nobody's to know: a peer could make up as many as it likes.
        var concerned = UsernamesHere(await FindConcernedAsync(presence.Who, cancellationToken));
        if (concerned.IsEmpty) return;
        if (_elsewhere.Count >= MostElsewhere) _elsewhere.Clear();
        _elsewhere[presence.Who] = presence;
        _feeds.Publish(new PresenceEvent(presence), concerned);
    }

    /// <summary>A place has changed: whether its holder is away, or that it is no more.</summary>
    internal void Change(PresencePlace place, bool isOver)
    {
        if (isOver)
            lock (_gate)
            {
                if (!_present.TryGetValue(place.Account, out var present) || !present.Places.Remove(place)) return;
                if (present.Places.Count == 0) present.Seen = _clock.GetUtcNow();
            }

        Change(place.Account);
    }

    private static UserPresence PresenceOf(Present present) => new(new Address(present.Account.Username), present.State, present.Seen);

    private void Change(AccountId account)
    {
        lock (_gate) _changed.Add(account);
        _bell.Writer.TryWrite(true);
    }

    private async ValueTask<UserPresence> FindHereAsync(Account account, CancellationToken cancellationToken)
    {
        lock (_gate)
            if (_present.TryGetValue(account.Id, out var present)) return PresenceOf(present);
        return new UserPresence(new Address(account.Username), PresenceState.Offline, await _store.FindLastSeenAsync(account.Id, cancellationToken));
    }

    private async Task RunAsync()
    {
        while (await _bell.Reader.WaitToReadAsync(CancellationToken.None))
        {
            _bell.Reader.TryRead(out _);
            await TellChangesAsync();
            await GreetAsync();
        }

        // Who has gone meanwhile.
        await TellChangesAsync();
    }

    private async ValueTask TellChangesAsync()
    {
        // 1. Who has gone, and whose state is another than the one that was told last.
        var gone = new List<(AccountId Account, DateTimeOffset Seen)>();
        var news = new List<(Account Account, UserPresence Presence)>();
        lock (_gate)
        {
            if (_changed.Count == 0) return;
            foreach (var id in _changed)
            {
                if (!_present.TryGetValue(id, out var present)) continue;
                if (present.Seen is { } seen) gone.Add((id, seen));
                if (present.State != present.Told) news.Add((present.Account, PresenceOf(present)));
                present.Told = present.State;
            }

            _changed = [];
        }

        try
        {
            // 2. Those who have to do with them are told.
            foreach (var (account, presence) in news) await TellAsync(account, presence);

            // 3. Who has gone is written down, those of one moment in one commit, before he is forgotten here.
            await Task.WhenAll(gone.Select(left => _store.SeeAccountAsync(left.Account, left.Seen, CancellationToken.None).AsTask()));
        }
        catch (StoreException)
        {
            // When he was last seen is then known from his sessions, roughly; who was to be told sees it with the next change.
        }

        lock (_gate)
            foreach (var (account, _) in gone)
                if (_present.TryGetValue(account, out var present) && present.Places.Count == 0) _present.Remove(account);
    }

    // On the loop, so that nobody is said to be there after it was said that he has gone.
    private async ValueTask GreetAsync()
    {
        HashSet<RealmName> arrived;
        var there = new List<(Account Account, UserPresence Presence)>();
        lock (_gate)
        {
            if (_arrived.Count == 0) return;
            (arrived, _arrived) = (_arrived, []);
            there.AddRange(_present.Values.Where(present => present.Told != PresenceState.Offline).Select(present => (present.Account, PresenceOf(present) with { State = present.Told })));
        }

        try
        {
            var greeted = arrived.ToDictionary(realm => realm, _ => 0);
            foreach (var (account, presence) in there)
            {
                var signal = new PresenceSignal(account.Username, presence.State, null);
                foreach (var realm in (await FindConcernedAsync(presence.Who, CancellationToken.None)).Select(address => address.Realm).OfType<RealmName>().Distinct())
                    if (greeted.TryGetValue(realm, out var count) && count < MostGreeted)
                    {
                        _peers.Send(realm, signal);
                        greeted[realm] = count + 1;
                    }
            }
        }
        catch (StoreException)
        {
            // They see it with the next change, or ask.
        }
    }

    private async ValueTask TellAsync(Account account, UserPresence presence)
    {
        var connected = _peers.List().Where(peer => peer.IsConnected).Select(peer => peer.Realm).ToHashSet();
        if (!_feeds.HasListeners && connected.Count == 0) return;

        var concerned = await FindConcernedAsync(presence.Who, CancellationToken.None);
        _feeds.Publish(new PresenceEvent(presence), UsernamesHere(concerned));
        var signal = new PresenceSignal(account.Username, presence.State, presence.Seen);
        foreach (var realm in concerned.Select(address => address.Realm).OfType<RealmName>().Distinct())
            if (connected.Contains(realm)) _peers.Send(realm, signal);
    }

    private async ValueTask TellHereAsync(UserPresence presence, CancellationToken cancellationToken)
    {
        if (_feeds.HasListeners) _feeds.Publish(new PresenceEvent(presence), UsernamesHere(await FindConcernedAsync(presence.Who, cancellationToken)));
    }

    private async ValueTask<HashSet<Address>> FindConcernedAsync(Address who, CancellationToken cancellationToken)
    {
        HashSet<Address> concerned = [.. await _store.ListContactsAsync(who, cancellationToken)];
        foreach (var group in await _store.ListGroupsAsync(who, cancellationToken))
            if (group.Members.Count <= Receipts.MostTold) concerned.UnionWith(group.Members.Keys);
        concerned.Remove(who);
        return concerned;
    }

    private static ImmutableArray<Username> UsernamesHere(IEnumerable<Address> addresses) => [.. addresses.Where(address => address.Realm is null).Select(address => address.Username)];

    private List<UserPresence> Drop(RealmName realm)
    {
        var dropped = new List<UserPresence>();
        foreach (var who in _elsewhere.Keys)
            if (who.Realm == realm && _elsewhere.TryRemove(who, out var told)) dropped.Add(told);
        return dropped;
    }

    /// <summary>An account and its connections. Under the gate.</summary>
    private sealed class Present
    {
        // Set before anybody looks.
        public Account Account { get; set; } = null!;

        public List<PresencePlace> Places { get; } = [];

        /// <summary>What the others know.</summary>
        public PresenceState Told { get; set; }

        /// <summary>When the last connection went.</summary>
        public DateTimeOffset? Seen
        {
            get => Places.Count == 0 ? field : null;
            set;
        }

        public PresenceState State => Places.Count == 0 ? PresenceState.Offline : Places.TrueForAll(place => place.IsAway) ? PresenceState.Away : PresenceState.Online;
    }
}

/// <summary>A connection that counts as somebody's being there.</summary>
public sealed class PresencePlace : IDisposable
{
    private readonly Presences _presences;
    private volatile bool _isAway;

    internal PresencePlace(Presences presences, AccountId account) => (_presences, Account) = (presences, account);

    /// <summary>Whether he has said on this connection that he is away.</summary>
    public bool IsAway
    {
        get => _isAway;
        set
        {
            _isAway = value;
            _presences.Change(this, isOver: false);
        }
    }

    internal AccountId Account { get; }

    /// <inheritdoc/>
    public void Dispose() => _presences.Change(this, isOver: true);
}
