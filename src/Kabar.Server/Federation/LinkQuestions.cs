using System.Collections.Concurrent;
using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Server.Federation;

/// <summary>The questions on one link: those of the peer, answered here, and ours, whose answers are waited for.</summary>
internal sealed class LinkQuestions(LinkContext context, Peer peer, Authority authority, int version)
{
    private const int CopiesPerPage = 500;

    private readonly ConcurrentDictionary<Guid, TaskCompletionSource<AnswerFrame>> _waiting = new();

    /// <summary>The answer to come.</summary>
    public Task<AnswerFrame> Expect(Guid id) => _waiting.GetOrAdd(id, static _ => new TaskCompletionSource<AnswerFrame>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Nobody waits any more.</summary>
    public void Forget(Guid id) => _waiting.TryRemove(id, out _);

    /// <summary>Takes an answer; one that nobody waits for is ignored.</summary>
    public void Take(AnswerFrame answer)
    {
        if (_waiting.TryRemove(answer.Id, out var waiting)) waiting.TrySetResult(answer);
    }

    /// <summary>Answers the peer, from what is here alone: nobody else is asked.</summary>
    public async ValueTask<AnswerFrame> AnswerAsync(AskFrame ask, CancellationToken cancellationToken) => ask switch
    {
        AskUserFrame { Name: var name } => new AnswerFrame(ask.Id, await context.Realm.Accounts.FindAsync(name, cancellationToken) is { IsDisabled: false } ? null : Refusal.UnknownRecipient),
        AskGroupFrame { Name: var name } => await FindGroupAsync(ask.Id, new GroupAddress(name, context.Realm.Name), cancellationToken),
        AskJoinFrame join => (await context.Realm.Groups.AdmitAsync(authority.Admit(join), join.Group, join.Entry, cancellationToken)).TryGet(out var position, out var refusal)
            ? new AnswerFrame(ask.Id) { Position = position }
            : new AnswerFrame(ask.Id, refusal),
        AskHostFrame host => new AnswerFrame(ask.Id, await CheckHostAsync(host, cancellationToken)),
        AskCopiesFrame copies => await CopyAsync(copies, cancellationToken),
        AskPresenceFrame { User: var user } => await FindPresenceAsync(ask.Id, user, cancellationToken),
        _ => new AnswerFrame(ask.Id, Refusal.UnknownCommand),
    };

    private async ValueTask<AnswerFrame> FindGroupAsync(Guid id, GroupAddress address, CancellationToken cancellationToken) =>
        await context.Realm.Groups.FindAsync(address, cancellationToken) is { } group
            ? new AnswerFrame(id) { Group = new AnsweredGroup(group.Id, group.Name, group.IsOpen) }
            : new AnswerFrame(id, Refusal.UnknownGroup);

    private async ValueTask<AnswerFrame> FindPresenceAsync(Guid id, Username user, CancellationToken cancellationToken) =>
        (await context.Realm.Presences.FindAsync(new Address(user, context.Realm.Name), cancellationToken)).TryGet(out var presence, out var refusal)
            ? new AnswerFrame(id) { Presence = presence.State, Seen = presence.Seen }
            : new AnswerFrame(id, refusal);

    // Only of a group whose replica is here, from its home, and whose name is not taken here.
    private async ValueTask<Refusal?> CheckHostAsync(AskHostFrame host, CancellationToken cancellationToken)
    {
        if (await context.Realm.Groups.FindAsync(host.Group, cancellationToken) is not { } group || group.Home != peer.Realm) return Refusal.UnknownGroup;
        return await context.Realm.Groups.FindAsync(new GroupAddress(host.Name, context.Realm.Name), cancellationToken) is null ? null : Refusal.NameTaken;
    }

    private async ValueTask<AnswerFrame> CopyAsync(AskCopiesFrame ask, CancellationToken cancellationToken)
    {
        // The two clocks may differ.
        var since = ask.Since - TimeSpan.FromHours(1);
        var copies = await context.Store.ListCopiesAsync(peer.Realm, since, ask.After, CopiesPerPage, cancellationToken);
        var known = version >= LinkFrame.RevisionsSince ? copies : copies.Where(copy => copy.Kind == EntryKind.Said);
        var outward = known.Select(copy => copy with { From = context.Realm.Exchange.Outward(copy.From), To = context.Realm.Exchange.Outward(copy.To) }).ToArray();
        return AnswerFrame.OfCopies(ask.Id, outward, hasMore: copies.Length == CopiesPerPage);
    }
}
