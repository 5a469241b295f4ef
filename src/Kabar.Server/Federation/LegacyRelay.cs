using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;
using Kabar.Protocol.Links;

namespace Kabar.Server.Federation;

/// <summary>
/// Carries a group conversation between a client here and a legacy peer that has the group, byte for byte, until it ends.
///
/// <code>
///   client ── what one read returns is one write; a line each where there are lines ──► peer
///   client ◄── whatever comes, but for the end ─────────────────────────────────────── peer
///
///   exit from the client, the client lost, or the server stops:  pause ► exit to the peer ► its texts until its exit and closing reply
///   the peer's exit, its end of stream, or its silence in either: exit to the client by itself ► pause ► closing reply
/// </code>
///
/// A first server leaves no pause between <c>exit</c> and its closing reply, and a first client hangs when they arrive as one, so the
/// two are taken apart here (<see cref="ConversationEnd"/>). Whatever the peer does, the client gets both: a first client spins on an end
/// of stream. And whatever the client does the peer gets its <c>exit</c>: a first server floods its group on a bare end of stream. Nothing
/// is held but one read each way; who does not read holds up the other side, for at most <see cref="LegacyTimes.Stall"/>.
/// Protocol: dialects, sections 5 and 6.
/// </summary>
internal sealed class LegacyRelay : IDisposable
{
    private readonly LegacyConversation _conversation;
    private readonly PipeReader _fromClient;
    private readonly PipeWriter _toClient;
    private readonly string _group;
    private readonly bool _endsLines;
    private readonly LegacyTimes _times;
    private readonly TimeProvider _clock;
    private readonly ConversationEnd _end = new();
    private readonly CancellationTokenSource _peerSilent;
    private readonly CancellationTokenSource _hush = new();
    private readonly Lock _gate = new();
    private ReadOnlyMemory<byte>? _closingReply;
    private bool _isPatienceFixed;
    private volatile bool _isLeaving;
    private volatile bool _isClientLost;

    /// <summary>Takes over both sides until <see cref="RunAsync"/> ends; disposing of them is the caller's.</summary>
    /// <param name="conversation">From <see cref="LegacyPeer.EnterGroupAsync"/>.</param>
    /// <param name="client">The client's connection.</param>
    /// <param name="group">The group's name, for a closing reply the peer still owes.</param>
    /// <param name="endsLines">Whether what comes from the peer gets a line end: for a person with nc.</param>
    /// <param name="times">The limits.</param>
    /// <param name="clock">The time.</param>
    public LegacyRelay(LegacyConversation conversation, IDuplexPipe client, string group, bool endsLines, LegacyTimes times, TimeProvider clock)
    {
        (_conversation, _fromClient, _toClient) = (conversation, client.Input, client.Output);
        (_group, _endsLines, _times, _clock) = (group, endsLines, times, clock);
        _peerSilent = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
    }

    /// <summary>Relays until the conversation has ended on both sides, then leaves the client in request-and-reply mode.</summary>
    /// <returns>What ended it. What the client has sent behind its <c>exit</c> is still in its pipe.</returns>
    public async Task<LegacyRelayEnd> RunAsync()
    {
        // 1. Both ways, until the client has said its last or the peer is done.
        var listening = ListenAsync();
        var end = await SpeakAsync();
        if (_isClientLost) end = LegacyRelayEnd.ClientLost;

        // 2. The peer is told, and has a bounded time for its answer. Meanwhile its texts go on.
        if (end != LegacyRelayEnd.PeerDone)
        {
            _isLeaving = true;
            if (await _conversation.TryLeaveAsync()) AllowSilence(_times.Closing, isFixed: true);
            else await _peerSilent.CancelAsync();
        }

        await listening;

        // 3. Never a half-closed conversation.
        if (!_isClientLost) await CloseAsync();
        return _isClientLost ? LegacyRelayEnd.ClientLost : end;
    }

    public void Dispose()
    {
        _peerSilent.Dispose();
        _hush.Dispose();
    }

    private async Task<LegacyRelayEnd> SpeakAsync()
    {
        try
        {
            while (true)
            {
                var read = await _fromClient.ReadAsync(_hush.Token);
                var buffer = read.Buffer;
                var (isExit, isTaken) = (false, true);
                try
                {
                    while (!isExit && isTaken && TryTakeText(ref buffer, out var text))
                    {
                        if (!text.IsEmpty) isExit = IsExit(text);
                        if (!text.IsEmpty && !isExit) isTaken = await _conversation.TrySayAsync(text.IsSingleSegment ? text.First : text.ToArray());
                    }
                }
                finally
                {
                    _fromClient.AdvanceTo(buffer.Start);
                }

                if (isExit) return LegacyRelayEnd.Left;
                if (read.IsCanceled) return LegacyRelayEnd.Stopping;

                // Half-closed or gone, which writing to it will tell.
                if (read.IsCompleted) return LegacyRelayEnd.ClientLost;
                if (isTaken) continue;
                await _peerSilent.CancelAsync();
                return LegacyRelayEnd.PeerDone;
            }
        }
        catch (OperationCanceledException) when (_hush.IsCancellationRequested)
        {
            return LegacyRelayEnd.PeerDone;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            _isClientLost = true;
            return LegacyRelayEnd.ClientLost;
        }
    }

    // What one read returns is one text; where it holds line breaks, each line.
    private static bool TryTakeText(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> text)
    {
        text = default;
        if (buffer.IsEmpty) return false;
        if (LineReader.TryRead(ref buffer, 0, out text) == LineStatus.Complete) return true;

        text = buffer;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    private static bool IsExit(in ReadOnlySequence<byte> text)
    {
        const int MostBytes = 16; // with the blanks of a person who types
        return text.Length <= MostBytes && text.ToArray().AsSpan().Trim((byte)' ').SequenceEqual("exit"u8);
    }

    private async Task ListenAsync()
    {
        try
        {
            while (_closingReply is null)
            {
                _peerSilent.Token.ThrowIfCancellationRequested(); // also when it floods
                var read = await _conversation.Input.ReadAsync(_peerSilent.Token);
                var unread = read.Buffer;
                var piece = _end.Look(unread.IsSingleSegment ? unread.FirstSpan : unread.ToArray(), _isLeaving);
                var text = unread.Slice(0, read.IsCompleted && !piece.IsEnding ? unread.Length : piece.TextLength);
                await TellAsync(text);
                _closingReply = piece.ClosingReply;
                _conversation.Input.AdvanceTo(text.End, unread.End);
                if (read.IsCompleted) break;
                AllowSilence(piece.IsEnding ? _times.Closing : Timeout.InfiniteTimeSpan, isFixed: false);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The peer has vanished, or says no more.
        }
        finally
        {
            await _hush.CancelAsync();
        }
    }

    // Once we have said `exit` the peer's time is what it was then, whatever it sends.
    private void AllowSilence(TimeSpan limit, bool isFixed)
    {
        lock (_gate)
        {
            if (_isPatienceFixed) return;
            _isPatienceFixed = isFixed;
            _peerSilent.CancelAfter(limit);
        }
    }

    private async ValueTask TellAsync(ReadOnlySequence<byte> text)
    {
        if (_isClientLost || text.IsEmpty) return;
        foreach (var segment in text) _toClient.Write(segment.Span);
        if (_endsLines && EndsWithWholeCharacter(text)) _toClient.Write("\n"u8);
        await FlushAsync();
    }

    private static bool EndsWithWholeCharacter(ReadOnlySequence<byte> text)
    {
        const int MostBytes = 4;
        var last = text.Slice(Math.Max(0, text.Length - MostBytes)).ToArray();
        return Rune.DecodeLastFromUtf8(last, out _, out _) == OperationStatus.Done;
    }

    private async ValueTask CloseAsync()
    {
        await Task.Delay(_times.Pause, _clock, CancellationToken.None);
        _toClient.Write(_endsLines ? "exit\n"u8 : "exit"u8);
        await FlushAsync();
        if (_isClientLost) return;

        await Task.Delay(_times.Pause, _clock, CancellationToken.None);
        if (_closingReply is { } reply)
        {
            _toClient.Write(reply.Span);
            _toClient.Write("\r\n\r\n"u8);
        }
        else
        {
            DialectCatalog.Default.Write(new LeftGroupReply(_group), _toClient);
        }

        await FlushAsync();
    }

    private async ValueTask FlushAsync()
    {
        using var stalled = new CancellationTokenSource(_times.Stall, _clock);
        try
        {
            if (!(await _toClient.FlushAsync(stalled.Token)).IsCompleted) return;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Gone, or it does not read.
        }

        // There is nobody to wait for a word of.
        _isClientLost = true;
        await _hush.CancelAsync();
    }
}

/// <summary>What has ended a relayed conversation.</summary>
internal enum LegacyRelayEnd
{
    /// <summary>The client's <c>exit</c>; its next line is a request.</summary>
    Left,

    /// <summary>The peer; the client has been told, and its next line is a request.</summary>
    PeerDone,

    /// <summary>The client has closed, or does not read: no more will come from it, or nothing get through to it.</summary>
    ClientLost,

    /// <summary>The server stops; the client has been told.</summary>
    Stopping,
}
