using System.Text;
using System.Text.Json;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;

namespace Kabar.Tests.Protocol;

public sealed class ReplyWriterTests
{
    [Fact]
    public void Every_character_is_written_as_Python_writes_it()
    {
        var output = new FixedOutput();
        for (var value = 0; value <= 0x2FFFF; value += value < 0x3000 ? 1 : 7)
        {
            if (!Rune.IsValid(value)) continue;
            var text = new Rune(value).ToString();
            var expected = Python(text);

            output.Clear();
            new ReplyWriter(output).Escaped(Encoding.UTF8.GetBytes(text));
            if (output.Text != expected) output.Text.ShouldBe(expected, $"U+{value:X}");

            output.Clear();
            new ReplyWriter(output).Escaped(text);
            if (output.Text != expected) output.Text.ShouldBe(expected, $"U+{value:X}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("halo lineker, ini messi")]
    [InlineData("é")]
    [InlineData("a\"b\\c\nd\te\u0000f\u007Fg")]
    [InlineData("🐐🐐 mixed é with plain \"text\" 🐐")]
    [InlineData("</script>&'")]
    public void Texts_come_out_the_same_from_bytes_and_from_strings(string text)
    {
        var output = new FixedOutput();
        new ReplyWriter(output).String(Encoding.UTF8.GetBytes(text));
        output.Text.ShouldBe($"\"{Python(text)}\"");
        output.Clear();
        new ReplyWriter(output).String(text);
        output.Text.ShouldBe($"\"{Python(text)}\"");
        JsonSerializer.Deserialize<string>(output.Written).ShouldBe(text);
    }

    [Fact]
    public void A_name_longer_than_any_that_is_kept_is_written_too()
    {
        var output = new FixedOutput();
        var name = new string('n', 5000) + "\n";
        new ReplyWriter(output).Escaped(name);
        output.Text.ShouldBe(new string('n', 5000) + "\\n");
    }

    [Fact]
    public void The_length_of_an_escaped_text_is_known_beforehand()
    {
        var random = new Random(1);
        var output = new FixedOutput();
        for (var i = 0; i < 3000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(AnyText(random, random.Next(40)));
            output.Clear();
            new ReplyWriter(output).Escaped(bytes);
            ReplyWriter.EscapedLength(bytes).ShouldBe(output.Length);
            var text = Encoding.UTF8.GetString(bytes);
            ReplyWriter.MostEscaped(text.Length).ShouldBeGreaterThanOrEqualTo(output.Length);
        }
    }

    [Fact]
    public void What_a_message_adds_to_an_inbox_is_never_more_than_was_reckoned()
    {
        var random = new Random(2);
        var output = new FixedOutput(1024 * 1024);
        for (var i = 0; i < 500; i++)
        {
            var reader = Sample.Account(Name(), AnyText(random, random.Next(1, 30)));
            var messages = new List<Message>();
            var length = WriteLength();
            for (var j = 0; j < 6; j++)
            {
                messages.Add(Sample.Message(Sample.Account(Name(), AnyText(random, random.Next(1, 30))), AnyText(random, random.Next(1, 60))));
                var next = WriteLength();
                (next - length).ShouldBeLessThanOrEqualTo(Dialect.InboxSize(messages[^1], reader));
                length = next;
            }

            int WriteLength()
            {
                output.Clear();
                DialectCatalog.Default.Write(Sample.Inbox(reader, [.. messages]), output);
                return output.Length;
            }
        }

        string Name() => new((char)('a' + random.Next(3)), random.Next(2) == 0 ? Username.MaxLength : 1);
    }

    [Fact]
    public void Every_reply_is_one_line_of_ASCII_JSON_and_ends_once()
    {
        var output = new FixedOutput();
        foreach (var dialect in DialectCatalog.All)
        {
            foreach (var reply in Sample.Replies)
            {
                if (reply is ActiveUsersReply && dialect.Name is ("thread-chat" or "realm-chat")) continue;
                if (reply is ActiveSessionsReply && dialect.Name is not "thread-chat") continue;
                output.Clear();
                dialect.Write(reply, output);
                ReplyShape.Verify(output.Written);
            }
        }
    }

    // Written anew from the documents' servers: json.dumps(text, ensure_ascii=True) without the quotes.
    private static string Python(string text)
    {
        var result = new StringBuilder();
        foreach (var unit in text)
            result.Append(unit switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\f' => "\\f",
                '\b' => "\\b",
                >= ' ' and <= '~' => $"{unit}",
                _ => $"\\u{(int)unit:x4}",
            });
        return result.ToString();
    }

    private static string AnyText(Random random, int length)
    {
        var text = new StringBuilder();
        while (length-- > 0)
        {
            var value = random.Next(5) switch { 0 => random.Next(0x80), 1 => random.Next(0x800), 2 => random.Next(0x10000), 3 => random.Next(0x10FFFF), _ => 'x' };
            text.Append(Rune.IsValid(value) ? new Rune(value) : new Rune('y'));
        }

        return text.ToString();
    }
}
