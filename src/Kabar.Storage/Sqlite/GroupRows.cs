using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <summary>Groups as rows. What is written is what differs between two states.</summary>
internal static class GroupRows
{
    private const int BannedMark = 1;
    private const int InvitedMark = 2;

    /// <summary>Whether a group of this name has its home there.</summary>
    public static bool IsTaken(Database database, GroupName name, RealmName? home) =>
        database.Prepare("SELECT 1 FROM group_chat WHERE name = ?1 AND home = ?2").Bind(1, name.Value).Bind(2, home?.Value ?? "").ReadNumber() is not null;

    /// <summary>The groups of a name: those whose home is here first, then in the order in which they became known.</summary>
    public static ImmutableArray<GroupId> FindIds(Database database, GroupName name)
    {
        var query = database.Prepare("SELECT id FROM group_chat WHERE name = ?1 ORDER BY home <> '', conversation").Bind(1, name.Value);
        var ids = ImmutableArray.CreateBuilder<GroupId>();
        while (query.Step()) ids.Add(new GroupId(query.Uuid(0)));
        return ids.DrainToImmutable();
    }

    /// <summary>The conversation of a group; null when there is no such group.</summary>
    public static ConversationId? FindConversation(Database database, GroupId id) =>
        database.Prepare("SELECT conversation FROM group_chat WHERE id = ?1").Bind(1, id.Value).ReadNumber() is { } number ? new ConversationId(number) : null;

    /// <summary>How many groups an address has made that still exist.</summary>
    public static long CountMadeBy(Database database, long creator) =>
        database.Prepare("SELECT count(*) FROM group_chat WHERE creator = ?1").Bind(1, creator).ReadNumber() ?? 0;

    /// <summary>A group whose conversation goes to <paramref name="head"/> at least: everything up to there is in its state.</summary>
    public static Group? Read(Database database, ConversationId conversation, long head)
    {
        var query = database.Prepare("SELECT id, name, home, topic, is_open, state_position FROM group_chat WHERE conversation = ?1").Bind(1, conversation.Value);
        if (!query.Step()) return null;
        var group = new Group
        {
            Id = new GroupId(query.Uuid(0)),
            Conversation = conversation,
            Name = GroupName.Parse(query.Text(1)),
            Home = RealmName.TryParse(query.Text(2), out var home) ? home : null,
            Topic = query.Text(3),
            IsOpen = query.Truth(4),

            // What was only said is not written down here.
            StatePosition = Math.Max(query.Number(5), head),
        };
        query.Reset();
        return group with
        {
            Members = ReadMembers(database, conversation),
            Banned = ReadMarks(database, conversation, BannedMark),
            Invited = ReadMarks(database, conversation, InvitedMark),
            Awaited = ReadAwaited(database, conversation),
        };
    }

    /// <summary>Writes a new group.</summary>
    public static void Insert(Database database, Addresses addresses, Group group, long? creator, long historyAfter)
    {
        database.Prepare(
            """
            INSERT INTO group_chat (conversation, id, name, home, topic, is_open, state_position, history_after, creator)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)
            .Bind(1, group.Conversation.Value)
            .Bind(2, group.Id.Value)
            .Bind(3, group.Name.Value)
            .Bind(4, group.Home?.Value ?? "")
            .Bind(5, group.Topic)
            .Bind(6, group.IsOpen ? 1 : 0)
            .Bind(7, group.StatePosition)
            .Bind(8, historyAfter)
            .Bind(9, creator)
            .Run();
        SaveMembers(database, addresses, new Group { Id = group.Id, Conversation = group.Conversation, Name = group.Name }, group);
    }

    /// <summary>Writes what one entry has changed: of most, which are said, nothing.</summary>
    public static void Save(Database database, Addresses addresses, Group before, Group after, Message entry)
    {
        if (ReferenceEquals(before.Members, after.Members) && ReferenceEquals(before.Banned, after.Banned) && ReferenceEquals(before.Invited, after.Invited)
            && before.IsOpen == after.IsOpen && before.Home == after.Home && ReferenceEquals(before.Topic, after.Topic)) return;

        SaveGroup(database, after);
        SaveAddress(database, addresses, before, after, entry.From);
        if (entry.Subject is { } subject && subject != entry.From) SaveAddress(database, addresses, before, after, subject);

        // An owner who goes may leave the group to somebody the entry does not name.
        var gone = entry.Subject ?? entry.From;
        if (before.Members.TryGetValue(gone, out var member) && member.Role == GroupRole.Owner && !after.Members.ContainsKey(gone))
            foreach (var (address, heir) in after.Members)
                if (!ReferenceEquals(before.Members.GetValueOrDefault(address), heir)) SaveMember(database, addresses, after, heir);
    }

    /// <summary>Writes whatever differs.</summary>
    public static void SaveAll(Database database, Addresses addresses, Group before, Group after)
    {
        SaveGroup(database, after);
        SaveMembers(database, addresses, before, after);
    }

    /// <summary>Notes that history begins, or goes on, behind a position.</summary>
    public static void Jump(Database database, ConversationId conversation, long historyAfter) =>
        database.Prepare("UPDATE group_chat SET history_after = max(history_after, ?2) WHERE conversation = ?1").Bind(1, conversation.Value).Bind(2, historyAfter).Run();

    /// <summary>Removes a group; its conversation's rows stay in the log.</summary>
    public static void Delete(Database database, ConversationId conversation)
    {
        database.Prepare("DELETE FROM group_member WHERE conversation = ?1").Bind(1, conversation.Value).Run();
        database.Prepare("DELETE FROM group_mark WHERE conversation = ?1").Bind(1, conversation.Value).Run();
        database.Prepare("DELETE FROM group_awaited WHERE conversation = ?1").Bind(1, conversation.Value).Run();
        database.Prepare("DELETE FROM group_past WHERE conversation = ?1").Bind(1, conversation.Value).Run();
        database.Prepare("DELETE FROM mark WHERE conversation = ?1").Bind(1, conversation.Value).Run();
        database.Prepare("DELETE FROM reaction WHERE conversation = ?1").Bind(1, conversation.Value).Run();
        database.Prepare("DELETE FROM pending WHERE conversation = ?1").Bind(1, conversation.Value).Run();
        database.Prepare("DELETE FROM group_chat WHERE conversation = ?1").Bind(1, conversation.Value).Run();
        database.Prepare("UPDATE conversation SET kind = 0 WHERE id = ?1").Bind(1, conversation.Value).Run();
    }

    private static void SaveGroup(Database database, Group group) =>
        database.Prepare("UPDATE group_chat SET name = ?2, home = ?3, topic = ?4, is_open = ?5, state_position = ?6 WHERE conversation = ?1")
            .Bind(1, group.Conversation.Value)
            .Bind(2, group.Name.Value)
            .Bind(3, group.Home?.Value ?? "")
            .Bind(4, group.Topic)
            .Bind(5, group.IsOpen ? 1 : 0)
            .Bind(6, group.StatePosition)
            .Run();

    private static void SaveAddress(Database database, Addresses addresses, Group before, Group after, Address address)
    {
        var (was, now) = (before.Members.GetValueOrDefault(address), after.Members.GetValueOrDefault(address));
        if (now is null && was is not null) DeleteMember(database, addresses, after, address, until: after.StatePosition);
        else if (now is not null && now != was) SaveMember(database, addresses, after, now);
        SaveMark(database, addresses, after, address, BannedMark, before.Banned.Contains(address), after.Banned.Contains(address));
        SaveMark(database, addresses, after, address, InvitedMark, before.Invited.Contains(address), after.Invited.Contains(address));
    }

    private static void SaveMembers(Database database, Addresses addresses, Group before, Group after)
    {
        if (!ReferenceEquals(before.Members, after.Members))
        {
            foreach (var (address, member) in after.Members)
                if (before.Members.GetValueOrDefault(address) != member) SaveMember(database, addresses, after, member);
            foreach (var address in before.Members.Keys)
                if (!after.Members.ContainsKey(address)) DeleteMember(database, addresses, after, address, until: before.StatePosition);
        }

        SaveMarks(database, addresses, after, BannedMark, before.Banned, after.Banned);
        SaveMarks(database, addresses, after, InvitedMark, before.Invited, after.Invited);
        if (before.Awaited.SetEquals(after.Awaited)) return;
        database.Prepare("DELETE FROM group_awaited WHERE conversation = ?1").Bind(1, after.Conversation.Value).Run();
        foreach (var realm in after.Awaited)
            database.Prepare("INSERT INTO group_awaited (conversation, realm) VALUES (?1, ?2)").Bind(1, after.Conversation.Value).Bind(2, realm.Value).Run();
    }

    private static void SaveMarks(Database database, Addresses addresses, Group group, int kind, ImmutableHashSet<Address> before, ImmutableHashSet<Address> after)
    {
        if (ReferenceEquals(before, after)) return;
        foreach (var address in before.Union(after)) SaveMark(database, addresses, group, address, kind, before.Contains(address), after.Contains(address));
    }

    private static void SaveMark(Database database, Addresses addresses, Group group, Address address, int kind, bool was, bool isNow)
    {
        if (was == isNow) return;
        var number = addresses.NumberOf(database, address);
        var change = isNow
            ? database.Prepare("INSERT OR IGNORE INTO group_mark (conversation, kind, address) VALUES (?1, ?2, ?3)")
            : database.Prepare("DELETE FROM group_mark WHERE conversation = ?1 AND kind = ?2 AND address = ?3");
        change.Bind(1, group.Conversation.Value).Bind(2, kind).Bind(3, number).Run();
    }

    private static void SaveMember(Database database, Addresses addresses, Group group, Member member)
    {
        var number = addresses.NumberOf(database, member.Address);
        database.Prepare(
            """
            INSERT INTO group_member (conversation, address, role, is_muted, joined, display_name) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (conversation, address) DO UPDATE SET role = ?3, is_muted = ?4, joined = ?5, display_name = ?6
            """)
            .Bind(1, group.Conversation.Value)
            .Bind(2, number)
            .Bind(3, (long)member.Role)
            .Bind(4, member.IsMuted ? 1 : 0)
            .Bind(5, member.Joined)
            .Bind(6, member.DisplayName)
            .Run();

        // What he hears as a member is not also past.
        if (member.Address.Realm is null)
            database.Prepare("DELETE FROM group_past WHERE address = ?1 AND conversation = ?2 AND joined >= ?3").Bind(1, number).Bind(2, group.Conversation.Value).Bind(3, member.Joined).Run();
    }

    // Who is of this realm may still read what he has heard, up to a position.
    private static void DeleteMember(Database database, Addresses addresses, Group group, Address address, long until)
    {
        var number = addresses.NumberOf(database, address);
        if (address.Realm is null)
            database.Prepare(
                """
                INSERT OR REPLACE INTO group_past (address, conversation, joined, until)
                SELECT address, conversation, joined, ?3 FROM group_member WHERE conversation = ?1 AND address = ?2
                """).Bind(1, group.Conversation.Value).Bind(2, number).Bind(3, until).Run();
        database.Prepare("DELETE FROM group_member WHERE conversation = ?1 AND address = ?2").Bind(1, group.Conversation.Value).Bind(2, number).Run();
    }

    // Who has been removed from this realm is nobody's member any more, whoever has his name now.
    private static ImmutableDictionary<Address, Member> ReadMembers(Database database, ConversationId conversation)
    {
        var members = ImmutableDictionary.CreateBuilder<Address, Member>();
        var query = database.Prepare(
            """
            SELECT a.username, a.realm, m.display_name, m.role, m.is_muted, m.joined
            FROM group_member AS m JOIN address AS a ON a.id = m.address
            WHERE m.conversation = ?1 AND a.retired IS NULL
            """).Bind(1, conversation.Value);
        while (query.Step())
        {
            var address = MessageLog.ReadAddress(query, 0);
            members[address] = new Member(address, query.Text(2), (GroupRole)query.Number(3), query.Truth(4), query.Number(5));
        }

        return members.ToImmutable();
    }

    private static ImmutableHashSet<Address> ReadMarks(Database database, ConversationId conversation, int kind)
    {
        var marked = ImmutableHashSet.CreateBuilder<Address>();
        var query = database.Prepare(
            """
            SELECT a.username, a.realm
            FROM group_mark AS m JOIN address AS a ON a.id = m.address
            WHERE m.conversation = ?1 AND m.kind = ?2 AND a.retired IS NULL
            """).Bind(1, conversation.Value).Bind(2, kind);
        while (query.Step()) marked.Add(MessageLog.ReadAddress(query, 0));
        return marked.ToImmutable();
    }

    private static ImmutableHashSet<RealmName> ReadAwaited(Database database, ConversationId conversation)
    {
        var awaited = ImmutableHashSet.CreateBuilder<RealmName>();
        var query = database.Prepare("SELECT realm FROM group_awaited WHERE conversation = ?1").Bind(1, conversation.Value);
        while (query.Step())
            if (RealmName.TryParse(query.Text(0), out var realm)) awaited.Add(realm);
        return awaited.ToImmutable();
    }
}
