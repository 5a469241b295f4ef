using System.Net;
using Kabar.Core;
using Kabar.Protocol;

namespace Kabar.Server.Lines;

/// <summary>
/// Where a connection becomes a conversation: who may enter which group, and who holds it. A client's group is looked for here and at the
/// native peers, then at the legacy peers, and is made here when it is nowhere. What a legacy peer asks is looked for here only.
/// Protocol: dialects, sections 5 and 6.
/// </summary>
internal sealed class GroupEntrance(LineFrontEnd host)
{
    /// <summary>Takes a user into a group, wherever it is.</summary>
    public async ValueTask<Entrance> EnterAsync(GroupCommand command, ConversationTerms terms)
    {
        if (!(await host.Realm.ResumeAsync(command.Token, CancellationToken.None)).TryGet(out var login, out var refusal)) return refusal;
        var account = login.Account;
        if (!GroupAddress.TryParse(command.Group, out var address)) return Refusal.InvalidName;

        var entered = await host.Rooms.EnterAsync(cancellationToken => host.Realm.Groups.EnterAsync(account, address, cancellationToken), CancellationToken.None);
        if (!entered.TryGet(out var place, out refusal))
        {
            if (refusal != Refusal.UnknownGroup) return refusal;
            if (await host.Legacy.EnterGroupAsync(account.Username, address, CancellationToken.None) is var (conversation, times))
                return new Entrance(new RelayedConversation(conversation, times, address.Name.Value, terms, host.Clock), null);
            if (address.Realm is { } realm && realm != host.Realm.Name) return Refusal.UnknownGroup;

            var made = await host.Rooms.EnterAsync(cancellationToken => MakeAsync(account, address.Name, cancellationToken), CancellationToken.None);
            if (!made.TryGet(out place, out refusal)) return refusal;
        }

        return new Entrance(new GroupConversation(host, place, terms, login, () => IdentifyAsync(command.Token)), null);
    }

    /// <summary>Takes a legacy peer's user into a group whose home is here.</summary>
    /// <param name="command">What the peer asks.</param>
    /// <param name="remote">Where it asks from: all that shows that it is the peer.</param>
    /// <param name="terms">Over which connection.</param>
    public async ValueTask<Entrance> EnterAsync(PeerGroupCommand command, IPAddress remote, ConversationTerms terms)
    {
        if (await host.Legacy.FindAsync(remote, CancellationToken.None) is not { } peer) return Refusal.UnknownCommand;
        var unknown = new Entrance(null, new UnknownGroupReply(command.Group));
        if (!Username.TryParse(command.Username, out var username) || !GroupAddress.TryParse(command.Group, out var address)) return unknown;

        var who = new Address(username, peer.Realm);
        var entered = await host.Rooms.EnterAsync(cancellationToken => host.Realm.Groups.EnterAsync(who, address.Name, cancellationToken), CancellationToken.None);
        if (!entered.TryGet(out var place, out var refusal)) return refusal == Refusal.UnknownGroup ? unknown : refusal;

        var speaker = new Actor(who, username.Value);
        return new Entrance(new GroupConversation(host, place, terms, login: null, () => new ValueTask<Result<Actor>>(speaker)), null);
    }

    /// <summary>Takes in a message that a legacy peer brings.</summary>
    public async ValueTask<Result<PeerSentReply>> ReceiveAsync(PeerSendCommand command, IPAddress remote)
    {
        if (await host.Legacy.FindAsync(remote, CancellationToken.None) is not { } peer) return Refusal.UnknownCommand;
        if (!Username.TryParse(command.From, out var from) || !Username.TryParse(command.To, out var to)) return Refusal.UnknownRecipient;

        var received = await host.Realm.ReceiveOverLegacyAsync(new Address(from, peer.Realm), to, command.Text, CancellationToken.None);
        return received.TryGet(out var recipient, out var refusal) ? new PeerSentReply(from, recipient.DisplayName, command.Text) : refusal;
    }

    private async ValueTask<Result<Visit>> MakeAsync(Account maker, GroupName name, CancellationToken cancellationToken)
    {
        var made = await host.Realm.Groups.CreateAsync(maker, name, isOpen: true, cancellationToken);
        return made.TryGet(out _, out var refusal) || refusal != Refusal.NameTaken
            ? made
            : await host.Realm.Groups.EnterAsync(maker, new GroupAddress(name, host.Realm.Name), cancellationToken); // somebody was faster
    }

    private async ValueTask<Result<Actor>> IdentifyAsync(SessionToken token) =>
        (await host.Realm.FindUserAsync(token, CancellationToken.None)).TryGet(out var account, out var refusal) ? Actor.Of(account) : refusal;
}

/// <summary>What came of asking to enter: a conversation, or the reply that there is none.</summary>
internal readonly record struct Entrance(IConversation? Conversation, Reply? Refused)
{
    public static implicit operator Entrance(Refusal refusal) => new(null, RefusedReply.For(refusal));
}
