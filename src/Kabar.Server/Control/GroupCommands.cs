using Kabar.Core;

namespace Kabar.Server.Control;

/// <summary>What the operator can do to groups: everything in those whose home is here but speak.</summary>
internal sealed class GroupCommands(Realm realm)
{
    // Whoever reads a group's entries finds this name where the operator did something.
    private static readonly Actor Operator = new(new Address(Username.Parse("operator")), "operator", IsOperator: true);

    public async ValueTask<ControlReply> ListAsync(CancellationToken cancellationToken)
    {
        var lines = new List<GroupLine>();
        foreach (var group in await realm.Groups.ListAsync(cancellationToken))
            lines.Add(new GroupLine(
                group.Name.Value,
                HomeOf(group).Value,
                group.Members.Count,
                group.IsOpen,
                group.Topic,
                await realm.Groups.FindHeadAsync(group, cancellationToken),
                [.. group.Awaited.Select(awaited => awaited.Value).Order(StringComparer.Ordinal)]));
        return new ControlReply { Groups = lines };
    }

    public async ValueTask<ControlReply> CreateAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (!GroupAddress.TryParse(request.Group, out var address) || (address.Realm is { } home && home != realm.Name))
            return Refused($"\"{request.Group}\" is not the name of a group here: 1–{Username.MaxLength} of A-Z a-z 0-9 . _ -");
        if (!Username.TryParse(request.Username, out var username) || await realm.Accounts.FindAsync(username, cancellationToken) is not { } owner)
            return Refused($"There is no user \"{request.Username}\" to own the group.");

        return (await realm.Groups.CreateAsync(owner, address.Name, request.IsOpen == true, cancellationToken)).TryGet(out _, out var refusal)
            ? new ControlReply()
            : Refused(refusal switch
            {
                Refusal.NameTaken => $"There is a group #{address.Name} here already.",
                Refusal.TooMany => $"\"{owner.Username}\" has made as many groups as one account may.",
                _ => $"Refused: {refusal}.",
            });
    }

    public async ValueTask<ControlReply> ListMembersAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } group) return Unknown(request);
        return new ControlReply
        {
            Members =
            [
                .. group.Members.Values.OrderBy(member => member.Joined)
                    .Select(member => new MemberLine(member.Address.ToString(), member.DisplayName, GroupRoles.Word(member.Role), member.IsMuted, IsBanned: false, IsInvited: false)),
                .. group.Invited.Select(invited => invited.ToString()).Order(StringComparer.OrdinalIgnoreCase).Select(who => new MemberLine(who, null, null, IsMuted: false, IsBanned: false, IsInvited: true)),
                .. group.Banned.Select(banned => banned.ToString()).Order(StringComparer.OrdinalIgnoreCase).Select(who => new MemberLine(who, null, null, IsMuted: false, IsBanned: true, IsInvited: false)),
            ],
        };
    }

    /// <summary>Whatever makes an entry.</summary>
    public async ValueTask<ControlReply> ActAsync(ControlRequest request, GroupVerb verb, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } group) return Unknown(request);

        Address? subject = null;
        if (GroupRules.ConcernsSomebody(verb))
        {
            if (!Address.TryParse(request.Username, out var named)) return Refused($"\"{request.Username}\" is neither USER nor USER@REALM.");
            subject = realm.Exchange.Inward(named);
            if (verb == GroupVerb.Invite && named.Realm is null && await realm.Accounts.FindAsync(named.Username, cancellationToken) is null)
                return Refused($"There is no user \"{request.Username}\" here; for one elsewhere write USER@REALM.");
        }

        var done = await realm.Groups.ActAsync(Operator, group.Id, verb, subject, MessageText.From(request.Text ?? ""), cancellationToken);
        return done.TryGet(out _, out var refusal) ? new ControlReply() : Refused(Word(refusal, verb, group, request));
    }

    public async ValueTask<ControlReply> RemoveAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } group) return Unknown(request);
        return (await realm.Groups.RemoveAsync(group.Id, cancellationToken)).TryGet(out _, out var refusal)
            ? new ControlReply()
            : Refused(refusal == Refusal.UnknownGroup ? $"There is no group {Shown(group)}." : $"The home of {Shown(group)} is {HomeOf(group)}: it is removed there, or after \"kabar peer remove {HomeOf(group)}\".");
    }

    public async ValueTask<ControlReply> RecoverAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } group) return Unknown(request);
        if (group.Awaited.IsEmpty) return Refused($"{Shown(group)} waits for no realm.");
        return (await realm.Groups.RecoverAsync(group.Id)).TryGet(out _, out _) ? new ControlReply() : Unknown(request);
    }

    private async ValueTask<Group?> FindAsync(ControlRequest request, CancellationToken cancellationToken) =>
        GroupAddress.TryParse(request.Group, out var address) ? await realm.Groups.FindAsync(address, cancellationToken) : null;

    private RealmName HomeOf(Group group) => group.Home ?? realm.Name;

    private string Shown(Group group) => $"#{group.Name}@{HomeOf(group)}";

    private string Word(Refusal refusal, GroupVerb verb, Group group, ControlRequest request) => refusal switch
    {
        Refusal.UnknownGroup => $"There is no group {Shown(group)}.",
        Refusal.HomeElsewhere => $"The home of {Shown(group)} is {HomeOf(group)}: its operator there, or who has the role, can do this.",
        Refusal.Recovering => $"{Shown(group)} is recovering after a restore and waits for {string.Join(", ", group.Awaited)}; \"kabar group recover\" ends the waiting.",
        Refusal.NotAMember when verb == GroupVerb.Unban => $"\"{request.Username}\" is not banned from {Shown(group)}.",
        Refusal.NotAMember => $"\"{request.Username}\" is not a member of {Shown(group)}.",
        Refusal.AlreadyMember => $"\"{request.Username}\" is a member of {Shown(group)} already.",
        Refusal.Banned => $"\"{request.Username}\" is banned from {Shown(group)}; \"kabar group unban\" comes first.",
        Refusal.NotAllowed => $"\"{request.Username}\" is the last owner of {Shown(group)}; make somebody else an owner first.",
        Refusal.TextTooLong => $"A topic has at most {Group.MaxTopicBytes} bytes.",
        Refusal.InvalidName when verb == GroupVerb.Role => $"\"{request.Text}\" is not a role: owner, moderator or member.",
        Refusal.InvalidName => $"\"{request.Text}\" is not the name of a realm.",
        Refusal.UnknownPeer => $"{Shown(group)} has no member of the realm \"{request.Text}\", so there is no copy of it that could become its home.",
        Refusal.PeerUnreachable => $"The realm \"{request.Text}\" cannot be asked now; the move needs a running server and a link that stands.",
        _ => $"Refused: {refusal}.",
    };

    private static ControlReply Unknown(ControlRequest request) => Refused($"There is no group \"{request.Group}\".");

    private static ControlReply Refused(string sentence) => new() { Error = sentence };
}
