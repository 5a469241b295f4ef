using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol;

namespace Kabar.Server.Lines;

/// <summary>
/// Who is in which group's raw conversation on this node, and with how many connections. Somebody leaves a group for good with the last of
/// them; who was a member before and comes with his first is announced to those who are here, and nothing of that is kept. Safe to call
/// from any thread.
/// </summary>
internal sealed class GroupRooms(Realm realm)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<GroupId, Room> _rooms = [];
    private int _conversations;

    /// <summary>How many conversations there are.</summary>
    public int Count => Volatile.Read(ref _conversations);

    /// <summary>Finds somebody a place in a group. It must be left again.</summary>
    /// <param name="enter">Brings him into the group; may be called again when he has just left it on another connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>His place, or the refusal of <paramref name="enter"/>.</returns>
    public async ValueTask<Result<GroupPlace>> EnterAsync(Func<CancellationToken, ValueTask<Result<Visit>>> enter, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!(await enter(cancellationToken)).TryGet(out var visit, out var refusal)) return refusal;

            // His last connection may be leaving just now. From here on none is the last; what has begun before is waited for.
            var (place, leaving) = Take(visit);
            try
            {
                if (leaving is not null) await leaving;
                if (await realm.Groups.FindAsync(visit.Group.Id, cancellationToken) is { } group && group.Members.ContainsKey(visit.Who)) return place;
            }
            catch
            {
                Release(place, isLeaving: false);
                throw;
            }

            Release(place, isLeaving: false);
        }
    }

    /// <summary>Begins a conversation at a place, and lets the others know where no entry does.</summary>
    public void Begin(GroupPlace place, GroupConversation conversation)
    {
        lock (_gate)
        {
            RoomOf(place).Present = RoomOf(place).Present.Add(conversation);
            _conversations++;
        }

        if (place.IsFirst && !place.Visit.IsNew) Announce(place, place.Texts.Joined(place.Visit.Who));
    }

    /// <summary>Ends it, so that it is told nothing more.</summary>
    public void End(GroupPlace place, GroupConversation conversation)
    {
        lock (_gate)
        {
            RoomOf(place).Present = RoomOf(place).Present.Remove(conversation);
            _conversations--;
        }
    }

    /// <summary>Gives up a place.</summary>
    /// <param name="place">Which.</param>
    /// <param name="isForGood">Whether he then leaves the group, if it was his last.</param>
    /// <returns>Null, or why he could not leave it.</returns>
    public async ValueTask<Refusal?> LeaveAsync(GroupPlace place, bool isForGood)
    {
        if (Release(place, isForGood) is not { } left) return null;
        try
        {
            var done = await realm.Groups.ActAsync(new Actor(place.Visit.Who, place.DisplayName), place.Visit.Group.Id, GroupVerb.Leave, null, default, CancellationToken.None);
            return done.TryGet(out _, out var refusal) || refusal is Refusal.NotAMember or Refusal.UnknownGroup ? null : refusal;
        }
        finally
        {
            lock (_gate)
            {
                RoomOf(place).Leaving.Remove(place.Visit.Who);
                DropIfEmpty(place);
            }

            left.SetResult();
        }
    }

    private (GroupPlace Place, Task? Leaving) Take(Visit visit)
    {
        lock (_gate)
        {
            var id = visit.Group.Id;
            if (!_rooms.TryGetValue(id, out var room)) _rooms.Add(id, room = new Room(new GroupTexts(visit.Group, realm.Name)));
            var count = room.Connections[visit.Who] = room.Connections.GetValueOrDefault(visit.Who) + 1;
            return (new GroupPlace(visit, room.Texts, IsFirst: count == 1), room.Leaving.GetValueOrDefault(visit.Who)?.Task);
        }
    }

    // What completes when he has left, where this was his last connection and he is to leave.
    private TaskCompletionSource? Release(GroupPlace place, bool isLeaving)
    {
        lock (_gate)
        {
            var (room, who) = (RoomOf(place), place.Visit.Who);
            var count = room.Connections[who] - 1;
            TaskCompletionSource? left = null;
            if (count > 0)
            {
                room.Connections[who] = count;
            }
            else
            {
                room.Connections.Remove(who);
                if (isLeaving) room.Leaving.Add(who, left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            DropIfEmpty(place);
            return left;
        }
    }

    private void Announce(GroupPlace place, GroupText text)
    {
        ImmutableArray<GroupConversation> present;
        lock (_gate) present = RoomOf(place).Present;
        foreach (var conversation in present) conversation.Tell(text);
    }

    private Room RoomOf(GroupPlace place) => _rooms[place.Visit.Group.Id];

    private void DropIfEmpty(GroupPlace place)
    {
        if (RoomOf(place) is { Connections.Count: 0, Leaving.Count: 0 }) _rooms.Remove(place.Visit.Group.Id);
    }

    private sealed class Room(GroupTexts texts)
    {
        public GroupTexts Texts => texts;

        public Dictionary<Address, int> Connections { get; } = [];

        public Dictionary<Address, TaskCompletionSource> Leaving { get; } = [];

        public ImmutableArray<GroupConversation> Present { get; set; } = [];
    }
}

/// <summary>One connection's place in a group.</summary>
/// <param name="Visit">Who, where, and from which position on.</param>
/// <param name="Texts">The group's entries in words.</param>
/// <param name="IsFirst">Whether he had no other on this node.</param>
internal sealed record GroupPlace(Visit Visit, GroupTexts Texts, bool IsFirst)
{
    /// <summary>His display name, as the group has it.</summary>
    public string DisplayName => Visit.Group.Members.TryGetValue(Visit.Who, out var member) ? member.DisplayName : Visit.Who.Username.Value;
}
