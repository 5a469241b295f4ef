using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>
/// Cuts frames out of what has been received, and checks every field of them. Whatever the bytes are, it answers with a frame and never throws.
/// Protocol: native link, "What a receiver checks".
/// </summary>
public static class LinkFrameReader
{
    private const int MostCertificateBytes = 4096;
    private const int MostSignatureBytes = 512;

    // A state may begin anywhere, and positions go on from there: so far from the end that nobody comes there.
    private const long MostStatePosition = 1L << 52;

    private static readonly SearchValues<char> InKind = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_");
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 8 };

    /// <summary>Takes the next frame off <paramref name="buffer"/>.</summary>
    /// <param name="buffer">What is there; moved past the frame when there is one.</param>
    /// <param name="frame">The frame, perhaps an <see cref="UnknownFrame"/> or a <see cref="MalformedFrame"/>.</param>
    /// <returns>False when the frame's end has not come yet.</returns>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LinkFrame? frame) =>
        TryRead(ref buffer, LinkFrame.MostBytes, out frame);

    /// <summary>The same for frames of at most so many bytes.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int mostBytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LinkFrame? frame)
    {
        frame = null;
        switch (LineReader.TryRead(ref buffer, mostBytes - 1, out var line))
        {
            case LineStatus.Incomplete:
                return false;
            case LineStatus.TooLong:
                buffer = buffer.Slice(buffer.End);
                frame = new MalformedFrame("a frame over the limit");
                return true;
        }

        if (line.IsSingleSegment)
        {
            frame = Read(line.FirstSpan);
            return true;
        }

        var length = (int)line.Length; // no more than mostBytes
        var whole = ArrayPool<byte>.Shared.Rent(length);
        line.CopyTo(whole);
        frame = Read(whole.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(whole);
        return true;
    }

    /// <summary>Reads one frame without its line's end.</summary>
    public static LinkFrame Read(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line)) return new MalformedFrame("not UTF-8");
        try
        {
            var reader = new Utf8JsonReader(line, Options);
            reader.Read();
            var fields = FrameFields.Read(ref reader, line);
            if (reader.Read()) return new MalformedFrame("more than one JSON value");
            var frame = fields.Problem is null ? Read(ref fields) : null;
            return fields.Problem is { } problem ? new MalformedFrame(problem) : frame!; // null only with a problem
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is what the framework throws for an escaped half of a surrogate pair.
            return new MalformedFrame("not JSON");
        }
    }

    internal static Dispatch? ReadDispatch(ReadOnlySpan<byte> stored)
    {
        if (!Utf8.IsValid(stored)) return null;
        try
        {
            var reader = new Utf8JsonReader(stored, Options);
            reader.Read();
            var fields = FrameFields.Read(ref reader, stored);
            if (reader.Read() || fields.Problem is not null) return null;
            Dispatch? dispatch = fields.String(FrameKey.Do, WordTable<GroupVerb>.Longest) switch
            {
                "message" => ReadMessage(ref fields),
                "revise" => ReadRevision(ref fields),
                "receipt" => ReadReceipt(ref fields),
                "act" => ReadAct(ref fields),
                "failed" => ReadFailed(ref fields),
                _ => null,
            };
            return fields.Problem is null ? dispatch : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static LinkFrame Read(ref FrameFields fields)
    {
        var kind = fields.String(FrameKey.Do, 32);
        return kind switch
        {
            "message" => new NumberedFrame(fields.Number(FrameKey.Seq, least: 1), ReadMessage(ref fields)),
            "revise" => new NumberedFrame(fields.Number(FrameKey.Seq, least: 1), ReadRevision(ref fields)),
            "receipt" => new NumberedFrame(fields.Number(FrameKey.Seq, least: 1), ReadReceipt(ref fields)),
            "act" => new NumberedFrame(fields.Number(FrameKey.Seq, least: 1), ReadAct(ref fields)),
            "failed" => new NumberedFrame(fields.Number(FrameKey.Seq, least: 1), ReadFailed(ref fields)),
            "entry" => ReadEntry(ref fields),
            "typing" => new SignalFrame(ReadTyping(ref fields)),
            "presence" => new SignalFrame(new PresenceSignal(
                fields.Username(FrameKey.User), fields.Word(FrameKey.Presence, LinkWords.Presences), fields.OptionalTime(FrameKey.Seen))),
            "ack" => new AckFrame(ReadMark(ref fields, FrameKey.Through)),
            "ping" => new PingFrame(),
            "pong" => new PongFrame(),
            "hello" => ReadHello(ref fields),
            "welcome" => new WelcomeFrame(ReadMark(ref fields, FrameKey.Last), ReadReceived(ref fields), fields.OptionalHash(FrameKey.Users)),
            "bye" => new ByeFrame(LinkWords.Reasons.Find(fields.String(FrameKey.Reason, 32)) ?? ByeReason.Other),
            "users" => new UsersFrame(fields.Bool(FrameKey.All), ReadUsernames(ref fields, FrameKey.Add), ReadUsernames(ref fields, FrameKey.Remove), fields.OptionalHash(FrameKey.Hash)),
            "ask" => ReadAsk(ref fields),
            "answer" => ReadAnswer(ref fields),
            "member" => new MemberFrame(ReadGroup(ref fields), fields.GroupName(FrameKey.Name)),
            "follow" => new FollowFrame(ReadGroup(ref fields), fields.Number(FrameKey.After, least: 0), fields.OptionalId(FrameKey.Last)),
            "state" => ReadState(ref fields),
            "gone" => new GoneFrame(ReadGroup(ref fields)),
            "fetch" => new FetchFrame(ReadGroup(ref fields), fields.Number(FrameKey.After, least: 0)),
            "fetched" => new FetchedFrame(ReadGroup(ref fields), fields.Number(FrameKey.Head, least: 0)),
            _ => new UnknownFrame(
                kind.AsSpan().ContainsAnyExcept(InKind) ? "" : kind,
                fields.Has(FrameKey.Seq) ? fields.Number(FrameKey.Seq, least: 1) : null),
        };
    }

    private static DirectDispatch ReadMessage(ref FrameFields fields) => new(
        fields.Id(FrameKey.Id),
        fields.Username(FrameKey.From),
        fields.DisplayName(FrameKey.Name),
        fields.Username(FrameKey.To),
        ReadSaid(ref fields),
        fields.Time(FrameKey.Sent),
        fields.OptionalId(FrameKey.Answers));

    private static RevisionDispatch ReadRevision(ref FrameFields fields)
    {
        var kind = ReadRevisionKind(ref fields);
        var text = fields.Text(FrameKey.Text);
        CheckText(ref fields, text, kind);
        return new RevisionDispatch(
            fields.Id(FrameKey.Id),
            kind,
            fields.Username(FrameKey.From),
            fields.DisplayName(FrameKey.Name),
            fields.Username(FrameKey.To),
            fields.Id(FrameKey.Target),
            text,
            fields.Time(FrameKey.Sent));
    }

    private static EntryKind ReadRevisionKind(ref FrameFields fields)
    {
        var kind = fields.Word(FrameKey.Kind, LinkWords.Kinds);
        if (!GroupRules.Revises(kind)) fields.Fail(FrameKey.Kind, "changes nothing that was said");
        return kind;
    }

    private static ReceiptDispatch ReadReceipt(ref FrameFields fields)
    {
        if (!fields.Has(FrameKey.Delivered) && !fields.Has(FrameKey.Read)) fields.Fail(FrameKey.Read, "or \"delivered\", one of the two is needed");
        return new ReceiptDispatch(
            fields.Id(FrameKey.Id), fields.Username(FrameKey.From), fields.Username(FrameKey.To), fields.OptionalId(FrameKey.Delivered), fields.OptionalId(FrameKey.Read));
    }

    private static TypingSignal ReadTyping(ref FrameFields fields)
    {
        if (fields.Has(FrameKey.To) == fields.Has(FrameKey.Group)) fields.Fail(FrameKey.To, "or \"group\", one of the two is needed");
        return new TypingSignal(fields.Username(FrameKey.From), fields.OptionalUsername(FrameKey.To), fields.Has(FrameKey.Group) ? ReadGroup(ref fields) : null);
    }

    private static GroupDispatch ReadAct(ref FrameFields fields)
    {
        var verb = fields.Word(FrameKey.Verb, LinkWords.Verbs);
        var subject = fields.OptionalAddress(FrameKey.Subject);
        var text = fields.Text(FrameKey.Text);
        var target = fields.OptionalNumber(FrameKey.Target, least: 1);
        if (verb == GroupVerb.Read) fields.Fail(FrameKey.Verb, "changes nothing");
        if (GroupRules.Revises(verb) ? target is null : verb != GroupVerb.Say && target is not null) fields.Fail(FrameKey.Target, "does not go with the verb");
        if (GroupRules.ConcernsSomebody(verb) && subject is null) fields.Fail(FrameKey.Subject, "is missing");
        CheckText(ref fields, text, GroupRules.EntryOf(verb));
        return new GroupDispatch(
            fields.Id(FrameKey.Id),
            ReadGroup(ref fields),
            verb,
            fields.Username(FrameKey.From),
            fields.DisplayName(FrameKey.Name),
            subject,
            text,
            fields.Time(FrameKey.Sent),
            target);
    }

    private static FailureDispatch ReadFailed(ref FrameFields fields)
    {
        if (fields.Has(FrameKey.Addressee) == fields.Has(FrameKey.Group)) fields.Fail(FrameKey.Addressee, "or \"group\", one of the two is needed");
        return new FailureDispatch(
            fields.Id(FrameKey.Id),
            fields.Id(FrameKey.Failed),
            fields.Word(FrameKey.Reason, LinkWords.Refusals),
            fields.Username(FrameKey.To),
            fields.Has(FrameKey.Addressee) ? fields.Username(FrameKey.Addressee) : null,
            fields.Has(FrameKey.Group) ? ReadGroup(ref fields) : null);
    }

    private static EntryFrame ReadEntry(ref FrameFields fields)
    {
        var kind = fields.Word(FrameKey.Kind, LinkWords.Kinds);
        var subject = fields.OptionalAddress(FrameKey.Subject);
        var text = fields.Text(FrameKey.Text);
        if (kind == EntryKind.DeliveryFailed) fields.Fail(FrameKey.Kind, "is of no group");
        if (kind is EntryKind.Kicked or EntryKind.Banned or EntryKind.Unbanned or EntryKind.Muted or EntryKind.Unmuted or EntryKind.RoleChanged or EntryKind.Invited
            && subject is null) fields.Fail(FrameKey.Subject, "is missing");
        var position = fields.Number(FrameKey.Position, least: 1);
        var target = fields.OptionalNumber(FrameKey.Target, least: 1);
        if (GroupRules.Revises(kind) ? target is null : kind != EntryKind.Said && target is not null) fields.Fail(FrameKey.Target, "does not go with the kind");
        if (target >= position) fields.Fail(FrameKey.Target, "does not lie before the position");

        // What was deleted since has no text any more, nor have its edits: the entry that tells it comes behind them.
        if (text.Length > 0 || kind is not (EntryKind.Said or EntryKind.Edited)) CheckText(ref fields, text, kind);
        return new EntryFrame(
            ReadGroup(ref fields),
            position,
            fields.Id(FrameKey.Id),
            kind,
            fields.Address(FrameKey.From),
            fields.DisplayName(FrameKey.Name),
            subject,
            text,
            fields.Time(FrameKey.Sent),
            target);
    }

    // What the text must be where the kind gives it a meaning.
    private static void CheckText(ref FrameFields fields, MessageText text, EntryKind? kind)
    {
        var problem = kind switch
        {
            EntryKind.Said or EntryKind.Edited when text.Length == 0 => "is empty",
            EntryKind.Said or EntryKind.Edited when text.Length > RealmOptions.MostLinkTextBytes => "is too long",
            EntryKind.Deleted when text.Length > 0 => "is of no use",
            EntryKind.Reacted when !Reaction.IsValid(text) => "is no reaction",
            EntryKind.TopicChanged when text.Length > Group.MaxTopicBytes => "is too long for a topic",
            EntryKind.RoleChanged when GroupRoles.Parse(text.Decode()) is null => "is no role",
            EntryKind.Moved when text.Length > 253 || !RealmName.TryParse(text.Decode(), out _) => "is no realm name",
            _ => null,
        };
        if (problem is not null) fields.Fail(FrameKey.Text, problem);
    }

    private static HelloFrame ReadHello(ref FrameFields fields)
    {
        var sends = fields.Has(FrameKey.Epoch) || fields.Has(FrameKey.Last) ? ReadMark(ref fields, FrameKey.Last) : (StreamMark?)null;
        var listens = fields.Has(FrameKey.Listens) ? fields.String(FrameKey.Listens, 262) : null;
        if (listens is not null && !LinkAddress.TryParse(listens, out _)) fields.Fail(FrameKey.Listens, "is not HOST:PORT");
        return new HelloFrame
        {
            Speaks = (int)Math.Min(int.MaxValue, fields.Number(FrameKey.Kabar, least: 0)),
            Realm = fields.Realm(FrameKey.Realm),
            Sends = sends,
            Received = ReadReceived(ref fields),
            Listens = listens,
            Users = fields.OptionalHash(FrameKey.Users),
            Vouches = fields.Objects(FrameKey.Vouches, LinkFrame.MostVouches, static (ref FrameFields vouch) => new Vouch(
                vouch.Base64(FrameKey.Old, MostCertificateBytes), vouch.Hash(FrameKey.New), vouch.Base64(FrameKey.Signature, MostSignatureBytes))),
            Secret = fields.Has(FrameKey.Secret) ? ReadSecret(ref fields) : null,
        };
    }

    private static SessionToken ReadSecret(ref FrameFields fields)
    {
        fields.Id(FrameKey.Secret);
        return SessionToken.Parse(System.Text.Encoding.UTF8.GetBytes(fields.String(FrameKey.Secret, SessionToken.TextLength)));
    }

    private static StreamMark ReadMark(ref FrameFields fields, FrameKey through) => new(fields.Id(FrameKey.Epoch), fields.Number(through, least: 0));

    private static StreamMark? ReadReceived(ref FrameFields fields)
    {
        if (!fields.Has(FrameKey.Received)) return null;
        var received = fields.Object(FrameKey.Received);
        if (fields.Problem is not null) return null;
        var mark = ReadMark(ref received, FrameKey.Through);
        if (received.Problem is not null) fields.Fail(FrameKey.Received, "is no epoch and number");
        return mark;
    }

    private static AskFrame ReadAsk(ref FrameFields fields)
    {
        var id = fields.Id(FrameKey.Id);
        return fields.String(FrameKey.What, 32) switch
        {
            "user" => new AskUserFrame(id, fields.Username(FrameKey.Name)),
            "group" => new AskGroupFrame(id, fields.GroupName(FrameKey.Name)),
            "join" => new AskJoinFrame(id, ReadGroup(ref fields), fields.Username(FrameKey.User), fields.DisplayName(FrameKey.Name), fields.Id(FrameKey.Entry)),
            "host" => new AskHostFrame(id, ReadGroup(ref fields), fields.GroupName(FrameKey.Name)),
            "copies" => new AskCopiesFrame(id, fields.Time(FrameKey.Since), fields.OptionalId(FrameKey.After)),
            "presence" => new AskPresenceFrame(id, fields.Username(FrameKey.User)),
            _ => new AskOtherFrame(id),
        };
    }

    private static AnswerFrame ReadAnswer(ref FrameFields fields)
    {
        var refusal = fields.Bool(FrameKey.Ok) ? (Refusal?)null : fields.Word(FrameKey.Reason, LinkWords.Refusals);
        AnsweredGroup? answered = null;
        if (fields.Has(FrameKey.Group))
        {
            var group = fields.Object(FrameKey.Group);
            if (fields.Problem is null) answered = new AnsweredGroup(new GroupId(group.Id(FrameKey.Id)), group.GroupName(FrameKey.Name), group.Bool(FrameKey.Open));
            if (group.Problem is not null) fields.Fail(FrameKey.Group, "is not id, name and open");
        }

        return new AnswerFrame(fields.Id(FrameKey.Id), refusal)
        {
            Position = fields.Has(FrameKey.Position) ? fields.Number(FrameKey.Position, least: 0) : 0,
            Group = answered,
            Copies = fields.Objects(FrameKey.Copies, int.MaxValue, ReadCopy),
            Presence = fields.Has(FrameKey.Presence) ? fields.Word(FrameKey.Presence, LinkWords.Presences) : null,
            Seen = fields.OptionalTime(FrameKey.Seen),
            HasMore = fields.Flag(FrameKey.More),
        };
    }

    private static MessageCopy ReadCopy(ref FrameFields fields)
    {
        var kind = fields.Has(FrameKey.Kind) ? ReadRevisionKind(ref fields) : EntryKind.Said;
        var text = fields.Text(FrameKey.Text);
        CheckText(ref fields, text, kind);
        return new MessageCopy(
            fields.Id(FrameKey.Id),
            fields.Address(FrameKey.From),
            fields.DisplayName(FrameKey.Name),
            fields.Address(FrameKey.To),
            text,
            fields.Time(FrameKey.Sent),
            kind,
            GroupRules.Revises(kind) ? fields.Id(FrameKey.Target) : fields.OptionalId(FrameKey.Target));
    }

    private static StateFrame ReadState(ref FrameFields fields)
    {
        var topic = fields.String(FrameKey.Topic, Group.MaxTopicBytes);
        if (System.Text.Encoding.UTF8.GetByteCount(topic) > Group.MaxTopicBytes || topic.Contains('\0', StringComparison.Ordinal)) fields.Fail(FrameKey.Topic, "is no topic");
        return new StateFrame(ReadGroup(ref fields))
        {
            Name = fields.GroupName(FrameKey.Name),
            Topic = topic,
            IsOpen = fields.Bool(FrameKey.Open),
            Position = fields.Number(FrameKey.Position, least: 0, MostStatePosition),
            After = fields.Number(FrameKey.After, least: 0, MostStatePosition),
            Members = fields.Objects(FrameKey.Members, int.MaxValue, static (ref FrameFields member) => new Member(
                member.Address(FrameKey.Who),
                member.DisplayName(FrameKey.Name),
                member.Word(FrameKey.Role, LinkWords.Roles),
                member.Bool(FrameKey.Muted),
                member.Number(FrameKey.Joined, least: 0))),
            Banned = ReadAddresses(ref fields, FrameKey.Banned),
            Invited = ReadAddresses(ref fields, FrameKey.Invited),
            HasMore = fields.Flag(FrameKey.More),
        };
    }

    private static GroupId ReadGroup(ref FrameFields fields) => new(fields.Id(FrameKey.Group));

    private static MessageText ReadSaid(ref FrameFields fields)
    {
        var text = fields.Text(FrameKey.Text);
        CheckText(ref fields, text, EntryKind.Said);
        return text;
    }

    private static ImmutableArray<Username> ReadUsernames(ref FrameFields fields, FrameKey key) =>
        fields.Strings(key, Username.MaxLength, static (string text, out Username name) => Username.TryParse(text, out name));

    private static ImmutableArray<Address> ReadAddresses(ref FrameFields fields, FrameKey key) =>
        fields.Strings(key, 300, static (string text, out Address address) => Address.TryParse(text, out address) && address.Realm is not null);
}
