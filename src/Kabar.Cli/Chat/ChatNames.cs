namespace Kabar.Cli.Chat;

/// <summary>The names that Tab offers, as they were at one moment: for who must not wait for the state.</summary>
internal sealed record ChatNames(IReadOnlyList<string> Conversations, IReadOnlyList<string> Users)
{
    public static ChatNames None { get; } = new([], []);

    public IEnumerable<string> Groups => Conversations.Where(name => name.StartsWith('#'));
}
