using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class LoginAttemptsTests
{
    private static readonly Username Messi = Username.Parse("messi");

    private readonly FakeClock _clock = new();

    [Fact]
    public void Five_a_minute_from_one_address_and_no_more()
    {
        var attempts = new LoginAttempts(5, 50, _clock);
        for (var i = 0; i < 5; i++) attempts.TryBegin(Messi, "a").ShouldBeTrue();

        attempts.TryBegin(Messi, "a").ShouldBeFalse();
        attempts.TryBegin(Username.Parse("MESSI"), "a").ShouldBeFalse();
        attempts.TryBegin(Messi, "b").ShouldBeTrue("another address");
        attempts.TryBegin(Username.Parse("lineker"), "a").ShouldBeTrue("another account");
        _clock.Advance(TimeSpan.FromSeconds(59.9));
        attempts.TryBegin(Messi, "a").ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        attempts.TryBegin(Messi, "a").ShouldBeTrue();
    }

    [Fact]
    public void Fifty_an_hour_for_one_account_wherever_from()
    {
        var attempts = new LoginAttempts(5, 50, _clock);
        for (var i = 0; i < 50; i++) attempts.TryBegin(Messi, $"address {i}").ShouldBeTrue();

        attempts.TryBegin(Messi, "another").ShouldBeFalse();
        attempts.TryBegin(Username.Parse("lineker"), "another").ShouldBeTrue();
        _clock.Advance(TimeSpan.FromMinutes(59.9));
        attempts.TryBegin(Messi, "another").ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMinutes(0.1));
        attempts.TryBegin(Messi, "another").ShouldBeTrue();
    }

    [Fact]
    public void A_right_password_does_not_count()
    {
        var attempts = new LoginAttempts(5, 50, _clock);
        for (var i = 0; i < 200; i++)
        {
            attempts.TryBegin(Messi, "a").ShouldBeTrue();
            attempts.Forgive(Messi, "a");
        }

        for (var i = 0; i < 5; i++) attempts.TryBegin(Messi, "a").ShouldBeTrue();
        attempts.TryBegin(Messi, "a").ShouldBeFalse();
    }

    [Fact]
    public void A_limit_of_zero_is_off()
    {
        var attempts = new LoginAttempts(0, 0, _clock);
        for (var i = 0; i < 1000; i++) attempts.TryBegin(Messi, "a").ShouldBeTrue();
    }

    [Fact]
    public void However_many_addresses_try_an_account_stays_counted()
    {
        var attempts = new LoginAttempts(5, 50, _clock);
        for (var i = 0; i < 50; i++) attempts.TryBegin(Messi, $"address {i}");
        for (var i = 0; i < 110_000; i++) attempts.TryBegin(Username.Parse($"user{i % 90_000}"), "a");

        attempts.TryBegin(Messi, "another").ShouldBeFalse();
    }
}
