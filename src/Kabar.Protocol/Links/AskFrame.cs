using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>A question, which is answered by an <see cref="AnswerFrame"/> of its id, in any order.</summary>
/// <param name="Id">Chosen by who asks.</param>
public abstract record AskFrame(Guid Id) : LinkFrame;

/// <summary>Do you have a user of this name? Refused with <see cref="Refusal.UnknownRecipient"/> when not.</summary>
/// <param name="Id">See <see cref="AskFrame"/>.</param>
/// <param name="Name">The name.</param>
public sealed record AskUserFrame(Guid Id, Username Name) : AskFrame(Id);

/// <summary>Is the home of a group of this name with you? Answered with the group.</summary>
/// <param name="Id">See <see cref="AskFrame"/>.</param>
/// <param name="Name">The name.</param>
public sealed record AskGroupFrame(Guid Id, GroupName Name) : AskFrame(Id);

/// <summary>Let a user of mine into a group whose home you are.</summary>
/// <param name="Id">See <see cref="AskFrame"/>.</param>
/// <param name="Group">Which group.</param>
/// <param name="User">Who, on the asking realm.</param>
/// <param name="Name">His display name.</param>
/// <param name="Entry">The id of the entry that comes of it: the same when the question is asked again.</param>
public sealed record AskJoinFrame(Guid Id, GroupId Group, Username User, string Name, Guid Entry) : AskFrame(Id);

/// <summary>Be the home of a group from now on, which is mine until you agree.</summary>
/// <param name="Id">See <see cref="AskFrame"/>.</param>
/// <param name="Group">Which group.</param>
/// <param name="Name">Its name, which must not be taken there.</param>
public sealed record AskHostFrame(Guid Id, GroupId Group, GroupName Name) : AskFrame(Id);

/// <summary>Which direct messages have passed between us? Asked after a restore, page by page.</summary>
/// <param name="Id">See <see cref="AskFrame"/>.</param>
/// <param name="Since">Those sent at or after this time.</param>
/// <param name="After">Only those with a greater id: the last of the page before; null for the first page.</param>
public sealed record AskCopiesFrame(Guid Id, DateTimeOffset Since, Guid? After) : AskFrame(Id);

/// <summary>How is this user of yours? Answered with his presence; refused with <see cref="Refusal.UnknownRecipient"/> when there is none.</summary>
/// <param name="Id">See <see cref="AskFrame"/>.</param>
/// <param name="User">Who, on the answering realm.</param>
public sealed record AskPresenceFrame(Guid Id, Username User) : AskFrame(Id);

/// <summary>A question that this version does not know: answered with <see cref="Refusal.UnknownCommand"/>.</summary>
/// <param name="Id">See <see cref="AskFrame"/>.</param>
public sealed record AskOtherFrame(Guid Id) : AskFrame(Id);

/// <summary>The answer to a question.</summary>
/// <param name="Id">The question's.</param>
/// <param name="Refusal">Why not; null when the answer is yes.</param>
public sealed record AnswerFrame(Guid Id, Refusal? Refusal = null) : LinkFrame
{
    // Around one copy: keys, ids, two addresses of the longest kind, a time.
    private const int AroundCopy = 256 + (2 * 300);

    /// <summary>The position of the join that was asked for; 0 otherwise.</summary>
    public long Position { get; init; }

    /// <summary>The group that was asked for.</summary>
    public AnsweredGroup? Group { get; init; }

    /// <summary>The copies that were asked for, by ascending id. Their addresses name realms.</summary>
    public ImmutableArray<MessageCopy> Copies { get; init; } = [];

    /// <summary>How the user is that was asked for.</summary>
    public PresenceState? Presence { get; init; }

    /// <summary>When he was last seen; null while he is there, or when that is not known.</summary>
    public DateTimeOffset? Seen { get; init; }

    /// <summary>Whether there are more copies after these.</summary>
    public bool HasMore { get; init; }

    /// <summary>The answer with as many of the copies as fit into a frame.</summary>
    /// <param name="id">The question's.</param>
    /// <param name="copies">What there is, by ascending id, addresses with realms.</param>
    /// <param name="hasMore">Whether there are more besides.</param>
    public static AnswerFrame OfCopies(Guid id, IReadOnlyList<MessageCopy> copies, bool hasMore)
    {
        ArgumentNullException.ThrowIfNull(copies);
        var (count, bytes) = (0, 0L);
        foreach (var copy in copies)
        {
            bytes += AroundCopy + FrameText.LengthOf(copy.FromName) + FrameText.LengthOf(copy.Text.Utf8.Span);
            if (count > 0 && bytes > PartBytes) break;
            count++;
        }

        return new AnswerFrame(id) { Copies = [.. copies.Take(count)], HasMore = hasMore || count < copies.Count };
    }
}

/// <summary>A group whose home is the answering realm.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name there.</param>
/// <param name="IsOpen">Whether everybody may join.</param>
public sealed record AnsweredGroup(GroupId Id, GroupName Name, bool IsOpen);
