using System.Buffers;
using Kabar.Core;

namespace Kabar.Protocol.Dialects;

/// <summary>
/// One variant of the line protocol: how it words what came of a command. The defaults are those of <c>message-service</c>, to which
/// the other documents refer; each dialect overrides only the sentences in which it differs. It holds no state, so one object serves
/// every connection. Protocol: dialects, section 2.
/// </summary>
public abstract class Dialect
{
    /// <summary>The name, as listeners and the verb <c>dialect</c> use it.</summary>
    public abstract string Name { get; }

    /// <summary>The sentence for a refusal.</summary>
    public virtual string Word(Refusal refusal) => refusal switch
    {
        Refusal.UnknownCommand => "**Protocol Tidak Benar",
        Refusal.MissingParameter or Refusal.MalformedLine or Refusal.EmptyText => "--Protocol Tidak Benar",
        Refusal.UnknownSession or Refusal.NotLoggedIn => "Session Tidak Ditemukan",
        Refusal.UnknownUser or Refusal.NotAuthenticated => "User Tidak Ada",
        Refusal.WrongPassword => "Password Salah",
        Refusal.UnknownRecipient => "User Tidak Ditemukan",
        Refusal.TextTooLong => "Pesan Terlalu Panjang",
        Refusal.TooManyAttempts => "Terlalu Banyak Percobaan",

        Refusal.UnreachableRecipient => "User Tidak Ditemukan",
        Refusal.InvalidName or Refusal.InvalidParameter => "--Protocol Tidak Benar",
        Refusal.UnknownMessage => "Pesan Tidak Ditemukan",
        Refusal.RegistrationClosed or Refusal.WrongCode => "Tidak Diizinkan",
        Refusal.UnknownGroup => "Grup Tidak Ditemukan",
        Refusal.NotAMember => "Bukan Anggota Grup",
        Refusal.AlreadyMember => "Sudah Menjadi Anggota Grup",
        Refusal.Banned => "Dilarang Masuk Grup",
        Refusal.InviteOnly => "Grup Hanya untuk Undangan",
        Refusal.Muted => "Tidak Boleh Bicara di Grup",
        Refusal.NotAllowed => "Tidak Diizinkan",
        Refusal.TooMany => "Terlalu Banyak",
        Refusal.Recovering => "Grup Sedang Dipulihkan, Silahkan Coba Lagi",
        Refusal.PeerQueueFull => "Antrean ke Realm Penuh",
        Refusal.Expired => "Realm Tidak Dapat Dihubungi Terlalu Lama",
        Refusal.PeerRemoved or Refusal.UnknownPeer => "Realm Tidak Terhubung Lagi",

        // A realm that had to be asked did not answer, or a fault. Those of the operator's commands and of the HTTP API never come up on a line.
        Refusal.PeerUnreachable or Refusal.HomeElsewhere or Refusal.NameTaken or Refusal.UnknownToken or Refusal.Failed => "Gagal",
    };

    /// <summary>Writes a reply with its end. Allocates nothing.</summary>
    public void Write(Reply reply, IBufferWriter<byte> output)
    {
        var writer = new ReplyWriter(output);
        switch (reply)
        {
            case SentReply:
                writer.Raw("""{"status": "OK", "message": "Message Sent"}"""u8);
                break;
            case RefusedReply refused:
                writer.Raw("""{"status": "ERROR", "message": """u8);
                writer.String(Word(refused.Refusal));
                writer.Raw("}"u8);
                break;
            case LoggedInReply loggedIn:
                WriteLoggedIn(writer, loggedIn.Token);
                break;
            case InboxReply inbox:
                WriteInbox(writer, inbox);
                break;
            case ActiveUsersReply active:
                WriteActiveUsers(writer, active.Users.AsSpan());
                break;
            case ActiveSessionsReply active:
                WriteActiveSessions(writer, active.Sessions.AsSpan());
                break;
            case LoggedOutReply:
                WriteLoggedOut(writer);
                break;
            case SwitchedReply switched:
                writer.Raw("""{"status": "OK", "message": """u8);
                writer.String(switched.Name);
                writer.Raw("}"u8);
                break;
            case PeerSentReply sent:
                WritePeerSent(writer, sent);
                break;
            case LeftGroupReply left:
                writer.Raw("""{"status": "OK", "message": "Telah keluar dari grup """u8);
                writer.Escaped(left.Group);
                writer.Raw("\"}"u8);
                break;
            case UnknownGroupReply unknown:
                writer.Raw("""{"status": "ERROR", "message": "Tidak ada grup """u8);
                writer.Escaped(unknown.Group);
                writer.Raw(""" di server"}"""u8);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"{reply.GetType().Name} has no words.");
        }

        writer.Raw("\r\n\r\n"u8);
    }

    /// <summary>The most bytes a message adds to an inbox reply: what bounds a page (section 3).</summary>
    public static int InboxSize(Message message, Account reader)
    {
        // What stands around the texts, with what stands around the first message; and the words of a failure with the realm's name, twice.
        const int Punctuation = 96;
        const int Failure = 640;
        return Punctuation
            + ReplyWriter.EscapedLength(message.Text.Utf8.Span)
            + ReplyWriter.MostEscaped(message.FromName.Length + reader.DisplayName.Length)
            + Username.MaxLength
            + (message.From.Realm is { } realm ? realm.Value.Length + 1 : 0)
            + (message.Kind == EntryKind.DeliveryFailed ? Failure : 0);
    }

    /// <summary>The reply to a log-in.</summary>
    protected virtual void WriteLoggedIn(ReplyWriter writer, SessionToken token)
    {
        Span<byte> text = stackalloc byte[SessionToken.TextLength];
        token.Write(text);
        writer.Raw("""{"status": "OK", "tokenid": """u8);
        writer.String(text);
        writer.Raw("}"u8);
    }

    /// <summary>The reply to a log-out.</summary>
    protected abstract void WriteLoggedOut(ReplyWriter writer);

    /// <summary>Who is active; asked only of the dialects that have such a verb.</summary>
    protected virtual void WriteActiveUsers(ReplyWriter writer, ReadOnlySpan<Account> users) =>
        throw new System.Diagnostics.UnreachableException($"{Name} lists no users.");

    /// <summary>Which sessions are live; asked only of the dialect that has such a verb.</summary>
    protected virtual void WriteActiveSessions(ReplyWriter writer, ReadOnlySpan<ActiveSession> sessions) =>
        throw new System.Diagnostics.UnreachableException($"{Name} lists no sessions.");

    /// <summary>The reply to a log-in under both of the keys the documents use.</summary>
    protected static void WriteLoggedInTwice(ReplyWriter writer, SessionToken token)
    {
        Span<byte> text = stackalloc byte[SessionToken.TextLength];
        token.Write(text);
        writer.Raw("""{"status": "OK", "tokenid": """u8);
        writer.String(text);
        writer.Raw(""", "tokenId": """u8);
        writer.String(text);
        writer.Raw("}"u8);
    }

    /// <summary>The usernames as one string, each followed by <paramref name="end"/>.</summary>
    protected static void WriteNames(ReplyWriter writer, ReadOnlySpan<Account> users, ReadOnlySpan<byte> end)
    {
        writer.Raw("\""u8);
        foreach (var user in users)
        {
            writer.Escaped(user.Username.Value);
            writer.Raw(end);
        }

        writer.Raw("\""u8);
    }

    private static void WritePeerSent(ReplyWriter writer, PeerSentReply sent)
    {
        writer.Raw("""{"status": "OK", "message": "Message Sent", "sendback": {"msg_from": """u8);
        writer.String(sent.From.Value);
        writer.Raw(""", "msg_to": """u8);
        writer.String(sent.ToName);
        writer.Raw(""", "msg": """u8);
        writer.String(sent.Text.Utf8.Span);
        writer.Raw("}}"u8);
    }

    // Grouped by sender, in the order of each sender's first message. A pass for each sender allocates nothing, and a page is small:
    // 512 KiB are many messages of few senders, or few messages.
    private void WriteInbox(ReplyWriter writer, InboxReply inbox)
    {
        writer.Raw("""{"status": "OK", "messages": {"""u8);
        var messages = inbox.Messages.AsSpan();
        for (var i = 0; i < messages.Length; i++)
        {
            if (HoldsOneOf(messages[..i], messages[i])) continue;

            if (i > 0) writer.Raw(", "u8);
            WriteSender(writer, messages[i], inbox);
            writer.Raw(": ["u8);
            WriteMessage(writer, messages[i], inbox);
            foreach (var message in messages[(i + 1)..])
            {
                if (!IsOfOneSender(message, messages[i])) continue;
                writer.Raw(", "u8);
                WriteMessage(writer, message, inbox);
            }

            writer.Raw("]"u8);
        }

        writer.Raw("}}"u8);
    }

    private static bool HoldsOneOf(ReadOnlySpan<Message> messages, Message sender)
    {
        foreach (var message in messages)
            if (IsOfOneSender(message, sender)) return true;
        return false;
    }

    // What could not be delivered is said by the realm, though it stands in the reader's conversation with himself.
    private static bool IsOfOneSender(Message one, Message other) =>
        one.From == other.From && one.Kind == EntryKind.DeliveryFailed == (other.Kind == EntryKind.DeliveryFailed);

    // Under his bare username, as the documents do, unless an account here has the same. The realm itself has an @ before its name,
    // which no username can have.
    private static void WriteSender(ReplyWriter writer, Message message, InboxReply inbox)
    {
        writer.Raw("\""u8);
        if (message.Kind == EntryKind.DeliveryFailed)
        {
            writer.Raw("@"u8);
            writer.Escaped(inbox.Realm.Value);
        }
        else
        {
            writer.Escaped(message.From.Username.Value);
            if (message.From.Realm is { } realm && inbox.Homonyms.Contains(message.From.Username))
            {
                writer.Raw("@"u8);
                writer.Escaped(realm.Value);
            }
        }

        writer.Raw("\""u8);
    }

    private void WriteMessage(ReplyWriter writer, Message message, InboxReply inbox)
    {
        var failure = message.Kind == EntryKind.DeliveryFailed ? DeliveryFailure.Read(message.Text) : null;
        writer.Raw("""{"msg_from": """u8);
        writer.String(failure is null ? message.FromName : inbox.Realm.Value);
        writer.Raw(""", "msg_to": """u8);
        writer.String(inbox.Reader.DisplayName);
        writer.Raw(""", "msg": """u8);
        if (failure is null) writer.String(message.Text.Utf8.Span);
        else writer.String($"Pesan untuk {failure.To} tidak terkirim ({Word(failure.Reason)}): {failure.Quote}");
        writer.Raw("}"u8);
    }
}
