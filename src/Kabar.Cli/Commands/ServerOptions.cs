using System.CommandLine;
using Kabar.Cli.Accounts;
using Kabar.Cli.Wire;

namespace Kabar.Cli.Commands;

/// <summary>The options that say which server, the same for every command that speaks to one.</summary>
internal sealed class ServerOptions
{
    private readonly Option<string> _server;

    private readonly Option<bool> _tls = new("--tls") { Description = "Connect with TLS." };

    private readonly Option<string> _pin = new("--pin")
    {
        Description = "With --tls: trust the certificate with this SHA-256 fingerprint, and no other.",
        HelpName = "FINGERPRINT",
    };

    private readonly Option<bool> _insecure = new("--insecure") { Description = "With --tls: trust any certificate." };

    /// <param name="command">The command that has them.</param>
    /// <param name="takesUris">Whether a server may also be <c>ws://HOST:PORT/ws</c> and the like.</param>
    public ServerOptions(Command command, bool takesUris = false)
    {
        _server = new("--server")
        {
            Description = "The server to connect to (default: KABAR_SERVER, then the one logged in to, then 127.0.0.1:8889)."
                + (takesUris ? " Also tls://HOST:PORT, ws://HOST:PORT/ws, wss://HOST:PORT/ws." : ""),
            HelpName = takesUris ? "ADDRESS" : "HOST:PORT",
        };
        command.Options.Add(_server);
        command.Options.Add(_tls);
        command.Options.Add(_pin);
        command.Options.Add(_insecure);
        _server.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !ServerAddress.TryParse(text, out _) && !(takesUris && UriOf(text) is not null))
                result.AddError($"--server reads HOST:PORT, not {text}.");
        });
        _pin.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && CertificateTrust.Normalize(text) is null)
                result.AddError("--pin is a SHA-256 fingerprint of 64 hexadecimal digits.");
        });
        command.Validators.Add(result =>
        {
            var (pins, insecure) = (result.GetResult(_pin) is not null, result.GetValue(_insecure));
            if ((pins || insecure) && !result.GetValue(_tls) && !(pins && UriOf(result.GetValue(_server)) is { Scheme: "tls" or "wss" }))
                result.AddError("--pin and --insecure say how to trust a certificate: they need --tls.");
            if (pins && insecure) result.AddError("--pin trusts one certificate and --insecure any: choose.");
        });
    }

    /// <summary>The server that was asked for, or null when none was and another place is to say. <paramref name="fallback"/> is the server
    /// to take when only TLS was asked for.</summary>
    public ServerEndpoint? Read(ParseResult result, Func<ServerEndpoint> fallback)
    {
        var trust = result.GetValue(_tls)
            ? new CertificateTrust(result.GetValue(_pin) is { } pin ? CertificateTrust.Normalize(pin) : null, result.GetValue(_insecure))
            : null;
        if (result.GetValue(_server) is { } text && UriOf(text) is null && ServerAddress.TryParse(text, out var address))
            return new ServerEndpoint(address, trust);

        return trust is null ? null : fallback() with { Trust = trust };
    }

    /// <summary>The server where it was given as an address of the native protocol; null where it was not.</summary>
    public Uri? ReadUri(ParseResult result) => UriOf(result.GetValue(_server));

    /// <summary>The fingerprint to trust.</summary>
    public string? ReadPin(ParseResult result) => result.GetValue(_pin) is { } pin ? CertificateTrust.Normalize(pin) : null;

    /// <summary>The server and the session of a command that needs a login.</summary>
    public CurrentLogin ReadLogin(ParseResult result, Surroundings around) =>
        new(Read(result, () => new CurrentLogin(asked: null, around).Endpoint), around);

    private static Uri? UriOf(string? text) =>
        text is not null && text.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "tcp" or "tls" or "ws" or "wss", Host.Length: > 0 }
            ? uri
            : null;
}
