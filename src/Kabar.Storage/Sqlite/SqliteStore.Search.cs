using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Search.</content>
public sealed partial class SqliteStore
{
    // A search takes milliseconds of a processor. Who comes third waits, and sends go on.
    private const int SearchesAtOnce = 2;

    // So many are looked at before the index looks where they were said.
    private const int Sample = 300;

    private const int LeastAtOnce = 16;

    private readonly SearchIndex? _search;
    private readonly SemaphoreSlim _searching = new(SearchesAtOnce);

    /// <summary>Entries that the full-text index has not come to yet; 0 without one.</summary>
    public long UnsearchableMessages => _search?.Behind ?? 0;

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<Message>> SearchAsync(
        AccountId reader, string words, ConversationId? within, long? before, int most, CancellationToken cancellationToken)
    {
        if (_search is null || SearchWords.Parse(words) is not { } expression) return [];

        await _searching.WaitAsync(cancellationToken);
        try
        {
            return Search(_search, reader, expression, within, before ?? long.MaxValue, most);
        }
        finally
        {
            _searching.Release();
        }
    }

    // The index proposes, the database decides: what is not the reader's to see, or is no more, is passed over whatever the index says.
    private ImmutableArray<Message> Search(SearchIndex index, AccountId reader, string expression, ConversationId? within, long before, int most)
    {
        using var lease = _reads.Rent();
        var groups = ReadGroupsOf(lease.Database, reader);
        var found = ImmutableArray.CreateBuilder<Message>();

        // 1. The newest that have the words, wherever they were said: of rare words that is all, and of others often enough.
        var (where, limit) = ($"text : ({expression})", Sample);
        while (found.Count < most)
        {
            var arrivals = index.Find(where, before, limit);
            foreach (var arrival in arrivals)
            {
                before = arrival;
                if (FindConversation(lease.Database, arrival) is not { } conversation || (within ?? conversation) != conversation) continue;
                var isGroup = groups.TryGetValue(conversation, out var hearsFrom);
                if (!isGroup && !IsDirectOf(lease.Database, reader, conversation)) continue;
                if (MessageRows.Find(lease.Database, arrival) is not { Kind: EntryKind.Said, IsDeleted: false } message) continue;

                // What is older in this group was said before he came: it need not be gone through.
                if (isGroup && message.Position < hearsFrom) groups.Remove(conversation);
                else found.Add(message);
                if (found.Count == most) break;
            }

            // 2. Then among what was said to him and in his groups.
            if (arrivals.Length < limit || PlacesOf(lease.Database, reader, groups, within) is not { } places) break;
            (where, limit) = ($"text : ({expression}) AND place : ({places})", Math.Max(LeastAtOnce, most - found.Count));
        }

        return found.DrainToImmutable();
    }

    // Groups that he is in, and the position from which on he may read.
    private static Dictionary<ConversationId, long> ReadGroupsOf(Database database, AccountId reader)
    {
        var query = database.Prepare(
            """
            SELECT m.conversation, CASE WHEN g.is_open THEN 0 ELSE m.joined END
            FROM group_member AS m CROSS JOIN group_chat AS g ON g.conversation = m.conversation
            WHERE m.address = ?1
            """).Bind(1, reader.Value);
        var groups = new Dictionary<ConversationId, long>();
        while (query.Step()) groups.Add(new ConversationId(query.Number(0)), query.Number(1));
        return groups;
    }

    private static string? PlacesOf(Database database, AccountId reader, Dictionary<ConversationId, long> groups, ConversationId? within)
    {
        if (within is not { } conversation)
            return string.Join(" OR ", groups.Keys.Select(SearchPlace.Of).Prepend(SearchPlace.Of(reader)));
        return groups.ContainsKey(conversation) || IsDirectOf(database, reader, conversation) ? SearchPlace.Of(conversation) : null;
    }

    private static ConversationId? FindConversation(Database database, long arrival) =>
        database.Prepare("SELECT conversation FROM message WHERE arrival = ?1").Bind(1, arrival).ReadNumber() is { } number ? new ConversationId(number) : null;

    private static bool IsDirectOf(Database database, AccountId reader, ConversationId conversation) =>
        database.Prepare("SELECT 1 FROM member WHERE address = ?1 AND conversation = ?2").Bind(1, reader.Value).Bind(2, conversation.Value).ReadNumber() is not null;
}
