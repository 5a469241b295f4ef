using System.Buffers;
using System.Text;

namespace Kabar.Tests.Protocol;

/// <summary>Room for one reply that allocates nothing while it is written.</summary>
internal sealed class FixedOutput(int size = 64 * 1024) : IBufferWriter<byte>
{
    private readonly byte[] _bytes = new byte[size];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public string Text => Encoding.Latin1.GetString(Written);

    public void Clear() => Length = 0;

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.AsMemory(Length);

    public Span<byte> GetSpan(int sizeHint = 0) => _bytes.AsSpan(Length);
}
