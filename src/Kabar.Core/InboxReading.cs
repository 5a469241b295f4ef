using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>
/// An inbox that is being shown, and the turn to show it. Hand the page over whole, then call <see cref="MarkReadAsync"/>; one that
/// is disposed of without has shown nothing, and the messages come again.
/// </summary>
public sealed class InboxReading : IDisposable
{
    private readonly IStore _store;
    private readonly InboxTurns.Turn _turn;

    private readonly Receipts _receipts;

    internal InboxReading(IStore store, InboxTurns.Turn turn, Receipts receipts, Account reader, InboxPage page, ImmutableHashSet<Username> homonyms) =>
        (_store, _turn, _receipts, Reader, Page, Homonyms) = (store, turn, receipts, reader, page, homonyms);

    /// <summary>Whose inbox it is.</summary>
    public Account Reader { get; }

    /// <summary>What is unread, as far as it fits one reply.</summary>
    public InboxPage Page { get; }

    /// <summary>The usernames of senders on other realms that an account here has too: they must be shown with their realm.</summary>
    public ImmutableHashSet<Username> Homonyms { get; }

    /// <summary>The page has been handed over whole: it counts as read, durably, before the next reader's turn. Its senders are told a moment later.</summary>
    public ValueTask MarkReadAsync(CancellationToken cancellationToken)
    {
        var marking = _store.MarkReadAsync(Page, cancellationToken);
        _receipts.Note(Reader, Page.Messages.AsSpan(), isRead: true);
        return marking;
    }

    /// <summary>Ends the turn.</summary>
    public void Dispose() => _turn.Dispose();
}
