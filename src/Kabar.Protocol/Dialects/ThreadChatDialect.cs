using Kabar.Core;

namespace Kabar.Protocol.Dialects;

/// <summary>Document 002. Its <c>online</c> shows the public ids of sessions, and no passwords.</summary>
public sealed class ThreadChatDialect : Dialect
{
    /// <inheritdoc/>
    public override string Name => "thread-chat";

    /// <inheritdoc/>
    protected override void WriteActiveSessions(ReplyWriter writer, ReadOnlySpan<ActiveSession> sessions)
    {
        writer.Raw("""{"status": "OK", "messages": {"""u8);
        Span<byte> id = stackalloc byte[SessionToken.TextLength];
        for (var i = 0; i < sessions.Length; i++)
        {
            if (i > 0) writer.Raw(", "u8);
            System.Buffers.Text.Utf8Formatter.TryFormat(sessions[i].Id.Value, id, out _);
            writer.String(id);
            WriteUser(writer, sessions[i].Account);
        }

        writer.Raw("}}"u8);
    }

    /// <inheritdoc/>
    protected override void WriteLoggedOut(ReplyWriter writer) => writer.Raw("""{"status": "OK", "messages": "Logged out successfully"}"""u8);

    private static void WriteUser(ReplyWriter writer, Account account)
    {
        writer.Raw(""": {"username": """u8);
        writer.String(account.Username.Value);
        writer.Raw(""", "userdetail": {"nama": """u8);
        writer.String(account.DisplayName);
        var attributes = account.Attributes;
        for (var i = 0; i < attributes.Count; i++)
        {
            writer.Raw(", "u8);
            writer.String(attributes[i].Key);
            writer.Raw(": "u8);
            writer.String(attributes[i].Value);
        }

        writer.Raw(""", "incoming": {}, "outgoing": {}}}"""u8);
    }
}
