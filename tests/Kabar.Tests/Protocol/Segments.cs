using System.Buffers;

namespace Kabar.Tests.Protocol;

/// <summary>Bytes as a transport may hand them over: in pieces.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> Of(params IEnumerable<byte[]> pieces)
    {
        Piece? first = null;
        Piece? last = null;
        foreach (var bytes in pieces)
        {
            last = last is null ? new Piece(bytes, 0) : last.Append(bytes);
            first ??= last;
        }

        if (first is null || last is null) return ReadOnlySequence<byte>.Empty;
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Every way of cutting the bytes that a mask names: a cut behind byte i where bit i is set.</summary>
    public static ReadOnlySequence<byte> Cut(byte[] bytes, long mask)
    {
        var pieces = new List<byte[]>();
        var start = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if ((mask >> i & 1) == 0 && i < bytes.Length - 1) continue;
            pieces.Add(bytes[start..(i + 1)]);
            start = i + 1;
        }

        return Of(pieces);
    }

    public static ReadOnlySequence<byte> OneByteEach(byte[] bytes) => Of(bytes.Select(value => new[] { value }));

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        public Piece Append(byte[] bytes)
        {
            var next = new Piece(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
