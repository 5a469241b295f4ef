using System.Globalization;

namespace Kabar.Cli.Wire;

/// <summary>Where a server listens, as people write it: <c>host:port</c>, a host alone (the default port), or <c>[::1]:port</c>.</summary>
internal readonly record struct ServerAddress(string Host, int Port)
{
    public const int DefaultPort = 8889;

    public static ServerAddress Default => new("127.0.0.1", DefaultPort);

    public static bool TryParse(string text, out ServerAddress address)
    {
        address = default;
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        var hasPort = colon > bracket && (bracket >= 0 || text.IndexOf(':', StringComparison.Ordinal) == colon);
        var port = DefaultPort;
        if (hasPort && !TryParsePort(text[(colon + 1)..], out port)) return false;

        var host = (hasPort ? text[..colon] : text).TrimStart('[').TrimEnd(']');
        if (host.Length == 0 || host.Any(char.IsWhiteSpace)) return false;
        address = new ServerAddress(host, port);
        return true;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}
