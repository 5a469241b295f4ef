using System.Buffers;
using Kabar.Core;
using Kabar.Protocol.Native;
using Kabar.Server.Hosting;

namespace Kabar.Server.Native;

/// <summary>Events as they read on the wire: each is written once, for whoever hears it first, and shared by all. For the feeds' loop only.</summary>
internal sealed class EventEncoding(KabarMetrics metrics)
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private ReadOnlyMemory<byte>[] _pieces = new ReadOnlyMemory<byte>[64];

    /// <summary>Events as pieces to be sent, in their order. The memory of the list is used again by the next call; that of the pieces is theirs.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> PiecesOf(ReadOnlySpan<FeedEvent> events, out int bytes)
    {
        if (events.Length > _pieces.Length) Array.Resize(ref _pieces, Math.Max(events.Length, 2 * _pieces.Length));
        bytes = 0;
        for (var i = 0; i < events.Length; i++)
        {
            _pieces[i] = Of(events[i]);
            bytes += _pieces[i].Length;
        }

        return _pieces.AsSpan(0, events.Length);
    }

    /// <summary>One event.</summary>
    public ReadOnlyMemory<byte> Of(FeedEvent happened)
    {
        if (!happened.Encoded.IsEmpty) return happened.Encoded;
        if (happened is ReceiptEvent) metrics.CountReceipt();
        _buffer.ResetWrittenCount();
        NativeWriter.Write(happened, _buffer);
        return happened.Encoded = _buffer.WrittenSpan.ToArray();
    }
}
