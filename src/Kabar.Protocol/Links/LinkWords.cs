using System.Collections.Frozen;
using System.Text;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>The words of the native link for what the core numbers. Each is written down here: a name in the code may change, a word may not.</summary>
internal static class LinkWords
{
    public static readonly WordTable<Refusal> Refusals = new(refusal => refusal switch
    {
        Refusal.UnknownCommand => "unknown_command",
        Refusal.MissingParameter => "missing_parameter",
        Refusal.MalformedLine => "malformed_line",
        Refusal.UnknownSession => "unknown_session",
        Refusal.UnknownUser => "unknown_user",
        Refusal.WrongPassword => "wrong_password",
        Refusal.UnknownRecipient => "unknown_recipient",
        Refusal.UnreachableRecipient => "unreachable_recipient",
        Refusal.EmptyText => "empty_text",
        Refusal.TextTooLong => "text_too_long",
        Refusal.TooManyAttempts => "too_many_attempts",
        Refusal.NameTaken => "name_taken",
        Refusal.InvalidName => "invalid_name",
        Refusal.UnknownGroup => "unknown_group",
        Refusal.NotAMember => "not_a_member",
        Refusal.AlreadyMember => "already_member",
        Refusal.Banned => "banned",
        Refusal.InviteOnly => "invite_only",
        Refusal.Muted => "muted",
        Refusal.NotAllowed => "not_allowed",
        Refusal.TooMany => "too_many",
        Refusal.Recovering => "recovering",
        Refusal.HomeElsewhere => "home_elsewhere",
        Refusal.PeerUnreachable => "peer_unreachable",
        Refusal.UnknownPeer => "unknown_peer",
        Refusal.PeerQueueFull => "peer_queue_full",
        Refusal.Expired => "expired",
        Refusal.PeerRemoved => "peer_removed",
        Refusal.NotLoggedIn => "not_logged_in",
        Refusal.NotAuthenticated => "not_authenticated",
        Refusal.UnknownMessage => "unknown_message",
        Refusal.InvalidParameter => "invalid_parameter",
        Refusal.RegistrationClosed => "registration_closed",
        Refusal.WrongCode => "wrong_code",
        Refusal.UnknownToken => "unknown_token",
        Refusal.Failed => "failed",
    });

    public static readonly WordTable<GroupVerb> Verbs = new(verb => verb switch
    {
        GroupVerb.Say => "say",
        GroupVerb.Read => "read",
        GroupVerb.Join => "join",
        GroupVerb.Leave => "leave",
        GroupVerb.Invite => "invite",
        GroupVerb.Kick => "kick",
        GroupVerb.Ban => "ban",
        GroupVerb.Unban => "unban",
        GroupVerb.Mute => "mute",
        GroupVerb.Unmute => "unmute",
        GroupVerb.Role => "role",
        GroupVerb.Topic => "topic",
        GroupVerb.Open => "open",
        GroupVerb.Close => "close",
        GroupVerb.Move => "move",
        GroupVerb.Edit => "edit",
        GroupVerb.Delete => "delete",
        GroupVerb.React => "react",
    });

    public static readonly WordTable<EntryKind> Kinds = new(kind => kind switch
    {
        EntryKind.Said => "said",
        EntryKind.Joined => "joined",
        EntryKind.Left => "left",
        EntryKind.Kicked => "kicked",
        EntryKind.Banned => "banned",
        EntryKind.Unbanned => "unbanned",
        EntryKind.Muted => "muted",
        EntryKind.Unmuted => "unmuted",
        EntryKind.RoleChanged => "role_changed",
        EntryKind.TopicChanged => "topic_changed",
        EntryKind.Opened => "opened",
        EntryKind.Closed => "closed",
        EntryKind.Invited => "invited",
        EntryKind.Moved => "moved",
        EntryKind.DeliveryFailed => "delivery_failed",
        EntryKind.Edited => "edited",
        EntryKind.Deleted => "deleted",
        EntryKind.Reacted => "reacted",
    });

    public static readonly WordTable<ByeReason> Reasons = new(reason => reason switch
    {
        ByeReason.Other => "other",
        ByeReason.UnknownRealm => "unknown_realm",
        ByeReason.NotPinned => "not_pinned",
        ByeReason.WrongSecret => "wrong_secret",
        ByeReason.WrongVersion => "wrong_version",
        ByeReason.Malformed => "malformed",
        ByeReason.NotAllowed => "not_allowed",
        ByeReason.Paused => "paused",
        ByeReason.Removed => "removed",
        ByeReason.Replaced => "replaced",
        ByeReason.Silent => "silent",
        ByeReason.Stopping => "stopping",
    });

    public static readonly WordTable<GroupRole> Roles = new(GroupRoles.Word);

    public static readonly WordTable<PresenceState> Presences = new(state => state switch
    {
        PresenceState.Offline => "offline",
        PresenceState.Away => "away",
        PresenceState.Online => "online",
    });
}

/// <summary>Words for the values of an enum whose numbers run from 0, found both ways.</summary>
internal sealed class WordTable<T>
    where T : struct, Enum
{
    /// <summary>The longest word there may be.</summary>
    public const int Longest = 32;

    private readonly byte[][] _words;
    private readonly FrozenDictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _values;

    public WordTable(Func<T, string> word)
    {
        var values = Enum.GetValues<T>();
        _words = [.. values.Select(value => Encoding.ASCII.GetBytes(word(value)))];
        _values = values.ToFrozenDictionary(word, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public ReadOnlySpan<byte> Word(T value) => _words[System.Runtime.CompilerServices.Unsafe.BitCast<T, int>(value)];

    public T? Find(ReadOnlySpan<char> word) => _values.TryGetValue(word, out var value) ? value : null;
}
