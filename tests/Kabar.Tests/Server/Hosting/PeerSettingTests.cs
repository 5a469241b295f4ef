using System.Net;
using Kabar.Server.Hosting;

namespace Kabar.Tests.Server.Hosting;

public sealed class PeerSettingTests
{
    private const string Pin = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("legacy://127.0.0.1:8899", "127.0.0.1:8899")]
    [InlineData("legacy://127.0.0.1:8899/", "127.0.0.1:8899")]
    [InlineData("LEGACY://localhost:1", "127.0.0.1:1")]
    [InlineData("legacy://[::1]:8899", "[::1]:8899")]
    [InlineData("legacy://[::ffff:192.0.2.1]:8899", "192.0.2.1:8899")]
    public void A_legacy_peer_is_read(string uri, string endPoint)
    {
        var peer = PeerSetting.Parse("Dua", uri);
        (peer.Realm.Value, peer.Kind, peer.EndPoint.ToString(), peer.Pin).ShouldBe(("dua", PeerKind.Legacy, endPoint, null));
    }

    [Theory]
    [InlineData($"kabar://dua.example:8887?pin={Pin}")]
    [InlineData("kabar://dua.example:8887?pin=01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF")]
    public void A_native_peer_is_read_with_its_pin_and_its_name_is_left_to_the_dialling(string uri) =>
        PeerSetting.Parse("dua", uri).ShouldBe(new PeerSetting(PeerSetting.Parse("dua", uri).Realm, PeerKind.Native, new DnsEndPoint("dua.example", 8887), Pin));

    [Theory]
    [InlineData("d ua", "legacy://127.0.0.1:1", "Peers \"d ua\" is not a realm's name")]
    [InlineData("dua", "", "is neither legacy://HOST:PORT nor kabar://HOST:PORT?pin=FINGERPRINT.")]
    [InlineData("dua", "http://127.0.0.1:1", "is neither legacy://HOST:PORT nor")]
    [InlineData("dua", "legacy:127.0.0.1:1", "needs a host and a port")]
    [InlineData("dua", "legacy://127.0.0.1", "needs a host and a port")]
    [InlineData("dua", "legacy://127.0.0.1:0", "needs a host and a port")]
    [InlineData("dua", "legacy://127.0.0.1:65536", "is neither legacy://HOST:PORT nor")]
    [InlineData("dua", "legacy://:8899", "is neither legacy://HOST:PORT nor")]
    [InlineData("dua", "legacy://messi@127.0.0.1:1", "needs a host and a port")]
    [InlineData("dua", "legacy://127.0.0.1:1/path", "needs a host and a port")]
    [InlineData("dua", "legacy://127.0.0.1:1#part", "needs a host and a port")]
    [InlineData("dua", $"legacy://127.0.0.1:1?pin={Pin}", "a legacy peer has no certificate that could be pinned")]
    [InlineData("dua", "kabar://127.0.0.1:1", "needs the fingerprint of the peer's link certificate")]
    [InlineData("dua", "kabar://127.0.0.1:1?pin=", "64 hexadecimal digits")]
    [InlineData("dua", "kabar://127.0.0.1:1?pin=xyz", "64 hexadecimal digits")]
    [InlineData("dua", $"kabar://127.0.0.1:1?pin={Pin}&more=1", "64 hexadecimal digits")]
    public void A_peer_that_is_none_is_told_in_a_sentence(string name, string uri, string sentence) =>
        Should.Throw<SettingException>(() => PeerSetting.Parse(name, uri)).Message.ShouldContain(sentence);

    [Theory]
    [InlineData("legacy://dua.example:1", "legacy://DUA.example:2")]
    [InlineData("legacy://127.0.0.1:1", "legacy://[::ffff:127.0.0.1]:2")]
    public void Two_legacy_peers_cannot_share_an_address(string one, string other)
    {
        PeerSetting.CheckAddresses([PeerSetting.Parse("dua", one), PeerSetting.Parse("tiga", "legacy://192.0.2.1:1")]);
        Should.Throw<SettingException>(() => PeerSetting.CheckAddresses([PeerSetting.Parse("dua", one), PeerSetting.Parse("tiga", other)])).Message
            .ShouldContain("only one may be there");
    }

    [Fact]
    public void Those_of_the_command_line_are_added_and_win()
    {
        PeerSetting.Add(new() { ["dua"] = "a", ["tiga"] = "b" }, ["Dua=c", "empat=kabar://x?pin=y"]).Select(peer => (peer.Key, peer.Value))
            .ShouldBe([("dua", "c"), ("tiga", "b"), ("empat", "kabar://x?pin=y")], ignoreOrder: true);
        Should.Throw<SettingException>(() => PeerSetting.Add([], ["dua"])).Message.ShouldBe("--peer \"dua\" is not NAME=URI.");
    }
}
