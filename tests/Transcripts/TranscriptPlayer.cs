using System.Globalization;

namespace Kabar.Transcripts;

/// <summary>Opens a connection to the listener of a dialect. The player closes it.</summary>
internal delegate ValueTask<Stream> OpenConnection(string dialect, CancellationToken cancellationToken);

/// <summary>
/// Plays a transcript over whatever <paramref name="open"/> connects to: an in-memory pipe or the executable's socket. One line
/// after the other; a reply that is not there within <paramref name="patience"/> is a failure.
/// </summary>
internal sealed class TranscriptPlayer(OpenConnection open, string defaultDialect, TimeSpan patience)
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private readonly Dictionary<string, string> _captures = [];
    private readonly Dictionary<string, string> _dialects = [];
    private readonly Dictionary<string, OpenConnection> _homes = [];
    private readonly Dictionary<string, Connection> _connections = [];
    private readonly Dictionary<string, byte[]> _requests = [];
    private string _dialect = defaultDialect;
    private string _scene = "";

    public TranscriptPlayer(OpenConnection open, string defaultDialect)
        : this(open, defaultDialect, DefaultPatience)
    {
    }

    /// <summary>The realms besides the one that the player was made with, by name.</summary>
    public IReadOnlyDictionary<string, OpenConnection> Others { get; init; } = new Dictionary<string, OpenConnection>();

    /// <summary>Makes an invitation code, for plays that need one.</summary>
    public Func<Task<string>>? Invite { get; init; }

    /// <exception cref="TranscriptFailure">What came back is not what the play tells.</exception>
    public async Task PlayAsync(Transcript transcript, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var line in transcript.Lines) await PlayLineAsync(transcript, line, cancellationToken);
            await EndSceneAsync(transcript);
        }
        finally
        {
            foreach (var connection in _connections.Values) await connection.Stream.DisposeAsync();
            _connections.Clear();
        }
    }

    private async Task PlayLineAsync(Transcript transcript, TranscriptLine line, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        try
        {
            switch (line)
            {
                case SceneLine scene:
                    await EndSceneAsync(transcript);
                    _scene = scene.Title;
                    break;
                case DialectLine { Actors.Count: 0 } dialect:
                    _dialect = dialect.Dialect;
                    break;
                case DialectLine dialect:
                    foreach (var actor in dialect.Actors) _dialects[actor] = dialect.Dialect;
                    break;
                case RealmLine realm:
                    var home = Others.GetValueOrDefault(realm.Realm) ?? throw new FormatException($"there is no realm {realm.Realm} here");
                    foreach (var actor in realm.Actors) _homes[actor] = home;
                    break;
                case SpeaksLine speaks:
                    foreach (var actor in speaks.Actors) (await ConnectionOfAsync(actor, deadline.Token)).Speaks(speaks.Dialect);
                    break;
                case RegistrationLine { Code: { } name }:
                    if (Invite is null) throw new FormatException("nobody invites here");
                    _captures[name] = Template.BytesAsText(await Invite());
                    break;
                case RepeatLine repeat:
                    _captures[repeat.Name] = Template.BytesAsText(string.Concat(Enumerable.Repeat(repeat.Text, repeat.Count)));
                    break;
                case RequestLine request:
                    byte[] asked = _requests[request.Actor] = [.. request.Text.Fill(_captures), .. " \r\n"u8];
                    await WriteAsync(request.Actor, asked, deadline.Token);
                    break;
                case RawRequestLine request:
                    await WriteAsync(request.Actor, request.Bytes.Fill(_captures), deadline.Token);
                    break;
                case ReplyLine reply:
                    Compare(transcript, reply, reply.Actor, reply.Text, await ReadReplyAsync(reply, deadline.Token));
                    break;
                case EventLine happened:
                    await ExpectEventAsync(transcript, happened, deadline.Token);
                    break;
                case EventualReplyLine reply:
                    await AskUntilAsync(transcript, reply, deadline.Token);
                    break;
                case RawReplyLine reply:
                    var connection = await ConnectionOfAsync(reply.Actor, deadline.Token);
                    var expected = reply.Bytes.Fill(_captures);
                    Compare(transcript, reply, reply.Actor, reply.Bytes, await connection.Reader.ReadBytesAsync(expected.Length, deadline.Token));
                    break;
                case CloseLine close:
                    await CloseAsync(close.Actor);
                    break;
                case ClosedLine closed:
                    await ExpectEndAsync(transcript, closed, deadline.Token);
                    break;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var waited = patience.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            throw Failure(transcript, line, $"nothing came within {waited} s; expected\n  {Expectation(line)}");
        }
        catch (Exception fault) when (fault is FormatException or IOException)
        {
            throw Failure(transcript, line, fault.Message);
        }
    }

    private async Task<byte[]?> ReadReplyAsync(ReplyLine reply, CancellationToken cancellationToken) =>
        await (await ConnectionOfAsync(reply.Actor, cancellationToken)).ReadReplyAsync(cancellationToken);

    private async Task ExpectEventAsync(Transcript transcript, EventLine line, CancellationToken cancellationToken)
    {
        var connection = await ConnectionOfAsync(line.Actor, cancellationToken);
        byte[]? other = null;
        try
        {
            while (true)
            {
                // Entries are in order; what is of the moment may have come before, or several times.
                var entry = connection.Events.FindIndex(IsEntry);
                for (var i = 0; i < connection.Events.Count; i++)
                {
                    if (IsEntry(connection.Events[i]) && i != entry) continue;
                    if (!line.Text.Matches(connection.Events[i], _captures)) continue;
                    connection.Events.RemoveAt(i);
                    return;
                }

                other = entry >= 0 ? connection.Events[entry] : connection.Events.LastOrDefault();
                if (entry >= 0 && IsEntry(line.Text.FillOrKeep(_captures))) break;
                if (!await connection.ReadEventAsync(cancellationToken)) break;
            }
        }
        catch (OperationCanceledException) when (other is not null)
        {
            // What came instead shows more than that nothing came.
        }

        Compare(transcript, line, line.Actor, line.Text, other);
    }

    private static bool IsEntry(byte[] happened) => happened.AsSpan().IndexOf("\"position\":"u8) >= 0;

    // What one realm has answered with OK may be a moment on its way to the other.
    private async Task AskUntilAsync(Transcript transcript, EventualReplyLine line, CancellationToken cancellationToken)
    {
        var request = _requests.GetValueOrDefault(line.Actor) ?? throw new FormatException($"{line.Actor} has asked nothing yet");
        byte[]? reply = null;
        try
        {
            while (true)
            {
                reply = await (await ConnectionOfAsync(line.Actor, cancellationToken)).ReadReplyAsync(cancellationToken);
                if (reply is null || line.Text.Matches(reply, _captures)) break;
                await Task.Delay(Pace, cancellationToken);
                await WriteAsync(line.Actor, request, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (reply is not null)
        {
            // The last answer shows more than that nothing came.
        }

        Compare(transcript, line, line.Actor, line.Text, reply);
    }

    private void Compare(Transcript transcript, TranscriptLine line, string actor, Template expected, byte[]? actual)
    {
        if (actual is not null && expected.Matches(actual, _captures)) return;

        if (actual is null) throw Failure(transcript, line, $"{actor} expected\n  {expected.Show(_captures)}\nbut the connection was closed");

        var wanted = expected.FillOrKeep(_captures);
        var same = wanted.AsSpan().CommonPrefixLength(actual);
        throw Failure(transcript, line, $"{actor} expected\n  {expected.Show(_captures)}\nbut was sent\n  {Template.Readable(actual)}\nwhich agree in their first {same} bytes");
    }

    private async Task ExpectEndAsync(Transcript transcript, ClosedLine line, CancellationToken cancellationToken)
    {
        var connection = await ConnectionOfAsync(line.Actor, cancellationToken);
        if (await connection.ReadReplyAsync(cancellationToken) is { } reply)
            throw Failure(transcript, line, $"{line.Actor} expected the end of the connection but was sent\n  {Template.Readable(reply)}");

        await CloseAsync(line.Actor);
    }

    private async Task EndSceneAsync(Transcript transcript)
    {
        foreach (var (actor, connection) in _connections)
        {
            if (await connection.FindUntoldAsync() is { } untold)
                throw new TranscriptFailure($"{transcript.Source}: {_scene}: {actor} was sent more than the play tells: {Template.Readable(untold)}");

            await connection.Stream.DisposeAsync();
        }

        _connections.Clear();
    }

    private async ValueTask WriteAsync(string actor, byte[] bytes, CancellationToken cancellationToken)
    {
        var connection = await ConnectionOfAsync(actor, cancellationToken);
        await connection.Stream.WriteAsync(bytes, cancellationToken);
        await connection.Stream.FlushAsync(cancellationToken);
    }

    private async ValueTask<Connection> ConnectionOfAsync(string actor, CancellationToken cancellationToken)
    {
        if (_connections.TryGetValue(actor, out var connection)) return connection;

        var dialect = _dialects.GetValueOrDefault(actor, _dialect);
        connection = new Connection(await _homes.GetValueOrDefault(actor, open)(dialect, cancellationToken));
        connection.Speaks(dialect);
        return _connections[actor] = connection;
    }

    private async ValueTask CloseAsync(string actor)
    {
        if (_connections.Remove(actor, out var connection)) await connection.Stream.DisposeAsync();
    }

    private string Expectation(TranscriptLine line) => line switch
    {
        ReplyLine reply => reply.Text.Show(_captures),
        EventualReplyLine reply => reply.Text.Show(_captures),
        EventLine happened => happened.Text.Show(_captures),
        RawReplyLine reply => reply.Bytes.Show(_captures),
        ClosedLine => "[closed]",
        _ => "the connection to take the request",
    };

    private TranscriptFailure Failure(Transcript transcript, TranscriptLine line, string what) =>
        new($"{transcript.Source}:{line.Number}: {(_scene.Length > 0 ? _scene + ": " : "")}{what}");

    private sealed class Connection(Stream stream)
    {
        private readonly Queue<byte[]> _replies = [];
        private bool _isNative;

        public Stream Stream => stream;

        public ReplyReader Reader { get; } = new(stream);

        /// <summary>Events that nobody has asked for yet.</summary>
        public List<byte[]> Events { get; } = [];

        public void Speaks(string dialect) => _isNative = dialect == Plays.Native;

        /// <summary>The next reply, with the events before it put aside; null at the end of the stream.</summary>
        public async ValueTask<byte[]?> ReadReplyAsync(CancellationToken cancellationToken)
        {
            if (!_isNative) return await Reader.ReadReplyAsync(cancellationToken);
            while (_replies.Count == 0)
                if (!await ReadEventAsync(cancellationToken)) return null;
            return _replies.Dequeue();
        }

        /// <summary>Takes one more line, an event or a reply; false at the end of the stream.</summary>
        public async ValueTask<bool> ReadEventAsync(CancellationToken cancellationToken)
        {
            if (await Reader.ReadLineAsync(cancellationToken) is not { } line) return false;
            if (line.AsSpan().StartsWith("{\"event\":"u8)) Events.Add(line);
            else _replies.Enqueue(line);
            return true;
        }

        /// <summary>Of what has come, what the play should have told; null when there is nothing.</summary>
        public async ValueTask<byte[]?> FindUntoldAsync()
        {
            if (!_isNative) return Reader.Pending.IsEmpty ? null : Reader.Pending.ToArray();
            while (Reader.Pending.Span.IndexOf("\r\n"u8) >= 0) await ReadEventAsync(CancellationToken.None);
            return _replies.FirstOrDefault() ?? Events.Find(IsEntry);
        }
    }
}

/// <summary>The server did not do what the play tells. The message shows file, line, what was expected and what came.</summary>
internal sealed class TranscriptFailure(string message) : Exception(message);
