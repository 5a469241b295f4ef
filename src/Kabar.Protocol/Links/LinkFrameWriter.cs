using System.Buffers;
using System.Diagnostics;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>Writes frames, each a line. It checks nothing: what is given to it is right. Protocol: native link, "Frames".</summary>
public static class LinkFrameWriter
{
    /// <summary>Writes a frame with its line's end.</summary>
    /// <exception cref="ArgumentException">It is one that only a reader makes.</exception>
    public static void Write(LinkFrame frame, IBufferWriter<byte> output)
    {
        var json = new FrameText(output);
        switch (frame)
        {
            case NumberedFrame numbered:
                json.Number("{\"seq\":"u8, numbered.Sequence);
                json.Raw(","u8);
                DispatchFormat.WriteFields(numbered.Dispatch, ref json);
                break;
            case EntryFrame entry: Write(entry, ref json); break;
            case AckFrame ack: WriteMark("{\"do\":\"ack\""u8, ack.Mark, ref json); break;
            case PingFrame: json.Raw("{\"do\":\"ping\""u8); break;
            case PongFrame: json.Raw("{\"do\":\"pong\""u8); break;
            case HelloFrame hello: Write(hello, ref json); break;
            case WelcomeFrame welcome: Write(welcome, ref json); break;
            case ByeFrame bye: json.Word("{\"do\":\"bye\",\"reason\":"u8, LinkWords.Reasons.Word(bye.Reason)); break;
            case UsersFrame users: Write(users, ref json); break;
            case SignalFrame { Signal: TypingSignal typing }:
                json.Word("{\"do\":\"typing\",\"from\":"u8, typing.From.Value);
                if (typing.To is { } to) json.Word(",\"to\":"u8, to.Value);
                if (typing.Group is { } place) json.Id(",\"group\":"u8, place.Value);
                break;
            case SignalFrame { Signal: PresenceSignal presence }:
                json.Word("{\"do\":\"presence\",\"user\":"u8, presence.User.Value);
                json.Word(",\"presence\":"u8, LinkWords.Presences.Word(presence.State));
                if (presence.Seen is { } seen) json.Time(",\"seen\":"u8, seen);
                break;
            case AskFrame ask: Write(ask, ref json); break;
            case AnswerFrame answer: Write(answer, ref json); break;
            case StateFrame state: Write(state, ref json); break;
            case MemberFrame member:
                json.Id("{\"do\":\"member\",\"group\":"u8, member.Group.Value);
                json.Word(",\"name\":"u8, member.Name.Value);
                break;
            case FollowFrame follow:
                json.Id("{\"do\":\"follow\",\"group\":"u8, follow.Group.Value);
                json.Number(",\"after\":"u8, follow.After);
                if (follow.Last is { } last) json.Id(",\"last\":"u8, last);
                break;
            case GoneFrame gone: json.Id("{\"do\":\"gone\",\"group\":"u8, gone.Group.Value); break;
            case FetchFrame fetch:
                json.Id("{\"do\":\"fetch\",\"group\":"u8, fetch.Group.Value);
                json.Number(",\"after\":"u8, fetch.After);
                break;
            case FetchedFrame fetched:
                json.Id("{\"do\":\"fetched\",\"group\":"u8, fetched.Group.Value);
                json.Number(",\"head\":"u8, fetched.Head);
                break;
            default: throw new ArgumentException($"A {frame.GetType().Name} is not sent.", nameof(frame));
        }

        json.Raw("}\n"u8);
        json.Flush();
    }

    /// <summary>Writes a numbered frame from what <see cref="DispatchFormat.Write"/> made of it, which is only copied.</summary>
    public static void WriteNumbered(long sequence, ReadOnlySpan<byte> stored, IBufferWriter<byte> output)
    {
        var json = new FrameText(output);
        json.Number("{\"seq\":"u8, sequence);
        json.Raw(","u8);
        json.Raw(stored[1..]);
        json.Raw("\n"u8);
        json.Flush();
    }

    private static void Write(HelloFrame hello, ref FrameText json)
    {
        json.Number("{\"do\":\"hello\",\"kabar\":"u8, hello.Speaks);
        json.Word(",\"realm\":"u8, hello.Realm.Value);
        WriteStreams(hello.Sends, hello.Received, hello.Users, ref json);
        if (hello.Listens is { } listens) json.String(",\"listens\":"u8, listens);
        if (!hello.Vouches.IsEmpty)
        {
            json.Raw(",\"vouches\":["u8);
            var opening = "{\"old\":"u8;
            foreach (var vouch in hello.Vouches)
            {
                json.Base64(opening, vouch.Certificate.Span);
                json.Word(",\"new\":"u8, vouch.Fingerprint);
                json.Base64(",\"signature\":"u8, vouch.Signature.Span);
                json.Raw("}"u8);
                opening = ",{\"old\":"u8;
            }

            json.Raw("]"u8);
        }

        if (hello.Secret is not { } secret) return;
        Span<byte> text = stackalloc byte[SessionToken.TextLength];
        secret.Write(text);
        json.Word(",\"secret\":"u8, text);
    }

    private static void Write(WelcomeFrame welcome, ref FrameText json)
    {
        json.Raw("{\"do\":\"welcome\""u8);
        WriteStreams(welcome.Sends, welcome.Received, welcome.Users, ref json);
    }

    private static void WriteStreams(StreamMark? sends, StreamMark? received, string? users, ref FrameText json)
    {
        if (sends is { } own)
        {
            json.Id(",\"epoch\":"u8, own.Epoch);
            json.Number(",\"last\":"u8, own.Through);
        }

        if (received is { } mark)
        {
            json.Raw(",\"received\":{"u8);
            json.Id("\"epoch\":"u8, mark.Epoch);
            json.Number(",\"through\":"u8, mark.Through);
            json.Raw("}"u8);
        }

        if (users is not null) json.Word(",\"users\":"u8, users);
    }

    private static void WriteMark(ReadOnlySpan<byte> opening, StreamMark mark, ref FrameText json)
    {
        json.Raw(opening);
        json.Id(",\"epoch\":"u8, mark.Epoch);
        json.Number(",\"through\":"u8, mark.Through);
    }

    private static void Write(UsersFrame users, ref FrameText json)
    {
        json.Bool("{\"do\":\"users\",\"all\":"u8, users.IsAll);
        if (!users.Add.IsEmpty) WriteList(",\"add\":["u8, users.Add, ref json);
        if (!users.Remove.IsEmpty) WriteList(",\"remove\":["u8, users.Remove, ref json);
        if (users.Hash is { } hash) json.Word(",\"hash\":"u8, hash);
    }

    private static void Write(AskFrame ask, ref FrameText json)
    {
        json.Id("{\"do\":\"ask\",\"id\":"u8, ask.Id);
        switch (ask)
        {
            case AskUserFrame user:
                json.Word(",\"what\":\"user\",\"name\":"u8, user.Name.Value);
                break;
            case AskGroupFrame group:
                json.Word(",\"what\":\"group\",\"name\":"u8, group.Name.Value);
                break;
            case AskJoinFrame join:
                json.Id(",\"what\":\"join\",\"group\":"u8, join.Group.Value);
                json.Word(",\"user\":"u8, join.User.Value);
                json.String(",\"name\":"u8, join.Name);
                json.Id(",\"entry\":"u8, join.Entry);
                break;
            case AskHostFrame host:
                json.Id(",\"what\":\"host\",\"group\":"u8, host.Group.Value);
                json.Word(",\"name\":"u8, host.Name.Value);
                break;
            case AskCopiesFrame copies:
                json.Time(",\"what\":\"copies\",\"since\":"u8, copies.Since);
                if (copies.After is { } after) json.Id(",\"after\":"u8, after);
                break;
            case AskPresenceFrame presence:
                json.Word(",\"what\":\"presence\",\"user\":"u8, presence.User.Value);
                break;
            default: throw new ArgumentException($"A {ask.GetType().Name} is not sent.", nameof(ask));
        }
    }

    private static void Write(AnswerFrame answer, ref FrameText json)
    {
        json.Id("{\"do\":\"answer\",\"id\":"u8, answer.Id);
        json.Bool(",\"ok\":"u8, answer.Refusal is null);
        if (answer.Refusal is { } refusal) json.Word(",\"reason\":"u8, LinkWords.Refusals.Word(refusal));
        if (answer.Position > 0) json.Number(",\"position\":"u8, answer.Position);
        if (answer.Group is { } group)
        {
            json.Id(",\"group\":{\"id\":"u8, group.Id.Value);
            json.Word(",\"name\":"u8, group.Name.Value);
            json.Bool(",\"open\":"u8, group.IsOpen);
            json.Raw("}"u8);
        }

        if (!answer.Copies.IsEmpty)
        {
            var opening = ",\"copies\":[{\"id\":"u8;
            foreach (var copy in answer.Copies)
            {
                json.Id(opening, copy.Id);
                json.Address(",\"from\":"u8, copy.From);
                json.String(",\"name\":"u8, copy.FromName);
                json.Address(",\"to\":"u8, copy.To);
                json.String(",\"text\":"u8, copy.Text.Utf8.Span);
                json.Time(",\"sent\":"u8, copy.Sent);
                if (copy.Kind != EntryKind.Said) json.Word(",\"kind\":"u8, LinkWords.Kinds.Word(copy.Kind));
                if (copy.Target is { } target) json.Id(",\"target\":"u8, target);
                json.Raw("}"u8);
                opening = ",{\"id\":"u8;
            }

            json.Raw("]"u8);
        }

        if (answer.Presence is { } presence) json.Word(",\"presence\":"u8, LinkWords.Presences.Word(presence));
        if (answer.Seen is { } seen) json.Time(",\"seen\":"u8, seen);
        if (answer.HasMore) json.Bool(",\"more\":"u8, true);
    }

    private static void Write(StateFrame state, ref FrameText json)
    {
        json.Id("{\"do\":\"state\",\"group\":"u8, state.Group.Value);
        json.Word(",\"name\":"u8, state.Name.Value);
        json.String(",\"topic\":"u8, state.Topic);
        json.Bool(",\"open\":"u8, state.IsOpen);
        json.Number(",\"position\":"u8, state.Position);
        json.Number(",\"after\":"u8, state.After);
        if (!state.Members.IsEmpty)
        {
            var opening = ",\"members\":[{\"who\":"u8;
            foreach (var member in state.Members)
            {
                json.Address(opening, member.Address);
                json.String(",\"name\":"u8, member.DisplayName);
                json.Word(",\"role\":"u8, LinkWords.Roles.Word(member.Role));
                json.Bool(",\"muted\":"u8, member.IsMuted);
                json.Number(",\"joined\":"u8, member.Joined);
                json.Raw("}"u8);
                opening = ",{\"who\":"u8;
            }

            json.Raw("]"u8);
        }

        if (!state.Banned.IsEmpty) WriteList(",\"banned\":["u8, state.Banned, ref json);
        if (!state.Invited.IsEmpty) WriteList(",\"invited\":["u8, state.Invited, ref json);
        if (state.HasMore) json.Bool(",\"more\":"u8, true);
    }

    private static void Write(EntryFrame entry, ref FrameText json)
    {
        json.Id("{\"do\":\"entry\",\"group\":"u8, entry.Group.Value);
        json.Number(",\"position\":"u8, entry.Position);
        json.Id(",\"id\":"u8, entry.Id);
        json.Word(",\"kind\":"u8, LinkWords.Kinds.Word(entry.Kind));
        json.Address(",\"from\":"u8, entry.From);
        json.String(",\"name\":"u8, entry.FromName);
        if (entry.Subject is { } subject) json.Address(",\"subject\":"u8, subject);
        if (entry.Target is { } target) json.Number(",\"target\":"u8, target);
        json.String(",\"text\":"u8, entry.Text.Utf8.Span);
        json.Time(",\"sent\":"u8, entry.Sent);
    }

    private static void WriteList<T>(ReadOnlySpan<byte> opening, System.Collections.Immutable.ImmutableArray<T> items, ref FrameText json)
        where T : struct
    {
        foreach (var item in items)
        {
            switch (item)
            {
                case Username name: json.Word(opening, name.Value); break;
                case Address address: json.Address(opening, address); break;
                default: throw new UnreachableException();
            }

            opening = ","u8;
        }

        json.Raw("]"u8);
    }
}
