using Kabar.Core;

namespace Kabar.Protocol.Dialects;

/// <summary>Document 000: the one the others refer to.</summary>
public sealed class MessageServiceDialect : Dialect
{
    /// <inheritdoc/>
    public override string Name => "message-service";

    /// <inheritdoc/>
    protected override void WriteActiveUsers(ReplyWriter writer, ReadOnlySpan<Account> users)
    {
        writer.Raw("""{"status": "OK", "active": ["""u8);
        for (var i = 0; i < users.Length; i++)
        {
            writer.Raw(i == 0 ? """{"username": """u8 : """, {"username": """u8);
            writer.String(users[i].Username.Value);
            writer.Raw(""", "nama": """u8);
            writer.String(users[i].DisplayName);
            writer.Raw("}"u8);
        }

        writer.Raw("]}"u8);
    }

    /// <inheritdoc/>
    protected override void WriteLoggedOut(ReplyWriter writer) => writer.Raw("""{"status": "OK", "tokenid": "\u0000", "tokenId": "\u0000"}"""u8);
}
