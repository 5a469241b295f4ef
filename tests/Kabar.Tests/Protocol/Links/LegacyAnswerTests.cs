using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;
using Kabar.Protocol.Links;

namespace Kabar.Tests.Protocol.Links;

public sealed class LegacyAnswerTests
{
    private const string Sent =
        """{"status": "OK", "message": "Message Sent", "sendback": {"msg_from": "messi", "msg_to": "James Maranata", "msg": " Halo \r\n\r\n"}}""";

    private static readonly LegacyAnswer SentAnswer = new(true, "Message Sent", new Sendback("messi", "James Maranata", " Halo \r\n\r\n"));

    [Fact]
    public void An_answer_is_read_however_it_is_cut()
    {
        var bytes = Encoding.UTF8.GetBytes(Sent + "\r\n\r\n");
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            LegacyAnswer.TryRead(new ReadOnlySequence<byte>(bytes.AsMemory(0, cut)), isEnd: false, out _).ShouldBe(LegacyAnswerStatus.Incomplete);
            Read(Segments.Of(bytes[..cut], bytes[cut..])).ShouldBe(SentAnswer);
        }

        Read(Segments.OneByteEach(bytes)).ShouldBe(SentAnswer);
    }

    [Fact]
    public void What_this_realm_answers_is_read()
    {
        var output = new ArrayBufferWriter<byte>();
        DialectCatalog.Default.Write(new PeerSentReply(Username.Parse("messi"), "Jamés", MessageText.From("🐐\"")), output);
        Read(new ReadOnlySequence<byte>(output.WrittenMemory)).ShouldBe(new LegacyAnswer(true, "Message Sent", new Sendback("messi", "Jamés", "🐐\"")));
    }

    [Theory]
    [InlineData("""{"status": "ERROR", "message": "User Tidak Ditemukan"}""", false, "User Tidak Ditemukan")]
    [InlineData("""{"status": "PENDING", "message": "Tidak ada grup batak di server"}""", false, "Tidak ada grup batak di server")]
    [InlineData("""{"status":"ok"}""", false, null)]
    [InlineData(""" { "extra" : [1, {"status": "ERROR"}], "status" : "OK" } """, true, null)]
    public void Any_status_but_OK_is_a_no_and_keys_nobody_knows_are_passed_over(string json, bool isOk, string? message)
    {
        Read(json + "\r\n\r\n").ShouldBe(new LegacyAnswer(isOk, message, null));
        LegacyAnswer.TryRead(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)), isEnd: true, out var atTheEnd).ShouldBe(LegacyAnswerStatus.Complete);
        atTheEnd.ShouldBe(new LegacyAnswer(isOk, message, null));
    }

    [Fact]
    public void A_sendback_may_lack_anything() => Read("""{"status": "OK", "sendback": {"msg_to": "J", "x": {}}}""" + "\r\n\r\n")!.Sendback.ShouldBe(new Sendback(null, "J", null));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("nonsense")]
    [InlineData("""{"message": "Message Sent"}""")]
    [InlineData("""{"status": 1}""")]
    [InlineData("""{"status": null}""")]
    [InlineData("""{"status": ["OK"]}""")]
    [InlineData("""{"status": "OK", "message": 5}""")]
    [InlineData("""{"status": "OK", "sendback": "x"}""")]
    [InlineData("""{"status": "OK", "sendback": {"msg_to": 1}}""")]
    [InlineData("""{"status": "OK", "sendback": {"msg_to": "\ud800"}}""")]
    [InlineData("""{"status": "OK"} more""")]
    [InlineData("""{"status": "OK"}{"status": "OK"}""")]
    [InlineData("""{"status": "OK",""")]
    [InlineData("""{'status': 'OK'}""")]
    public void Whatever_else_is_malformed(string json) => Status(json + "\r\n\r\n", isEnd: false).ShouldBe(LegacyAnswerStatus.Malformed);

    [Fact]
    public void An_answer_is_bounded()
    {
        Status(new string(' ', LegacyAnswer.MostBytes), isEnd: false).ShouldBe(LegacyAnswerStatus.Incomplete);
        Status(new string(' ', LegacyAnswer.MostBytes + 1), isEnd: false).ShouldBe(LegacyAnswerStatus.Malformed);
        Status(new string(' ', LegacyAnswer.MostBytes) + """{"status": "OK"}""" + "\r\n\r\n", isEnd: false).ShouldBe(LegacyAnswerStatus.Malformed);
    }

    [Fact]
    public void A_half_literal_in_pieces_is_no_answer() =>
        LegacyAnswer.TryRead(Segments.Of([[(byte)'n'], "\r\n\r\n"u8.ToArray()]), isEnd: false, out _).ShouldBe(LegacyAnswerStatus.Malformed);

    [Fact]
    public void Any_bytes_in_any_pieces_are_an_answer_or_none()
    {
        var pieces = Gen.OneOf(
            Gen.Elements("{", "}", "\"status\"", ": ", "\"OK\"", ", ", "\"message\"", "\"sendback\"", "\"msg_to\"", "\"\\ud800\"", "[", "]", "\r\n\r\n", "1", "null").Select(Encoding.UTF8.GetBytes),
            ArbMap.Default.GeneratorFor<byte>().ArrayOf()).ArrayOf().ToArbitrary();
        Prop.ForAll(pieces, generated =>
        {
            foreach (var isEnd in new[] { false, true })
            {
                var status = LegacyAnswer.TryRead(Segments.Of(generated), isEnd, out var answer);
                (answer is not null).ShouldBe(status == LegacyAnswerStatus.Complete);
                (isEnd && status == LegacyAnswerStatus.Incomplete).ShouldBeFalse();
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    private static LegacyAnswer? Read(string text) => Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)));

    private static LegacyAnswer? Read(ReadOnlySequence<byte> bytes)
    {
        LegacyAnswer.TryRead(bytes, isEnd: false, out var answer).ShouldBe(LegacyAnswerStatus.Complete);
        return answer;
    }

    private static LegacyAnswerStatus Status(string text, bool isEnd) => LegacyAnswer.TryRead(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)), isEnd, out _);
}
