using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kabar.Core;
using Kabar.Protocol.Links;
using static Kabar.Tests.Protocol.Links.SampleFrames;

namespace Kabar.Tests.Protocol.Links;

public sealed class LinkFrameTests
{
    public static TheoryData<int> Samples => [.. Enumerable.Range(0, All.Length)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_frame_is_written_as_its_line(int sample) => Line(All[sample].Frame).ShouldBe(All[sample].Line + "\n");

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_line_is_read_as_its_frame_in_whatever_pieces_it_comes(int sample)
    {
        var (frame, line) = All[sample];
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        foreach (var received in new[] { new ReadOnlySequence<byte>(bytes), Segments.OneByteEach(bytes) })
        {
            var buffer = received;
            LinkFrameReader.TryRead(ref buffer, out var read).ShouldBeTrue();
            buffer.IsEmpty.ShouldBeTrue();
            read!.GetType().ShouldBe(frame.GetType());
            Line(read).ShouldBe(line + "\n");
        }
    }

    [Fact]
    public void Every_kind_of_frame_that_is_sent_has_a_sample()
    {
        var kinds = typeof(LinkFrame).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(LinkFrame)) && !type.IsAbstract);
        kinds.Except(All.Select(sample => sample.Frame.GetType())).ShouldBe([typeof(UnknownFrame), typeof(MalformedFrame), typeof(AskOtherFrame)], ignoreOrder: true);
    }

    [Fact]
    public void What_only_a_reader_makes_is_not_written()
    {
        foreach (var frame in new LinkFrame[] { new UnknownFrame("x", null), new MalformedFrame("x"), new AskOtherFrame(IdA) })
            Should.Throw<ArgumentException>(() => Line(frame));
    }

    [Fact]
    public void A_dispatch_is_kept_without_its_number_and_gets_it_when_it_is_sent()
    {
        foreach (var (frame, line) in All)
        {
            if (frame is not NumberedFrame numbered) continue;
            var stored = DispatchFormat.Write(numbered.Dispatch);

            Encoding.UTF8.GetString(stored).ShouldBe("{" + line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..]);
            var output = new ArrayBufferWriter<byte>();
            LinkFrameWriter.WriteNumbered(numbered.Sequence, stored, output);
            Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(line + "\n");
            DispatchFormat.Write(DispatchFormat.Read(stored).ShouldNotBeNull()).ShouldBe(stored);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"do":"ping"}""")]
    [InlineData("""{"do":"message"}""")]
    [InlineData("""{"do":"message","id":"x"}{}""")]
    [InlineData("""{"do":"act","text":"\ud800"}""")]
    public void A_damaged_dispatch_is_none(string stored) => DispatchFormat.Read(Encoding.UTF8.GetBytes(stored)).ShouldBeNull();

    [Fact]
    public void Every_verb_kind_role_reason_and_refusal_has_a_word_of_its_own_that_leads_back()
    {
        foreach (var refusal in Enum.GetValues<Refusal>())
            Reread(new AnswerFrame(IdA, refusal)).ShouldBeOfType<AnswerFrame>().Refusal.ShouldBe(refusal);
        foreach (var reason in Enum.GetValues<ByeReason>())
            Reread(new ByeFrame(reason)).ShouldBe(new ByeFrame(reason));
        foreach (var verb in Enum.GetValues<GroupVerb>().Where(verb => verb != GroupVerb.Read))
        {
            var act = new GroupDispatch(
                IdA, Batak, verb, Messi, "M", Address("james@dua"), MessageText.From(verb == GroupVerb.Delete ? "" : "member"), When, GroupRules.Revises(verb) ? 1 : null);
            Reread(new NumberedFrame(1, act)).ShouldBeOfType<NumberedFrame>().Dispatch.ShouldBeOfType<GroupDispatch>().Verb.ShouldBe(verb);
        }

        foreach (var kind in Enum.GetValues<EntryKind>().Where(kind => kind != EntryKind.DeliveryFailed))
        {
            var revises = kind is EntryKind.Edited or EntryKind.Deleted or EntryKind.Reacted;
            var entry = new EntryFrame(
                Batak, 2, IdA, kind, Address("messi@satu"), "M", Address("james@dua"), MessageText.From(kind == EntryKind.Deleted ? "" : "member"), When, revises ? 1 : null);
            Reread(entry).ShouldBeOfType<EntryFrame>().Kind.ShouldBe(kind);
        }
    }

    [Fact]
    public void What_an_earlier_version_does_not_know_is_told_apart_as_it_is_kept_whatever_people_have_written()
    {
        foreach (var verb in Enum.GetValues<GroupVerb>())
            Version(new GroupDispatch(IdA, Batak, verb, Messi, "\"verb\":\"edit\"", null, MessageText.From("\"verb\":\"edit\""), When, 1)).ShouldBe(GroupRules.Revises(verb) ? 2 : 1);
        foreach (var kind in new[] { EntryKind.Edited, EntryKind.Deleted, EntryKind.Reacted })
            Version(new RevisionDispatch(IdA, kind, Messi, "M", Lineker, IdB, MessageText.From("ya"), When)).ShouldBe(2);
        Version(new ReceiptDispatch(IdA, Messi, Lineker, null, IdB)).ShouldBe(2);
        Version(new DirectDispatch(IdA, Messi, "M", Lineker, MessageText.From("{\"do\":\"revise\""), When, IdB)).ShouldBe(1);
        Version(new FailureDispatch(IdA, IdB, Refusal.Muted, Messi, null, Batak)).ShouldBe(1);

        static int Version(Dispatch dispatch) => DispatchFormat.VersionOf(DispatchFormat.Write(dispatch));
    }

    [Fact]
    public void Keys_may_come_in_any_order_with_others_between_and_escapes_in_values()
    {
        var line = $$"""{ "x" : {"do":[1,{"a":null}]}, "sent":"{{Time}}", "text":"\u0068alo \ud83d\udc10", "to":"\u006cineker", "colour":"red", "name":"L", "from":"messi", "id":"{{A}}", "do":"message", "seq":5 }""";

        var dispatch = Read(line).ShouldBeOfType<NumberedFrame>().Dispatch.ShouldBeOfType<DirectDispatch>();

        dispatch.Text.Decode().ShouldBe("halo 🐐");
        dispatch.To.ShouldBe(Lineker);
        dispatch.Sent.ShouldBe(When);
    }

    [Fact]
    public void A_kind_of_a_later_version_is_told_apart_from_what_is_wrong()
    {
        Read("""{"do":"wave","id":7}""").ShouldBe(new UnknownFrame("wave", null));
        Read("""{"seq":3,"do":"wave"}""").ShouldBe(new UnknownFrame("wave", 3));
        Read("""{"do":"Wav\u0065!"}""").ShouldBe(new UnknownFrame("", null));
        Read($$"""{"do":"ask","id":"{{A}}","what":"weather"}""").ShouldBe(new AskOtherFrame(IdA));
        Read("""{"do":"bye","reason":"bored"}""").ShouldBe(new ByeFrame(ByeReason.Other));
    }

    [Fact]
    public void Frames_come_one_after_another_and_an_unfinished_one_waits()
    {
        var buffer = new ReadOnlySequence<byte>("{\"do\":\"ping\"}\n{\"do\":\"pong\"}\r\n{\"do\""u8.ToArray());
        LinkFrameReader.TryRead(ref buffer, out var first).ShouldBeTrue();
        LinkFrameReader.TryRead(ref buffer, out var second).ShouldBeTrue();
        LinkFrameReader.TryRead(ref buffer, out _).ShouldBeFalse();
        (first, second, buffer.Length).ShouldBe((new PingFrame(), new PongFrame(), 5));
    }

    [Fact]
    public void A_frame_over_the_limit_is_refused_whether_or_not_its_end_has_come()
    {
        var frame = Encoding.UTF8.GetBytes("{\"do\":\"ping\",\"x\":\"" + new string('x', 100) + "\"}\n");
        var fits = new ReadOnlySequence<byte>(frame);
        LinkFrameReader.TryRead(ref fits, frame.Length, out var read).ShouldBeTrue();
        read.ShouldBeOfType<PingFrame>();

        foreach (var received in new[] { frame, frame[..^1] })
        {
            var buffer = new ReadOnlySequence<byte>(received);
            LinkFrameReader.TryRead(ref buffer, frame.Length - 2, out read).ShouldBeTrue();
            read.ShouldBeOfType<MalformedFrame>();
            buffer.IsEmpty.ShouldBeTrue();
        }
    }

    [Fact]
    public void The_secret_of_an_invitation_is_not_printed() =>
        All.Select(sample => sample.Frame.ToString()).ShouldAllBe(text => !text!.Contains("0f8fad5b", StringComparison.Ordinal));

    [Fact]
    public void Generated_bytes_are_read_to_the_end_and_never_throw()
    {
        var pieces = Gen.OneOf(
            Gen.Elements(All.Select(sample => sample.Line + "\n").ToArray()).Select(Encoding.UTF8.GetBytes),
            Gen.Elements("{", "}", "[", "]", "\"", "\\u0000", "\\ud800", ":", ",", "\n", "\0", "null", "-1", "1e400", "\"do\":", "\"message\"", "\"seq\":1,", A, "🐐").Select(Encoding.UTF8.GetBytes),
            ArbMap.Default.GeneratorFor<byte>().Select(value => new[] { value })).ArrayOf().ToArbitrary();
        Prop.ForAll(pieces, generated =>
        {
            var buffer = Segments.Of(generated);
            while (LinkFrameReader.TryRead(ref buffer, out var frame)) frame.ShouldNotBeNull();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Fact]
    public void A_frame_with_some_of_its_bytes_changed_never_throws()
    {
        var random = new System.Random(7);
        var outcomes = new HashSet<Type>();
        for (var i = 0; i < 40_000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(All[i % All.Length].Line);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(bytes.Length);
                bytes[at] = random.Next(4) switch { 0 => (byte)random.Next(256), 1 => (byte)"\"\\{}[],:0"[random.Next(9)], 2 => bytes[random.Next(bytes.Length)], _ => (byte)(bytes[at] ^ 1) };
            }

            outcomes.Add(LinkFrameReader.Read(bytes).GetType());
            DispatchFormat.Read(bytes);
        }

        outcomes.ShouldContain(typeof(MalformedFrame));
        outcomes.ShouldContain(typeof(StateFrame));
    }

    [Fact]
    public void Any_text_and_any_name_comes_back_as_it_was()
    {
        var texts = ArbMap.Default.GeneratorFor<string>()
            .Where(text => text is { Length: > 0 and <= Account.MaxNameLength } && !text.Contains('\0', StringComparison.Ordinal) && text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar))
            .ToArbitrary();
        Prop.ForAll(texts, text =>
        {
            var name = text.ReplaceLineEndings(" ");
            if (name.AsSpan().ContainsAnyInRange('\0', '\u001F')) name = "\"" + name.Length + "\\";
            var dispatch = new DirectDispatch(IdA, Messi, name, Lineker, MessageText.From(text), When);

            var read = Reread(new NumberedFrame(1, dispatch)).ShouldBeOfType<NumberedFrame>().Dispatch.ShouldBeOfType<DirectDispatch>();

            (read.FromName, read.Text.Decode()).ShouldBe((name, text));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void A_frame_costs_nothing_to_write_and_little_more_than_its_values_to_read()
    {
        var dispatch = new DirectDispatch(IdA, Messi, "Lionel Messi", Lineker, MessageText.From(new string('x', 100)), When);
        var frame = new NumberedFrame(17, dispatch);
        var (stored, line, output) = (DispatchFormat.Write(dispatch), Encoding.UTF8.GetBytes(Line(frame).TrimEnd('\n')), new FixedOutput());

        Allocated(() => LinkFrameWriter.Write(frame, output)).ShouldBe(0);
        Allocated(() => LinkFrameWriter.WriteNumbered(17, stored, output)).ShouldBe(0);
        Allocated(() => LinkFrameReader.Read(line)).ShouldBeLessThan(544);

        double Allocated(Action work)
        {
            for (var i = 0; i < 200; i++) Once();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++) Once();
            return (GC.GetAllocatedBytesForCurrentThread() - before) / 1_000.0;

            void Once()
            {
                output.Clear();
                work();
            }
        }
    }

    internal static string Line(LinkFrame frame)
    {
        var output = new ArrayBufferWriter<byte>();
        LinkFrameWriter.Write(frame, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static LinkFrame Read(string line) => LinkFrameReader.Read(Encoding.UTF8.GetBytes(line));

    private static LinkFrame Reread(LinkFrame frame) => Read(Line(frame).TrimEnd('\n'));
}
