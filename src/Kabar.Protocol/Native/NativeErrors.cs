using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Protocol.Native;

/// <summary>Refusals as the native protocol tells them. Protocol: native, "Errors".</summary>
public static class NativeErrors
{
    private static readonly WordTable<Refusal> Codes = new(refusal => Row(refusal).Code);

    /// <summary>The stable word, for programs.</summary>
    public static ReadOnlySpan<byte> Code(Refusal refusal) => Codes.Word(refusal);

    /// <summary>The sentence, for people.</summary>
    public static string Word(Refusal refusal, Language language) => language switch
    {
        Language.Indonesian => Row(refusal).Indonesian,
        Language.English => Row(refusal).English,
    };

    // The codes are written down and not made from the names: those may change. Without a default arm, so that a new refusal does not compile before it has its words.
    private static (string Code, string Indonesian, string English) Row(Refusal refusal) => refusal switch
    {
        Refusal.UnknownCommand => ("unknown_command", "Perintah tidak dikenal", "There is no such verb"),
        Refusal.MissingParameter => ("missing_parameter", "Parameter belum lengkap", "A parameter is missing"),
        Refusal.MalformedLine => ("malformed_request", "Permintaan tidak dapat dibaca", "The request cannot be read"),
        Refusal.UnknownSession => ("unknown_session", "Sesi tidak ditemukan", "There is no such session"),
        Refusal.UnknownUser => ("unknown_user", "Pengguna tidak ada", "There is no such user"),
        Refusal.WrongPassword => ("wrong_password", "Kata sandi salah", "The password is wrong"),
        Refusal.UnknownRecipient => ("unknown_recipient", "Pengguna tidak ditemukan", "There is nobody of this name"),
        Refusal.UnreachableRecipient => ("unreachable_recipient", "Realm yang mungkin mengenal pengguna ini tidak dapat dihubungi", "A realm that may know this name cannot be reached"),
        Refusal.EmptyText => ("empty_text", "Teks kosong", "There is no text"),
        Refusal.TextTooLong => ("message_too_long", "Teks terlalu panjang", "The text is too long"),
        Refusal.TooManyAttempts => ("too_many_attempts", "Terlalu banyak percobaan, coba lagi nanti", "Too many attempts, try again later"),
        Refusal.NameTaken => ("name_taken", "Nama sudah dipakai", "The name is taken"),
        Refusal.InvalidName => ("invalid_name", "Nama atau kata sandi tidak memenuhi aturan", "The name or the password is not one that the rules allow"),
        Refusal.UnknownGroup => ("unknown_group", "Grup tidak ditemukan", "There is no such group"),
        Refusal.NotAMember => ("not_a_member", "Bukan anggota grup", "Not a member of the group"),
        Refusal.AlreadyMember => ("already_member", "Sudah menjadi anggota grup", "A member of the group already"),
        Refusal.Banned => ("banned", "Dilarang masuk grup", "Banned from the group"),
        Refusal.InviteOnly => ("invite_only", "Grup hanya untuk undangan", "The group is for those who were invited"),
        Refusal.Muted => ("muted", "Tidak boleh bicara di grup", "Muted in the group"),
        Refusal.NotAllowed => ("not_allowed", "Tidak diizinkan", "Not allowed"),
        Refusal.TooMany => ("too_many", "Terlalu banyak", "Too many"),
        Refusal.Recovering => ("recovering", "Grup sedang dipulihkan, coba lagi", "The group is being restored, try again"),
        Refusal.HomeElsewhere => ("home_elsewhere", "Grup bertempat di realm lain", "The group's home is elsewhere"),
        Refusal.PeerUnreachable => ("peer_unreachable", "Realm tidak dapat dihubungi", "The realm cannot be reached"),
        Refusal.UnknownPeer => ("unknown_peer", "Realm tidak dikenal", "The realm is not known here"),
        Refusal.PeerQueueFull => ("peer_queue_full", "Antrean ke realm penuh", "Too much waits for that realm already"),
        Refusal.Expired => ("expired", "Realm tidak dapat dihubungi terlalu lama", "That realm could not be reached for too long"),
        Refusal.PeerRemoved => ("peer_removed", "Realm tidak terhubung lagi", "That realm is joined no longer"),
        Refusal.NotLoggedIn => ("not_logged_in", "Belum masuk", "Not logged in"),
        Refusal.NotAuthenticated => ("not_authenticated", "Nama atau kata sandi salah", "The name or the password is wrong"),
        Refusal.UnknownMessage => ("unknown_message", "Pesan tidak ditemukan", "There is no such message"),
        Refusal.InvalidParameter => ("invalid_parameter", "Parameter tidak benar", "A parameter is not what it must be"),
        Refusal.RegistrationClosed => ("registration_closed", "Pendaftaran ditutup", "Nobody can register here"),
        Refusal.WrongCode => ("wrong_code", "Kode undangan tidak berlaku", "The invitation code opens nothing"),
        Refusal.UnknownToken => ("unknown_token", "Token tidak ditemukan", "There is no such token"),
        Refusal.Failed => ("failed", "Gagal", "It has failed, and nothing was accepted"),
    };
}
