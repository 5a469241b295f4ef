using System.Buffers;
using Kabar.Server.Connections;

namespace Kabar.Tests.Server.Connections;

public sealed class PooledWriterTests
{
    [Fact]
    public void What_was_written_stays_while_it_grows_and_is_gone_when_it_is_cleared()
    {
        var writer = new PooledWriter();
        var expected = Enumerable.Range(0, 10_000).Select(number => (byte)number).ToArray();
        foreach (var piece in expected.Chunk(333)) writer.Write(piece);
        writer.WrittenMemory.ToArray().ShouldBe(expected);

        writer.Clear();
        writer.WrittenCount.ShouldBe(0);
        writer.Write("lagi"u8);
        writer.WrittenMemory.ToArray().ShouldBe("lagi"u8.ToArray());
        writer.Clear();
        writer.Clear();
        writer.WrittenMemory.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void More_than_there_is_room_for_cannot_be_claimed()
    {
        var writer = new PooledWriter();
        var room = writer.GetSpan(5).Length;
        Should.Throw<ArgumentOutOfRangeException>(() => writer.Advance(room + 1));
    }
}
