using System.Net;
using Kabar.Core;

namespace Kabar.Server.Hosting;

/// <summary>
/// A peer as the operator names it: <c>legacy://HOST:PORT</c> or <c>kabar://HOST:PORT?pin=FINGERPRINT</c>, where the host is an address or
/// a name, which is resolved when dialling.
/// </summary>
/// <param name="Realm">Its realm.</param>
/// <param name="Kind">Which link leads there.</param>
/// <param name="EndPoint">Where it listens.</param>
/// <param name="Pin">The SHA-256 of its link certificate in lower-case hexadecimal; null on a legacy link, which proves nothing.</param>
internal sealed record PeerSetting(RealmName Realm, PeerKind Kind, EndPoint EndPoint, string? Pin)
{
    private const int PinLength = 64;
    private const string PinKey = "pin";

    /// <summary>Reads the text form.</summary>
    /// <exception cref="SettingException">It is wrong; the sentence says where.</exception>
    public static PeerSetting Parse(string name, string uri)
    {
        if (!RealmName.TryParse(name, out var realm)) throw new SettingException($"Peers \"{name}\" is not a realm's name such as \"dua\" or \"kampus.example\".");
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("legacy" or "kabar"))
            throw new SettingException($"Peers:{name} \"{uri}\" is neither legacy://HOST:PORT nor kabar://HOST:PORT?pin=FINGERPRINT.");
        if (parsed.Host.Length == 0 || parsed.Port <= 0 || parsed.UserInfo.Length > 0 || parsed.AbsolutePath is not ("" or "/") || parsed.Fragment.Length > 0)
            throw new SettingException($"Peers:{name} \"{uri}\" needs a host and a port, and nothing else but a kabar peer's pin: {parsed.Scheme}://HOST:PORT.");

        var endPoint = EndPointOf(parsed);
        if (parsed.Scheme == "legacy")
            return parsed.Query.Length == 0
                ? new PeerSetting(realm, PeerKind.Legacy, endPoint, Pin: null)
                : throw new SettingException($"Peers:{name} \"{uri}\": a legacy peer has no certificate that could be pinned, nor any other option.");

        return new PeerSetting(realm, PeerKind.Native, endPoint, ReadPin(name, uri, parsed.Query));
    }

    /// <summary>The peers of the settings, with those that the command line names as <c>NAME=URI</c>.</summary>
    /// <exception cref="SettingException">One has no name.</exception>
    public static Dictionary<string, string> Add(Dictionary<string, string> settings, IEnumerable<string> named)
    {
        var peers = new Dictionary<string, string>(settings, StringComparer.OrdinalIgnoreCase);
        foreach (var text in named)
        {
            if (text.Split('=', 2) is not [var name, var uri]) throw new SettingException($"--peer \"{text}\" is not NAME=URI.");
            peers[name] = uri;
        }

        return peers;
    }

    /// <summary>
    /// Checks them together: a line on a legacy link says nothing of the realm it comes from but its address, so no two legacy peers may
    /// have the same. Of names only those that are written alike are known to be.
    /// </summary>
    /// <exception cref="SettingException">Two have the same.</exception>
    public static void CheckAddresses(IEnumerable<PeerSetting> peers)
    {
        var known = new Dictionary<string, PeerSetting>(StringComparer.OrdinalIgnoreCase);
        foreach (var peer in peers.Where(peer => peer.Kind == PeerKind.Legacy))
        {
            var host = peer.EndPoint is IPEndPoint { Address: var address } ? address.ToString() : ((DnsEndPoint)peer.EndPoint).Host;
            if (!known.TryAdd(host, peer))
                throw new SettingException($"Peers:{known[host].Realm} and Peers:{peer.Realm} are both legacy peers at {host}; they could not be told apart, so only one may be there.");
        }
    }

    private static EndPoint EndPointOf(Uri uri)
    {
        if (uri.DnsSafeHost == "localhost") return new IPEndPoint(IPAddress.Loopback, uri.Port);
        if (!IPAddress.TryParse(uri.DnsSafeHost, out var address)) return new DnsEndPoint(uri.DnsSafeHost, uri.Port);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, uri.Port);
    }

    private static string ReadPin(string name, string uri, string query)
    {
        const string Start = $"?{PinKey}=";
        var pin = query.StartsWith(Start, StringComparison.Ordinal) ? query[Start.Length..].Replace("%3A", "", StringComparison.OrdinalIgnoreCase).Replace(":", "", StringComparison.Ordinal) : "";
        if (pin.Length != PinLength || !pin.All(char.IsAsciiHexDigit))
            throw new SettingException($"Peers:{name} \"{uri}\" needs the fingerprint of the peer's link certificate: kabar://HOST:PORT?pin=, then {PinLength} hexadecimal digits (SHA-256).");
        return pin.ToLowerInvariant();
    }
}

/// <summary>What link leads to a peer.</summary>
internal enum PeerKind
{
    /// <summary>The ordinary port of a server of document 004.</summary>
    Legacy,

    /// <summary>Kabar's own link.</summary>
    Native,
}
