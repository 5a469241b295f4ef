using Kabar.Core;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kabar.Tests.Server.Hosting;

public sealed class KabarOptionsTests
{
    [Fact]
    public void Without_any_setting_there_are_the_documented_ones()
    {
        var options = Bind();

        options.Data.ShouldBe("./kabar-data");
        options.Realm.ShouldBeNull();
        options.HttpListener.ShouldBeNull();
        options.LinkEndPoint.ShouldBeNull();
        options.LinkAddress.ShouldBeNull();
        options.PeerSettings.ShouldBeEmpty();
        options.ShareUsernames.ShouldBeTrue();
        options.Listeners.ShouldHaveSingleItem().EndPoint.ToString().ShouldBe("127.0.0.1:8889");
        options.Limits.ShouldBe(new Limits());
        var realm = options.Limits.ForRealm();
        realm.ShouldBe(new RealmOptions());
    }

    [Fact]
    public void Every_setting_is_taken()
    {
        var options = Bind(
            ("Data", "/var/kabar"), ("Realm", "Kampus.Example"), ("Listen:0", "*:1,tls"), ("Listen:1", "localhost:2,dialect=chat"), ("Http", "127.0.0.1:8880"),
            ("Link", "*:8887"), ("LinkAddress", "kampus.example:8887"), ("ShareUsernames", "false"),
            ("Peers:tiga.example", "legacy://[::1]:8899"), ("Peers:Dua", "legacy://127.0.0.1:8899"),
            ("Tls:Certificate", "c.pem"), ("Tls:Key", "k.pem"), ("Limits:TextBytes", "100"), ("limits:requestspersecond", "7"));

        (options.Data, options.Realm, options.Http).ShouldBe(("/var/kabar", "Kampus.Example", "127.0.0.1:8880"));
        options.Listeners.Select(listener => (listener.EndPoint.Port, listener.IsTls, listener.Speech.Name)).ShouldBe([(1, true, "realm-chat"), (2, false, "chat")]);
        (options.LinkEndPoint!.ToString(), options.LinkAddress, options.ShareUsernames).ShouldBe(("[::]:8887", "kampus.example:8887", false));
        options.PeerSettings.Select(peer => $"{peer.Realm} {peer.Kind} {peer.EndPoint}").ShouldBe(["dua Legacy 127.0.0.1:8899", "tiga.example Legacy [::1]:8899"]);
        (options.Tls.Certificate, options.Tls.Key).ShouldBe(("c.pem", "k.pem"));
        (options.Limits.TextBytes, options.Limits.RequestsPerSecond).ShouldBe((100, 7));
    }

    [Fact]
    public void Every_limit_of_the_realm_comes_from_a_setting()
    {
        var limits = new Limits
        {
            TextBytes = 1,
            InboxReplyBytes = 2,
            SendsWaiting = 3,
            WrongPasswordsPerMinute = 4,
            WrongPasswordsPerHour = 5,
            SessionIdleDays = 6,
            GroupsPerAccount = 7,
            GroupMembers = 8,
            OutboxMegabytes = 9,
            PeerPatienceSeconds = 10,
            RegistrationsPerHour = 11,
            HistoryEntries = 12,
            SearchResults = 13,
        };
        limits.ForRealm().ShouldBe(new RealmOptions
        {
            TextBytes = 1,
            InboxReplyBytes = 2,
            SendsWaiting = 3,
            WrongPasswordsPerMinute = 4,
            WrongPasswordsPerHour = 5,
            SessionIdle = TimeSpan.FromDays(6),
            GroupsPerAccount = 7,
            GroupMembers = 8,
            OutboxBytes = 9 * 1024 * 1024,
            PeerPatience = TimeSpan.FromSeconds(10),
            RegistrationsPerHour = 11,
            HistoryEntries = 12,
            SearchResults = 13,
        });
    }

    [Theory]
    [InlineData("off", RegistrationMode.Off)]
    [InlineData("invite", RegistrationMode.Invite)]
    [InlineData("Open", RegistrationMode.Open)]
    public void Who_may_register_is_a_rule_of_the_realm(string setting, RegistrationMode mode) => Bind(("Registration", setting)).ForRealm().Registration.ShouldBe(mode);

    [Theory]
    [InlineData("127.0.0.1:8880", "127.0.0.1:8880", false)]
    [InlineData("*:443, tls", "[::]:443", true)]
    public void The_HTTP_listener_is_read(string text, string endPoint, bool isTls)
    {
        var listener = Bind(("Http", text)).HttpListener.ShouldNotBeNull();
        (listener.EndPoint.ToString(), listener.IsTls).ShouldBe((endPoint, isTls));
    }

    [Theory]
    [InlineData("Lisen:0", "127.0.0.1:1", "There is no setting \"Lisen\"; there are Data, Realm, Listen, Http, Proxies, Web, Link, LinkAddress, Peers, ShareUsernames, Registration, Language, Search, Tls, Limits, Logging.")]
    [InlineData("Limits:TextByte", "1", "There is no setting \"Limits:TextByte\"")]
    [InlineData("Tls:Cert", "x", "There is no setting \"Tls:Cert\"; there are Certificate, Key.")]
    [InlineData("Limits:TextBytes", "many", "Limits:TextBytes")]
    [InlineData("Limits:TextBytes", "3000000000", "Limits:TextBytes")]
    [InlineData("Limits:TextBytes", "-1", "Limits:TextBytes is -1; a limit is 0 (off) or more.")]
    [InlineData("Limits:SessionIdleDays", "2147483647", "Limits:SessionIdleDays is 2147483647; the most is 36500 (a hundred years).")]
    [InlineData("Limits:PeerPatienceSeconds", "3601", "Limits:PeerPatienceSeconds is 3601; the most is 3600 (an hour).")]
    [InlineData("Realm", "two words", "Realm \"two words\" is not a name")]
    [InlineData("Realm", "", "Realm \"\" is not a name")]
    [InlineData("Listen:0", "nowhere", "Listen \"nowhere\" is not HOST:PORT")]
    [InlineData("Http", "8880", "Http \"8880\" is not HOST:PORT")]
    [InlineData("Http", "127.0.0.1:8880,ssl", "Http \"127.0.0.1:8880,ssl\": \"ssl\" is not \"tls\".")]
    [InlineData("Registration", "everybody", "Registration \"everybody\" is none of off, invite and open.")]
    [InlineData("Language", "fr", "Language \"fr\" is neither id nor en.")]
    [InlineData("Tls:Certificate", "c.pem", "Tls:Certificate and Tls:Key belong together; one is missing.")]
    [InlineData("Tls:Key", "k.pem", "Tls:Certificate and Tls:Key belong together; one is missing.")]
    [InlineData("Link", "nowhere", "Link \"nowhere\" is not HOST:PORT")]
    [InlineData("LinkAddress", "nowhere", "LinkAddress \"nowhere\" is not HOST:PORT")]
    [InlineData("LinkAddress", "nowhere:1/x", "LinkAddress \"nowhere:1/x\" is not HOST:PORT")]
    [InlineData("Peers:dua", "127.0.0.1:8899", "Peers:dua \"127.0.0.1:8899\" is neither legacy://HOST:PORT nor kabar://HOST:PORT?pin=FINGERPRINT.")]
    public void A_wrong_setting_is_named_in_a_sentence(string key, string value, string sentence) =>
        Should.Throw<SettingException>(() => Bind((key, value))).Message.ShouldContain(sentence);

    [Fact]
    public void No_limit_can_be_negative_and_zero_is_off_for_each()
    {
        foreach (var (name, _, meaning) in new Limits().All())
        {
            Should.Throw<SettingException>(() => Bind(($"Limits:{name}", "-1"))).Message.ShouldContain(name);
            meaning.ShouldNotBeEmpty(name);
            Bind(($"Limits:{name}", "0")).Limits.All().Single(limit => limit.Name == name).Value.ShouldBe(0);
        }
    }

    [Fact]
    public void Peers_are_checked_together()
    {
        Should.Throw<SettingException>(() => Bind(("Realm", "Satu"), ("Peers:satu", "legacy://127.0.0.1:8899"))).Message.ShouldBe("Peers:satu is this realm itself.");
        Should.Throw<SettingException>(() => Bind(("Peers:dua", "legacy://127.0.0.1:8899"), ("Peers:tiga", "legacy://localhost:8900"))).Message
            .ShouldStartWith("Peers:dua and Peers:tiga are both legacy peers at 127.0.0.1;");
        Bind(("Peers:dua", "legacy://127.0.0.1:8899"), ("Peers:tiga", $"kabar://127.0.0.1:8900?pin={new string('0', 64)}")).PeerSettings.Count.ShouldBe(2);
    }

    [Fact]
    public void Settings_of_logging_are_the_frameworks() => Bind(("Logging:LogLevel:Default", "Debug")).ShouldNotBeNull();

    [Theory]
    [InlineData("127.0.0.1:8889", "127.0.0.1:8889", "realm-chat", false)]
    [InlineData("127.0.0.1:0", "127.0.0.1:0", "realm-chat", false)]
    [InlineData("localhost:1", "127.0.0.1:1", "realm-chat", false)]
    [InlineData("*:65535", "[::]:65535", "realm-chat", false)]
    [InlineData("[::1]:8889", "[::1]:8889", "realm-chat", false)]
    [InlineData("0.0.0.0:8889,tls", "0.0.0.0:8889", "realm-chat", true)]
    [InlineData("127.0.0.1:8889,dialect=chat", "127.0.0.1:8889", "chat", false)]
    [InlineData("127.0.0.1:8889,dialect=kabar,tls", "127.0.0.1:8889", "kabar", true)]
    [InlineData("127.0.0.1:8889, tls , dialect=thread-chat", "127.0.0.1:8889", "thread-chat", true)]
    public void A_listener_is_read(string text, string endPoint, string dialect, bool isTls)
    {
        var listener = LineListener.Parse(text);
        (listener.EndPoint.ToString(), listener.Speech.Name, listener.IsTls).ShouldBe((endPoint, dialect, isTls));
    }

    [Theory]
    [InlineData("", "Listen \"\" is not HOST:PORT")]
    [InlineData("127.0.0.1", "Listen \"127.0.0.1\" is not HOST:PORT")]
    [InlineData("127.0.0.1:", "is not HOST:PORT")]
    [InlineData(":8889", "is not HOST:PORT")]
    [InlineData("127.0.0.1:65536", "is not HOST:PORT")]
    [InlineData("127.0.0.1:-1", "is not HOST:PORT")]
    [InlineData("127.0.0.1:+1", "is not HOST:PORT")]
    [InlineData("127.0.0.1: 1", "is not HOST:PORT")]
    [InlineData("example.org:1", "is not HOST:PORT")]
    [InlineData("127.0.0.1:1,dialect=klingon", "there is no dialect \"klingon\"; there are message-service, chat, thread-chat, layanan-chat, realm-chat, kabar.")]
    [InlineData("127.0.0.1:1,ssl", "\"ssl\" is neither \"tls\" nor \"dialect=NAME\".")]
    [InlineData("127.0.0.1:1,", "\"\" is neither \"tls\" nor \"dialect=NAME\".")]
    public void A_listener_that_is_none_is_told_in_a_sentence(string text, string sentence) =>
        Should.Throw<SettingException>(() => LineListener.Parse(text)).Message.ShouldContain(sentence);

    private static KabarOptions Bind(params (string Key, string Value)[] settings) => KabarOptions.Bind(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
        .Build());
}
