using Kabar.Core;

namespace Kabar.Protocol.Dialects;

/// <summary>Document 001.</summary>
public sealed class ChatDialect : Dialect
{
    /// <inheritdoc/>
    public override string Name => "chat";

    /// <inheritdoc/>
    public override string Word(Refusal refusal) => refusal switch
    {
        Refusal.UnknownUser => "User Tidak Tersedia, Silahkan Coba Lagi",
        Refusal.WrongPassword => "Password yang Anda Masukkan Salah, Silahkan Coba Lagi",
        _ => base.Word(refusal),
    };

    /// <inheritdoc/>
    protected override void WriteLoggedIn(ReplyWriter writer, SessionToken token) => WriteLoggedInTwice(writer, token);

    /// <inheritdoc/>
    protected override void WriteActiveUsers(ReplyWriter writer, ReadOnlySpan<Account> users)
    {
        writer.Raw("""{"status": "OK", "listuseraktif": """u8);
        WriteNames(writer, users, " "u8);
        writer.Raw("}"u8);
    }

    /// <inheritdoc/>
    protected override void WriteLoggedOut(ReplyWriter writer) =>
        writer.Raw("""{"status": "OK", "messages": "Terima Kasih Telah Menggunakan Service Ini"}"""u8);
}
