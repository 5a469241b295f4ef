using System.Buffers;

namespace Kabar.Server.Connections;

/// <summary>A buffer for what a connection is about to send, which holds no memory while there is nothing in it. It belongs to one loop.</summary>
internal sealed class PooledWriter : IBufferWriter<byte>
{
    private const int Least = 256;

    private byte[] _buffer = [];

    /// <summary>How much was written.</summary>
    public int WrittenCount { get; private set; }

    /// <summary>What was written, until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, WrittenCount);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - WrittenCount);
        WrittenCount += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(WrittenCount);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(WrittenCount);
    }

    /// <summary>Forgets what was written, and gives its memory back.</summary>
    public void Clear()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, WrittenCount) = ([], 0);
    }

    private void Reserve(int sizeHint)
    {
        if (_buffer.Length - WrittenCount >= Math.Max(sizeHint, 1)) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(WrittenCount + Math.Max(sizeHint, Least), 2 * WrittenCount));
        WrittenMemory.CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
