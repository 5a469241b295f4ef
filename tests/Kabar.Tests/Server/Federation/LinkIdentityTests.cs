using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Kabar.Storage;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

public sealed class LinkIdentityTests : IDisposable
{
    private static readonly RealmName Satu = SampleFrames.Realm("satu");

    private readonly TemporaryFolder _folder = new();
    private readonly FakeClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_made_once_and_found_again()
    {
        var first = Open().Current;
        var second = Open().Current;

        second.Fingerprint.ShouldBe(first.Fingerprint);
        second.Certificate.RawData.ShouldBe(first.Certificate.RawData);
        first.Certificate.Subject.ShouldBe("CN=satu");
        first.Certificate.HasPrivateKey.ShouldBeTrue();
        first.Fingerprint.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(first.Certificate.RawData)));
        first.Vouches.ShouldBeEmpty();
    }

    [Fact]
    public void Its_files_are_its_owners_alone()
    {
        Open().Rotate();
        if (OperatingSystem.IsWindows()) return;
        var folder = DataDirectory.LinkIn(_folder["data"]);
        foreach (var file in Directory.EnumerateFiles(folder)) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void A_damaged_identity_stops_the_start_with_a_sentence()
    {
        Open();
        File.WriteAllText(Path.Combine(DataDirectory.LinkIn(_folder["data"]), "identity.pem"), "-----");
        Should.Throw<SettingException>(Open).Message.ShouldContain("damaged");
    }

    [Fact]
    public void After_rotations_the_first_key_leads_to_the_last_and_every_one_between_does()
    {
        var identity = Open();
        List<LinkKey> keys = [identity.Current];
        for (var i = 0; i < 3; i++) keys.Add(identity.Rotate());

        keys.Select(key => key.Fingerprint).ShouldBeUnique();
        foreach (var known in keys) LinkIdentity.IsVouched(known.Fingerprint, keys[^1].Fingerprint, keys[^1].Vouches).ShouldBeTrue();
        Open().Current.Vouches.Length.ShouldBe(3);
        Open().Current.Fingerprint.ShouldBe(keys[^1].Fingerprint);
        Open().Rotate().Vouches.Length.ShouldBe(4);
    }

    [Fact]
    public void Only_so_many_vouches_are_kept_the_newest()
    {
        var identity = Open();
        var first = identity.Current.Fingerprint;
        var second = identity.Rotate().Fingerprint;
        for (var i = 0; i < LinkFrame.MostVouches; i++) identity.Rotate();

        var (last, vouches) = (identity.Current.Fingerprint, identity.Current.Vouches);
        vouches.Length.ShouldBe(LinkFrame.MostVouches);
        LinkIdentity.IsVouched(second, last, vouches).ShouldBeTrue();
        LinkIdentity.IsVouched(first, last, vouches).ShouldBeFalse();
        LinkFrameTests.Line(new HelloFrame { Realm = Satu, Vouches = vouches }).Length.ShouldBeLessThan(LinkFrame.MostHandshakeBytes / 2);
    }

    [Fact]
    public void A_rotation_that_was_cut_short_leaves_the_old_key_which_can_be_rotated_again()
    {
        var identity = Open();
        var file = Path.Combine(DataDirectory.LinkIn(_folder["data"]), "identity.pem");
        var old = (Fingerprint: identity.Current.Fingerprint, Pem: File.ReadAllText(file));
        identity.Rotate();
        File.WriteAllText(file, old.Pem);

        identity = Open();

        identity.Current.Fingerprint.ShouldBe(old.Fingerprint);
        identity.Current.Vouches.ShouldBeEmpty();
        var next = identity.Rotate();
        LinkIdentity.IsVouched(old.Fingerprint, next.Fingerprint, next.Vouches).ShouldBeTrue();
    }

    [Fact]
    public void A_known_key_needs_no_vouch_and_another_is_nothing_without_one()
    {
        var key = Open().Current.Fingerprint;
        LinkIdentity.IsVouched(key, key, []).ShouldBeTrue();
        LinkIdentity.IsVouched(key, SampleFrames.Hash, []).ShouldBeFalse();
    }

    [Fact]
    public void Vouches_that_are_forged_or_in_the_wrong_order_or_of_another_key_lead_nowhere()
    {
        var identity = Open();
        var (one, two, three) = (identity.Current, identity.Rotate(), identity.Rotate());
        Vouch first = three.Vouches[0], second = three.Vouches[1];
        bool Leads(params Vouch[] vouches) => LinkIdentity.IsVouched(one.Fingerprint, three.Fingerprint, vouches);
        Leads(first, second).ShouldBeTrue();

        // Not the whole way, or the wrong way round.
        Leads(first).ShouldBeFalse();
        Leads(second).ShouldBeFalse();
        Leads(second, first).ShouldBeFalse();

        // A signature that was changed, is of something else, or of somebody else.
        var bytes = second.Signature.ToArray();
        bytes[^1] ^= 1;
        Leads(first, second with { Signature = bytes }).ShouldBeFalse();
        Leads(first, second with { Signature = first.Signature }).ShouldBeFalse();
        Leads(first, second with { Signature = new byte[] { 1 } }).ShouldBeFalse();
        Leads(first with { Fingerprint = three.Fingerprint }).ShouldBeFalse();
        using var thief = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = thief.SignData(System.Text.Encoding.ASCII.GetBytes($"kabar-link-vouch:{one.Fingerprint}{three.Fingerprint}"), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Leads(new Vouch(one.Certificate.RawData, three.Fingerprint, forged)).ShouldBeFalse();

        // A certificate that is not the one known, or none at all.
        using var request = new CertificateRequest("CN=satu", thief, HashAlgorithmName.SHA256).CreateSelfSigned(_clock.GetUtcNow(), _clock.GetUtcNow().AddDays(1));
        Leads(new Vouch(request.RawData, three.Fingerprint, forged)).ShouldBeFalse();
        var nothing = new byte[] { 1, 2, 3 };
        LinkIdentity.IsVouched(Convert.ToHexStringLower(SHA256.HashData(nothing)), three.Fingerprint, [new Vouch(nothing, three.Fingerprint, forged)]).ShouldBeFalse();
    }

    private LinkIdentity Open() => LinkIdentity.Open(_folder["data"], Satu, _clock);
}
