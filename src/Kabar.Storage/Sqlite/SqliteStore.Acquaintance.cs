using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Who has to do with whom, here and on other realms.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Address>> ListContactsAsync(Address who, CancellationToken cancellationToken) =>
        NumberOf(who) is { } number ? ListContactsAsync(number, cancellationToken) : new([]);

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Group>> ListGroupsAsync(Address member, CancellationToken cancellationToken) =>
        NumberOf(member) is { } number ? ListGroupsAsync(number, cancellationToken) : new([]);

    /// <inheritdoc/>
    public ValueTask<Group?> FindGroupAsync(ConversationId conversation, CancellationToken cancellationToken)
    {
        GroupId id;
        using (var lease = _reads.Rent())
        {
            var query = lease.Database.Prepare("SELECT id FROM group_chat WHERE conversation = ?1").Bind(1, conversation.Value);
            if (!query.Step()) return default;
            id = new GroupId(query.Uuid(0));
            query.Reset();
        }

        return FindGroupAsync(id, cancellationToken);
    }

    private AccountId? NumberOf(Address who)
    {
        using var lease = _reads.Rent();
        return Addresses.Find(lease.Database, who) is { } number ? new AccountId(number) : null;
    }
}
