using System.Text;
using Kabar.Cli.Bench;

namespace Kabar.Tests.Cli.Bench;

public class ReplyBufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Replies_come_out_whole_however_they_come_in(int piece)
    {
        string[] replies = ["{}", "", new('x', 5000), "{\"a\": \"\\r\\n\"}", new('y', 40)];
        var wire = Encoding.UTF8.GetBytes(string.Concat(replies.Select(reply => reply + "\r\n\r\n")));
        var buffer = new ReplyBuffer(capacity: 16);
        var taken = new List<string>();
        for (var sent = 0; sent < wire.Length;)
        {
            var free = buffer.Free();
            free.IsEmpty.ShouldBeFalse();
            var count = Math.Min(Math.Min(piece, free.Length), wire.Length - sent);
            wire.AsSpan(sent, count).CopyTo(free.Span);
            buffer.Add(count);
            sent += count;
            while (buffer.TryTake(out var reply)) taken.Add(Encoding.UTF8.GetString(reply.Span));
        }

        taken.ShouldBe(replies);
    }
}
