using System.Collections.Immutable;

namespace Kabar.Core;

/// <summary>Unread direct messages of one account, oldest first, as far as they fit one reply.</summary>
/// <param name="Reader">Whose inbox.</param>
/// <param name="Messages">In the order of arrival.</param>
/// <param name="Through">Every unread message up to this arrival is in the page.</param>
public sealed record InboxPage(AccountId Reader, ImmutableArray<Message> Messages, long Through);
