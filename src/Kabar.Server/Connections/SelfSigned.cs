using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kabar.Core;
using Kabar.Storage;

namespace Kabar.Server.Connections;

/// <summary>An ECDSA P-256 key and its self-signed certificate, as a realm makes them for its listeners and for its links.</summary>
internal sealed class SelfSigned : IDisposable
{
    private readonly ECDsa _key;
    private readonly X509Certificate2 _certificate;

    private SelfSigned(ECDsa key, X509Certificate2 certificate) => (_key, _certificate) = (key, certificate);

    /// <summary>The certificate in DER.</summary>
    public byte[] Der => _certificate.RawData;

    /// <summary>What a certificate is pinned by: its SHA-256 in lower-case hexadecimal.</summary>
    public static string FingerprintOf(ReadOnlySpan<byte> der) => Convert.ToHexStringLower(SHA256.HashData(der));

    /// <summary>Makes a new one, which is good for ten years.</summary>
    public static SelfSigned Make(RealmName realm, TimeProvider clock)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN={realm}"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(realm.Value);
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        var now = clock.GetUtcNow();
        return new SelfSigned(key, request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10)));
    }

    /// <summary>Writes the two as PEM files into one folder, made where there is none. The key is its owner's alone.</summary>
    public void Write(string certificate, string key)
    {
        DataDirectory.Make(Path.GetDirectoryName(certificate)!); // a file in a folder
        WriteSecret(key, _key.ExportPkcs8PrivateKeyPem());

        // Last and at once: where there is a certificate, it is whole and has its key.
        WriteAtOnce(certificate, _certificate.ExportCertificatePem());
    }

    /// <summary>The two in PEM form, for one file.</summary>
    public string ToPem() => $"{_certificate.ExportCertificatePem()}\n{_key.ExportPkcs8PrivateKeyPem()}\n";

    /// <summary>Writes a file so that there is the old one or the new one, whatever happens.</summary>
    public static void WriteAtOnce(string path, string text)
    {
        WriteSecret(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
