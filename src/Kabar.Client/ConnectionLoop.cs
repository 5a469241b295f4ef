using System.Text.Json;

namespace Kabar.Client;

/// <summary>
/// Keeps one user connected. The first connection is made by the log-in; when one breaks, the loop makes another: it resumes the session, says again what is
/// of the connection (the language, that one is away, that one listens), and sends what waits. It ends when the session does, or with the client.
/// </summary>
/// <remarks>
/// One lock guards what changes: the phase, who is logged in, the connection, who listens. Where it nests, it comes before those of <see cref="Requests"/> and
/// <see cref="Listening"/>.
/// </remarks>
internal sealed class ConnectionLoop(KabarClientOptions options) : IAsyncDisposable
{
    // A connection that stood for so long was a good one: the next attempt is made at once.
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dialer _dialer = new(options);
    private readonly Requests _requests = new(options.Clock);
    private readonly CancellationTokenSource _stopping = new();
    private Phase _phase;
    private Login? _login;
    private Connection? _connection;
    private Listening? _listening;
    private Exception? _end;
    private Task _running = Task.CompletedTask;
    private bool _isAway;
    private bool _isDisposed;

    private enum Phase
    {
        Fresh,
        Opening,
        Open,
        Over,
    }

    /// <summary>With null when the connection stands again, else with why it broke.</summary>
    public event Action<Exception?>? Changed;

    public KabarUser? User => Current()?.User;

    public string? Token => Current()?.Token;

    public bool IsConnected
    {
        get
        {
            lock (_gate) return _connection is not null;
        }
    }

    /// <summary>Makes the first connection with <c>auth</c>, <c>register</c> or <c>resume</c>. Where that fails, it may be tried again.</summary>
    /// <param name="token">The session's, where it is known before.</param>
    /// <param name="verb">The verb.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<KabarUser> LogInAsync(string? token, string verb, (string, object?)[] parameters, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_end is not null) throw _end;
            if (_phase != Phase.Fresh) throw new InvalidOperationException("The client is logged in already, or about to be.");
            _phase = Phase.Opening;
        }

        Connection? connection = null;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
            (connection, var user, var given) = await OpenAsync(verb, parameters, either.Token);
            var login = new Login(user, given ?? token ?? throw Fields.Garbled());
            lock (_gate)
            {
                if (_end is not null) throw _end;
                _phase = Phase.Open;
                _login = login;
                Stand(connection);
                _running = RunAsync(connection, login);
            }

            return user;
        }
        catch (Exception fault)
        {
            if (connection is not null) await connection.DisposeAsync();
            lock (_gate)
            {
                if (_phase == Phase.Opening) _phase = Phase.Fresh;
                if (_end is not null && fault is OperationCanceledException && !cancellationToken.IsCancellationRequested) throw _end;
            }

            throw;
        }
    }

    /// <summary>Asks something; a break in between is dealt with as <paramref name="repetition"/> says.</summary>
    /// <returns>What the realm says; the default when it was refused with <paramref name="doneCode"/> because it had been done before the break, or was forgotten.</returns>
    public Task<T?> AskAsync<T>(
        string verb,
        ReadOnlySpan<(string, object?)> parameters,
        Repetition repetition,
        Func<JsonElement, EventReader, T> read,
        string? doneCode,
        CancellationToken cancellationToken)
    {
        EventReader events;
        lock (_gate)
        {
            if (_end is not null) return Task.FromException<T?>(_end);
            if (_login is null) return Task.FromException<T?>(new InvalidOperationException("The client is not logged in."));
            if (repetition == Repetition.Forgotten && _connection is null) return Task.FromResult<T?>(default);
            events = _login.Events;
        }

        var id = _requests.NextId();
        var request = new Request<T>(id, RequestLine.Write(id, verb, parameters), repetition, reply => read(reply, events), doneCode);
        return _requests.AskAsync(request, cancellationToken);
    }

    /// <summary>Says that the user is away, or there, now and on later connections.</summary>
    public Task SetAwayAsync(bool isAway, CancellationToken cancellationToken)
    {
        lock (_gate) _isAway = isAway;
        return AskAsync("status set", [("presence", PresenceOf(isAway))], Repetition.Forgotten, static (_, _) => true, null, cancellationToken);
    }

    /// <summary>Ends the session, and with it everything.</summary>
    public async Task LogOutAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync("logout", [], Repetition.Repeated, static (_, _) => true, null, cancellationToken);
        }
        catch (KabarException refusal) when (refusal.Code == Codes.UnknownSession)
        {
            // It had ended by itself, or the answer to the first attempt was lost.
        }

        End(KabarException.SessionEnded());
        await _stopping.CancelAsync();
        await _running;
    }

    public async IAsyncEnumerable<KabarEvent> ListenAsync(
        string? from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Listening listening;
        lock (_gate)
        {
            if (_end is not null) throw _end;
            if (_login is null) throw new InvalidOperationException("The client is not logged in.");
            if (_listening is not null) throw new InvalidOperationException("Somebody listens already.");
            _listening = listening = new Listening(from, options.EventsWaiting, Unlisten, ListenAgain);
            if (_connection is not null) _requests.Add(ListenRequest(listening));
        }

        try
        {
            await foreach (var happened in listening.ReadAsync(cancellationToken)) yield return happened;
        }
        finally
        {
            lock (_gate)
            {
                _listening = null;
                if (_connection is not null) _requests.Add(ConnectionRequest.New(_requests.NextId(), "unlisten", []));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        End(new ObjectDisposedException(nameof(KabarClient)));
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private static string PresenceOf(bool isAway) => isAway ? "away" : "online";

    private async Task RunAsync(Connection first, Login login)
    {
        await Task.Yield();
        var connection = first;
        try
        {
            var attempts = 0;
            while (true)
            {
                var reason = await connection.RunAsync((happened, token) => HearAsync(connection, login, happened, token), _stopping.Token);
                lock (_gate)
                {
                    _connection = null;
                    _listening?.Interrupt();
                    _requests.Break();
                }

                Changed?.Invoke(reason);
                if (options.Clock.GetElapsedTime(connection.Since) >= Healthy) attempts = 0;
                else await PauseAsync(attempts++);

                Connection? next;
                while ((next = await TryResumeAsync(login)) is null) await PauseAsync(attempts++);
                connection = next;
                lock (_gate) Stand(connection);
                Changed?.Invoke(null);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Whoever stops it has said why.
        }
        catch (Exception fault)
        {
            // The session has ended; or it is a bug, here or in a handler of the event, and everybody who waits is to know of it.
            End(fault);
            Changed?.Invoke(fault);
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    /// <returns>Null when it has to be tried again later.</returns>
    /// <exception cref="KabarException">The session has ended.</exception>
    private async Task<Connection?> TryResumeAsync(Login login)
    {
        try
        {
            var (connection, _, _) = await OpenAsync("resume", [("token", login.Token)], _stopping.Token);
            return connection;
        }
        catch (KabarException refusal) when (refusal.Code != Codes.UnknownSession)
        {
            return null; // the realm is busy, or cannot look just now
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task<(Connection Connection, KabarUser User, string? Token)> OpenAsync(string verb, (string, object?)[] parameters, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Patience, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        Connection? connection = null;
        try
        {
            connection = new Connection(await _dialer.ConnectAsync(either.Token), _requests, options);
            var (user, token) = await connection.OpenAsync(verb, parameters, either.Token);
            return (connection, user, token);
        }
        catch (Exception fault)
        {
            if (connection is not null) await connection.DisposeAsync();
            if (fault is OperationCanceledException && late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                throw new IOException($"{options.Server.Authority} did not answer within {options.Patience.TotalSeconds:0.#} seconds.", fault);
            throw;
        }
    }

    /// <summary>Lets what waits be sent on a connection that is logged in, after what is of the connection.</summary>
    private void Stand(Connection connection)
    {
        if (_end is not null) return;
        _connection = connection;
        var first = new List<ConnectionRequest>();
        if (_isAway) first.Add(ConnectionRequest.New(_requests.NextId(), "status set", [("presence", PresenceOf(true))]));
        if (_listening is { IsBehind: false }) first.Add(ListenRequest(_listening));
        _requests.AddFirst(first);
    }

    private async ValueTask HearAsync(Connection connection, Login login, JsonElement happened, CancellationToken cancellationToken)
    {
        if (happened.Text("event"u8) == "logged_out") throw KabarException.SessionEnded();
        Listening? listening;
        lock (_gate) listening = _listening;
        if (listening is null || login.Events.Read(happened) is not { } heard) return;
        while (!listening.Offer(heard))
        {
            if (await connection.PauseAsync(listening, cancellationToken)) continue;
            listening.FallBehind();
            return;
        }
    }

    private ConnectionRequest ListenRequest(Listening listening) => ConnectionRequest.New(_requests.NextId(), "listen", [("from", listening.Last)], reply =>
    {
        switch (ReplyReader.Refusal(reply))
        {
            case null: listening.Follow(reply.TextOrThrow("at"u8)); break;
            case { Code: Codes.Failed } fault: throw new IOException("The realm could not listen: " + fault.Message);
            case var refusal: listening.End(refusal); break;
        }
    });

    private void Unlisten(Listening listening)
    {
        lock (_gate)
        {
            if (_connection is not null && _listening == listening) _requests.Add(ConnectionRequest.New(_requests.NextId(), "unlisten", []));
        }
    }

    private void ListenAgain(Listening listening)
    {
        lock (_gate)
        {
            if (_connection is null || _listening != listening) return;

            // It may have been listened for meanwhile, on a connection that was made in this moment.
            _requests.Add(ConnectionRequest.New(_requests.NextId(), "unlisten", []));
            _requests.Add(ListenRequest(listening));
        }
    }

    private Task PauseAsync(int attempts)
    {
        var longest = Math.Min(options.LongestRetry.TotalMilliseconds, ShortestRetry.TotalMilliseconds * Math.Pow(2, Math.Min(attempts, 20)));

        // All who lost the same realm should not come back in the same moment.
        return Task.Delay(TimeSpan.FromMilliseconds(longest * (0.5 + (Random.Shared.NextDouble() / 2))), options.Clock, _stopping.Token);
    }

    private void End(Exception reason)
    {
        lock (_gate)
        {
            if (_end is not null) return;
            _end = reason;
            _phase = Phase.Over;
            _login = null;
            _connection = null;
            _requests.End(reason);
            _listening?.End(reason);
        }
    }

    private Login? Current()
    {
        lock (_gate) return _login;
    }

    private sealed record Login(KabarUser User, string Token)
    {
        public EventReader Events { get; } = new(User);
    }
}
