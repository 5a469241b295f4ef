using System.Globalization;
using System.Text;
using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class UsernameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Messi")]
    [InlineData("a.b_c-9")]
    [InlineData("...")]
    [InlineData("12345678901234567890123456789012")]
    public void Letters_digits_dot_underscore_and_hyphen_make_a_username(string text)
    {
        Username.TryParse(text, out var username).ShouldBeTrue();
        username.Value.ShouldBe(text);
        Username.Parse(text).ShouldBe(username);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("123456789012345678901234567890123")]
    [InlineData("a b")]
    [InlineData(" a")]
    [InlineData("a\n")]
    [InlineData("a@b")]
    [InlineData("#group")]
    [InlineData("é")]
    [InlineData("\u212A")] // the Kelvin sign, which folds to k
    [InlineData("a\0")]
    public void Nothing_else_does_and_nothing_is_corrected(string? text)
    {
        Username.TryParse(text, out var username).ShouldBeFalse();
        username.ToString().ShouldBe("");
        Should.Throw<InvalidOperationException>(() => username.Value);
        if (text is not null) Should.Throw<FormatException>(() => Username.Parse(text));
    }

    [Fact]
    public void Case_does_not_tell_names_apart()
    {
        Username.Parse("Messi").ShouldBe(Username.Parse("mESSI"));
        Username.Parse("Messi").GetHashCode().ShouldBe(Username.Parse("mESSI").GetHashCode());
        Username.Parse("messi").ShouldNotBe(Username.Parse("messi."));
        default(Username).ShouldBe(default);
        default(Username).ShouldNotBe(Username.Parse("a"));
    }
}

public sealed class RealmNameTests
{
    [Theory]
    [InlineData("satu", "satu")]
    [InlineData("Kampus.Example", "kampus.example")]
    [InlineData("a-b.c1", "a-b.c1")]
    [InlineData("1", "1")]
    public void Labels_joined_by_dots_make_a_name_in_lower_case(string text, string value)
    {
        RealmName.TryParse(text, out var name).ShouldBeTrue();
        name.Value.ShouldBe(value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.-b")]
    [InlineData("a_b")]
    [InlineData("a b")]
    [InlineData("satué")]
    public void Nothing_else_does(string? text) => RealmName.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Labels_end_at_63_characters_and_names_at_253()
    {
        var label = new string('a', 63);
        RealmName.TryParse(label, out _).ShouldBeTrue();
        RealmName.TryParse(label + "a", out _).ShouldBeFalse();
        var longest = string.Join('.', label, label, label, new string('a', 61));
        longest.Length.ShouldBe(253);
        RealmName.TryParse(longest, out _).ShouldBeTrue();
        RealmName.TryParse(longest + "a", out _).ShouldBeFalse();
    }
}

public sealed class AddressTests
{
    [Theory]
    [InlineData("messi", "messi", null)]
    [InlineData("messi@satu", "messi", "satu")]
    [InlineData("Messi@Kampus.Example", "Messi", "kampus.example")]
    public void An_address_is_a_username_or_one_at_a_realm(string text, string username, string? realm)
    {
        Address.TryParse(text, out var address).ShouldBeTrue();
        address.Username.Value.ShouldBe(username);
        (address.Realm is { } name ? name.Value : null).ShouldBe(realm);
        address.ToString().ShouldBe(realm is null ? username : $"{username}@{realm}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("messi@")]
    [InlineData("@satu")]
    [InlineData("messi@satu@dua")]
    [InlineData("messi@sa tu")]
    [InlineData("#batak")]
    public void Anything_else_is_none(string? text)
    {
        Address.TryParse(text, out var address).ShouldBeFalse();
        address.ShouldBe(default);
    }

    [Fact]
    public void Addresses_are_the_same_in_any_case()
    {
        Address.TryParse("Messi@SATU", out var one).ShouldBeTrue();
        Address.TryParse("messi@satu", out var other).ShouldBeTrue();
        one.ShouldBe(other);
        one.ShouldNotBe(new Address(one.Username));
    }
}

public sealed class SecretTests
{
    [Fact]
    public void A_token_is_a_random_uuid_and_reads_back_from_its_text()
    {
        var tokens = Enumerable.Range(0, 1000).Select(_ => SessionToken.Create()).ToArray();
        tokens.ShouldBeUnique();
        foreach (var token in tokens)
        {
            var text = new byte[SessionToken.TextLength];
            token.Write(text);
            var guid = Guid.ParseExact(Encoding.ASCII.GetString(text), "D");
            guid.Version.ShouldBe(4);
            (guid.Variant & 0xC).ShouldBe(8);
            Encoding.ASCII.GetString(text).ShouldBe(guid.ToString("D", CultureInfo.InvariantCulture));
            SessionToken.Parse(text).ShouldBe(token);
            SessionToken.Parse(Encoding.ASCII.GetBytes(guid.ToString("D", CultureInfo.InvariantCulture).ToUpperInvariant())).ShouldBe(token);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("00112233445566778899aabbccddeeff")]
    [InlineData("{00112233-4455-6677-8899-aabbccddeeff}")]
    [InlineData("00112233-4455-6677-8899-aabbccddeef")]
    [InlineData("00112233-4455-6677-8899-aabbccddeefff")]
    [InlineData("g0112233-4455-6677-8899-aabbccddeeff")]
    public void Any_other_text_is_a_token_that_opens_nothing(string text) => SessionToken.Parse(Encoding.UTF8.GetBytes(text)).ShouldBe(default);

    [Fact]
    public void A_token_and_a_hash_of_one_write_and_read_the_same_bytes()
    {
        var hash = SessionToken.Create().Hash();
        var bytes = new byte[TokenHash.Length];
        hash.Write(bytes);
        TokenHash.Read(bytes).ShouldBe(hash);
        hash.ShouldNotBe(SessionToken.Create().Hash());
        Should.Throw<ArgumentException>(() => SessionToken.Create().Write(new byte[SessionToken.TextLength - 1]));
    }

    [Fact]
    public void No_secret_and_no_text_is_printed()
    {
        var token = SessionToken.Create();
        var text = new byte[SessionToken.TextLength];
        token.Write(text);
        foreach (var printed in new[] { $"{token}", $"{token.Hash()}", $"{new Password(text)}", $"{new MessageText(text)}" })
            printed.ShouldNotContain(Encoding.ASCII.GetString(text)[..8]);
    }
}
