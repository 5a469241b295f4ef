using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Search.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Message>> SearchAsync(AccountId reader, string words, ConversationId? within, long? before, int most, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
