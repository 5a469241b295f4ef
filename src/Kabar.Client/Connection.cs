using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;

namespace Kabar.Client;

/// <summary>
/// One socket, from the log-in to its break. A reader hands out answers and events, a writer sends what waits, a watch asks whether the realm is still there.
/// Whichever of them fails ends the three.
/// </summary>
internal sealed class Connection(Transport transport, Requests requests, KabarClientOptions options) : IAsyncDisposable
{
    // How long whoever listens may take to make room before answers are fetched past him.
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(25);

    private volatile bool _isPaused;

    /// <summary>When it was made, by the clock's timestamps.</summary>
    public long Since { get; } = options.Clock.GetTimestamp();

    /// <summary>Says who one is, before anything else is sent, and reads the answer.</summary>
    /// <exception cref="KabarException">The realm refuses.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<(KabarUser User, string? Token)> OpenAsync(string verb, (string, object?)[] parameters, CancellationToken cancellationToken)
    {
        try
        {
            var language = requests.NextId();
            var opening = requests.NextId();
            await transport.SendAsync(
                [RequestLine.Write(language, "language", [("language", options.Language)]), RequestLine.Write(opening, verb, parameters)], cancellationToken);
            using (var reply = await ReadReplyAsync(language, cancellationToken))
            {
                // A realm that does not know the language words its refusals in another.
                _ = ReplyReader.Refusal(reply.RootElement);
            }

            using (var reply = await ReadReplyAsync(opening, cancellationToken))
            {
                if (ReplyReader.Refusal(reply.RootElement) is { } refusal) throw refusal;
                return (ReplyReader.User(reply.RootElement), reply.RootElement.Text("token"u8));
            }
        }
        catch (Exception fault) when (fault is SocketException or WebSocketException or ObjectDisposedException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Broken(fault);
        }
    }

    /// <summary>Serves until it breaks.</summary>
    /// <param name="heard">Takes an event of the realm, before the next line is read.</param>
    /// <param name="stopping">The client is done with it.</param>
    /// <returns>Why it broke.</returns>
    /// <exception cref="KabarException">The session has ended.</exception>
    public async Task<IOException> RunAsync(Func<JsonElement, CancellationToken, ValueTask> heard, CancellationToken stopping)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] tasks = [ReadAsync(heard, broken.Token), WriteAsync(broken.Token), WatchAsync(broken.Token)];
        var first = await Task.WhenAny(tasks);
        await broken.CancelAsync();
        await transport.DisposeAsync();
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // each ends with an exception; the first one's is the reason
        try
        {
            await first;
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested && AsBreak(fault) is { } reason)
        {
            return reason;
        }

        stopping.ThrowIfCancellationRequested();
        throw new InvalidOperationException("None of them ends by itself.");
    }

    /// <summary>Waits for room among the events; but not for long when an answer is owed, for the sake of which they are read past.</summary>
    /// <returns>Whether there may be room.</returns>
    public async Task<bool> PauseAsync(Listening listening, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _isPaused = true;
        try
        {
            var room = listening.RoomAsync(over.Token);
            await Task.WhenAny(room, requests.Owed.WaitAsync(over.Token));
            await Task.WhenAny(room, Task.Delay(Courtesy, options.Clock, over.Token));
            cancellationToken.ThrowIfCancellationRequested();
            return room.IsCompleted;
        }
        finally
        {
            await over.CancelAsync();
            transport.Hear();
            _isPaused = false;
        }
    }

    public ValueTask DisposeAsync() => transport.DisposeAsync();

    /// <summary>What a failure says as the reason of a break; null when it is none.</summary>
    private static IOException? AsBreak(Exception fault) => fault switch
    {
        IOException reason => reason,

        // A WebSocket that was aborted cancels what the other direction waits for.
        SocketException or WebSocketException or ObjectDisposedException or OperationCanceledException => Broken(fault),
        _ => null,
    };

    private static IOException Broken(Exception fault) => new("The connection broke: " + fault.Message, fault);

    private async Task ReadAsync(Func<JsonElement, CancellationToken, ValueTask> heard, CancellationToken cancellationToken)
    {
        await Task.Yield();
        while (true)
        {
            using var line = await ReadObjectAsync(cancellationToken);
            if (line.RootElement.TryGetProperty("event"u8, out _))
            {
                await heard(line.RootElement, cancellationToken);
                continue;
            }

            // Without an id: a line that the realm could not read as a request at all. Sending it again would bring the same.
            var id = line.RootElement.Number("id"u8);
            if (id is null && ReplyReader.Refusal(line.RootElement) is { } unread && requests.TakeOldest() is { } refused)
            {
                refused.Fail(unread);
                throw new IOException("The realm could not read a request.");
            }

            var request = requests.Answered(id) ?? throw new IOException("An answer was received to something that was not asked.");
            try
            {
                // A connection that does not listen is told in this way that its session has ended.
                var code = line.RootElement.Text("code"u8);
                if (code is Codes.NotLoggedIn || (code is Codes.UnknownSession && !request.NamesSession)) throw KabarException.SessionEnded();
                request.Answer(line.RootElement);
            }
            catch (Exception fault) when (fault is IOException or KabarException)
            {
                request.Fail(fault); // it was answered, and asking again would bring the same
                throw;
            }
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        while (true) await transport.SendAsync(await requests.TakeAsync(cancellationToken), cancellationToken);
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var clock = options.Clock;
        while (true)
        {
            // While the reader waits for room nothing can be heard, and nothing is owed.
            var silence = _isPaused ? TimeSpan.Zero : clock.GetElapsedTime(transport.Heard);
            if (requests.OldestSent is { } sent)
            {
                if (clock.GetElapsedTime(sent) < silence) silence = clock.GetElapsedTime(sent);
                if (silence >= options.Patience) throw new IOException($"There was no answer within {options.Patience.TotalSeconds:0.#} seconds.");
            }
            else if (silence >= options.Patience)
            {
                requests.Add(ConnectionRequest.New(requests.NextId(), "ping", []));
                silence = TimeSpan.Zero;
            }

            await Task.Delay(options.Patience - silence, clock, cancellationToken);
        }
    }

    private async Task<JsonDocument> ReadReplyAsync(long id, CancellationToken cancellationToken)
    {
        var line = await ReadObjectAsync(cancellationToken);
        var answered = line.RootElement.Number("id"u8);
        if (answered == id) return line;
        using (line)
        {
            // Without an id: the realm takes no more connections, say, or does not speak this protocol.
            throw (answered is null ? ReplyReader.Refusal(line.RootElement) : null) ?? (Exception)Fields.Garbled();
        }
    }

    /// <summary>The next line that is not empty. The document is of use until the next call.</summary>
    private async ValueTask<JsonDocument> ReadObjectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await transport.ReadLineAsync(cancellationToken) ?? throw new IOException("The realm has closed the connection.");
            if (line.IsEmpty) continue;
            JsonDocument document;
            try
            {
                document = JsonDocument.Parse(line);
            }
            catch (JsonException)
            {
                throw Fields.Garbled(); // without the cause, which quotes
            }

            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            document.Dispose();
            throw Fields.Garbled();
        }
    }
}
