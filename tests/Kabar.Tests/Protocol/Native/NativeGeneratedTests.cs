using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Kabar.Protocol.Native;
using static Kabar.Tests.Protocol.Native.NativeSamples;

namespace Kabar.Tests.Protocol.Native;

/// <summary>Whatever comes in is read without a fault, and whatever is said is heard as it was.</summary>
public sealed class NativeGeneratedTests
{
    private static readonly string[] Keys =
    [
        "do", "id", "to", "text", "key", "reply", "position", "emoji", "username", "password", "token", "session", "before", "after", "limit", "in", "words", "user",
        "presence", "group", "open", "role", "realm", "all", "from", "language", "dialect", "verb", "x",
    ];

    private static readonly string[] Values =
    [
        "7", "-1", "1e9", "null", "true", "[]", "{}", "\"\"", "\"7\"", "\"messi\"", "\"#batak\"", "\"james@dua\"", "\"\\ud83d\"", "\"\\u0000\"", "\"é🐐\"", "\"away\"", "\"id\"", "\"kabar\"",
        "\"0f8fad5b-d9cb-469f-a165-70867728950e\"", "\"", "{\"a\":1}", "[[[[[[[[1]]]]]]]]",
    ];

    private static readonly string[] Names = [.. NativeVerbs.Help(null, Language.English).Verbs.Select(verb => NativeReaderTests.NameIn(verb.Form))];

    private static readonly Gen<string> Word = Gen.Elements(
        ["messi", "#batak", "james@dua", "7", "0", "before", "after", "closed", "all", "away", "member", "é🐐", "  ", "\t", "{", "{}", "\"", .. Names]);

    private static readonly Gen<byte[]> Line = Gen.OneOf(
        ArbMap.Default.GeneratorFor<byte>().ArrayOf(),
        Gen.Elements(Names).SelectMany(name => Word.ArrayOf().Select(words => Encoding.UTF8.GetBytes($"{name} {string.Join(' ', words)}"))),
        Gen.Elements(Names).SelectMany(name => Gen.Elements(Keys).SelectMany(key => Gen.Elements(Values).Select(value => $"\"{key}\":{value}")).ArrayOf()
            .Select(fields => Encoding.UTF8.GetBytes($$"""{"do":"{{name}}"{{string.Concat(fields.Select(field => "," + field))}}}"""))));

    [Fact]
    public void Any_line_is_read_and_any_refusal_can_be_answered()
    {
        Prop.ForAll(Line.ToArbitrary(), line =>
        {
            var read = NativeReader.Read(line);
            if (read.Request is not RefusedRequest refused) return;
            var output = new FixedOutput();
            NativeWriter.Write(new RefusalReply(refused.Refusal, refused.Parameter), read.Id.Span, Language.English, output);
            using var json = JsonDocument.Parse(output.Written.ToArray());
            json.RootElement.GetProperty("status").GetString().ShouldBe("ERROR");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Fact]
    public void Any_text_is_heard_as_it_was_said()
    {
        var texts = ArbMap.Default.GeneratorFor<string>().Where(text => text is not null && !text.Contains('\0') && text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar)).ToArbitrary();
        Prop.ForAll(texts, text =>
        {
            var line = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["do"] = "send", ["to"] = "lineker", ["text"] = text });
            var said = NativeReader.Read(line).Request.ShouldBeOfType<SendRequest>().Text.Decode();
            said.ShouldBe(text);

            var output = new FixedOutput();
            NativeWriter.WriteEntry(new Entry(Message(text, said), null), output);
            using var json = JsonDocument.Parse(output.Written.ToArray());
            json.RootElement.GetProperty("text").GetString().ShouldBe(text);
            json.RootElement.GetProperty("name").GetString().ShouldBe(text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }
}
