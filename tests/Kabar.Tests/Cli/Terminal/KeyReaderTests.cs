using System.Text;
using Kabar.Cli.Terminal;

namespace Kabar.Tests.Cli.Terminal;

public sealed class KeyReaderTests
{
    private readonly KeyReader _reader = new();

    public static TheoryData<string, string> Sequences => new()
    {
        { "\e[A", "Up" }, { "\eOA", "Up" }, { "\e[B", "Down" }, { "\e[C", "Right" }, { "\eOC", "Right" }, { "\e[D", "Left" },
        { "\e[H", "Home" }, { "\eOH", "Home" }, { "\e[1~", "Home" }, { "\e[7~", "Home" },
        { "\e[F", "End" }, { "\eOF", "End" }, { "\e[4~", "End" }, { "\e[8~", "End" }, { "\e[3~", "Delete" },
        { "\e[1;5C", "WordRight" }, { "\e[1;3D", "AltLeft" }, { "\e[1;3C", "AltRight" }, { "\e[1;3A", "AltUp" }, { "\e[5~", "PageUp" }, { "\e[6~", "PageDown" }, { "\e\r", "AltEnter" }, { "\e[1;2C", "Right" },
        { "\eb", "Alt b" }, { "\ef", "Alt f" }, { "\ed", "Alt d" }, { "\e\x7F", "AltBackspace" },
        { "\x01", "Control a" }, { "\x17", "Control w" }, { "\x1A", "Control z" }, { "\t", "Tab" }, { "\r", "Enter" }, { "\n", "Enter" },
        { "\x7F", "Backspace" }, { "\b", "Backspace" },
        { "\e[24;2~", "Unknown" }, { "\e[Z", "Unknown" }, { "\0", "Unknown" }, { "\x1F", "Unknown" },
        { "halo", "Text halo" }, { "héé 漢 \U0001F600", "Text héé 漢 \U0001F600" },
        { "\e[200~send a b\rc\n\e[A\e[201~", "Paste send a b\rc\n\e[A" },
    };

    [Theory]
    [MemberData(nameof(Sequences))]
    public void A_key_arrives_whole(string sequence, string expected)
    {
        Feed(sequence);
        Read().ShouldBe([expected]);
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public void A_key_arrives_byte_by_byte(string sequence, string expected)
    {
        var keys = new List<string>();
        foreach (var value in Encoding.UTF8.GetBytes(sequence))
        {
            _reader.Feed([value]);
            keys.AddRange(Read());
        }

        // Text may come out in pieces; put together it is the same.
        if (expected.StartsWith("Text ", StringComparison.Ordinal))
            ("Text " + string.Concat(keys.Select(key => key["Text ".Length..]))).ShouldBe(expected);
        else
            keys.ShouldBe([expected]);
    }

    [Fact]
    public void Many_keys_in_one_read_come_in_order()
    {
        Feed("ab\e[D\e[Dc\r\x04");
        Read().ShouldBe(["Text ab", "Left", "Left", "Text c", "Enter", "Control d"]);
    }

    [Fact]
    public void An_escape_waits_for_what_may_follow()
    {
        Feed("\e");
        Read().ShouldBeEmpty();
        _reader.HasOpenEscape.ShouldBeTrue();
        _reader.FlushEscape().Kind.ShouldBe(KeyKind.Escape);
        _reader.HasOpenEscape.ShouldBeFalse();
        Feed("x");
        Read().ShouldBe(["Text x"]);
    }

    [Fact]
    public void An_unfinished_sequence_can_be_forgotten()
    {
        Feed("\e[1;");
        Read().ShouldBeEmpty();
        _reader.FlushEscape().Kind.ShouldBe(KeyKind.Unknown);
        Feed("x");
        Read().ShouldBe(["Text x"]);
    }

    [Fact]
    public void A_paste_is_not_ended_by_silence()
    {
        Feed("\e[200~sa");
        Read().ShouldBeEmpty();
        _reader.HasOpenEscape.ShouldBeFalse();
        Feed("tu\e[201~x");
        Read().ShouldBe(["Paste satu", "Text x"]);
    }

    [Fact]
    public void A_paste_without_an_end_does_not_grow_for_ever()
    {
        Feed("\e[200~" + new string('a', 300_000));
        Read().ShouldHaveSingleItem().Length.ShouldBe("Paste ".Length + 300_000);
    }

    [Fact]
    public void A_sequence_without_an_end_does_not_grow_for_ever()
    {
        Feed("\e[" + new string('1', 100));
        Read().ShouldBe(["Unknown"]);
    }

    [Fact]
    public void Half_a_character_waits_for_the_other_half()
    {
        var bytes = Encoding.UTF8.GetBytes("漢");
        _reader.Feed(bytes.AsSpan(0, 2));
        Read().ShouldBeEmpty();
        _reader.HasOpenEscape.ShouldBeFalse();
        _reader.Feed(bytes.AsSpan(2));
        Read().ShouldBe(["Text 漢"]);
    }

    [Fact]
    public void Bytes_that_are_no_text_show_as_such()
    {
        _reader.Feed([(byte)'a', 0xFF, (byte)'b', 0xE6, (byte)'\r']);
        Read().ShouldBe(["Text a\uFFFDb\uFFFD", "Enter"]);
    }

    private void Feed(string text) => _reader.Feed(Encoding.UTF8.GetBytes(text));

    private List<string> Read()
    {
        var keys = new List<string>();
        while (_reader.TryRead(out var key)) keys.Add(key.Text.Length == 0 ? key.Kind.ToString() : $"{key.Kind} {key.Text}");
        return keys;
    }
}
