using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class DeliveryFailureTests
{
    [Theory]
    [InlineData("halo  james, two blanks ")]
    [InlineData("")]
    [InlineData("é🐐")]
    public void What_is_written_is_read(string quote)
    {
        var failure = new DeliveryFailure(Guid.NewGuid(), Refusal.Expired, "james@dua", quote);
        DeliveryFailure.Read(failure.Write()).ShouldBe(failure);
    }

    [Theory]
    [InlineData("")]
    [InlineData("halo")]
    [InlineData("Expired x james@dua halo")]
    [InlineData("Sometime 15299a77-ce5b-458e-b3ba-9b565c09c135 james@dua halo")]
    [InlineData("Expired 15299a77-ce5b-458e-b3ba-9b565c09c135 james@dua")]
    public void What_is_none_is_not_read(string text) => DeliveryFailure.Read(MessageText.From(text)).ShouldBeNull();

    [Theory]
    [InlineData("x", 200, "")]
    [InlineData("x", 201, "…")]
    [InlineData("é", 100, "")]
    [InlineData("é", 101, "…")]
    [InlineData("🐐", 51, "…")]
    public void A_long_text_is_quoted_to_the_last_whole_character_that_fits(string character, int count, string end)
    {
        var text = string.Concat(Enumerable.Repeat(character, count));
        var quote = DeliveryFailure.Of(Guid.NewGuid(), Refusal.Expired, "james@dua", MessageText.From(text)).Quote;

        quote.ShouldEndWith(end);
        text.ShouldStartWith(quote[..^end.Length]);
        System.Text.Encoding.UTF8.GetByteCount(quote[..^end.Length]).ShouldBe(200);
    }
}
