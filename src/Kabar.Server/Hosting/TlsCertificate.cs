using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kabar.Core;
using Kabar.Server.Connections;
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
    public static string Fingerprint(X509Certificate2 certificate) => SelfSigned.FingerprintOf(certificate.RawData);

    private static void Make(string data, RealmName realm, TimeProvider clock)
    {
        using var made = SelfSigned.Make(realm, clock);
        made.Write(DataDirectory.CertificateIn(data), DataDirectory.KeyIn(data));
    }
}
