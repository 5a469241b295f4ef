using System.Net;

namespace Kabar.Server.Hosting;

/// <summary>The HTTP listener: <c>HOST:PORT[,tls]</c>.</summary>
/// <param name="EndPoint">Where; port 0 takes a free one.</param>
/// <param name="IsTls">Whether inside TLS, with the certificate of the line listeners.</param>
internal sealed record HttpListener(IPEndPoint EndPoint, bool IsTls)
{
    /// <summary>Reads the text form.</summary>
    /// <exception cref="SettingException">It is wrong; the sentence says where.</exception>
    public static HttpListener Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        foreach (var part in parts[1..])
            if (part != "tls") throw new SettingException($"Http \"{text}\": \"{part}\" is not \"tls\".");
        return new HttpListener(LineListener.ParseEndPoint("Http", parts[0]), IsTls: parts.Length > 1);
    }
}
