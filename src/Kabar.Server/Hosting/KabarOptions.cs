using System.Net;
using Kabar.Core;
using Kabar.Protocol.Native;
using Microsoft.Extensions.Configuration;

namespace Kabar.Server.Hosting;

/// <summary>Everything an operator can set: kabar.json, then <c>KABAR__…</c> variables, then the command line.</summary>
internal sealed record KabarOptions
{
    /// <summary>The folder with the data.</summary>
    public string Data { get; init; } = "./kabar-data";

    /// <summary>The realm's name; null takes the one the data have, or else "kabar".</summary>
    public string? Realm { get; init; }

    /// <summary>The line listeners.</summary>
    public string[] Listen { get; init; } = [];

    /// <summary>Where the page, the API, WebSockets, /metrics and /healthz are served, <c>HOST:PORT[,tls]</c>; null for nowhere.</summary>
    public string? Http { get; init; }

    /// <summary>The addresses of proxies before the HTTP listener, which are believed where a request comes from and whether it came by TLS.</summary>
    public string[] Proxies { get; init; } = [];

    /// <summary>A folder that the files of the page are read from each time, for those who work on them; null for those in the executable.</summary>
    public string? Web { get; init; }

    /// <summary>Where other realms' native links are served; null for nowhere until a peer is invited.</summary>
    public string? Link { get; init; }

    /// <summary>What others are told to dial for it; null for where it is served.</summary>
    public string? LinkAddress { get; init; }

    /// <summary>The peers that the settings name: each realm's URI.</summary>
    public Dictionary<string, string> Peers { get; init; } = [];

    /// <summary>Whether native peers learn the usernames here, so that an unknown addressee is refused at once.</summary>
    public bool ShareUsernames { get; init; } = true;

    /// <summary>Who may make an account by himself: <c>off</c>, <c>invite</c> or <c>open</c>.</summary>
    public string Registration { get; init; } = "off";

    /// <summary>What a native connection is spoken to in until it asks for another language: <c>id</c> or <c>en</c>.</summary>
    public string Language { get; init; } = "id";

    /// <summary>Whether what is said is indexed and can be searched.</summary>
    public bool Search { get; init; } = true;

    public TlsOptions Tls { get; init; } = new();

    public Limits Limits { get; init; } = new();

    /// <summary>The listeners, or the default one.</summary>
    public IReadOnlyList<LineListener> Listeners => Listen is [] ? [LineListener.Parse("127.0.0.1:8889")] : [.. Listen.Select(LineListener.Parse)];

    public HttpListener? HttpListener => Http is null ? null : HttpListener.Parse(Http);

    public IReadOnlyList<IPAddress> ProxyAddresses =>
        [.. Proxies.Select(proxy => IPAddress.TryParse(proxy, out var address) ? address : throw new SettingException($"Proxies \"{proxy}\" is not an address such as 127.0.0.1."))];

    public RegistrationMode RegistrationMode =>
        RegistrationModes.Parse(Registration.ToLowerInvariant()) ?? throw new SettingException($"Registration \"{Registration}\" is none of off, invite and open.");

    public Language SpokenLanguage => Language.ToLowerInvariant() switch
    {
        "id" => Protocol.Native.Language.Indonesian,
        "en" => Protocol.Native.Language.English,
        _ => throw new SettingException($"Language \"{Language}\" is neither id nor en."),
    };

    public IPEndPoint? LinkEndPoint => Link is null ? null : LineListener.ParseEndPoint("Link", Link);

    /// <summary>The peers, in the order of their names.</summary>
    public IReadOnlyList<PeerSetting> PeerSettings =>
        [.. Peers.OrderBy(peer => peer.Key, StringComparer.OrdinalIgnoreCase).Select(peer => PeerSetting.Parse(peer.Key, peer.Value))];

    /// <summary>The rules of the realm.</summary>
    public RealmOptions ForRealm() => Limits.ForRealm() with { Registration = RegistrationMode };

    /// <summary>Binds the settings. What no setting is called is an error: a misspelt limit must not go unnoticed.</summary>
    /// <exception cref="SettingException">One is wrong.</exception>
    public static KabarOptions Bind(IConfiguration configuration)
    {
        RefuseUnknown(configuration, typeof(KabarOptions), "Logging");
        RefuseUnknown(configuration.GetSection(nameof(Tls)), typeof(TlsOptions));
        RefuseUnknown(configuration.GetSection(nameof(Limits)), typeof(Limits));
        try
        {
            var options = configuration.Get<KabarOptions>() ?? new KabarOptions();
            options.Validate();
            return options;
        }
        catch (InvalidOperationException exception)
        {
            throw new SettingException($"A setting is wrong: {exception.Message} {exception.InnerException?.Message}".TrimEnd());
        }
    }

    private static void RefuseUnknown(IConfiguration section, Type settings, params string[] others)
    {
        var known = settings.GetProperties().Where(property => property.CanWrite).Select(property => property.Name).Concat(others).ToArray();
        foreach (var child in section.GetChildren())
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                throw new SettingException($"There is no setting \"{child.Path}\"; there are {string.Join(", ", known)}.");
    }

    /// <summary>Checks what can be checked before anything is opened.</summary>
    /// <exception cref="SettingException">A setting is wrong.</exception>
    public void Validate()
    {
        if (Realm is not null && !RealmName.TryParse(Realm, out _)) throw new SettingException($"Realm \"{Realm}\" is not a name such as \"satu\" or \"kampus.example\".");
        if ((Tls.Certificate is null) != (Tls.Key is null)) throw new SettingException("Tls:Certificate and Tls:Key belong together; one is missing.");
        _ = Listeners;
        _ = HttpListener;
        _ = ProxyAddresses;
        if (Web is not null && !Directory.Exists(Web)) throw new SettingException($"Web \"{Web}\" is no folder.");
        _ = LinkEndPoint;
        _ = RegistrationMode;
        _ = SpokenLanguage;
        ValidatePeers();
        foreach (var (name, value, _) in Limits.All())
            if (value < 0) throw new SettingException($"Limits:{name} is {value}; a limit is 0 (off) or more.");

        // What was received is remembered for thirty days; what is sent later could be taken for new after a restore.
        const int MostOutboxDays = 30;
        if (Limits.OutboxDays > MostOutboxDays) throw new SettingException($"Limits:OutboxDays is {Limits.OutboxDays}; the most is {MostOutboxDays}.");

        const int HundredYears = 36_500;
        if (Limits.SessionIdleDays > HundredYears) throw new SettingException($"Limits:SessionIdleDays is {Limits.SessionIdleDays}; the most is {HundredYears} (a hundred years).");

        const int Hour = 3_600;
        if (Limits.PeerPatienceSeconds > Hour) throw new SettingException($"Limits:PeerPatienceSeconds is {Limits.PeerPatienceSeconds}; the most is {Hour} (an hour).");
    }

    private void ValidatePeers()
    {
        if (LinkAddress is not null
            && !(Uri.TryCreate($"kabar://{LinkAddress}", UriKind.Absolute, out var address) && address is { Port: > 0, AbsolutePath: "" or "/", Query: "", Fragment: "", UserInfo: "" }))
            throw new SettingException($"LinkAddress \"{LinkAddress}\" is not HOST:PORT, which other realms could dial.");

        var peers = PeerSettings;
        for (var i = 1; i < peers.Count; i++)
            if (peers[i].Realm == peers[i - 1].Realm) throw new SettingException($"Peers names the realm \"{peers[i].Realm}\" twice.");
        if (Realm is not null && RealmName.TryParse(Realm, out var own) && peers.Any(peer => peer.Realm == own))
            throw new SettingException($"Peers:{own} is this realm itself.");
        PeerSetting.CheckAddresses(peers);
    }
}

/// <summary>The certificate of TLS listeners; without one, a self-signed one is made at first start.</summary>
internal sealed record TlsOptions
{
    /// <summary>A PEM file with the certificate and its chain.</summary>
    public string? Certificate { get; init; }

    /// <summary>A PEM file with its key.</summary>
    public string? Key { get; init; }
}
