using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Federation;

/// <summary>
/// The other realms: those joined over the native link, each with its <see cref="PeerLink"/>, and those of document 004, which are
/// listed in the settings. The list is a snapshot that is replaced whole; links and their state belong to each <see cref="PeerLink"/>.
/// </summary>
internal sealed partial class Peers : IPeers, IAsyncDisposable
{
    private static readonly TimeSpan InvitationLasts = TimeSpan.FromHours(24);

    private readonly IStore _store;
    private readonly KabarOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<Peers> _logger;
    private readonly RealmName _here;
    private readonly LinkIdentity _identity;
    private readonly UserDirectory _directory;
    private readonly LegacyPeers _legacy;
    private readonly SemaphoreSlim _changing = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly LinkDoor _door;
    private LinkContext? _context;
    private bool _isDisposed;
    private Task _looking = Task.CompletedTask;
    private volatile ImmutableArrayHolder _links = new([]);

    public Peers(RealmName here, IStore store, KabarOptions options, LinkIdentity identity, LegacyPeers legacy, TimeProvider clock, ILogger<Peers> logger)
    {
        (_here, _store, _options, _identity, _legacy, _clock, _logger) = (here, store, options, identity, legacy, clock, logger);
        _directory = new UserDirectory(() => Context.Realm, store);
        _door = new LinkDoor(this, here, store, options, identity, clock, logger);
    }

    /// <summary>The legacy peers, in the configured order.</summary>
    public ImmutableArray<LegacyPeer> Legacy => _legacy.All;

    /// <summary>The native peers, in the order of joining.</summary>
    public ImmutableArray<PeerLink> Links => _links.Links;

    /// <summary>Where links are served; null for nowhere.</summary>
    public System.Net.IPEndPoint? ListensAt => _door.EndPoint;

    /// <summary>Whether this only looks after the data, and no link comes to stand.</summary>
    public bool IsOffline { get; private set; }

    // Set by StartAsync, before anything else is asked.
    internal LinkContext Context => _context ?? throw new System.Diagnostics.UnreachableException("The peers have not been started.");

    /// <summary>Takes up the links of a realm.</summary>
    /// <param name="realm">The realm.</param>
    /// <param name="isOffline">Whether only the data are looked after: nothing listens and nobody is dialled.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SettingException">Links cannot be served where they are to be.</exception>
    public async Task StartAsync(Realm realm, bool isOffline, CancellationToken cancellationToken)
    {
        IsOffline = isOffline;
        _context = new LinkContext(realm, _store, _options, _identity, _directory, OnHomeMovedAsync, _clock, _logger);
        if (!isOffline && await _store.BeginAfterRestoreAsync(_clock.GetUtcNow())) Log.Restored(_logger);
        foreach (var setting in _options.PeerSettings)
            if (setting is { Kind: PeerKind.Native, Pin: { } pin }) await KeepConfiguredAsync(setting, pin, cancellationToken);

        _store.OutboxGrew += OnOutboxGrew;
        realm.Accounts.Changed += OnAccountsChanged;
        foreach (var peer in await _store.ListPeersAsync(cancellationToken)) Begin(peer);
        if (isOffline) return;
        if (await IsCalledAsync(cancellationToken)) await _door.OpenAsync(cancellationToken);
        _looking = Task.Run(LookAfterAsync, CancellationToken.None);
    }

    /// <summary>Ends all links. Called by the host in its order, and again by the container, under each type it stands there for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        if (_context is { } context)
        {
            _store.OutboxGrew -= OnOutboxGrew;
            context.Realm.Accounts.Changed -= OnAccountsChanged;
        }

        await _stopping.CancelAsync();
        foreach (var link in Links) link.Stop();
        await _door.DisposeAsync();
        foreach (var link in Links) await link.DisposeAsync();
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _directory.Dispose();
        _stopping.Dispose();
        _changing.Dispose();
    }

    /// <summary>An invitation for another realm's operator, which works once and for a day.</summary>
    /// <param name="address">What the other side is to dial; null for where links are served.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SettingException">Links cannot be served.</exception>
    public async ValueTask<PeerCode> InviteAsync(LinkAddress? address, CancellationToken cancellationToken)
    {
        if (!IsOffline) await _door.OpenAsync(cancellationToken);
        var (secret, expires) = (SessionToken.Create(), _clock.GetUtcNow() + InvitationLasts);
        await _store.AddInvitationAsync(secret.Hash(), expires);
        return new PeerCode(_here, _door.AddressFor(address), _identity.Current.Fingerprint, secret, expires);
    }

    /// <summary>Takes an invitation: the peer is dialled from now on.</summary>
    /// <returns>Its link; <see cref="Refusal.InvalidName"/> for a code of this realm itself, <see cref="Refusal.Expired"/>, <see cref="Refusal.NameTaken"/> when the two are joined.</returns>
    public async ValueTask<Result<PeerLink>> AcceptAsync(PeerCode code, CancellationToken cancellationToken)
    {
        if (code.Realm == _here) return Refusal.InvalidName;
        if (code.Expires <= _clock.GetUtcNow()) return Refusal.Expired;

        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (FindLink(code.Realm) is not { } known)
            {
                var peer = new NewPeer(code.Realm, code.Address.ToString(), code.Fingerprint, TextOf(code.Secret), _clock.GetUtcNow());
                return await _store.AddPeerAsync(peer) is { } added ? Begin(added) : Refusal.NameTaken;
            }

            // Joined already, but not yet taken in, or under a key that is no more: the new code says how.
            if (known.Session is not null) return Refusal.NameTaken;
            await known.UpdateAsync(peer => peer with { LinkAddress = code.Address.ToString(), Fingerprint = code.Fingerprint, Secret = TextOf(code.Secret) });
            known.Wake();
            return known;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Holds a link closed; what is meant for the peer waits.</summary>
    public ValueTask<bool> PauseAsync(RealmName realm) => ChangeAsync(realm, isPaused: true);

    /// <summary>Lets it open again.</summary>
    public ValueTask<bool> ResumeAsync(RealmName realm) => ChangeAsync(realm, isPaused: false);

    /// <summary>Forgets a peer. What waits for it goes back to its senders; groups that wait for it after a restore wait no more.</summary>
    public async ValueTask<bool> RemoveAsync(RealmName realm, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (FindLink(realm) is not { } link) return false;
            _links = new ImmutableArrayHolder(Links.Remove(link));
            await link.DisposeAsync();

            // From here on it is done whole: half a removal would leave a peer that nobody serves.
            await ReturnAsync(link.Peer, DateTimeOffset.MaxValue, Refusal.PeerRemoved, CancellationToken.None);
            await _store.RemovePeerAsync(link.Peer.Id, []);
            _directory.Forget();
            foreach (var group in await Context.Realm.Groups.ListAsync(CancellationToken.None))
                if (group.Awaited.Contains(realm)) await Context.Realm.Groups.AwaitAsync(group.Id, realm, isAwaited: false);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Makes a new key, for which the old one vouches; every link is made anew with it.</summary>
    public void Rotate()
    {
        _identity.Rotate();
        foreach (var link in Links) link.EndSession();
    }

    /// <summary>The hash of what a peer has told of who lives there; null when that is nothing.</summary>
    public ValueTask<string?> HashOfDirectoryAsync(Peer peer, CancellationToken cancellationToken) => _directory.HashOfAsync(peer, cancellationToken);

    public PeerLink? FindLink(RealmName realm)
    {
        foreach (var link in Links)
            if (link.Peer.Realm == realm) return link;
        return null;
    }

    public Peer? Find(RealmName realm) => FindLink(realm)?.Peer;

    public bool IsConnected(RealmName realm) => FindLink(realm)?.Session is not null;

    public IReadOnlyList<(RealmName Realm, bool IsConnected)> List() =>
        [.. Links.OrderBy(link => link.Peer.Realm.Value, StringComparer.Ordinal).Select(link => (link.Peer.Realm, link.Session is not null))];

    public void Send(RealmName realm, Signal signal) => FindLink(realm)?.Session?.Tell(signal);

    public async ValueTask<Result<UserPresence>> FindPresenceAsync(Address who, CancellationToken cancellationToken)
    {
        if (who.Realm is not { } realm || FindLink(realm) is not { } link) return Refusal.UnknownRecipient;
        return await AskAsync(link, new AskPresenceFrame(Guid.NewGuid(), who.Username), cancellationToken) switch
        {
            null or { Refusal: Refusal.UnknownCommand } => Refusal.PeerUnreachable, // the second: its version does not tell
            { Refusal: { } refusal } => refusal,
            { Presence: { } state, Seen: var seen } => new UserPresence(who, state, seen),
            _ => Refusal.PeerUnreachable,
        };
    }

    public bool IsFull(PeerId peer)
    {
        var most = Context.Realm.Options.OutboxBytes;
        return most > 0 && Links.FirstOrDefault(link => link.Peer.Id == peer)?.Outbox.Bytes >= most;
    }

    public ReadOnlyMemory<byte> Write(Dispatch dispatch) => DispatchFormat.Write(dispatch);

    public async ValueTask<Result<Peer>> FindUserAsync(Username username, CancellationToken cancellationToken)
    {
        var told = await _directory.FindAsync(username, cancellationToken);
        foreach (var link in Links)
            if (told.Contains(link.Peer.Id)) return link.Peer;

        var mayBeElsewhere = false;
        foreach (var link in Links)
        {
            if (await _directory.HasToldAsync(link.Peer, cancellationToken)) continue;
            switch (await AskAsync(link, new AskUserFrame(Guid.NewGuid(), username), cancellationToken))
            {
                case { Refusal: null }: return link.Peer;
                case null: mayBeElsewhere = true; break;
            }
        }

        return mayBeElsewhere ? Refusal.UnreachableRecipient : Refusal.UnknownRecipient;
    }

    public ValueTask<Result<Address>> SendOverLegacyAsync(Username from, Address to, MessageText text, CancellationToken cancellationToken) =>
        _legacy.SendAsync(from, to, text, cancellationToken);

    public async ValueTask<Result<(Peer Home, GroupId Group)>> FindGroupAsync(GroupAddress address, CancellationToken cancellationToken)
    {
        var asked = Links.Where(link => address.Realm is not { } realm || realm == link.Peer.Realm).ToArray();
        var answers = await Task.WhenAll(asked.Select(link => AskAsync(link, new AskGroupFrame(Guid.NewGuid(), address.Name), cancellationToken).AsTask()));
        for (var i = 0; i < asked.Length; i++)
            if (answers[i] is { Refusal: null, Group: { } found }) return (asked[i].Peer, found.Id);
        return address.Realm is not null && answers is [null] ? Refusal.PeerUnreachable : Refusal.UnknownGroup;
    }

    public async ValueTask<Result<long>> JoinGroupAsync(RealmName home, GroupId group, Account who, Guid entry, CancellationToken cancellationToken)
    {
        if (FindLink(home) is not { } link) return Refusal.PeerUnreachable;
        return await AskAsync(link, new AskJoinFrame(Guid.NewGuid(), group, who.Username, who.DisplayName, entry), cancellationToken) switch
        {
            null => Refusal.PeerUnreachable,
            { Refusal: { } refusal } => refusal,
            { Position: var position } => position,
        };
    }

    public async ValueTask<Result<bool>> OfferGroupAsync(RealmName realm, Group group, CancellationToken cancellationToken)
    {
        if (FindLink(realm) is not { } link) return Refusal.UnknownPeer;
        return await AskAsync(link, new AskHostFrame(Guid.NewGuid(), group.Id, group.Name), cancellationToken) switch
        {
            null => Refusal.PeerUnreachable,
            { Refusal: { } refusal } => refusal,
            _ => true,
        };
    }

    private static ValueTask<AnswerFrame?> AskAsync(PeerLink link, AskFrame question, CancellationToken cancellationToken) =>
        link.Session is { } session ? session.AskAsync(question, cancellationToken) : default;

    // Its own text form, since it prints as nothing.
    private static string TextOf(SessionToken secret) => string.Create(SessionToken.TextLength, secret, static (text, token) =>
    {
        Span<byte> ascii = stackalloc byte[SessionToken.TextLength];
        token.Write(ascii);
        System.Text.Encoding.ASCII.GetChars(ascii, text);
    });

    // Where the settings say so, a peer is not dialled from here, or one is expected.
    private async ValueTask<bool> IsCalledAsync(CancellationToken cancellationToken) =>
        _options.LinkEndPoint is not null
        || Links.Any(link => link.Peer.LinkAddress is null)
        || await _store.HasInvitationsAsync(_clock.GetUtcNow(), cancellationToken);

    private PeerLink Begin(Peer peer)
    {
        var link = new PeerLink(peer, Context, _door.DialAsync);
        _links = new ImmutableArrayHolder(Links.Add(link));
        if (!IsOffline) link.Start();
        return link;
    }

    /// <summary>A realm that came with an invitation's secret is a peer from now on. Null when there is one of that name.</summary>
    internal async ValueTask<PeerLink?> TakeInAsync(RealmName realm, string fingerprint, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await _store.AddPeerAsync(new NewPeer(realm, null, fingerprint, null, _clock.GetUtcNow())) is { } added ? Begin(added) : null;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async ValueTask KeepConfiguredAsync(PeerSetting setting, string pin, CancellationToken cancellationToken)
    {
        var address = setting.EndPoint is System.Net.DnsEndPoint dns ? new LinkAddress(dns.Host, dns.Port).ToString() : setting.EndPoint.ToString()!; // an IP endpoint has a text
        var known = (await _store.ListPeersAsync(cancellationToken)).FirstOrDefault(peer => peer.Realm == setting.Realm);
        if (known is null) await _store.AddPeerAsync(new NewPeer(setting.Realm, address, pin, null, _clock.GetUtcNow()));

        // A pin in the settings is the first one; what it has vouched for since stands.
        else if (known.LinkAddress != address) await _store.UpdatePeerAsync(known.Id, peer => peer with { LinkAddress = address });
    }

    private async ValueTask<bool> ChangeAsync(RealmName realm, bool isPaused)
    {
        if (FindLink(realm) is not { } link || !await link.UpdateAsync(peer => peer with { IsPaused = isPaused })) return false;
        if (isPaused) link.EndSession();
        link.Wake();
        return true;
    }

    // On the store's thread.
    private void OnOutboxGrew(PeerId peer)
    {
        foreach (var link in Links)
            if (link.Peer.Id == peer) link.Session?.OutboxGrew();
    }

    private void OnAccountsChanged()
    {
        if (_options.ShareUsernames) _ = Task.Run(() => ObserveAsync(() => _directory.TellAsync(Links.Select(link => link.Session).OfType<LinkSession>(), _stopping.Token)), CancellationToken.None);
    }

    // A group has another home: if it is here, its member realms are told; else the new one is followed and asked for what still waits.
    private async ValueTask OnHomeMovedAsync(Group group, CancellationToken cancellationToken)
    {
        if (group.Home is not { } home)
        {
            foreach (var link in Links)
                if (link.Session is { } session && group.MemberRealms.Contains(link.Peer.Realm)) session.Announce(group);
            return;
        }

        if (FindLink(home) is not { } next) return;
        await _store.EnqueuePendingAsync(next.Peer.Id, group.Id);
        if (next.Session is { } toNext) await toNext.TurnToAsync(group, cancellationToken);
    }

    // Each second what waits is looked at; each minute what has waited too long goes back to its senders.
    private async Task LookAfterAsync()
    {
        const int SecondsAMinute = 60;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _clock);
        for (var second = 0; await timer.WaitForNextTickAsync(_stopping.Token); second++)
        {
            foreach (var link in Links) await ObserveAsync(() => link.RefreshAsync(_stopping.Token));
            if (second % SecondsAMinute == 0) await ObserveAsync(ExpireAsync);
        }
    }

    private async ValueTask ExpireAsync()
    {
        var now = _clock.GetUtcNow();
        if (_options.Limits.OutboxDays > 0)
            foreach (var link in Links)
                if (link.Session is null) await ReturnAsync(link.Peer, now - TimeSpan.FromDays(_options.Limits.OutboxDays), Refusal.Expired, _stopping.Token);
        await _store.ForgetReceivedAsync(now - TimeSpan.FromDays(30));
    }

    // What was queued before a time goes back to its senders, a page at a time.
    private async ValueTask ReturnAsync(Peer peer, DateTimeOffset before, Refusal reason, CancellationToken cancellationToken)
    {
        const int BytesPerPage = 256 * 1024;
        while (true)
        {
            var page = (await _store.ReadOutboxAsync(peer.Id, 0, BytesPerPage, cancellationToken)).TakeWhile(entry => entry.Queued < before).ToArray();
            if (page.Length == 0) return;
            var undelivered = page.Select(entry => DispatchFormat.Read(entry.Frame.Span)).OfType<Dispatch>();
            await _store.ReturnAsync(peer.Id, page[^1].Sequence, await Context.Realm.Exchange.NoticesAsync(peer, undelivered, reason, cancellationToken));
            Log.Returned(_logger, page.Length, peer.Realm, reason);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A background loop: it is logged, and tried again.")]
    private async Task ObserveAsync(Func<ValueTask> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // The realm stops.
        }
        catch (Exception exception)
        {
            Log.Failed(_logger, exception);
        }
    }

    // A volatile field cannot hold a struct.
    private sealed record ImmutableArrayHolder(ImmutableArray<PeerLink> Links);

    private static partial class Log
    {
        [LoggerMessage(EventId = 2301, Level = LogLevel.Warning, Message = "The data were restored from a backup: peers are asked for what they know beyond it.")]
        public static partial void Restored(ILogger logger);

        [LoggerMessage(EventId = 2302, Level = LogLevel.Warning, Message = "{Count} entries for realm {Realm} were returned to their senders: {Reason}.")]
        public static partial void Returned(ILogger logger, int count, RealmName realm, Refusal reason);

        [LoggerMessage(EventId = 2303, Level = LogLevel.Error, Message = "Looking after the peers failed; it is tried again.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
