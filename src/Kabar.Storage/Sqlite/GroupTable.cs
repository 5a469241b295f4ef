using System.Collections.Concurrent;
using System.Collections.Immutable;
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
    private const int MostNames = 100_000;

    private readonly ConcurrentDictionary<GroupId, Group> _groups = [];
    private readonly ConcurrentDictionary<GroupName, ImmutableArray<GroupId>> _names = [];
    private readonly Dictionary<GroupId, Group?> _staged = [];
    private readonly Lock _gate = new();
    private int _namings;
    private bool _hasStagedNaming;
    private long _weight;

    /// <summary>The group, if it is in memory.</summary>
    public Group? Peek(GroupId id) => _groups.GetValueOrDefault(id);

    /// <summary>The groups of a name: those whose home is here first, then in the order in which they became known.</summary>
    public ImmutableArray<GroupId> Named(GroupName name, ReadConnections reads)
    {
        if (_names.TryGetValue(name, out var known)) return known;

        // What was read before a change of names is not kept after it.
        var naming = Volatile.Read(ref _namings);
        ImmutableArray<GroupId> ids;
        using (var lease = reads.Rent()) ids = GroupRows.FindIds(lease.Database, name);
        lock (_gate)
            if (naming == _namings)
            {
                if (_names.Count >= MostNames) _names.Clear();
                _names[name] = ids;
            }

        return ids;
    }

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

    /// <summary>Within a transaction: the group is new, or has another name or home.</summary>
    public void StageNamed(Group group)
    {
        Stage(group);
        _hasStagedNaming = true;
    }

    /// <summary>Within a transaction: the group is gone.</summary>
    public void StageRemoval(GroupId id)
    {
        _staged[id] = null;
        _hasStagedNaming = true;
    }

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
            if (_groups.TryGetValue(id, out var before)) _weight -= Weight(before);
            if (group is null)
            {
                _groups.TryRemove(id, out _);
            }
            else
            {
                _groups[id] = group;
                _weight += Weight(group);
            }
        }

        if (_hasStagedNaming)
            lock (_gate)
            {
                _namings++;
                _names.Clear();
            }

        _hasStagedNaming = false;
        _staged.Clear();
        if (_weight > MostKept) Trim();
    }

    /// <summary>Forgets what was staged for a transaction that failed.</summary>
    public void RollBack()
    {
        _staged.Clear();
        _hasStagedNaming = false;
    }

    private static bool Names(Group group, Address address) =>
        group.Members.ContainsKey(address) || group.Banned.Contains(address) || group.Invited.Contains(address);

    private static long Weight(Group group) => WeightOfGroup + group.Members.Count;

    private void Drop(Group group)
    {
        if (_groups.TryRemove(group.Id, out var known)) _weight -= Weight(known);
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
