using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Kabar.Core;

/// <summary>
/// Makes message ids: UUID version 7 with the clock's milliseconds, a counter that keeps the ids of one millisecond in order, and
/// 62 random bits. Random bytes are drawn a block at a time, because a system call for each id would cost more than storing it.
/// </summary>
internal sealed class MessageIds(TimeProvider clock)
{
    private const int RandomPerId = 8;
    private const int CounterLimit = 0x1000;

    private readonly Lock _gate = new();
    private readonly byte[] _random = new byte[512 * RandomPerId];
    private int _randomUsed = int.MaxValue;
    private long _millisecond;
    private int _counter;

    public Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_gate)
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (now > _millisecond) (_millisecond, _counter) = (now, 0);
            else if (++_counter == CounterLimit) (_millisecond, _counter) = (_millisecond + 1, 0);

            if (_randomUsed >= _random.Length)
            {
                RandomNumberGenerator.Fill(_random);
                _randomUsed = 0;
            }

            BinaryPrimitives.WriteInt64BigEndian(bytes, _millisecond << 16);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | _counter));
            _random.AsSpan(_randomUsed, RandomPerId).CopyTo(bytes[8..]);
            _randomUsed += RandomPerId;
        }

        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
