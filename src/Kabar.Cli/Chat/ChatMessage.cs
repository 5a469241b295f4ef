namespace Kabar.Cli.Chat;

/// <summary>A message of the user that has not been given its place yet. It is shown above the line, until it stands among the others.</summary>
internal sealed class ChatMessage(string to, string text)
{
    public string To => to;

    public string Text => text;

    /// <summary>Its id, once the realm has it.</summary>
    public string? Id { get; set; }
}
