namespace Kabar.Cli.Chat;

/// <summary>A command as it was typed.</summary>
/// <param name="Verb">What is to be done.</param>
/// <param name="Line">The line behind the verb.</param>
internal sealed record ChatRequest(ChatVerb Verb, string Line)
{
    public IReadOnlyList<string> Words { get; } = Line.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public string? Word(int index) => index < Words.Count ? Words[index] : null;

    /// <summary>What follows a number of words, as it was typed.</summary>
    public string After(int words)
    {
        var rest = Line.TrimStart();
        for (var word = 0; word < words; word++)
        {
            var end = rest.IndexOfAny([' ', '\n']);
            rest = end < 0 ? "" : rest[end..].TrimStart();
        }

        return rest;
    }
}
