using Kabar.Core;
using Kabar.Protocol.Native;
using Kabar.Server.Connections;

namespace Kabar.Server.Native;

/// <summary>
/// Whose a native connection is, from a log-in to its end: the session, that its owner is there, and what he is told. It belongs to the connection's loop.
/// </summary>
internal sealed class NativeCaller(NativeFrontEnd host, ClientConnection connection, OutboundQueue outbound) : IAsyncDisposable
{
    private PresencePlace? _presence;
    private IDisposable? _watch;
    private bool _isToBeTold;

    // The one that has ended last; it may be one before this.
    private volatile LoggedIn? _ended;
    private LiveStream? _stream;

    /// <summary>The front end.</summary>
    public NativeFrontEnd Host => host;

    /// <summary>The realm.</summary>
    public Realm Realm => host.Realm;

    /// <summary>What attempts count for.</summary>
    public string Origin => connection.Origin.ToString();

    /// <summary>The token that came with the connection itself: a browser's cookie.</summary>
    public SessionToken? Brought => connection.Brought;

    /// <summary>What the caller is spoken to in.</summary>
    public Language Language { get; set; } = host.Language;

    /// <summary>What was sent to him and counts as delivered when he has it.</summary>
    public DeliveryNotes Delivered { get; } = new(host.Realm.Conversations, outbound);

    /// <summary>The session; null when the connection is nobody's.</summary>
    public LoggedIn? Login { get; private set; }

    /// <summary>Whose session it is, as he was when that was last looked at. Only for requests that need a login.</summary>
    public Account Account => Session.Account;

    /// <summary>The session. Only for requests that need a login.</summary>
    public LoggedIn Session => Login ?? throw new System.Diagnostics.UnreachableException("Nobody is logged in, which is asked before.");

    /// <summary>Whether the session has ended, which is known before he asks for anything.</summary>
    public bool HasEnded => _ended is { Session.Id: var ended } && Login is { Session.Id: var own } && own == ended;

    /// <summary>The connection is a session's from now on.</summary>
    public async ValueTask EnterAsync(LoggedIn login)
    {
        await LeaveAsync();
        Login = login;
        _presence = Realm.Presences.Enter(login.Account);
        _watch = host.Sessions.Add(login, () => End(login));
        connection.Stage = ConnectionStage.LoggedIn;

        // It may have ended before it was watched.
        if (!(await Realm.FindUserAsync(login.Token, CancellationToken.None)).IsOk) await LoseAsync();
    }

    /// <summary>The session has ended, and the connection is nobody's: who listens is told so at once, else the next request that needs a session is answered with it.</summary>
    public async ValueTask LoseAsync()
    {
        var isTold = _stream is not null;
        _stream?.End();
        await LeaveAsync();
        _isToBeTold = !isTold;
    }

    /// <summary>The connection is nobody's from now on.</summary>
    public async ValueTask LeaveAsync()
    {
        await UnlistenAsync();
        _watch?.Dispose();
        _presence?.Dispose();
        (_watch, _presence, Login, _isToBeTold) = (null, null, null, false);
        if (connection.Stage != ConnectionStage.New) connection.Stage = ConnectionStage.Anonymous;
    }

    /// <summary>He says on this connection that he is away, or there.</summary>
    public void SetAway(bool isAway)
    {
        if (_presence is { } presence) presence.IsAway = isAway;
    }

    /// <summary>Whether somebody is logged in whose session still lives.</summary>
    /// <returns>Null, or why not; and then nobody is logged in any more.</returns>
    public ValueTask<Refusal?> CheckAsync()
    {
        if (Login is not { } login) return new(Nobody());
        var finding = Realm.FindUserAsync(login.Token, CancellationToken.None);
        if (!finding.IsCompletedSuccessfully) return CheckAsync(login, finding);
        return finding.Result.TryGet(out var account, out _) ? new(Keep(login, account)) : LoseAndTellAsync();
    }

    /// <summary>Makes a stream of what happens, in place of the one there is; the caller joins it and begins it.</summary>
    public async ValueTask<LiveStream> ListenAsync()
    {
        await UnlistenAsync();
        connection.Stage = ConnectionStage.Conversing;
        return _stream = new LiveStream(host, connection, outbound, Delivered, Session);
    }

    /// <summary>Tells nothing more of what happens.</summary>
    public async ValueTask UnlistenAsync()
    {
        if (_stream is not { } stream) return;
        _stream = null;
        await stream.DisposeAsync();
        connection.Stage = ConnectionStage.LoggedIn;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => LeaveAsync();

    private async ValueTask<Refusal?> CheckAsync(LoggedIn login, ValueTask<Result<Account>> finding) =>
        (await finding).TryGet(out var account, out _) ? Keep(login, account) : await LoseAndTellAsync();

    private Refusal? Keep(LoggedIn login, Account account)
    {
        if (!ReferenceEquals(account, login.Account)) Login = login with { Account = account };
        return null;
    }

    private async ValueTask<Refusal?> LoseAndTellAsync()
    {
        await LoseAsync();
        return Nobody();
    }

    private Refusal Nobody()
    {
        var refusal = _isToBeTold ? Refusal.UnknownSession : Refusal.NotLoggedIn;
        _isToBeTold = false;
        return refusal;
    }

    // From whichever thread ends the session.
    private void End(LoggedIn login)
    {
        _ended = login;
        connection.Wake();
    }
}
