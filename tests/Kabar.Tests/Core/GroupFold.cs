using Kabar.Core;

namespace Kabar.Tests.Core;

/// <summary>Entries of a group, written down shortly, and the group that comes of them.</summary>
internal sealed class GroupFold
{
    private readonly List<Message> _entries = [];

    public GroupFold(Group? from = null) => Group = from ?? new Group { Id = new GroupId(Guid.NewGuid()), Conversation = new ConversationId(1), Name = GroupName.Parse("batak") };

    public Group Group { get; private set; }

    /// <summary>What was added, in order.</summary>
    public IReadOnlyList<Message> Entries => _entries;

    /// <summary>An address, as <c>messi</c> or <c>messi@dua</c>.</summary>
    public static Address Who(string address) => Address.TryParse(address, out var parsed) ? parsed : throw new FormatException(address);

    /// <summary>Whoever acts.</summary>
    public static Actor Actor(string address, bool isOperator = false) => new(Who(address), $"Display {address}", isOperator);

    public static Message Entry(ConversationId conversation, long position, EntryKind kind, string from, string? subject = null, string text = "", long? target = null) => new()
    {
        Id = Guid.NewGuid(),
        Conversation = conversation,
        Position = position,
        Arrival = position,
        From = Who(from),
        FromName = $"Display {from}",
        Text = MessageText.From(text),
        Sent = DateTimeOffset.UnixEpoch.AddSeconds(position),
        Kind = kind,
        Subject = subject is null ? null : Who(subject),
        Target = target,
    };

    /// <summary>The entry at a position, or null.</summary>
    public Message? At(long? position) => _entries.Find(entry => entry.Position == position);

    /// <summary>The next entry.</summary>
    public GroupFold Add(EntryKind kind, string from, string? subject = null, string text = "", long? target = null)
    {
        var entry = Entry(Group.Conversation, Group.StatePosition + 1, kind, from, subject, text, target);
        if (kind == EntryKind.Deleted) At(target)?.Revise(new MessageRevision { Text = default, IsDeleted = true });
        _entries.Add(entry);
        Group = Group.Apply(entry);
        return this;
    }

    public GroupFold Join(params string[] members)
    {
        foreach (var member in members) Add(EntryKind.Joined, member);
        return this;
    }

    /// <summary>Brings somebody where he is to stand, by entries of the group's first owner.</summary>
    public GroupFold Stand(string who, Standing standing) => standing switch
    {
        Standing.Stranger => this,
        Standing.Invited => Add(EntryKind.Invited, "pendiri", who),
        Standing.Banned => Add(EntryKind.Banned, "pendiri", who),
        Standing.Member => Join(who),
        Standing.Muted => Join(who).Add(EntryKind.Muted, "pendiri", who),
        Standing.Moderator => Join(who).Add(EntryKind.RoleChanged, "pendiri", who, "moderator"),
        Standing.Owner => Join(who).Add(EntryKind.RoleChanged, "pendiri", who, "owner"),
    };
}

/// <summary>What somebody is to a group.</summary>
internal enum Standing
{
    Stranger,
    Invited,
    Banned,
    Member,
    Muted,
    Moderator,
    Owner,
}
