namespace Kabar.Protocol.Dialects;

/// <summary>Document 004: the default of a listener. The document has no <c>logout</c>; it is answered as in <c>thread-chat</c>.</summary>
public sealed class RealmChatDialect : Dialect
{
    /// <inheritdoc/>
    public override string Name => "realm-chat";

    /// <inheritdoc/>
    protected override void WriteLoggedOut(ReplyWriter writer) => writer.Raw("""{"status": "OK", "messages": "Logged out successfully"}"""u8);
}
