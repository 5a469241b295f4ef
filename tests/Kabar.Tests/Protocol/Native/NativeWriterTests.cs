using System.Text;
using System.Text.Json;
using Kabar.Core;
using Kabar.Protocol.Native;
using static Kabar.Tests.Protocol.Native.NativeSamples;

namespace Kabar.Tests.Protocol.Native;

public sealed class NativeWriterTests
{
    private readonly FixedOutput _output = new();

    private string Line
    {
        get
        {
            var line = Encoding.UTF8.GetString(_output.Written);
            _output.Clear();
            line.ShouldEndWith("}\r\n");
            return line[..^2];
        }
    }

    [Fact]
    public void Every_reply_reads_as_it_must_with_an_id_and_without()
    {
        foreach (var (reply, line) in Replies)
        {
            NativeWriter.Write(reply, default, Language.Indonesian, _output);
            Line.ShouldBe(line);
            NativeWriter.Write(reply, "\"a 7\""u8, Language.Indonesian, _output);
            Line.ShouldBe("{\"id\":\"a 7\"," + line[1..]);
        }
    }

    [Fact]
    public void Every_kind_of_reply_is_among_them() =>
        Replies.Select(sample => sample.Reply.GetType()).Distinct()
            .ShouldBe(typeof(NativeReply).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(NativeReply))), ignoreOrder: true);

    [Fact]
    public void Every_entry_reads_as_it_must_and_takes_no_more_than_was_reckoned()
    {
        foreach (var (entry, line) in Entries)
        {
            NativeWriter.WriteEntry(entry, _output);
            Line.ShouldBe(line);
            NativeWriter.Write(new EntryEvent(entry.Message, entry.Group), _output);
            _output.Length.ShouldBeLessThanOrEqualTo(NativeWriter.MostBytes(entry.Message));
            Line.ShouldBe(line);
        }

        Entries.Select(sample => sample.Entry.Message.Kind).Distinct().ShouldBe(Enum.GetValues<EntryKind>(), ignoreOrder: true);
    }

    [Fact]
    public void The_longest_names_take_no_more_than_was_reckoned()
    {
        var realm = string.Join('.', Enumerable.Repeat(new string('r', 62), 4));
        Address.TryParse($"{new string('u', 32)}@{realm}", out var address).ShouldBeTrue();
        var message = new Message
        {
            Id = Guid.NewGuid(),
            Conversation = new ConversationId(1),
            Position = long.MaxValue,
            Arrival = long.MaxValue,
            From = address,
            FromName = new string('\u0001', Account.MaxNameLength),
            Text = MessageText.From(new string('\u0085', 1000)),
            Sent = Sent,
            Target = long.MaxValue,
            Subject = address,
            Revision = new MessageRevision
            {
                Text = MessageText.From(new string('\u202e', 1000)),
                Edited = Sent,
                Failure = Refusal.UnreachableRecipient,
                Reactions = [.. Enumerable.Repeat(new Reaction(address, "\"\"\"\"\"\""), 50)],
            },
        };

        NativeWriter.WriteEntry(new Entry(message, new GroupAddress(GroupName.Parse(new string('g', 32)), address.Realm)), _output);

        _output.Length.ShouldBeLessThanOrEqualTo(NativeWriter.MostBytes(message));
    }

    [Fact]
    public void Every_event_reads_as_it_must()
    {
        foreach (var (happened, line) in Events)
        {
            NativeWriter.Write(happened, _output);
            Line.ShouldBe(line);
        }

        NativeWriter.WriteLive(1201, _output);
        Line.ShouldBe("""{"event":"live","at":"1201"}""");
        NativeWriter.WriteLoggedOut(_output);
        Line.ShouldBe("""{"event":"logged_out"}""");
    }

    [Fact]
    public void A_refusal_is_worded_in_both_languages_and_its_code_is_its_own()
    {
        var refusals = Enum.GetValues<Refusal>();
        refusals.Select(refusal => Encoding.ASCII.GetString(NativeErrors.Code(refusal))).Distinct().Count().ShouldBe(refusals.Length);
        foreach (var refusal in refusals)
        {
            Encoding.ASCII.GetString(NativeErrors.Code(refusal)).ShouldAllBe(character => char.IsAsciiLetterLower(character) || character == '_');
            NativeErrors.Word(refusal, Language.English).ShouldNotBe(NativeErrors.Word(refusal, Language.Indonesian));
        }

        NativeWriter.Write(new RefusalReply(Refusal.UnknownRecipient), default, Language.English, _output);
        Line.ShouldBe("""{"status":"ERROR","code":"unknown_recipient","message":"There is nobody of this name"}""");
    }

    [Fact]
    public void What_does_something_to_a_terminal_is_escaped_and_nothing_else_is()
    {
        var harmful = Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Concat([0x61c, 0x200e, 0x200f]).Concat(Enumerable.Range(0x2028, 7)).Concat(Enumerable.Range(0x2066, 4));
        var isHarmful = harmful.Select(value => (char)value).ToHashSet();
        for (var from = 1; from < char.MaxValue; from += 256)
        {
            var text = new string([.. Enumerable.Range(from, 256).Select(value => (char)Math.Min(value, char.MaxValue)).Where(character => !char.IsSurrogate(character))]);
            NativeWriter.WriteEntry(new Entry(Message(text, text), null), _output);
            var line = Line;
            line.Any(isHarmful.Contains).ShouldBeFalse();
            using var json = JsonDocument.Parse(line);
            json.RootElement.GetProperty("text").GetString().ShouldBe(text);
            json.RootElement.GetProperty("name").GetString().ShouldBe(text);
            foreach (var character in text.Where(character => !isHarmful.Contains(character) && character is not ('"' or '\\'))) line.ShouldContain(character);
        }
    }
}
