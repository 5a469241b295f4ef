namespace Kabar.Cli.Bench;

/// <summary>How a server of our own is set up.</summary>
internal sealed record ServerSetup
{
    /// <summary>What most workloads ask of: one realm, by itself.</summary>
    public static ServerSetup Plain { get; } = new();

    public string Dialect { get; init; } = "message-service";

    /// <summary>The realm's name, and with it a listener for links to others; null for a realm that has none.</summary>
    public string? Realm { get; init; }

    /// <summary>The command line of its server.</summary>
    public IEnumerable<string> Arguments(string data) =>
    [
        "serve", "--data", data, "--listen", $"127.0.0.1:0,dialect={Dialect}",
        .. Realm is null ? (string[])[] : ["--realm", Realm, "--link", "127.0.0.1:0"],
    ];
}
