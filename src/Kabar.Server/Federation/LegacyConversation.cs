using System.IO.Pipelines;
using System.Net.Sockets;

namespace Kabar.Server.Federation;

/// <summary>
/// A connection to a legacy peer that is, or may have become, a group conversation. However it is given up, the peer is told <c>exit</c>
/// once: on a bare end of stream a first server floods its group.
///
/// One reads and one writes, at the same time.
/// </summary>
internal sealed class LegacyConversation(Socket socket, LegacyTimes times, TimeProvider clock) : IAsyncDisposable
{
    private const int Piece = 4 * 1024;

    private readonly NetworkStream _output = new(socket, ownsSocket: false);
    private bool _owesExit;

    /// <summary>What the peer says, with what has been read of it already.</summary>
    public PipeReader Input { get; } = PipeReader.Create(
        new NetworkStream(socket, ownsSocket: false), new StreamPipeReaderOptions(bufferSize: Piece, minimumReadSize: 1, useZeroByteReads: false));

    /// <summary>Asks what may turn the connection into a conversation; from then on the peer is owed an <c>exit</c>.</summary>
    public async ValueTask AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        _owesExit = true;
        await _output.WriteAsync(request, cancellationToken);
    }

    /// <summary>Says something: one write, which a peer's read should return as it is.</summary>
    /// <returns>False when the peer is gone, or does not take it.</returns>
    public async ValueTask<bool> TrySayAsync(ReadOnlyMemory<byte> text)
    {
        using var stalled = new CancellationTokenSource(times.Stall, clock);
        try
        {
            await _output.WriteAsync(text, stalled.Token);
            return true;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            _owesExit = false; // it would hear no more of that
            return false;
        }
    }

    /// <summary>Says <c>exit</c>, in a read of its own.</summary>
    /// <returns>False when the peer is gone.</returns>
    public async ValueTask<bool> TryLeaveAsync()
    {
        await Task.Delay(times.Pause, clock, CancellationToken.None);
        if (!_owesExit) return false;
        _owesExit = false;
        return await TrySayAsync("exit"u8.ToArray());
    }

    /// <summary>It has never begun: the peer is owed nothing.</summary>
    public void HasNotBegun() => _owesExit = false;

    public async ValueTask DisposeAsync()
    {
        if (_owesExit) await TryLeaveAsync();
        await Input.CompleteAsync();
        await _output.DisposeAsync();
        socket.Dispose();
    }
}
