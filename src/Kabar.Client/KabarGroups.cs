namespace Kabar.Client;

/// <summary>What is done with groups. Names are <c>#batak</c> or <c>#batak@satu</c>; the <c>#</c> may be left out.</summary>
public sealed class KabarGroups
{
    private readonly ConnectionLoop _loop;

    internal KabarGroups(ConnectionLoop loop) => _loop = loop;

    /// <summary>Makes a group, which the user owns.</summary>
    /// <exception cref="IOException">The connection broke; it may have been made.</exception>
    public async Task<KabarGroup> CreateAsync(string name, bool isOpen = true, CancellationToken cancellationToken = default)
    {
        var group = await _loop.AskAsync(
            "group create", [("group", name), ("open", isOpen)], Repetition.Reported, static (reply, _) => ReplyReader.Group(reply), null, cancellationToken);
        return group!; // null only where a code says that it was done before
    }

    /// <summary>Joins a group.</summary>
    public async Task<KabarGroup> JoinAsync(string name, CancellationToken cancellationToken = default)
    {
        var joined = await _loop.AskAsync(
            "group join", [("group", name)], Repetition.Repeated, static (reply, _) => ReplyReader.Group(reply), Codes.AlreadyMember, cancellationToken);
        if (joined is not null) return joined;

        // He had come in before the connection broke, and the answer that told of the group is lost.
        var sought = name.TrimStart('#');
        return (await ListAsync(all: false, cancellationToken)).FirstOrDefault(group => IsCalled(group, sought))
            ?? throw new IOException("The connection broke; the group was joined, and is not in the list any more.");
    }

    /// <summary>Leaves a group.</summary>
    public Task LeaveAsync(string name, CancellationToken cancellationToken = default) =>
        ActAsync("leave", [("group", name)], Codes.NotAMember, cancellationToken);

    /// <summary>Does one of <c>invite kick ban unban mute unmute</c>.</summary>
    public Task ActAsync(string name, string verb, string user, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(verb);

        // What a repetition is told when the first attempt had done it.
        var doneCode = verb switch
        {
            "invite" => Codes.AlreadyMember,
            "kick" or "unban" => Codes.NotAMember,
            "ban" or "mute" or "unmute" => null,
            _ => throw new ArgumentException("It must be one of invite, kick, ban, unban, mute and unmute.", nameof(verb)),
        };
        return ActAsync(verb, [("group", name), ("user", user)], doneCode, cancellationToken);
    }

    /// <summary>Gives a member a role: <c>member</c>, <c>moderator</c> or <c>owner</c>.</summary>
    public Task SetRoleAsync(string name, string user, string role, CancellationToken cancellationToken = default) =>
        ActAsync("role", [("group", name), ("user", user), ("role", role)], null, cancellationToken);

    /// <summary>Says what it is about.</summary>
    public Task SetTopicAsync(string name, string topic, CancellationToken cancellationToken = default) =>
        ActAsync("topic", [("group", name), ("text", topic)], null, cancellationToken);

    /// <summary>Lets everybody join, or only who was invited.</summary>
    public Task SetOpenAsync(string name, bool isOpen, CancellationToken cancellationToken = default) =>
        ActAsync(isOpen ? "open" : "close", [("group", name)], null, cancellationToken);

    /// <summary>Gives it another home.</summary>
    /// <exception cref="IOException">The connection broke; it may have been moved.</exception>
    public Task MoveAsync(string name, string realm, CancellationToken cancellationToken = default) =>
        _loop.AskAsync(
            "group move", [("group", name), ("realm", realm)], Repetition.Reported, static (reply, _) => ReplyReader.Done(reply), null, cancellationToken);

    /// <summary>The user's groups; with <paramref name="all"/> also the open ones of the realm.</summary>
    public async Task<IReadOnlyList<KabarGroup>> ListAsync(bool all = false, CancellationToken cancellationToken = default)
    {
        var groups = await _loop.AskAsync("group list", [("all", all)], Repetition.Repeated, static (reply, _) => ReplyReader.Groups(reply), null, cancellationToken);
        return groups!; // null only with a code
    }

    /// <summary>Who is in it.</summary>
    public async Task<IReadOnlyList<KabarMember>> MembersAsync(string name, CancellationToken cancellationToken = default)
    {
        var members = await _loop.AskAsync("group members", [("group", name)], Repetition.Repeated, static (reply, _) => ReplyReader.Members(reply), null, cancellationToken);
        return members!; // null only with a code
    }

    // The realm may be left out of a name, of one's own and, where there is no other, of others.
    private static bool IsCalled(KabarGroup group, string name) =>
        group.Name.AsSpan(1).Equals(name, StringComparison.OrdinalIgnoreCase) || group.Name.StartsWith($"#{name}@", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith(group.Name[1..] + "@", StringComparison.OrdinalIgnoreCase);

    private Task ActAsync(string verb, ReadOnlySpan<(string, object?)> parameters, string? doneCode, CancellationToken cancellationToken) =>
        _loop.AskAsync("group " + verb, parameters, Repetition.Repeated, static (reply, _) => ReplyReader.Done(reply), doneCode, cancellationToken);
}
