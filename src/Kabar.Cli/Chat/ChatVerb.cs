namespace Kabar.Cli.Chat;

/// <summary>What Tab offers for a parameter.</summary>
internal enum Offer
{
    Nothing,
    Verb,
    Conversation,
    User,
    Group,
    Emoji,
    Role,
}

/// <summary>What a verb does.</summary>
internal delegate Task ChatDoing(ChatClient chat, ChatRequest request, CancellationToken cancellationToken);

/// <summary>A row of <see cref="ChatVerbs"/>.</summary>
/// <param name="Name">As it is typed, without the slash.</param>
/// <param name="Parameters">What follows it; brackets around what may be left out.</param>
/// <param name="English">What it does.</param>
/// <param name="Indonesian">The same.</param>
/// <param name="Least">How many words must follow.</param>
/// <param name="Offers">What its parameters may be, one after another.</param>
/// <param name="Do">Does it.</param>
internal sealed record ChatVerb(string Name, string Parameters, string English, string Indonesian, int Least, IReadOnlyList<Offer> Offers, ChatDoing Do)
{
    public string Form => Parameters.Length == 0 ? "/" + Name : $"/{Name} {Parameters}";
}
