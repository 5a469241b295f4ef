using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol.Native;

namespace Kabar.Server.Native;

/// <summary>What is done with groups, besides speaking in them.</summary>
internal static class GroupCommands
{
    public static async ValueTask<NativeReply> CreateAsync(NativeCaller caller, CreateGroupRequest request) =>
        Entered(await caller.Realm.Groups.CreateAsync(caller.Account, request.Name, request.IsOpen, CancellationToken.None));

    public static async ValueTask<NativeReply> JoinAsync(NativeCaller caller, JoinGroupRequest request) =>
        Entered(await caller.Realm.Groups.EnterAsync(caller.Account, request.Group, CancellationToken.None));

    public static async ValueTask<NativeReply> ActAsync(NativeCaller caller, ActInGroupRequest request)
    {
        if (await caller.Realm.Groups.FindAsync(request.Group, CancellationToken.None) is not { } group) return new RefusalReply(Refusal.UnknownGroup);
        var subject = request.Subject is { } named ? caller.Realm.Exchange.Inward(named) : (Address?)null;
        if (request.Verb == GroupVerb.Invite && subject is { Realm: null, Username: var invited } && await caller.Realm.Accounts.FindAsync(invited, CancellationToken.None) is null)
            return new RefusalReply(Refusal.UnknownUser);

        var done = await caller.Realm.Groups.ActAsync(Actor.Of(caller.Account), group.Id, request.Verb, subject, request.Text, CancellationToken.None);
        return done.TryGet(out var posted, out var refusal) ? new PostedReply(posted) : new RefusalReply(refusal);
    }

    public static async ValueTask<NativeReply> ListAsync(NativeCaller caller, ListGroupsRequest request)
    {
        var self = new Address(caller.Account.Username);
        var groups = ImmutableArray.CreateBuilder<(Group, GroupRole?)>();
        foreach (var group in await caller.Realm.Groups.ListAsync(CancellationToken.None))
        {
            if (group.Members.TryGetValue(self, out var member)) groups.Add((group, member.Role));
            else if (request.IsAll && group is { IsOpen: true, IsHere: true }) groups.Add((group, null));
        }

        return new GroupsReply(groups.DrainToImmutable());
    }

    public static async ValueTask<NativeReply> ListMembersAsync(NativeCaller caller, MembersRequest request)
    {
        if (await caller.Realm.Groups.FindAsync(request.Group, CancellationToken.None) is not { } group) return new RefusalReply(Refusal.UnknownGroup);
        return group.Members.ContainsKey(new Address(caller.Account.Username)) ? new MembersReply(group) : new RefusalReply(Refusal.NotAMember);
    }

    private static NativeReply Entered(Result<Visit> result)
    {
        if (!result.TryGet(out var visit, out var refusal)) return new RefusalReply(refusal);

        // Somebody may have put him out again at once.
        if (!visit.Group.Members.TryGetValue(visit.Who, out var member)) return new RefusalReply(Refusal.NotAMember);
        return new GroupReply(visit.Group, member.Role, member.Joined);
    }
}
