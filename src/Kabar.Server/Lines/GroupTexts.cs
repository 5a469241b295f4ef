using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol;

namespace Kabar.Server.Lines;

/// <summary>
/// The entries of one group as the raw conversations on this node are sent them: each is worded once, however many there are. Who is called
/// what depends on who is in the group, so its members are followed here too. Protocol: dialects, section 5.
/// </summary>
internal sealed class GroupTexts
{
    private readonly RealmName _here;
    private readonly Lock _gate = new();
    private readonly Dictionary<Username, int> _namesakes = [];
    private Group _group;
    private volatile ImmutableHashSet<Username> _homonyms = [];

    // The feed's loop calls all listeners of an entry in a row, so one is enough to remember. Touched by that loop only.
    private Message? _entry;
    private GroupText? _text;

    public GroupTexts(Group group, RealmName here)
    {
        (_group, _here) = (group, here);
        foreach (var member in group.Members.Keys) Count(member.Username, 1);
    }

    /// <summary>The text of an entry, or null where the raw conversation does not show it. For the feed's loop only.</summary>
    public GroupText? Word(Message entry)
    {
        if (ReferenceEquals(entry, _entry)) return _text;
        _text = Make(entry);
        _entry = entry;
        return _text;
    }

    /// <summary>That somebody has come in who was a member before.</summary>
    public GroupText Joined(Address who) => GroupText.Joined(NameOf(who));

    private GroupText? Make(Message entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Said:
                return GroupText.Said(NameOf(entry.From), entry.Text);
            case EntryKind.Joined:
                Apply(entry, entry.From);
                return GroupText.Joined(NameOf(entry.From));
            case EntryKind.Left or EntryKind.Kicked or EntryKind.Banned:
                // While he is still counted, so that he is called what he was called before. Who is banned need not have been there.
                var subject = entry.Subject ?? entry.From;
                var text = GroupText.Left(NameOf(subject));
                return Apply(entry, subject) || entry.Kind != EntryKind.Banned ? text : null;
            default:
                return null;
        }
    }

    // Whether it has changed whether he is a member.
    private bool Apply(Message entry, Address who)
    {
        lock (_gate)
        {
            var before = _group.Members.ContainsKey(who);
            _group = _group.Apply(entry);
            var after = _group.Members.ContainsKey(who);
            if (before == after) return false;
            Count(who.Username, after ? 1 : -1);
            return true;
        }
    }

    private void Count(Username username, int change)
    {
        var count = _namesakes[username] = _namesakes.GetValueOrDefault(username) + change;
        if (count == 0) _namesakes.Remove(username);
        _homonyms = count > 1 ? _homonyms.Add(username) : _homonyms.Remove(username);
    }

    private string NameOf(Address who) => _homonyms.Contains(who.Username) ? $"{who.Username}@{who.Realm ?? _here}" : who.Username.Value;
}
