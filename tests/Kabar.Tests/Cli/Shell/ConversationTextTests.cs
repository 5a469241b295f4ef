using System.Text;
using Kabar.Cli.Shell;

namespace Kabar.Tests.Cli.Shell;

public sealed class ConversationTextTests
{
    private const string Closing = "{\"status\": \"OK\", \"message\": \"Telah keluar dari grup batak\"}\r\n\r\n";
    private readonly ConversationText _text = new();

    [Fact]
    public void Each_read_is_one_text()
    {
        Feed("messi telah bergabung").ShouldBe("messi telah bergabung");
        Feed("henderson: halo {\"status\"").ShouldBe("henderson: halo {\"status\"");
        _text.ClosingReply.ShouldBeNull();
    }

    [Fact]
    public void Texts_that_end_their_lines_lose_the_last_end_only() => Feed("messi: a\nmessi: b\n").ShouldBe("messi: a\nmessi: b");

    [Fact]
    public void Exit_alone_and_then_the_reply_end_it()
    {
        Feed("messi telah bergabung");
        Feed("exit").ShouldBeNull();
        _text.ClosingReply.ShouldBeNull();
        Feed(Closing).ShouldBeNull();
        Ended(Closing);
    }

    [Theory]
    [InlineData("exit" + Closing, null)]
    [InlineData("henderson: haloexit" + Closing, "henderson: halo")]
    public void An_end_we_asked_for_may_be_joined_to_other_text(string read, string? shown)
    {
        Feed("messi telah bergabung");
        _text.IsLeaving = true;
        Feed(read).ShouldBe(shown);
        Ended(Closing);
    }

    [Fact]
    public void An_end_joined_to_other_text_may_wait_for_its_reply()
    {
        Feed("messi telah bergabung");
        _text.IsLeaving = true;
        Feed("henderson: haloexit").ShouldBe("henderson: halo");
        Feed("{\"st").ShouldBeNull();
        Ended("{\"st");
    }

    [Fact]
    public void What_only_looks_like_an_end_is_shown()
    {
        Feed("messi telah bergabung");
        _text.IsLeaving = true;
        Feed("henderson: where is the exit").ShouldBe("henderson: where is the ");
        Feed("henderson: there").ShouldBe("exithenderson: there");
        _text.IsLeaving = false;
        Feed("henderson: i exit").ShouldBe("henderson: i exit");
        Feed("henderson: exit{\"status\": \"OK\"}").ShouldBe("henderson: exit{\"status\": \"OK\"}");
        _text.ClosingReply.ShouldBeNull();
    }

    [Theory]
    [InlineData("exit" + Closing, null)]
    [InlineData("henderson: haloexit" + Closing, "henderson: halo")]
    public void A_server_may_end_it_by_itself_with_everything_in_one_read(string read, string? shown)
    {
        Feed("messi telah bergabung");
        Feed(read).ShouldBe(shown);
        Ended(Closing);
    }

    [Fact]
    public void An_end_nobody_asked_for_is_known_by_what_follows()
    {
        Feed("messi telah bergabungexit").ShouldBe("messi telah bergabungexit"); // it might have been said
        Feed(Closing).ShouldBeNull();
        Ended(Closing);
    }

    [Fact]
    public void A_reply_at_once_is_a_refusal()
    {
        Feed("{\"status\": \"ERROR\"").ShouldBeNull();
        Ended("{\"status\": \"ERROR\"");
    }

    [Fact]
    public void A_character_split_between_two_reads_is_whole()
    {
        var bytes = Encoding.UTF8.GetBytes("messi: 漢");
        _text.Feed(bytes.AsSpan(0, bytes.Length - 1)).ShouldBe("messi: ");
        _text.Feed(bytes.AsSpan(bytes.Length - 1)).ShouldBe("漢");
    }

    private string? Feed(string read) => _text.Feed(Encoding.UTF8.GetBytes(read));

    private void Ended(string reply) => Encoding.UTF8.GetString(_text.ClosingReply.ShouldNotBeNull()).ShouldBe(reply);
}
