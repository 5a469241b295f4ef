using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;
using Kabar.Storage;

namespace Kabar.Server.Federation;

/// <summary>
/// The realm's identity towards other realms: a key with its certificate, made at first start and kept in the data directory. A rotation
/// makes another; the old one signs for it, so that peers which know the old one can go over to the new one by themselves.
/// Protocol: native link, "Identity".
/// </summary>
internal sealed partial class LinkIdentity
{
    private const string SignedPrefix = "kabar-link-vouch:";

    private readonly string _folder;
    private readonly TimeProvider _clock;
    private readonly Lock _rotating = new();
    private volatile LinkKey _current;

    private LinkIdentity(string folder, RealmName realm, TimeProvider clock, LinkKey current) => (_folder, Realm, _clock, _current) = (folder, realm, clock, current);

    /// <summary>Who this is.</summary>
    public RealmName Realm { get; }

    /// <summary>The key in use.</summary>
    public LinkKey Current => _current;

    // Key and certificate in one file, so that a rotation that is cut short leaves no pair that does not match.
    private static string PairIn(string folder) => Path.Combine(folder, "identity.pem");

    private static string VouchesIn(string folder) => Path.Combine(folder, "vouches.json");

    /// <summary>The identity in a data directory, made where there is none.</summary>
    /// <exception cref="SettingException">What is there is damaged.</exception>
    public static LinkIdentity Open(string data, RealmName realm, TimeProvider clock)
    {
        var folder = DataDirectory.LinkIn(data);
        if (!File.Exists(PairIn(folder)))
        {
            DataDirectory.Make(folder);
            using var made = SelfSigned.Make(realm, clock);
            SelfSigned.WriteAtOnce(PairIn(folder), made.ToPem());
        }

        return new LinkIdentity(folder, realm, clock, Load(folder));
    }

    /// <summary>Makes a new key, for which the present one vouches. Links that stand go on; new ones show the new key.</summary>
    public LinkKey Rotate()
    {
        lock (_rotating)
        {
            var old = _current;
            using var made = SelfSigned.Make(Realm, _clock);
            var fingerprint = SelfSigned.FingerprintOf(made.Der);
            using var key = old.Certificate.GetECDsaPrivateKey() ?? throw new SettingException($"The key in {_folder} is not one of an elliptic curve.");
            var vouch = new Vouch(
                old.Certificate.RawData, fingerprint, key.SignData(Signed(old.Fingerprint, fingerprint), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

            // The vouch first: without the key it is only too much, and dropped at the next start. The key without it would be a stranger's.
            var vouches = old.Vouches.Add(vouch);
            if (vouches.Length > LinkFrame.MostVouches) vouches = vouches.RemoveRange(0, vouches.Length - LinkFrame.MostVouches);
            SelfSigned.WriteAtOnce(VouchesIn(_folder), JsonSerializer.Serialize([.. vouches.Select(StoredVouch.Of)], LinkJson.Default.StoredVouchArray));
            SelfSigned.WriteAtOnce(PairIn(_folder), made.ToPem());
            return _current = Load(_folder);
        }
    }

    /// <summary>
    /// Whether the key that is known leads to the one that is shown: by vouches, of which each is by the key reached so far, for the next. Vouches from
    /// before the known key are passed over; the first that is by a key reached and not rightly signed ends it.
    /// </summary>
    public static bool IsVouched(string pinned, string presented, IReadOnlyList<Vouch> vouches)
    {
        var reached = pinned;
        foreach (var vouch in vouches)
        {
            if (reached == presented) break;
            if (SelfSigned.FingerprintOf(vouch.Certificate.Span) != reached) continue;
            if (!IsSigned(vouch, reached)) return false;
            reached = vouch.Fingerprint;
        }

        return reached == presented;
    }

    private static bool IsSigned(Vouch vouch, string old)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(vouch.Certificate.Span);
            using var key = certificate.GetECDsaPublicKey();
            return key is not null && key.VerifyData(Signed(old, vouch.Fingerprint), vouch.Signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // Bytes that are no certificate, or a key that cannot be used: a stranger may send them.
            return false;
        }
    }

    private static byte[] Signed(string old, string fingerprint) => Encoding.ASCII.GetBytes(SignedPrefix + old + fingerprint);

    private static LinkKey Load(string folder)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(PairIn(folder));
            var key = new LinkKey(certificate, []);
            if (!File.Exists(VouchesIn(folder))) return key;

            var vouches = JsonSerializer.Deserialize(File.ReadAllText(VouchesIn(folder)), LinkJson.Default.StoredVouchArray) ?? [];
            var last = Array.FindLastIndex(vouches, vouch => vouch.New == key.Fingerprint);
            return key with { Vouches = [.. vouches.Take(last + 1).Select(vouch => vouch.ToVouch())] };
        }
        catch (Exception exception) when (exception is CryptographicException or JsonException)
        {
            throw new SettingException($"The identity in {folder} is damaged ({exception.Message}). Put it back from a backup: with another one no peer knows this realm.");
        }
    }

    private sealed record StoredVouch(byte[] Old, string New, byte[] Signature)
    {
        public static StoredVouch Of(Vouch vouch) => new(vouch.Certificate.ToArray(), vouch.Fingerprint, vouch.Signature.ToArray());

        public Vouch ToVouch() => new(Old, New, Signature);
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(StoredVouch[]))]
    private sealed partial class LinkJson : JsonSerializerContext;
}
