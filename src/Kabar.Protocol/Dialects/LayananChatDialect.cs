using Kabar.Core;

namespace Kabar.Protocol.Dialects;

/// <summary>Document 003.</summary>
public sealed class LayananChatDialect : Dialect
{
    /// <inheritdoc/>
    public override string Name => "layanan-chat";

    /// <inheritdoc/>
    public override string Word(Refusal refusal) => refusal switch
    {
        Refusal.UnknownUser => "User Tidak Terdaftar",
        Refusal.WrongPassword => "Uncorrect Password",
        _ => base.Word(refusal),
    };

    /// <inheritdoc/>
    protected override void WriteLoggedIn(ReplyWriter writer, SessionToken token) => WriteLoggedInTwice(writer, token);

    /// <inheritdoc/>
    protected override void WriteActiveUsers(ReplyWriter writer, ReadOnlySpan<Account> users)
    {
        writer.Raw("""{"status": "OK", "message": """u8);
        WriteNames(writer, users, ", "u8);
        writer.Raw("}"u8);
    }

    /// <inheritdoc/>
    protected override void WriteLoggedOut(ReplyWriter writer) => writer.Raw("""{"status": "OK", "messages": "logout success"}"""u8);
}
