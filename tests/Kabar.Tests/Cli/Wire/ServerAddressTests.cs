using Kabar.Cli.Wire;

namespace Kabar.Tests.Cli.Wire;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:8899", "127.0.0.1", 8899)]
    [InlineData("satu.example", "satu.example", 8889)]
    [InlineData("[::1]:8899", "::1", 8899)]
    [InlineData("[::1]", "::1", 8889)]
    [InlineData("::1", "::1", 8889)]
    public void A_server_is_a_host_and_perhaps_a_port(string text, string host, int port)
    {
        ServerAddress.TryParse(text, out var address).ShouldBeTrue();
        address.ShouldBe(new ServerAddress(host, port));
        ServerAddress.TryParse(address.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(address);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":8889")]
    [InlineData("satu:")]
    [InlineData("satu:0")]
    [InlineData("satu:65536")]
    [InlineData("satu:-1")]
    [InlineData("satu:http")]
    [InlineData("satu dua:8889")]
    public void Anything_else_is_none(string text) => ServerAddress.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_fingerprint_is_read_in_any_of_its_spellings()
    {
        var digits = string.Concat(Enumerable.Repeat("0a", 32));
        CertificateTrust.Normalize(string.Join(':', Enumerable.Repeat("0A", 32))).ShouldBe(digits);
        CertificateTrust.Normalize(digits).ShouldBe(digits);
        CertificateTrust.Normalize(digits[1..]).ShouldBeNull();
        CertificateTrust.Normalize(digits[1..] + "g").ShouldBeNull();
    }
}
