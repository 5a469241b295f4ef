using System.Collections.Concurrent;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>
/// The groups in use, kept in memory: any thread finds those as of the last commit, and the writer's thread those of its open
/// transaction, which take their place after the commit. What is not here is on the disk as it is; only the writer's thread brings it
/// in, so that nothing old replaces something new.
/// </summary>
internal sealed class GroupTable(MessageLog log)
{
    // Counted in members: a group without any weighs as much as a few.
    private const long MostKept = 1_000_000;
    private const int WeightOfGroup = 8;

    private readonly ConcurrentDictionary<GroupId, Group> _groups = [];
    private readonly ConcurrentDictionary<(GroupName Name, RealmName? Home), GroupId> _names = [];
    private readonly Dictionary<GroupId, Group?> _staged = [];
    private long _weight;

    /// <summary>The group, if it is in memory.</summary>
    public Group? Peek(GroupId id) => _groups.GetValueOrDefault(id);

    /// <summary>The same by name and home.</summary>
    public Group? Peek(GroupName name, RealmName? home) =>
        _names.TryGetValue((name, home), out var id) && Peek(id) is { } group && group.Home == home ? group : null;

    /// <summary>Within a transaction: the group as it is in it; null when there is none.</summary>
    public Group? Find(Database database, GroupId id)
    {
        if (_staged.TryGetValue(id, out var staged)) return staged;
        if (_groups.TryGetValue(id, out var known)) return known;
        if (GroupRows.FindConversation(database, id) is not { } conversation) return null;

        var head = log.FindConversation(database, conversation) is { } found ? found.Next - 1 : 0;
        var group = GroupRows.Read(database, conversation, head);
        if (group is not null) _staged[id] = group;
        return group;
    }

    /// <summary>Within a transaction: the group has changed.</summary>
    public void Stage(Group group) => _staged[group.Id] = group;

    /// <summary>Within a transaction: the group is gone.</summary>
    public void StageRemoval(GroupId id) => _staged[id] = null;

    /// <summary>Within a transaction: the groups with this address are to be read again, since it is somebody else's.</summary>
    public void Forget(Address address)
    {
        foreach (var group in _groups.Values)
            if (Names(group, address)) Drop(group);
        foreach (var group in _staged.Values.OfType<Group>().ToArray())
            if (Names(group, address))
            {
                _staged.Remove(group.Id);
                if (_groups.TryGetValue(group.Id, out var known)) Drop(known);
            }
    }

    /// <summary>After a commit.</summary>
    public void Publish()
    {
        if (_staged.Count == 0) return;
        foreach (var (id, group) in _staged)
        {
            if (_groups.TryGetValue(id, out var before) && (group is null || group.Name != before.Name || group.Home != before.Home)) Drop(before);
            if (group is null) continue;

            _weight += Weight(group) - (_groups.TryGetValue(id, out before) ? Weight(before) : 0);
            _groups[id] = group;
            if (before is null) _names[(group.Name, group.Home)] = id;
        }

        _staged.Clear();
        if (_weight > MostKept) Trim();
    }

    /// <summary>Forgets what was staged for a transaction that failed.</summary>
    public void RollBack() => _staged.Clear();

    private static bool Names(Group group, Address address) =>
        group.Members.ContainsKey(address) || group.Banned.Contains(address) || group.Invited.Contains(address);

    private static long Weight(Group group) => WeightOfGroup + group.Members.Count;

    private void Drop(Group group)
    {
        if (!_groups.TryRemove(group.Id, out var known)) return;
        _names.TryRemove(new KeyValuePair<(GroupName, RealmName?), GroupId>((known.Name, known.Home), known.Id));
        _weight -= Weight(known);
    }

    private void Trim()
    {
        foreach (var group in _groups.Values)
        {
            if (_weight <= MostKept / 2) return;
            Drop(group);
        }
    }
}
