using System.Text;
using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class PasswordHasherTests : IDisposable
{
    private readonly PasswordHasher _hasher = new();

    public void Dispose() => _hasher.Dispose();

    [Fact]
    public async Task A_password_is_right_against_its_own_hash_alone_and_that_is_up_to_date()
    {
        var hash = await _hasher.HashAsync(Password("surabaya"), CancellationToken.None);

        hash.ShouldNotContain("surabaya");
        PasswordHasher.IsHash(hash).ShouldBeTrue();
        (await VerifyAsync("surabaya", hash)).ShouldBe((true, false));
        (await VerifyAsync("surabayA", hash)).ShouldBe((false, false));
        (await VerifyAsync("", hash)).ShouldBe((false, false));
    }

    [Fact]
    public async Task Two_hashes_of_one_password_have_nothing_in_common()
    {
        var (one, other) = (await _hasher.HashAsync(Password("x"), CancellationToken.None), await _hasher.HashAsync(Password("x"), CancellationToken.None));
        one.Split('$')[^1].ShouldNotBe(other.Split('$')[^1]);
        one.Split('$')[^2].ShouldNotBe(other.Split('$')[^2]);
    }

    [Fact]
    public async Task Both_algorithms_are_verified_side_by_side()
    {
        Assert.SkipUnless(Argon2.IsAvailable, "This machine has no libsodium.");

        (await VerifyAsync("surabaya", Hashes.Pbkdf2("surabaya", rounds: 1000))).ShouldBe((true, true), "there is a better algorithm");
        (await VerifyAsync("medan", Hashes.Pbkdf2("surabaya", rounds: 1000)))!.Value.IsRight.ShouldBeFalse(); // few wait
        (await _hasher.HashAsync(Password("x"), CancellationToken.None)).ShouldStartWith("$argon2id$v=19$m=19456,t=2,p=1$");

        // From the reference implementation: one pass over 64 KiB.
        const string Weak = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        PasswordHasher.IsHash(Weak).ShouldBeTrue();
        (await VerifyAsync("password", Weak)).ShouldBe((true, true), "other settings than ours");
        (await VerifyAsync("passworD", Weak))!.Value.IsRight.ShouldBeFalse(); // few wait
    }

    [Theory]
    [InlineData("")]
    [InlineData("surabaya")]
    [InlineData("$1$abc")]
    [InlineData("$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$x")]
    [InlineData("$pbkdf2-sha512$i=1000$c2FsdA")]
    [InlineData("$pbkdf2-sha512$i=0$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha512$i=99999999$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha512$i=1000$c2FsdA$AAAA")]
    [InlineData("$pbkdf2-sha512$i=1000$!$AAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$pbkdf2-sha512$i=1000$c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAA$more")]
    public void What_cannot_be_verified_is_no_hash(string text) => PasswordHasher.IsHash(text).ShouldBeFalse();

    [Fact]
    public void A_hash_longer_than_libsodium_takes_is_none() => PasswordHasher.IsHash("$argon2id$" + new string('x', 120)).ShouldBeFalse();

    [Fact]
    public async Task A_broken_hash_of_a_known_kind_lets_nobody_in()
    {
        Assert.SkipUnless(Argon2.IsAvailable, "This machine has no libsodium.");
        (await VerifyAsync("", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$")).ShouldBe((false, true));
        (await VerifyAsync("x", "$argon2id$é")).ShouldBe((false, true));
    }

    [Fact]
    public async Task At_most_two_run_at_a_time()
    {
        var (slowHash, quickHash) = (Hashes.Pbkdf2("x", rounds: 1_500_000), Hashes.Pbkdf2("x", rounds: 50_000));
        var slow = Enumerable.Range(0, 2).Select(_ => VerifyAsync("x", slowHash)).ToArray();
        var quick = VerifyAsync("x", quickHash);

        (await Task.WhenAny([.. slow, quick]).BeforeDeadline()).ShouldNotBe(quick, "it waits for one of the two before it");
        (await quick.BeforeDeadline())!.Value.IsRight.ShouldBeTrue(); // few wait
        await Task.WhenAll(slow).BeforeDeadline();
    }

    [Fact]
    public async Task Who_gives_up_waiting_makes_room()
    {
        using var giveUp = new CancellationTokenSource();
        var slowHash = Hashes.Pbkdf2("x", rounds: 1_500_000);
        var slow = Enumerable.Range(0, 2).Select(_ => VerifyAsync("x", slowHash)).ToArray();
        var waiting = Enumerable.Range(0, 998).Select(_ => _hasher.VerifyAsync(Password("x"), Hashes.Cheap, giveUp.Token).AsTask()).ToArray();

        (await VerifyAsync("x", Hashes.Cheap)).ShouldBeNull("a thousand wait");
        await giveUp.CancelAsync();
        foreach (var one in waiting) await Should.ThrowAsync<OperationCanceledException>(one.BeforeDeadline());

        (await VerifyAsync("x", Hashes.Cheap)).ShouldNotBeNull();
        await Task.WhenAll(slow).BeforeDeadline();
    }

    private async Task<(bool IsRight, bool IsOutdated)?> VerifyAsync(string password, string hash) => await _hasher.VerifyAsync(Password(password), hash, CancellationToken.None);

    private static Password Password(string text) => new(Encoding.UTF8.GetBytes(text));
}
