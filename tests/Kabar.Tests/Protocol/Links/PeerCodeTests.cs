using System.Buffers.Text;
using System.Text;
using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Tests.Protocol.Links;

public sealed class PeerCodeTests
{
    private static readonly PeerCode Code = new(
        SampleFrames.Realm("satu"), new LinkAddress("satu.example", 8887), SampleFrames.Hash, SessionToken.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"u8), SampleFrames.When);

    [Fact]
    public void A_code_is_one_word_and_is_read_as_what_was_written()
    {
        var text = Code.Write();
        text.ShouldMatch("^kabar-peer:[A-Za-z0-9_-]+$");

        PeerCode.TryParse(text, out var read).ShouldBeTrue();
        read.ShouldBe(Code);
        PeerCode.TryParse($" \t{text}\r\n", out read).ShouldBeTrue();
        read.ShouldBe(Code);
    }

    [Fact]
    public void Its_expiry_is_read_for_the_caller_to_compare()
    {
        PeerCode.TryParse((Code with { Expires = DateTimeOffset.UnixEpoch }).Write(), out var read).ShouldBeTrue();
        read!.Expires.ShouldBe(DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public void A_code_that_lost_or_changed_a_character_is_none()
    {
        var text = Code.Write();
        for (var at = 0; at < text.Length; at++)
        {
            PeerCode.TryParse(text[..at], out _).ShouldBeFalse();
            PeerCode.TryParse(text.Remove(at, 1), out _).ShouldBeFalse();
            foreach (var other in "aZ0-!é ")
            {
                var altered = text[..at] + other + text[(at + 1)..];
                if (altered == text || !PeerCode.TryParse(altered, out var read)) continue;

                // The last character may hold bits that belong to no byte.
                (at, read).ShouldBe((text.Length - 1, Code));
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("kabar-peer:")]
    [InlineData("kabar-peer:AAAA")]
    [InlineData("kabar-peer:bnVsbA")]
    [InlineData("kabar-peer:e30")]
    public void What_is_no_code_is_none(string? text) => PeerCode.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("satu.example:8887", "satu.example")]
    [InlineData("\"satu\"", "\"sa tu\"")]
    [InlineData("9f86", "9F86")]
    [InlineData("0f8fad5b", "0f8f")]
    [InlineData("2026-03-01", "2026-03-99")]
    public void A_code_of_wrong_parts_is_none(string piece, string replacement)
    {
        var json = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Code.Write().AsSpan(PeerCode.Prefix.Length)));
        json.ShouldContain(piece);
        PeerCode.TryParse(PeerCode.Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)), out _).ShouldBeTrue();
        PeerCode.TryParse(PeerCode.Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.Replace(piece, replacement, StringComparison.Ordinal))), out _).ShouldBeFalse();
    }

    [Fact]
    public void A_code_does_not_print_its_secret()
    {
        Code.ToString().ShouldBe("kabar-peer:(satu at satu.example:8887)");
        $"{Code}".ShouldNotContain("0f8fad5b");
    }

    [Theory]
    [InlineData("satu:1", "satu", 1)]
    [InlineData("127.0.0.1:65535", "127.0.0.1", 65535)]
    [InlineData("[::1]:8887", "::1", 8887)]
    public void An_address_is_a_host_and_a_port(string text, string host, int port)
    {
        LinkAddress.TryParse(text, out var address).ShouldBeTrue();
        address.ShouldBe(new LinkAddress(host, port));
        address.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("satu")]
    [InlineData(":8887")]
    [InlineData("satu:")]
    [InlineData("satu:0")]
    [InlineData("satu:65536")]
    [InlineData("satu:+1")]
    [InlineData("satu:000001")]
    [InlineData("::1:8887")]
    [InlineData("sa tu:1")]
    [InlineData("[satu]:1")]
    [InlineData("[]:1")]
    public void Anything_else_is_no_address(string text) => LinkAddress.TryParse(text, out _).ShouldBeFalse();
}
