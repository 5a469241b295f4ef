using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;

namespace Kabar.Tests.Protocol;

/// <summary>Whatever comes in, in whatever pieces: nothing throws, nothing hangs, and every answer has the shape of one.</summary>
public sealed class GeneratedInputTests
{
    [Fact]
    public void Any_bytes_in_any_pieces_are_read_to_the_end()
    {
        Prop.ForAll(GeneratedInput.Pieces, pieces =>
        {
            var buffer = Segments.Of(pieces);
            var whole = new ReadOnlySequence<byte>(pieces.SelectMany(piece => piece).ToArray());
            var output = new FixedOutput();
            for (var dialect = DialectCatalog.Default; ;)
            {
                var status = LineReader.TryRead(ref buffer, 200, out var line);
                LineReader.TryRead(ref whole, 200, out var same).ShouldBe(status);
                line.ToArray().ShouldBe(same.ToArray());
                buffer.Length.ShouldBe(whole.Length);
                if (status != LineStatus.Complete) return;

                var request = DialectCatalog.Read(line.ToArray(), dialect);
                if (request.Command is SwitchDialectCommand change) dialect = change.Dialect;
                if (request.Command is not RefusedCommand refused) continue;
                output.Clear();
                request.Dialect.Write(RefusedReply.For(refused.Refusal), output);
                ReplyShape.Verify(output.Written);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void Any_text_that_is_read_is_written_back_as_it_was()
    {
        var texts = ArbMap.Default.GeneratorFor<string>().Where(text => text is not null && text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar)).ToArbitrary();
        Prop.ForAll(texts, text =>
        {
            var line = Encoding.UTF8.GetBytes($"send 0f8fad5b-d9cb-469f-a165-70867728950e lineker {text}");
            var command = DialectCatalog.Read(line, DialectCatalog.Default).Command;
            if (command is RefusedCommand)
            {
                (text.Trim(' ').Length == 0 || text.Contains('\0')).ShouldBeTrue();
                return;
            }

            command.ShouldBeOfType<SendCommand>().Text.Decode().ShouldBe(text.Trim(' '));
            var output = new FixedOutput();
            DialectCatalog.Default.Write(Sample.Inbox(Sample.Lineker, Sample.Message(Sample.Messi, text.Trim(' '))), output);
            ReplyShape.Verify(output.Written);
            using var json = System.Text.Json.JsonDocument.Parse(output.Text);
            json.RootElement.GetProperty("messages").GetProperty("messi")[0].GetProperty("msg").GetString().ShouldBe(text.Trim(' '));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }
}
