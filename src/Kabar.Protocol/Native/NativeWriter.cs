using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Protocol.Native;

/// <summary>
/// Writes replies and events of the native protocol, each a JSON object on a line of its own that ends with <c>\r\n</c>. It allocates nothing but what the output
/// needs, except where an entry tells of what was not delivered. Protocol: native, "Replies", "Entries", "Events".
/// </summary>
public static class NativeWriter
{
    // The keys of an entry with its numbers and times, those of a reaction; and a group's address at its longest.
    private const int EntryPunctuation = 512;
    private const int ReactionPunctuation = 32;
    private const int GroupPunctuation = 288;

    private static readonly WordTable<EntryKind> Kinds = new(kind => kind switch
    {
        EntryKind.Said => "message",
        EntryKind.Joined => "joined",
        EntryKind.Left => "left",
        EntryKind.Kicked => "kicked",
        EntryKind.Banned => "banned",
        EntryKind.Unbanned => "unbanned",
        EntryKind.Muted => "muted",
        EntryKind.Unmuted => "unmuted",
        EntryKind.RoleChanged => "role",
        EntryKind.TopicChanged => "topic",
        EntryKind.Opened => "opened",
        EntryKind.Closed => "closed",
        EntryKind.Invited => "invited",
        EntryKind.Moved => "moved",
        EntryKind.DeliveryFailed => "failed",
        EntryKind.Edited => "edited",
        EntryKind.Deleted => "deleted",
        EntryKind.Reacted => "reacted",
    });

    private static readonly WordTable<PresenceState> States = new(state => state switch
    {
        PresenceState.Offline => "offline",
        PresenceState.Away => "away",
        PresenceState.Online => "online",
    });

    /// <summary>Writes a reply.</summary>
    /// <param name="reply">What.</param>
    /// <param name="id">The request's id, echoed; empty for none.</param>
    /// <param name="language">What people are spoken to in.</param>
    /// <param name="output">Where to.</param>
    public static void Write(NativeReply reply, ReadOnlySpan<byte> id, Language language, IBufferWriter<byte> output)
    {
        var json = new FrameText(output);
        json.Raw("{"u8);
        if (!id.IsEmpty)
        {
            json.Raw("\"id\":"u8);
            json.Raw(id);
            json.Raw(","u8);
        }

        if (reply is RefusalReply refusal) Write(refusal, language, ref json);
        else
        {
            json.Raw("\"status\":\"OK\""u8);
            Write(reply, ref json);
        }

        End(ref json);
    }

    /// <summary>Writes an event; what it says is the same for whoever hears it.</summary>
    public static void Write(FeedEvent happened, IBufferWriter<byte> output)
    {
        var json = new FrameText(output);
        switch (happened)
        {
            case EntryEvent said:
                Write(new Entry(said.Entry, said.Group), "{"u8, ref json);
                break;
            case ReceiptEvent receipt:
                json.Raw("{\"event\":\"receipt\","u8);
                Write(receipt.Marks, receipt.Group, ref json);
                break;
            case TypingEvent typing:
                json.Address("{\"event\":\"typing\",\"from\":"u8, typing.From);
                Write(",\"to\":"u8, typing.To, ref json);
                break;
            case PresenceEvent changed:
                json.Raw("{\"event\":\"presence\","u8);
                Write(changed.Presence, ref json);
                break;
            default: throw new UnreachableException($"{happened?.GetType().Name} has no words.");
        }

        End(ref json);
    }

    /// <summary>Writes an entry as an event, for one who reads it from the store.</summary>
    public static void WriteEntry(Entry entry, IBufferWriter<byte> output)
    {
        var json = new FrameText(output);
        Write(entry, "{"u8, ref json);
        End(ref json);
    }

    /// <summary>No fewer than the bytes that an entry takes in a reply or as an event: what bounds a page.</summary>
    public static int MostBytes(Message entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var bytes = EntryPunctuation + FrameText.LengthOf(entry.FromName) + FrameText.LengthOf(entry.Text.Utf8.Span)
            + LengthOf(entry.From) + (entry.To is { } to ? LengthOf(to) : GroupPunctuation) + (entry.Subject is { } subject ? LengthOf(subject) : 0);
        if (entry.Revision is not { } revision) return bytes;
        foreach (var reaction in revision.Reactions) bytes += ReactionPunctuation + FrameText.LengthOf(reaction.Emoji) + LengthOf(reaction.Who);
        return bytes;
    }

    /// <summary>Writes the event that what came first after a <c>listen FROM</c> is over: from here on it is live.</summary>
    /// <param name="at">The arrival through which everything was told.</param>
    /// <param name="output">Where to.</param>
    public static void WriteLive(long at, IBufferWriter<byte> output)
    {
        var json = new FrameText(output);
        WriteAt("{\"event\":\"live\",\"at\":"u8, at, ref json);
        End(ref json);
    }

    /// <summary>Writes the event that the session has ended; the connection is nobody's again.</summary>
    public static void WriteLoggedOut(IBufferWriter<byte> output)
    {
        var json = new FrameText(output);
        json.Raw("{\"event\":\"logged_out\""u8);
        End(ref json);
    }

    private static int LengthOf(Address address) => address.Username.Value.Length + (address.Realm is { } realm ? realm.Value.Length + 1 : 0);

    private static void Write(RefusalReply refusal, Language language, ref FrameText json)
    {
        json.Word("\"status\":\"ERROR\",\"code\":"u8, NativeErrors.Code(refusal.Refusal));
        json.String(",\"message\":"u8, NativeErrors.Word(refusal.Refusal, language));
        if (refusal.Parameter is { } parameter) json.Word(",\"parameter\":"u8, parameter);
    }

    private static void Write(NativeReply reply, ref FrameText json)
    {
        switch (reply)
        {
            case DoneReply: break;
            case PostedReply posted: Write(posted.Posted, ref json); break;
            case AuthReply auth: Write(auth, ref json); break;
            case SessionsReply sessions: Write(sessions, ref json); break;
            case ReadReply read: json.Number(",\"position\":"u8, read.Position); break;
            case EntriesReply entries:
                Write(entries.Entries, ref json);
                json.Bool(",\"more\":"u8, entries.IsMore);
                break;
            case HistoryReply history: Write(history, ref json); break;
            case ConversationsReply conversations: Write(conversations, ref json); break;
            case WhoReply who: Write(who, ref json); break;
            case StatusReply status:
                json.Raw(","u8);
                Write(status.Presence, ref json);
                break;
            case GroupReply group:
                json.Raw(","u8);
                Write(group.Group, group.Role, ref json);
                json.Number(",\"position\":"u8, group.Position);
                break;
            case GroupsReply groups: Write(groups, ref json); break;
            case MembersReply members: Write(members, ref json); break;
            case PeersReply peers: Write(peers, ref json); break;
            case ListeningReply listening: WriteAt(",\"at\":"u8, listening.At, ref json); break;
            case DialectReply dialect: json.Word(",\"dialect\":"u8, dialect.Name); break;
            case HelpReply help: Write(help, ref json); break;
            default: throw new UnreachableException($"{reply.GetType().Name} has no words.");
        }
    }

    private static void Write(Posted posted, ref FrameText json)
    {
        json.Word(",\"state\":"u8, posted.Entry is null ? "pending"u8 : posted.IsQueued ? "queued"u8 : "accepted"u8);
        json.Id(",\"mid\":"u8, posted.Id);
        if (posted.Entry is not { } entry) return;
        json.Number(",\"position\":"u8, entry.Position);
        WriteAt(",\"at\":"u8, entry.Arrival, ref json);
    }

    private static void Write(AuthReply auth, ref FrameText json)
    {
        json.Word(",\"user\":"u8, auth.LoggedIn.Account.Username.Value);
        json.String(",\"name\":"u8, auth.LoggedIn.Account.DisplayName);
        json.Word(",\"realm\":"u8, auth.Realm.Value);
        json.Id(",\"session\":"u8, auth.LoggedIn.Session.Id.Value);
        if (auth.LoggedIn.Account.IsAdmin) json.Bool(",\"admin\":"u8, true);
        if (!auth.ShowsToken) return;
        Span<byte> token = stackalloc byte[SessionToken.TextLength];
        auth.LoggedIn.Token.Write(token);
        json.Word(",\"token\":"u8, token);
    }

    private static void Write(SessionsReply sessions, ref FrameText json)
    {
        json.Raw(",\"sessions\":["u8);
        var opening = "{\"session\":"u8;
        foreach (var session in sessions.Sessions)
        {
            json.Id(opening, session.Id.Value);
            json.Time(",\"created\":"u8, session.Created);
            json.Time(",\"used\":"u8, session.LastUsed);
            json.Bool(",\"current\":"u8, session.Id == sessions.Current);
            json.Raw("}"u8);
            opening = ",{\"session\":"u8;
        }

        json.Raw("]"u8);
    }

    private static void Write(ImmutableArray<Entry> entries, ref FrameText json)
    {
        json.Raw(",\"entries\":["u8);
        var opening = "{"u8;
        foreach (var entry in entries)
        {
            Write(entry, opening, ref json);
            json.Raw("}"u8);
            opening = ",{"u8;
        }

        json.Raw("]"u8);
    }

    private static void Write(HistoryReply history, ref FrameText json)
    {
        var page = history.Page;
        Write(",\"to\":"u8, page.Place, ref json);
        json.Raw(",\"entries\":["u8);
        var opening = "{"u8;
        foreach (var entry in page.Entries)
        {
            Write(new Entry(entry, page.Group), opening, ref json);
            json.Raw("}"u8);
            opening = ",{"u8;
        }

        json.Number("],\"first\":"u8, page.First);
        json.Number(",\"last\":"u8, page.Last);
        json.Number(",\"head\":"u8, page.Head);
        json.Number(",\"read\":"u8, page.Read);
        json.Raw(",\"receipts\":["u8);
        opening = "{"u8;
        foreach (var marks in page.Marks)
        {
            json.Raw(opening);
            Write(marks, page.Group, ref json);
            json.Raw("}"u8);
            opening = ",{"u8;
        }

        json.Raw("]"u8);
    }

    private static void Write(ConversationsReply conversations, ref FrameText json)
    {
        json.Raw(",\"conversations\":["u8);
        var opening = "{\"with\":"u8;
        foreach (var conversation in conversations.Conversations)
        {
            var group = conversation.Group?.Address;
            Write(opening, new ConversationAddress(conversation.Other, group), ref json);
            if (conversation.Name is { } name) json.String(",\"name\":"u8, name);
            Write(new Entry(conversation.Last, group), ",\"last\":{"u8, ref json);
            json.Number("},\"read\":"u8, conversation.Read);
            json.Number(",\"unread\":"u8, conversation.Unread);
            json.Raw("}"u8);
            opening = ",{\"with\":"u8;
        }

        json.Bool("],\"more\":"u8, conversations.IsMore);
    }

    private static void Write(WhoReply who, ref FrameText json)
    {
        json.Raw(",\"users\":["u8);
        var opening = "{\"user\":"u8;
        foreach (var (presence, name) in who.Users)
        {
            json.Address(opening, presence.Who);
            json.String(",\"name\":"u8, name);
            json.Word(",\"presence\":"u8, States.Word(presence.State));
            json.Raw("}"u8);
            opening = ",{\"user\":"u8;
        }

        json.Raw("]"u8);
    }

    private static void Write(GroupsReply groups, ref FrameText json)
    {
        json.Raw(",\"groups\":["u8);
        var opening = "{"u8;
        foreach (var (group, role) in groups.Groups)
        {
            json.Raw(opening);
            Write(group, role, ref json);
            json.Raw("}"u8);
            opening = ",{"u8;
        }

        json.Raw("]"u8);
    }

    private static void Write(MembersReply members, ref FrameText json)
    {
        json.Group(",\"group\":"u8, members.Group.Address);
        json.Raw(",\"members\":["u8);
        var opening = "{\"user\":"u8;
        foreach (var member in members.Group.Members.Values.OrderBy(member => member.Joined))
        {
            json.Address(opening, member.Address);
            json.String(",\"name\":"u8, member.DisplayName);
            json.Word(",\"role\":"u8, LinkWords.Roles.Word(member.Role));
            json.Bool(",\"muted\":"u8, member.IsMuted);
            json.Raw("}"u8);
            opening = ",{\"user\":"u8;
        }

        json.Raw("]"u8);
    }

    private static void Write(PeersReply peers, ref FrameText json)
    {
        json.Raw(",\"peers\":["u8);
        var opening = "{\"realm\":"u8;
        for (var i = 0; i < peers.Peers.Count; i++)
        {
            var (realm, isConnected) = peers.Peers[i];
            json.Word(opening, realm.Value);
            json.Bool(",\"connected\":"u8, isConnected);
            json.Raw("}"u8);
            opening = ",{\"realm\":"u8;
        }

        json.Raw("]"u8);
    }

    private static void Write(HelpReply help, ref FrameText json)
    {
        json.Raw(",\"verbs\":["u8);
        var opening = "{\"form\":"u8;
        foreach (var (form, does) in help.Verbs)
        {
            json.String(opening, form);
            json.String(",\"does\":"u8, does);
            json.Raw("}"u8);
            opening = ",{\"form\":"u8;
        }

        json.Raw("]"u8);
    }

    private static void Write(Group group, GroupRole? role, ref FrameText json)
    {
        json.Group("\"group\":"u8, group.Address);
        json.String(",\"topic\":"u8, group.Topic);
        json.Bool(",\"open\":"u8, group.IsOpen);
        json.Number(",\"members\":"u8, group.Members.Count);
        if (role is { } own) json.Word(",\"role\":"u8, LinkWords.Roles.Word(own));
    }

    private static void Write(UserPresence presence, ref FrameText json)
    {
        json.Address("\"user\":"u8, presence.Who);
        json.Word(",\"presence\":"u8, States.Word(presence.State));
        if (presence.Seen is { } seen) json.Time(",\"seen\":"u8, seen);
    }

    private static void Write(Marks marks, GroupAddress? group, ref FrameText json)
    {
        json.Address("\"from\":"u8, marks.Who);
        Write(",\"to\":"u8, new ConversationAddress(marks.Other ?? marks.Who, group), ref json);
        json.Number(",\"stored\":"u8, marks.Stored);
        json.Number(",\"delivered\":"u8, marks.Delivered);
        json.Number(",\"read\":"u8, marks.Read);
    }

    private static void Write(scoped ReadOnlySpan<byte> key, ConversationAddress address, ref FrameText json)
    {
        if (address.Group is { } group) json.Group(key, group);
        else if (address.User is { } user) json.Address(key, user);
    }

    // An entry without its closing brace.
    private static void Write(Entry entry, scoped ReadOnlySpan<byte> opening, ref FrameText json)
    {
        var message = entry.Message;
        json.Raw(opening);
        json.Word("\"event\":"u8, Kinds.Word(message.Kind));
        WriteAt(",\"at\":"u8, message.Arrival, ref json);
        Write(",\"to\":"u8, new ConversationAddress(message.To ?? message.From, entry.Group), ref json);
        json.Number(",\"position\":"u8, message.Position);
        json.Id(",\"mid\":"u8, message.Id);
        json.Address(",\"from\":"u8, message.From);
        json.String(",\"name\":"u8, message.FromName);
        json.Time(",\"sent\":"u8, message.Sent);
        if (message.Subject is { } subject) json.Address(",\"user\":"u8, subject);
        if (message.Kind != EntryKind.Said && message.Target is { } target) json.Number(",\"target\":"u8, target);
        switch (message.Kind)
        {
            case EntryKind.Said: WriteSaid(message, ref json); break;
            case EntryKind.Edited or EntryKind.TopicChanged: json.String(",\"text\":"u8, message.Text.Utf8.Span); break;
            case EntryKind.Reacted: json.String(",\"emoji\":"u8, message.Text.Utf8.Span); break;
            case EntryKind.RoleChanged: json.String(",\"role\":"u8, message.Text.Utf8.Span); break;
            case EntryKind.Moved: json.String(",\"realm\":"u8, message.Text.Utf8.Span); break;
            case EntryKind.DeliveryFailed when DeliveryFailure.Read(message.Text) is { } failure:
                json.Word(",\"failed\":"u8, NativeErrors.Code(failure.Reason));
                json.Id(",\"target_mid\":"u8, failure.Message);
                json.String(",\"target_to\":"u8, failure.To);
                json.String(",\"quote\":"u8, failure.Quote);
                break;
        }
    }

    // What has become of it is one object, which is replaced whole: it is looked at once.
    private static void WriteSaid(Message message, ref FrameText json)
    {
        if (message.Target is { } answered) json.Number(",\"reply\":"u8, answered);
        if (message.Revision is not { } revision)
        {
            json.String(",\"text\":"u8, message.Text.Utf8.Span);
            return;
        }

        if (revision.IsDeleted)
        {
            json.Bool(",\"deleted\":"u8, value: true);
        }
        else
        {
            json.String(",\"text\":"u8, revision.Text.Utf8.Span);
            if (revision.Edited is { } edited) json.Time(",\"edited\":"u8, edited);
        }

        if (!revision.Reactions.IsEmpty)
        {
            json.Raw(",\"reactions\":["u8);
            var opening = "{\"emoji\":"u8;
            foreach (var reaction in revision.Reactions)
            {
                json.String(opening, reaction.Emoji);
                json.Address(",\"from\":"u8, reaction.Who);
                json.Raw("}"u8);
                opening = ",{\"emoji\":"u8;
            }

            json.Raw("]"u8);
        }

        if (revision.Failure is { } failure) json.Word(",\"failed\":"u8, NativeErrors.Code(failure));
    }

    private static void WriteAt(scoped ReadOnlySpan<byte> key, long at, ref FrameText json)
    {
        json.Raw(key);
        json.Number("\""u8, at);
        json.Raw("\""u8);
    }

    private static void End(ref FrameText json)
    {
        json.Raw("}\r\n"u8);
        json.Flush();
    }
}
