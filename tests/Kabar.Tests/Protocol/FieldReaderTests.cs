using System.Text;
using Kabar.Protocol;

namespace Kabar.Tests.Protocol;

public sealed class FieldReaderTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("   ", new string[0])]
    [InlineData("auth", new[] { "auth" })]
    [InlineData("auth messi surabaya ", new[] { "auth", "messi", "surabaya" })]
    [InlineData("  auth   messi  ", new[] { "auth", "messi" })]
    [InlineData("a\tb c", new[] { "a\tb", "c" })]
    public void Fields_are_what_stands_between_blanks(string line, string[] expected)
    {
        var reader = new FieldReader(Encoding.UTF8.GetBytes(line));
        var fields = new List<string>();
        while (reader.TryRead(out var field)) fields.Add(Encoding.UTF8.GetString(field));

        fields.ShouldBe(expected);
        reader.TryRead(out var none).ShouldBeFalse();
        none.Length.ShouldBe(0);
        reader.ReadText().Length.ShouldBe(0);
    }

    [Theory]
    [InlineData("to text", "text")]
    [InlineData("to  two  blanks inside  ", "two  blanks inside")]
    [InlineData("to \ttabs stay\t ", "\ttabs stay\t")]
    [InlineData("to", "")]
    [InlineData("to   ", "")]
    public void The_text_is_the_rest_without_the_blanks_around_it(string line, string expected)
    {
        var reader = new FieldReader(Encoding.UTF8.GetBytes(line));
        reader.TryRead(out _).ShouldBeTrue();
        Encoding.UTF8.GetString(reader.ReadText()).ShouldBe(expected);
    }
}
