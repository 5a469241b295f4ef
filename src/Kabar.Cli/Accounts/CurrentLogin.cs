using Kabar.Cli.Wire;

namespace Kabar.Cli.Accounts;

/// <summary>
/// Which server a command speaks to and with which session. Said on the command line, else in KABAR_SERVER, else kept by `kabar login`; the
/// session is KABAR_TOKEN's, else the one kept. A kept session is only ever shown to the server it is from.
/// </summary>
internal sealed class CurrentLogin
{
    private readonly string? _token;

    public CurrentLogin(ServerEndpoint? asked, Surroundings around)
    {
        File = new StoredLoginFile(around.ConfigurationDirectory);
        var stored = File.Load();
        var storedEndpoint = stored is null ? null : EndpointOf(stored);

        Endpoint = asked ?? FromVariable(around) ?? storedEndpoint ?? new ServerEndpoint(ServerAddress.Default);
        var isStoredServer = storedEndpoint is not null && Endpoint.Address == storedEndpoint.Address;
        // The server that was logged in to with TLS is not spoken to without it because somebody left the option away.
        if (isStoredServer && Endpoint.Trust is null) Endpoint = storedEndpoint!; // there is one, see the line above

        var given = around.Variable("KABAR_TOKEN");
        IsStored = string.IsNullOrEmpty(given) && isStoredServer;
        _token = IsStored ? stored!.Token : given; // IsStored implies a stored login
        Username = IsStored ? stored!.Username : null;
    }

    /// <summary>Who is logged in there, where that is known.</summary>
    public string? Username { get; }

    public StoredLoginFile File { get; }

    public ServerEndpoint Endpoint { get; }

    /// <summary>The session is the one in the file.</summary>
    public bool IsStored { get; }

    /// <summary>There is a session for the server.</summary>
    public bool HasToken => !string.IsNullOrEmpty(_token);

    public string Token => string.IsNullOrEmpty(_token)
        ? throw new CommandFault($"Not logged in at {Endpoint.Address}: run `kabar login`, or set KABAR_TOKEN.")
        : _token;

    /// <summary>The server of KABAR_SERVER, or null where it is not set.</summary>
    public static ServerEndpoint? FromVariable(Surroundings around)
    {
        if (around.Variable("KABAR_SERVER") is not { Length: > 0 } text) return null;
        return ServerAddress.TryParse(text, out var address)
            ? new ServerEndpoint(address)
            : throw new CommandFault($"KABAR_SERVER is not a server: {text}. It reads HOST:PORT.");
    }

    private static ServerEndpoint? EndpointOf(StoredLogin login) =>
        ServerAddress.TryParse(login.Server, out var address)
            ? new ServerEndpoint(address, login.Tls ? new CertificateTrust(login.Pin) : null)
            : null;
}
