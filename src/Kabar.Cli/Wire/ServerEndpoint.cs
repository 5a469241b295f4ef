using System.Security.Cryptography.X509Certificates;

namespace Kabar.Cli.Wire;

/// <summary>A server and how to trust it. Without <see cref="Trust"/> the connection is plain TCP.</summary>
internal sealed record ServerEndpoint(ServerAddress Address, CertificateTrust? Trust = null);

/// <summary>Which certificate is believed: the one with this SHA-256 fingerprint; any; or, with neither, one that the system's authorities
/// vouch for.</summary>
internal sealed record CertificateTrust(string? Pin = null, bool AcceptsAny = false)
{
    /// <summary>A fingerprint as 64 lower-case hexadecimal digits, from any of the usual spellings; null when it is none.</summary>
    public static string? Normalize(string fingerprint)
    {
        var digits = fingerprint.Replace(":", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigitLower) ? digits : null;
    }

    public static string FingerprintOf(X509Certificate certificate) =>
        certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant();
}
