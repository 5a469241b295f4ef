using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Connections;

/// <summary>
/// A client's connection, whatever it speaks, and what all front ends do with one: take lines off it, count, linger. It belongs to the loop of the front
/// end that serves it, except <see cref="RequestStop"/>, <see cref="Wake"/> and <see cref="Abort"/>.
/// </summary>
internal sealed partial class ClientConnection(
    IDuplexPipe transport, EndPoint? remote, Action abort, ConnectionRegistry registry, Limits limits, KabarMetrics metrics, TimeProvider clock, ILogger logger) : IConnection
{
    private long _lastActive = clock.GetTimestamp();
    private volatile ConnectionStage _stage;

    /// <summary>Its two pipes.</summary>
    public IDuplexPipe Transport => transport;

    /// <inheritdoc/>
    public IPAddress Origin { get; } = ConnectionRegistry.Origin(remote);

    /// <summary>Where it comes from exactly.</summary>
    public IPAddress Remote => (remote as IPEndPoint)?.Address ?? IPAddress.None;

    /// <summary>The token that came with the connection itself: the cookie of a browser that has opened a WebSocket.</summary>
    public SessionToken? Brought { get; init; }

    /// <summary>Whether it is a stream of bytes, on which anything may be spoken; a WebSocket is one of messages.</summary>
    public bool IsStream => transport is not WebSocketTransport;

    /// <summary>How much may be asked on it.</summary>
    public RequestRate Rate { get; } = new(limits.RequestsPerSecond, limits.RequestBurst, clock);

    /// <summary>Whether the server stops.</summary>
    public bool IsStopping => registry.IsStopping;

    /// <inheritdoc/>
    public ConnectionStage Stage
    {
        get => _stage;
        set => _stage = value;
    }

    /// <inheritdoc/>
    public long LastActive => Volatile.Read(ref _lastActive);

    /// <inheritdoc/>
    public void RequestStop() => Wake();

    /// <summary>Makes the loop look, where it waits for input.</summary>
    public void Wake() => transport.Input.CancelPendingRead();

    /// <inheritdoc/>
    public void Abort() => abort();

    /// <summary>Something was heard of it.</summary>
    public void Touch() => Volatile.Write(ref _lastActive, clock.GetTimestamp());

    /// <summary>Waits for input, or to be woken.</summary>
    public async ValueTask<ReadResult> ReadAsync()
    {
        var read = await transport.Input.ReadAsync(CancellationToken.None);

        // Not before the first request is whole: a client that dribbles it has the same time as one that is silent.
        if (_stage != ConnectionStage.New) Touch();
        return read;
    }

    /// <summary>Takes the next line that is not empty off what has been read.</summary>
    /// <param name="buffer">What is left of it.</param>
    /// <param name="limit">The most bytes of a line.</param>
    /// <param name="line">The line without its end.</param>
    public TakenLine TakeLine(ref ReadOnlySequence<byte> buffer, int limit, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (_stage == ConnectionStage.New && IsTls(buffer)) return TakenLine.Unreadable;
        do
        {
            switch (LineReader.TryRead(ref buffer, limit, out line))
            {
                case LineStatus.Incomplete:
                    return TakenLine.None;
                case LineStatus.TooLong:
                    Log.LineTooLong(logger, Origin, limit);
                    return TakenLine.Unreadable;
            }
        }
        while (line.IsEmpty); // a person's, or the second \n of a client that ends its requests with two

        if (_stage == ConnectionStage.New)
        {
            _stage = ConnectionStage.Anonymous;
            Touch();
        }

        metrics.CountRequest();
        return TakenLine.Line;
    }

    /// <summary>
    /// Throws away for a moment what still comes: closing a socket that holds unread bytes resets it, and the reset can overtake the last answer.
    /// </summary>
    public async ValueTask LingerAsync()
    {
        const int MostBytes = 1024 * 1024;
        using var moment = new CancellationTokenSource(TimeSpan.FromMilliseconds(500), clock);
        try
        {
            for (var thrownAway = 0L; thrownAway < MostBytes;)
            {
                var read = await transport.Input.ReadAsync(moment.Token);
                thrownAway += read.Buffer.Length;
                transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }
        catch (OperationCanceledException)
        {
            // The moment is over.
        }
    }

    private static bool IsTls(in ReadOnlySequence<byte> buffer) => buffer.FirstSpan is [0x16, 0x03, ..];

    private static partial class Log
    {
        [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Closing a connection from {Origin}: a line passed {Limit} bytes.")]
        public static partial void LineTooLong(ILogger logger, IPAddress origin, int limit);
    }
}

/// <summary>What came of looking for a line.</summary>
internal enum TakenLine
{
    /// <summary>There is none yet.</summary>
    None,

    /// <summary>There is one.</summary>
    Line,

    /// <summary>What comes is longer than a line may be, or not even meant for a listener without TLS: it gets one answer, and nothing more is read.</summary>
    Unreadable,
}
