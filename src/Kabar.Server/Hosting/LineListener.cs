using System.Globalization;
using System.Net;
using Kabar.Server.Connections;

namespace Kabar.Server.Hosting;

/// <summary>One line listener: <c>HOST:PORT[,dialect=NAME][,tls]</c>.</summary>
/// <param name="EndPoint">Where; port 0 takes a free one.</param>
/// <param name="Speech">What it speaks until a client asks for another.</param>
/// <param name="IsTls">Whether inside TLS.</param>
internal sealed record LineListener(IPEndPoint EndPoint, Speech Speech, bool IsTls)
{
    /// <summary>Reads the text form.</summary>
    /// <exception cref="SettingException">It is wrong; the sentence says where.</exception>
    public static LineListener Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var speech = Speech.Default;
        var isTls = false;
        foreach (var part in parts[1..])
        {
            if (part == "tls")
            {
                isTls = true;
            }
            else if (part.StartsWith("dialect=", StringComparison.Ordinal))
            {
                speech = Speech.Find(part["dialect=".Length..]) ?? throw new SettingException(
                    $"Listen \"{text}\": there is no dialect \"{part["dialect=".Length..]}\"; there are {string.Join(", ", Speech.Names)}.");
            }
            else
            {
                throw new SettingException($"Listen \"{text}\": \"{part}\" is neither \"tls\" nor \"dialect=NAME\".");
            }
        }

        return new LineListener(ParseEndPoint("Listen", parts[0]), speech, isTls);
    }

    /// <summary>Reads <c>HOST:PORT</c>, where the host is an address, <c>localhost</c>, or <c>*</c> for all.</summary>
    public static IPEndPoint ParseEndPoint(string setting, string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort)
        {
            var host = text[..colon];
            if (host == "*") return new IPEndPoint(IPAddress.IPv6Any, port);
            if (host == "localhost") return new IPEndPoint(IPAddress.Loopback, port);
            if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return new IPEndPoint(address, port);
        }

        throw new SettingException($"{setting} \"{text}\" is not HOST:PORT, where HOST is an address, localhost, or * for every address.");
    }
}

/// <summary>A setting is wrong; the message is a sentence for the operator that names it.</summary>
internal sealed class SettingException(string message) : Exception(message);
