namespace Kabar.Cli.Bench;

/// <summary>How a server of our own is set up.</summary>
internal sealed record ServerSetup
{
    /// <summary>What most workloads ask of: one realm, by itself.</summary>
    public static ServerSetup Plain { get; } = new();

    /// <summary>One that browsers come to.</summary>
    public static ServerSetup Web { get; } = new() { Realm = "web", HasHttp = true };

    public string Dialect { get; init; } = "message-service";

    /// <summary>Whether what is said is indexed.</summary>
    public bool Search { get; init; } = true;

    /// <summary>The realm's name, and with it a listener for links to others; null for a realm that has none.</summary>
    public string? Realm { get; init; }

    /// <summary>Whether it listens for HTTP.</summary>
    public bool HasHttp { get; init; }

    /// <summary>What its server's environment has besides.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables => Search ? [] : [new("KABAR__Search", "false")];

    /// <summary>The command line of its server.</summary>
    public IEnumerable<string> Arguments(string data) =>
    [
        "serve", "--data", data, "--listen", $"127.0.0.1:0,dialect={Dialect}",
        .. Realm is null ? (string[])[] : ["--realm", Realm, "--link", "127.0.0.1:0"],
        .. HasHttp ? (string[])["--http", "127.0.0.1:0"] : [],
    ];
}
