using System.Globalization;

namespace Kabar.Cli.Chat;

/// <summary>What is said to the person, in English or Indonesian.</summary>
internal sealed class ChatWords(bool isIndonesian)
{
    public bool IsIndonesian => isIndonesian;

    /// <summary>The language for the realm's sentences.</summary>
    public string Language => isIndonesian ? "id" : "en";

    public string Hint => Say("/help shows the commands, /list and Alt-1…9 the conversations; Ctrl-D leaves",
        "/help untuk perintah, /list dan Alt-1…9 untuk percakapan; Ctrl-D keluar");

    public string NotConnected => Say("not connected; what you write is sent when it is back", "tidak terhubung; yang ditulis dikirim setelah terhubung lagi");

    public string ConnectionLost => Say("connection lost, connecting again", "koneksi putus, menyambung lagi");

    public string ConnectedAgain => Say("connected again", "terhubung lagi");

    public string SessionEnded => Say("the session has ended", "sesi telah berakhir");

    public string NoConversation => Say("No conversation is open: /msg NAME or /list.", "Belum ada percakapan: /msg NAMA atau /list.");

    public string NotAGroup => Say("This is not a group; name one: #batak.", "Ini bukan grup; sebutkan satu: #batak.");

    public string NothingOlder => Say("nothing older", "tidak ada yang lebih lama");

    public string Now => Say("now", "sekarang");

    public string Deleted => Say("(deleted)", "(dihapus)");

    public string Edited => Say(" (edited)", " (disunting)");

    public string NothingToEdit => Say("Nothing of yours is here to be edited.", "Tidak ada pesan Anda di sini yang dapat disunting.");

    public string TooLong => Say("That is longer than a message may be.", "Itu lebih panjang dari yang diperbolehkan.");

    public string OldPassword => Say("Old password: ", "Password lama: ");

    public string NewPassword => Say("New password: ", "Password baru: ");

    public string Repeat => Say("Once more: ", "Sekali lagi: ");

    public string NotTheSame => Say("They are not the same; nothing was changed.", "Tidak sama; tidak ada yang diubah.");

    public string PasswordChanged => Say("The password is changed; your other sessions have ended.", "Password diubah; sesi Anda yang lain telah berakhir.");

    public string NobodyFound => Say("Nothing was found.", "Tidak ada yang ditemukan.");

    public string AllRead => Say("Everything is read.", "Semua telah dibaca.");

    public string Done => Say("Done.", "Selesai.");

    public string LeaveHint => Say("Ctrl-D or /quit leaves.", "Ctrl-D atau /quit untuk keluar.");

    public string Keys => Say("Alt-1…9 open a conversation, Alt-Left and Alt-Right the ones beside it, Ctrl-N and Ctrl-P those with something unread; Alt-Up edits your last message, Alt-Enter begins a line",
        "Alt-1…9 membuka percakapan, Alt-Kiri dan Alt-Kanan yang di sebelahnya, Ctrl-N dan Ctrl-P yang belum dibaca; Alt-Atas menyunting pesan terakhir Anda, Alt-Enter baris baru");

    public string Lines(int count) => Say($"{count} lines", $"{count} baris");

    public string PasteAdvice(int count) => Say($"{count} lines: Enter sends, Ctrl-C drops", $"{count} baris: Enter mengirim, Ctrl-C membuang");

    public string Welcome(string name, string realm) => Say($"{name} at {realm}", $"{name} di {realm}");

    public string Fresh(int count) => Say($"{count} new", $"{count} baru");

    public string Older(long first, long last) => Say($"{first} to {last}", $"{first} sampai {last}");

    public string Members(int count) => Say($"{count} {(count == 1 ? "member" : "members")}", $"{count} anggota");

    public string TypingNow(IReadOnlyList<string> who) => who.Count switch
    {
        1 => Say($"{who[0]} is typing", $"{who[0]} sedang mengetik"),
        2 => Say($"{who[0]} and {who[1]} are typing", $"{who[0]} dan {who[1]} sedang mengetik"),
        _ => Say($"{who.Count} are typing", $"{who.Count} orang sedang mengetik"),
    };

    public string MoreWaiting(int count) => Say($"{count} more wait", $"{count} lagi menunggu");

    public string NotSentYet(int count) =>
        Say($"{count} {(count == 1 ? "message is" : "messages are")} not sent yet; /quit again drops {(count == 1 ? "it" : "them")}.", $"{count} pesan belum terkirim; /quit sekali lagi membuangnya.");

    public string NotSent(string reason) => Say($"not sent: {reason}", $"tidak terkirim: {reason}");

    public string NotDelivered(string to, string reason) => Say($"not delivered to {to}: {reason}", $"tidak sampai ke {to}: {reason}");

    public string NoCommand(string name) => Say($"There is no /{name}; /help shows what there is. A line that begins with // says the rest with one slash.",
        $"Tidak ada /{name}; lihat /help. Baris yang diawali // mengirim sisanya dengan satu garis miring.");

    public string Usage(string form) => Say($"It reads: {form}", $"Bentuknya: {form}");

    public string NoSuch(long position) => Say($"There is no message {position} here.", $"Tidak ada pesan {position} di sini.");

    public string NotANumber(string word) => Say($"{word} is not the number of a message.", $"{word} bukan nomor pesan.");

    public string NoNumber(int number) => Say($"There is no conversation {number}.", $"Tidak ada percakapan {number}.");

    public string Date(DateTimeOffset time) => time.ToString("dddd, d MMMM yyyy", Culture);

    public string ShortDate(DateTimeOffset time) => time.ToString("d MMM yyyy HH:mm", Culture);

    public string PresenceOf(string state) => state switch
    {
        "online" => Say("online", "daring"),
        "away" => Say("away", "sedang pergi"),
        _ => Say("offline", "luring"),
    };

    public string Seen(DateTimeOffset time) => Say($"last seen {ShortDate(time)}", $"terakhir terlihat {ShortDate(time)}");

    public string Is(string who, string state) => Say($"{who} is {PresenceOf(state)}", $"{who} {PresenceOf(state)}");

    /// <summary>What has happened in a conversation beside what was said; null for what nobody needs to be told.</summary>
    public string? Event(string kind, string who, string subject, string detail) => kind switch
    {
        "joined" => Say($"{who} joined", $"{who} bergabung"),
        "left" => Say($"{who} left", $"{who} keluar"),
        "kicked" => Say($"{who} put {subject} out", $"{who} mengeluarkan {subject}"),
        "banned" => Say($"{who} banned {subject}", $"{who} melarang {subject}"),
        "unbanned" => Say($"{who} lets {subject} in again", $"{who} membolehkan {subject} lagi"),
        "muted" => Say($"{who} muted {subject}", $"{who} membisukan {subject}"),
        "unmuted" => Say($"{who} lets {subject} speak again", $"{who} membolehkan {subject} bicara lagi"),
        "invited" => Say($"{who} invited {subject}", $"{who} mengundang {subject}"),
        "role" => Say($"{who} made {subject} {detail}", $"{who} menjadikan {subject} {detail}"),
        "topic" => Say($"{who} set the topic: {detail}", $"{who} mengganti topik: {detail}"),
        "opened" => Say($"{who} opened the group to everybody", $"{who} membuka grup untuk semua"),
        "closed" => Say($"{who} closed the group: who was invited may join", $"{who} menutup grup: hanya untuk undangan"),
        "moved" => Say($"the group's home is {detail} from now on", $"grup kini berumah di {detail}"),
        _ => null,
    };

    public string EditedLine(string who, long? target, string text) => Say($"{who} edited {target}: {text}", $"{who} menyunting {target}: {text}");

    public string DeletedLine(string who, long? target) => Say($"{who} deleted {target}", $"{who} menghapus {target}");

    public string ReactedLine(string who, long? target, string emoji, string quote) => emoji.Length == 0
        ? Say($"{who} takes back the reaction to {target} {quote}", $"{who} menarik reaksi pada {target} {quote}")
        : Say($"{who} reacts {emoji} to {target} {quote}", $"{who} memberi {emoji} pada {target} {quote}");

    /// <summary>The one of the two that is in the person's language.</summary>
    public string Say(string english, string indonesian) => isIndonesian ? indonesian : english;

    /// <summary>The language that the locale asks for.</summary>
    public static ChatWords For(Func<string, string?> variable)
    {
        var locale = new[] { "LC_ALL", "LC_MESSAGES", "LANG" }.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        return new ChatWords(locale.StartsWith("id", StringComparison.OrdinalIgnoreCase));
    }

    private CultureInfo Culture => isIndonesian ? Indonesian : CultureInfo.InvariantCulture;

    // The names of days and months do not need the system to know Indonesian.
    private static readonly CultureInfo Indonesian = MakeIndonesian();

    private static CultureInfo MakeIndonesian()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        string[] months = ["Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember", ""];
        culture.DateTimeFormat.DayNames = ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"];
        culture.DateTimeFormat.MonthNames = culture.DateTimeFormat.MonthGenitiveNames = months;
        string[] abbreviated = [.. months.Select(month => month.Length > 3 ? month[..3] : month)];
        culture.DateTimeFormat.AbbreviatedMonthNames = culture.DateTimeFormat.AbbreviatedMonthGenitiveNames = abbreviated;
        return CultureInfo.ReadOnly(culture);
    }
}
