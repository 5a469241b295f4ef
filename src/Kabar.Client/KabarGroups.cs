namespace Kabar.Client;

/// <summary>What is done with groups. Names are <c>#batak</c> or <c>#batak@satu</c>; the <c>#</c> may be left out.</summary>
public sealed class KabarGroups
{
    internal KabarGroups()
    {
    }

    /// <summary>Makes a group, which the user owns.</summary>
    public Task<KabarGroup> CreateAsync(string name, bool isOpen = true, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Joins a group.</summary>
    public Task<KabarGroup> JoinAsync(string name, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Leaves a group.</summary>
    public Task LeaveAsync(string name, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Does one of <c>invite kick ban unban mute unmute</c>.</summary>
    public Task ActAsync(string name, string verb, string user, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Gives a member a role: <c>member</c>, <c>moderator</c> or <c>owner</c>.</summary>
    public Task SetRoleAsync(string name, string user, string role, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Says what it is about.</summary>
    public Task SetTopicAsync(string name, string topic, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Lets everybody join, or only who was invited.</summary>
    public Task SetOpenAsync(string name, bool isOpen, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Gives it another home.</summary>
    public Task MoveAsync(string name, string realm, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>The user's groups; with <paramref name="all"/> also the open ones of the realm.</summary>
    public Task<IReadOnlyList<KabarGroup>> ListAsync(bool all = false, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Who is in it.</summary>
    public Task<IReadOnlyList<KabarMember>> MembersAsync(string name, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}
