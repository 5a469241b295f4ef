using System.Buffers;
using System.Text;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;
using Kabar.Protocol.Links;

namespace Kabar.Tests.Protocol.Links;

public sealed class LegacyLinesTests
{
    private static readonly Username Messi = Username.Parse("messi");
    private static readonly Username James = Username.Parse("james");

    [Theory]
    [InlineData("Halo, apa kabar, James?", "server send messi james Halo, apa kabar, James? \r\n")]
    [InlineData("é🐐", "server send messi james é🐐 \r\n")]
    [InlineData("a\r\nserver send taeno james b\nc\0d\r", "server send messi james a  server send taeno james b c d  \r\n")]
    public void A_message_is_one_line_whatever_its_text(string text, string line) =>
        Written(output => LegacyLines.WriteSend(Messi, James, MessageText.From(text), output)).ShouldBe(line);

    [Fact]
    public void A_group_is_asked_for_as_the_document_has_it() =>
        Written(output => LegacyLines.WriteCheck(James, "batak", output)).ShouldBe("check group james batak other \r\n");

    [Fact]
    public void What_one_realm_writes_the_other_reads()
    {
        var send = Read(Written(output => LegacyLines.WriteSend(Messi, James, MessageText.From("Halo,  apa kabar?"), output))).ShouldBeOfType<PeerSendCommand>();
        (send.From, send.To, send.Text.Decode()).ShouldBe(("messi", "james", "Halo,  apa kabar?"));
        var group = Read(Written(output => LegacyLines.WriteCheck(James, "batak", output))).ShouldBeOfType<PeerGroupCommand>();
        (group.Username, group.Group).ShouldBe(("james", "batak"));
    }

    [Theory]
    [InlineData("server")]
    [InlineData("server send")]
    [InlineData("server send messi")]
    [InlineData("server send messi james")]
    [InlineData("server send messi james   ")]
    [InlineData("server inbox messi james halo")]
    [InlineData("check")]
    [InlineData("check group")]
    [InlineData("check group james")]
    [InlineData("check group james batak")]
    [InlineData("check group james batak origin")]
    [InlineData("check send james batak other")]
    public void Whatever_else_begins_so_is_unknown_and_not_incomplete_which_would_tell_a_stranger_that_the_verb_exists(string line) =>
        Read(line).ShouldBe(RefusedCommand.Unknown);

    [Fact]
    public void The_replies_are_the_documents()
    {
        var output = new FixedOutput();
        Reply(new PeerSentReply(Messi, "James Maranata", MessageText.From("Halo"))).ShouldBe(
            """{"status": "OK", "message": "Message Sent", "sendback": {"msg_from": "messi", "msg_to": "James Maranata", "msg": "Halo"}}""");
        Reply(new LeftGroupReply("batak")).ShouldBe("""{"status": "OK", "message": "Telah keluar dari grup batak"}""");
        Reply(new UnknownGroupReply("batak")).ShouldBe("""{"status": "ERROR", "message": "Tidak ada grup batak di server"}""");

        string Reply(Reply reply)
        {
            output.Clear();
            DialectCatalog.Default.Write(reply, output);
            ReplyShape.Verify(output.Written);
            return output.Text[..^4];
        }
    }

    private static Command Read(string line) => DialectCatalog.Read(Encoding.UTF8.GetBytes(line.TrimEnd('\r', '\n')), DialectCatalog.Default).Command;

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
