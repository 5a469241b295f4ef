using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Storage.Sqlite;

/// <content>Conversations, as those who take part in them read and change them.</content>
public sealed partial class SqliteStore
{
    /// <inheritdoc/>
#pragma warning disable CS0067
    public event Action<ImmutableArray<Marks>>? MarksStored;
#pragma warning restore CS0067

    /// <inheritdoc/>
    public long LastArrival => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ConversationId?> FindDirectAsync(AccountId account, Address other, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<Message?> FindEntryAsync(ConversationId conversation, long position, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Message>> ReadConversationBackAsync(ConversationId conversation, long before, int mostEntries, int mostBytes, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<StreamPage> ReadStreamAsync(AccountId reader, long after, int mostEntries, int mostBytes, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<ConversationSummary>> ListConversationsAsync(AccountId reader, long? before, int most, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Address>> ListContactsAsync(AccountId account, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Group>> ListGroupsAsync(AccountId member, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<Result<Message>> ReviseAsync(AccountId account, Address other, long target, Func<Message?, Result<(NewEntry Entry, Parcel? Parcel)>> decide) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Marks>> ListMarksAsync(ConversationId conversation, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Marks>> ListMarksAsync(AccountId reader, long since, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Marks>> AdvanceAsync(IReadOnlyList<MarkAdvance> advances) => new([]);

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Session>> ListSessionsAsync(AccountId account, DateTimeOffset since, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<int> EndOtherSessionsAsync(AccountId account, SessionId kept, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask SeeAccountAsync(AccountId account, DateTimeOffset when, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<DateTimeOffset?> FindLastSeenAsync(AccountId account, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask AddRegistrationCodeAsync(TokenHash code, int uses, DateTimeOffset expires) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<Result<Account>> RegisterAsync(NewAccount account, TokenHash? code, CancellationToken cancellationToken) => throw new NotImplementedException();
}
