using System.Buffers;
using System.Text;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;
using Kabar.Server.Lines;
using Kabar.Tests.Protocol;

namespace Kabar.Tests.Server.Lines;

public sealed class ConversationInputTests
{
    [Theory]
    [InlineData(false, "halo", "halo")]
    [InlineData(false, "satu\ndua\r\ntiga", "satu|dua|tiga")]
    [InlineData(false, "satu\n\n  \n\t\r\n", "satu")]
    [InlineData(false, "  dua  x ", "  dua  x ")]
    [InlineData(false, "ex/it", "ex|it")]
    [InlineData(false, "é/è", "é|è")]
    [InlineData(true, "ha/lo\n", "halo")]
    [InlineData(true, "halo", "")]
    [InlineData(true, "satu\r\ndua/\n", "satu|dua")]
    [InlineData(true, "\n/\r\n/x\n", "x")]
    [InlineData(true, "12345678901/x\nhalo\n", "TextTooLong|halo")]
    [InlineData(false, "12345678901/halo", "TextTooLong|halo")]
    [InlineData(false, "a\0b/c", "MalformedLine|c")]
    public void Reads_become_texts(bool endsLines, string reads, string expected)
    {
        var input = new ConversationInput(endsLines, limit: 10);
        string.Join('|', reads.Split('/').Aggregate((Kept: Array.Empty<byte>(), Texts: new List<string>()), (state, read) =>
        {
            var buffer = new ReadOnlySequence<byte>([.. state.Kept, .. Encoding.UTF8.GetBytes(read)]);
            input.TakesExit(ref buffer).ShouldBeFalse();
            state.Texts.AddRange(Take(input, ref buffer, isEnd: false));
            return (buffer.ToArray(), state.Texts);
        }).Texts).ShouldBe(expected);
    }

    [Fact]
    public void A_cut_character_is_kept_and_never_more_than_it()
    {
        var input = new ConversationInput(endsLines: false, limit: 0);
        var goat = "a🐐"u8.ToArray();
        for (var cut = 2; cut < goat.Length; cut++)
        {
            var buffer = new ReadOnlySequence<byte>(goat[..cut]);
            Take(input, ref buffer, isEnd: false).ShouldBe(["a"]);
            var rest = new ReadOnlySequence<byte>([.. buffer.ToArray(), .. goat[cut..]]);
            Take(input, ref rest, isEnd: false).ShouldBe(["🐐"]);
        }

        // It never comes whole.
        var broken = new ReadOnlySequence<byte>([0xF0, 0x9F]);
        Take(input, ref broken, isEnd: false).ShouldBeEmpty();
        Take(input, ref broken, isEnd: true).ShouldBe(["MalformedLine"]);
    }

    [Theory]
    [InlineData(false, "", "exit", true)]
    [InlineData(true, "", "exit", true)]
    [InlineData(false, "", "exit\n", false)]
    [InlineData(true, "halo ", "exit", false)]
    [InlineData(false, "\xC3", "exit", true)]
    public void Exit_as_one_read_leaves(bool endsLines, string first, string second, bool leaves)
    {
        var input = new ConversationInput(endsLines, limit: 100);
        var kept = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(first));
        Take(input, ref kept, isEnd: false);

        var buffer = new ReadOnlySequence<byte>([.. kept.ToArray(), .. Encoding.Latin1.GetBytes(second)]);
        input.TakesExit(ref buffer).ShouldBe(leaves);
        buffer.IsEmpty.ShouldBe(leaves);
    }

    [Theory]
    [InlineData("exit", true)]
    [InlineData(" exit ", true)]
    [InlineData("Exit", false)]
    [InlineData("exit ya", false)]
    public void A_text_that_is_exit_leaves(string text, bool leaves) => ConversationInput.IsExit(MessageText.From(text)).ShouldBe(leaves);

    [Fact]
    public void Whatever_comes_it_neither_throws_nor_takes_more_than_there_is()
    {
        foreach (var pieces in FsCheck.Fluent.Gen.Sample(GeneratedInput.Pieces.Generator, 300, 40))
        {
            var input = new ConversationInput(pieces.Length % 2 == 0, limit: 50);
            byte[] kept = [];
            foreach (var piece in pieces)
            {
                var buffer = new ReadOnlySequence<byte>([.. kept, .. piece]);
                if (!input.TakesExit(ref buffer)) Take(input, ref buffer, isEnd: false).ShouldAllBe(text => text.Length > 0);
                kept = buffer.ToArray();
                kept.Length.ShouldBeLessThanOrEqualTo(50);
            }
        }
    }

    [Fact]
    public void A_client_that_was_refused_is_let_go_by_a_read_that_is_exit_alone_and_a_line_is_a_request()
    {
        var refused = new RefusedGroup(DialectCatalog.Default, RefusedReply.For(Refusal.Banned), limit: 20);
        var said = new ReadOnlySequence<byte>("halo"u8.ToArray());
        refused.Look(ref said).ShouldBe(RefusedInput.Unfinished);
        said.Length.ShouldBe(4, "it may become a request");

        var more = new ReadOnlySequence<byte>("halolewat exit"u8.ToArray());
        refused.Look(ref more).ShouldBe(RefusedInput.Unfinished);
        var exit = new ReadOnlySequence<byte>("halolewat exitexit"u8.ToArray());
        refused.Look(ref exit).ShouldBe(RefusedInput.Exit);
        exit.IsEmpty.ShouldBeTrue();

        var line = new ReadOnlySequence<byte>("exit\r\n"u8.ToArray());
        refused.Look(ref line).ShouldBe(RefusedInput.Request);
        var much = new ReadOnlySequence<byte>(new byte[21]);
        refused.Look(ref much).ShouldBe(RefusedInput.Unfinished);
        much.IsEmpty.ShouldBeTrue("it is no request any more");
    }

    private static List<string> Take(ConversationInput input, ref ReadOnlySequence<byte> buffer, bool isEnd)
    {
        var texts = new List<string>();
        while (input.TryTake(ref buffer, isEnd, out var text, out var refusal)) texts.Add(text?.Decode() ?? refusal.ToString());
        return texts;
    }
}
