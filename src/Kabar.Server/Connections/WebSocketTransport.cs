using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Kabar.Server.Connections;

/// <summary>
/// A WebSocket as two pipes of lines: a text message that comes in is one line, and a line that goes out is one text message, each without its end.
/// A message that holds more than one line, is no text or is longer than any line may be ends the connection, with the code for it.
/// </summary>
internal sealed class WebSocketTransport : IDuplexPipe
{
    private const int LeastRead = 4 * 1024;

    private readonly WebSocket _socket;
    private readonly int _longest;
    private readonly Pipe _input;
    private WebSocketCloseStatus _ending = WebSocketCloseStatus.NormalClosure;

    /// <param name="socket">A WebSocket that is open.</param>
    /// <param name="longest">The most bytes that a line may have; 0 for any number. A longer message is passed on as far as it is needed to be refused.</param>
    public WebSocketTransport(WebSocket socket, int longest)
    {
        (_socket, _longest) = (socket, longest);

        // One message more than is being looked at; then the client waits.
        _input = new Pipe(new PipeOptions(pauseWriterThreshold: Math.Max(longest, 64 * 1024) + LeastRead, useSynchronizationContext: false));
        Output = new WebSocketWriter(socket);
    }

    /// <inheritdoc/>
    public PipeReader Input => _input.Reader;

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>Takes in what comes, until the client closes, breaks a rule or is gone, or nobody reads any more.</summary>
    public async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await TryReceiveMessageAsync(cancellationToken))
            {
                _input.Writer.Write("\n"u8);
                if ((await _input.Writer.FlushAsync(cancellationToken)).IsCompleted) break;
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The client is gone without taking its leave.
        }
        finally
        {
            await _input.Writer.CompleteAsync();
        }

        await WaitForLeaveAsync(cancellationToken);
    }

    /// <summary>Takes leave of the client, once nothing is written any more.</summary>
    /// <param name="status">Why, unless the client has broken a rule.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task CloseAsync(WebSocketCloseStatus status, CancellationToken cancellationToken)
    {
        if (_ending != WebSocketCloseStatus.NormalClosure) status = _ending;
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await _socket.CloseOutputAsync(status, statusDescription: null, cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // It is gone already.
        }
    }

    private async Task WaitForLeaveAsync(CancellationToken cancellationToken)
    {
        var thrownAway = new byte[LeastRead];
        try
        {
            while (_socket.State is WebSocketState.Open or WebSocketState.CloseSent) await _socket.ReceiveAsync(thrownAway, cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // It does without.
        }
    }

    private async ValueTask<bool> TryReceiveMessageAsync(CancellationToken cancellationToken)
    {
        // Without a buffer first: whoever is silent holds none.
        var begun = await _socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        if (begun.MessageType == WebSocketMessageType.Close) return false;
        if (begun.EndOfMessage) return begun.MessageType == WebSocketMessageType.Text || End(WebSocketCloseStatus.InvalidMessageType);
        for (var length = 0L; ;)
        {
            var memory = _input.Writer.GetMemory(LeastRead);
            var received = await _socket.ReceiveAsync(memory, cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close) return false;
            if (received.MessageType == WebSocketMessageType.Binary) return End(WebSocketCloseStatus.InvalidMessageType);

            // An end that a client sends with it is not needed; anything else that ends a line would make two of it.
            var count = received.Count;
            if (received.EndOfMessage && count > 0 && memory.Span[count - 1] == '\n') count--;
            if (memory.Span[..count].Contains((byte)'\n')) return End(WebSocketCloseStatus.InvalidPayloadData);

            _input.Writer.Advance(count);
            length += count;
            if (received.EndOfMessage) return true;
            if (_longest == 0 || length <= _longest + 1) continue;

            // The reader finds it too long, says so and ends; nobody waits for the rest.
            End(WebSocketCloseStatus.MessageTooBig);
            await _input.Writer.FlushAsync(cancellationToken);
            return false;
        }
    }

    private bool End(WebSocketCloseStatus status)
    {
        _ending = status;
        return false;
    }
}
