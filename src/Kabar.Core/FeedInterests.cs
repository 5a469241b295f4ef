using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Kabar.Core;

/// <summary>
/// Who listens to what: each account's listeners, and of each group the listeners of its members here. Belongs to the feeds' loop, whose rounds it collects: what
/// happens is added to each place that is concerned, and those that were added to are called once.
/// </summary>
internal sealed class FeedInterests
{
    private readonly Dictionary<Username, Ears> _accounts = [];
    private readonly Dictionary<AccountId, Ears> _ids = [];
    private readonly Dictionary<ConversationId, Room> _rooms = [];
    private readonly Dictionary<Username, Expected> _expected = [];
    private readonly List<FeedPlace> _touched = [];

    /// <summary>Everybody who listens.</summary>
    public FeedPlace[] All() => [.. _accounts.Values.SelectMany(ears => ears.Places)];

    /// <summary>
    /// Adds a listener. When it is its account's first, it takes the groups that were read since this was called without any; and in between it is expected: whoever comes
    /// and goes is noted. False when they must be read, or read again.
    /// </summary>
    public bool TryAdd(FeedPlace place, ImmutableArray<Group>? groups)
    {
        var username = place.Account.Username;
        var expected = _expected.GetValueOrDefault(username);
        if (!_accounts.TryGetValue(username, out var ears))
        {
            if (groups is null || expected?.Places.Contains(place) != true)
            {
                if (expected is null) _expected.Add(username, expected = new Expected());
                expected.Places.Add(place);
                return false;
            }

            _accounts[username] = _ids[place.Account.Id] = ears = new Ears();
            foreach (var group in groups.Value) Enter(ears, group.Conversation, group.Address);
            foreach (var (conversation, address) in expected.Changes)
            {
                if (address is { } joined) Enter(ears, conversation, joined);
                else if (ears.Rooms.Remove(conversation)) LeaveRoom(conversation, null);
            }
        }

        ears.Places.Add(place);
        foreach (var conversation in ears.Rooms) _rooms[conversation].Places.Add(place);
        if (expected is not null) Forget(expected, place);
        return true;
    }

    /// <summary>What was noted of those that are expected is not whole: their groups must be read again.</summary>
    public void ExpectNobody() => _expected.Clear();

    public void Remove(FeedPlace place)
    {
        if (_expected.TryGetValue(place.Account.Username, out var expected)) Forget(expected, place);
        if (!_accounts.TryGetValue(place.Account.Username, out var ears) || !ears.Places.Remove(place)) return;
        foreach (var conversation in ears.Rooms) LeaveRoom(conversation, place);
        if (ears.Places.Count > 0) return;
        _accounts.Remove(place.Account.Username);
        _ids.Remove(place.Account.Id);
    }

    /// <summary>Whether somebody listens for an account here, or is about to.</summary>
    public bool Listens(Address who) => who.Realm is null && (_accounts.ContainsKey(who.Username) || _expected.ContainsKey(who.Username));

    /// <summary>The listeners of an account.</summary>
    public FeedPlace[] Of(Username username) => _accounts.TryGetValue(username, out var ears) ? [.. ears.Places] : [];

    /// <summary>The listeners of an account.</summary>
    public FeedPlace[] Of(AccountId id) => _ids.TryGetValue(id, out var ears) ? [.. ears.Places] : [];

    /// <summary>The accounts that hear a group.</summary>
    public HashSet<Username> Hearing(ConversationId conversation) =>
        _rooms.TryGetValue(conversation, out var room) ? [.. room.Places.Select(place => place.Account.Username)] : [];

    /// <summary>How a group that somebody hears is addressed here; null when nobody does.</summary>
    public GroupAddress? AddressOf(ConversationId conversation) => _rooms.TryGetValue(conversation, out var room) ? room.Address : null;

    /// <summary>An account hears a group from now on.</summary>
    public void Enter(Username username, ConversationId conversation, GroupAddress address)
    {
        if (_expected.TryGetValue(username, out var expected)) expected.Changes.Add((conversation, address));
        if (_accounts.TryGetValue(username, out var ears) && Enter(ears, conversation, address)) _rooms[conversation].Places.AddRange(ears.Places);
    }

    /// <summary>An account hears a group no more.</summary>
    public void Leave(Username username, ConversationId conversation)
    {
        if (_expected.TryGetValue(username, out var expected)) expected.Changes.Add((conversation, null));
        if (!_accounts.TryGetValue(username, out var ears) || !ears.Rooms.Remove(conversation)) return;
        foreach (var place in ears.Places) LeaveRoom(conversation, place);
    }

    /// <summary>The group has another home.</summary>
    public void Move(ConversationId conversation, GroupAddress address)
    {
        if (_rooms.TryGetValue(conversation, out var room)) room.Address = address;
    }

    public void Hear(Message entry)
    {
        if (entry.To is not { } to)
        {
            if (_rooms.TryGetValue(entry.Conversation, out var room)) Bring(new EntryEvent(entry, room.Address), entry.Arrival, CollectionsMarshal.AsSpan(room.Places));
            return;
        }

        var (one, other) = (EarsOf(entry.From), to == entry.From ? null : EarsOf(to));
        if (one is null && other is null) return;
        var happened = new EntryEvent(entry, null);
        if (one is not null) Bring(happened, entry.Arrival, CollectionsMarshal.AsSpan(one.Places));
        if (other is not null) Bring(happened, entry.Arrival, CollectionsMarshal.AsSpan(other.Places));
    }

    public void Hear(Marks marks)
    {
        var (one, other) = (EarsOf(marks.Who), marks.Other is { } second && second != marks.Who ? EarsOf(second) : null);
        if (one is null && other is null) return;
        var happened = new ReceiptEvent(marks, null);
        if (one is not null) Bring(happened, long.MaxValue, CollectionsMarshal.AsSpan(one.Places));
        if (other is not null) Bring(happened, long.MaxValue, CollectionsMarshal.AsSpan(other.Places));
    }

    public void Hear(FeedEvent happened, ImmutableArray<Username> accounts)
    {
        foreach (var username in accounts)
            if (_accounts.TryGetValue(username, out var ears)) Bring(happened, long.MaxValue, CollectionsMarshal.AsSpan(ears.Places));
    }

    public void Hear(FeedEvent happened, ConversationId group, Username? except)
    {
        if (!_rooms.TryGetValue(group, out var room)) return;
        foreach (var place in room.Places)
            if (place.Account.Username != except && place.Add(happened)) _touched.Add(place);
    }

    /// <summary>Ends a round: everybody who is concerned hears what has happened in it.</summary>
    public void Bring(long through)
    {
        foreach (var place in _touched) place.Bring(through);
        _touched.Clear();
    }

    private bool Enter(Ears ears, ConversationId conversation, GroupAddress address)
    {
        if (!ears.Rooms.Add(conversation)) return false;
        if (_rooms.TryGetValue(conversation, out var room)) room.Address = address;
        else _rooms.Add(conversation, new Room { Address = address });
        return true;
    }

    private Ears? EarsOf(Address who) => who.Realm is null ? _accounts.GetValueOrDefault(who.Username) : null;

    private void Forget(Expected expected, FeedPlace place)
    {
        expected.Places.Remove(place);
        if (expected.Places.Count == 0) _expected.Remove(place.Account.Username);
    }

    // Without a place: an account that nobody listens for yet.
    private void LeaveRoom(ConversationId conversation, FeedPlace? place)
    {
        if (!_rooms.TryGetValue(conversation, out var room)) return;
        if (place is not null) room.Places.Remove(place);
        if (room.Places.Count == 0) _rooms.Remove(conversation);
    }

    // The place that everything a group's listener hears comes through: a thousand times for an entry.
    private void Bring(FeedEvent happened, long arrival, ReadOnlySpan<FeedPlace> places)
    {
        foreach (var place in places)
            if (arrival > place.After && place.Add(happened)) _touched.Add(place);
    }

    private sealed class Ears
    {
        public List<FeedPlace> Places { get; } = [];

        public HashSet<ConversationId> Rooms { get; } = [];
    }

    /// <summary>An account whose groups are being read, and what has passed through the loop meanwhile: which group it has come into, or left (without an address).</summary>
    private sealed class Expected
    {
        public HashSet<FeedPlace> Places { get; } = [];

        public List<(ConversationId Conversation, GroupAddress? Address)> Changes { get; } = [];
    }

    private sealed class Room
    {
        public required GroupAddress Address { get; set; }

        public List<FeedPlace> Places { get; } = [];
    }
}
