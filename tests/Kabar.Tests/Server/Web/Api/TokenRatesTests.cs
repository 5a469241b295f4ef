using Kabar.Core;
using Kabar.Server.Hosting;
using Kabar.Server.Web.Api;

namespace Kabar.Tests.Server.Web.Api;

public sealed class TokenRatesTests
{
    [Fact]
    public void Counting_starts_again_when_there_are_too_many_tokens_to_count()
    {
        var rates = new TokenRates(new Limits { RequestsPerSecond = 1, RequestBurst = 1 }, new FakeClock());
        var token = Next();
        rates.TryTake(token).ShouldBeTrue();
        for (var others = 1; others < TokenRates.Most; others++)
        {
            rates.TryTake(token).ShouldBeFalse();
            rates.TryTake(Next()).ShouldBeTrue();
        }

        rates.TryTake(token).ShouldBeTrue();
        rates.TryTake(token).ShouldBeFalse();

        static AccessTokenId Next() => new(Guid.NewGuid());
    }
}
