using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Kabar.Protocol.Links;

/// <summary>Where a link listens, as <c>HOST:PORT</c>: a name, an IPv4 address, or an IPv6 address in brackets.</summary>
/// <param name="Host">Without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct LinkAddress(string Host, int Port)
{
    private const int LongestHost = 253;

    private static readonly SearchValues<char> InName = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");
    private static readonly SearchValues<char> InBrackets = SearchValues.Create("ABCDEFabcdef0123456789.:%");

    /// <summary>Takes <c>HOST:PORT</c>.</summary>
    /// <returns>False when it is anything else.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out LinkAddress address)
    {
        address = default;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (text is null || colon <= 0) return false;
        if (text.Length - colon - 1 > 5 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) return false;

        var host = text.AsSpan(0, colon);
        var bracketed = host is ['[', .., ']'];
        if (bracketed) host = host[1..^1];
        if (host.Length is 0 or > LongestHost || host.ContainsAnyExcept(bracketed ? InBrackets : InName)) return false;
        address = new LinkAddress(host.ToString(), port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
