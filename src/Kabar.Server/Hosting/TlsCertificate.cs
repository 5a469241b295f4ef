using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kabar.Core;
using Kabar.Storage;

namespace Kabar.Server.Hosting;

/// <summary>The certificate of the TLS listeners: the operator's PEM files, or a self-signed one made at first start and kept.</summary>
internal static class TlsCertificate
{
    /// <summary>The certificate with its key, and the chain that is sent with it.</summary>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Load(TlsOptions options, string data, RealmName realm, TimeProvider clock)
    {
        if (options is { Certificate: { } certificate, Key: { } key })
        {
            try
            {
                var chain = new X509Certificate2Collection();
                chain.ImportFromPemFile(certificate);
                return (X509Certificate2.CreateFromPemFile(certificate, key), chain);
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
            {
                throw new SettingException($"Tls: {certificate} and {key} are not a certificate and its key in PEM form: {exception.Message}");
            }
        }

        if (!File.Exists(DataDirectory.CertificateIn(data))) Make(data, realm, clock);
        try
        {
            return (X509Certificate2.CreateFromPemFile(DataDirectory.CertificateIn(data), DataDirectory.KeyIn(data)), []);
        }
        catch (CryptographicException exception)
        {
            throw new SettingException($"The certificate in {Path.GetDirectoryName(DataDirectory.CertificateIn(data))} is damaged ({exception.Message}); remove the folder to have another made.");
        }
    }

    /// <summary>What a client pins: the SHA-256 of the certificate.</summary>
    public static string Fingerprint(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    private static void Make(string data, RealmName realm, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={realm}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(realm.Value);
        names.AddDnsName("localhost");
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        var now = clock.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));

        DataDirectory.Make(Path.Combine(data, "tls"));
        WriteSecret(DataDirectory.KeyIn(data), key.ExportPkcs8PrivateKeyPem());

        // Last and at once: where there is a certificate, it is whole and has its key.
        var written = DataDirectory.CertificateIn(data) + ".new";
        File.WriteAllText(written, certificate.ExportCertificatePem());
        File.Move(written, DataDirectory.CertificateIn(data), overwrite: true);
    }

    private static void WriteSecret(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
