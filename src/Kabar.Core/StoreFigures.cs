namespace Kabar.Core;

/// <summary>How much a realm remembers.</summary>
/// <param name="Accounts">Its accounts.</param>
/// <param name="Sessions">Sessions that have not ended.</param>
/// <param name="Entries">Messages, and whatever else stands in a conversation.</param>
/// <param name="Unindexed">Entries that the store's own index does not hold yet.</param>
/// <param name="Unsearchable">Entries that the full-text index has not come to yet.</param>
public readonly record struct StoreFigures(long Accounts, long Sessions, long Entries, long Unindexed, long Unsearchable);
