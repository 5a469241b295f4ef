using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Kabar.Protocol.Links;
using Kabar.Server.Connections;

namespace Kabar.Server.Federation;

/// <summary>What a realm proves itself with on its links, as it is between two rotations.</summary>
/// <param name="Certificate">The certificate with its key.</param>
/// <param name="Vouches">How former keys lead to it, oldest first.</param>
internal sealed record LinkKey(X509Certificate2 Certificate, ImmutableArray<Vouch> Vouches)
{
    /// <summary>What peers pin.</summary>
    public string Fingerprint { get; } = SelfSigned.FingerprintOf(Certificate.RawData);
}
