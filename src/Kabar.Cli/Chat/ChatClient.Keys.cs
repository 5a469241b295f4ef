using Kabar.Cli.Terminal;

namespace Kabar.Cli.Chat;

// Keys, and what they open and show.
internal sealed partial class ChatClient
{
    /// <summary>A key, before the line gets it.</summary>
    public bool Press(Key key)
    {
        if (_question is not null)
        {
            if (key is not ({ Kind: KeyKind.Control, Text: "c" } or { Kind: KeyKind.Escape })) return false;
            Prefill(""); // while it is still not to be seen
            Answer(null);
            return true;
        }

        switch (key)
        {
            case { Kind: KeyKind.Alt, Text: [>= '1' and <= '9' and var digit] }: OpenNumber(digit - '0'); break;
            case { Kind: KeyKind.AltLeft }: OpenNeighbour(-1, unreadFirst: false); break;
            case { Kind: KeyKind.AltRight }: OpenNeighbour(+1, unreadFirst: false); break;
            case { Kind: KeyKind.Control, Text: "p" }: OpenNeighbour(-1, unreadFirst: true); break;
            case { Kind: KeyKind.Control, Text: "n" }: OpenNeighbour(+1, unreadFirst: true); break;
            case { Kind: KeyKind.AltUp }: EditLast(); break;
            case { Kind: KeyKind.PageUp }: Begin(stopped => OlderAsync(Page, stopped)); break;
            case { Kind: KeyKind.PageDown }: Begin(NewerAsync); break;
            default: return false;
        }

        return true;
    }

    /// <summary>The last own message, in the line to be edited.</summary>
    public void EditLast()
    {
        if (Look(state => state.LastOwn()) is { } last) Prefill($"/edit {last.Position} {last.Text}");
        else Say(Words.NothingToEdit);
    }

    public async Task OlderAsync(int count, CancellationToken cancellationToken)
    {
        var (current, before) = Look(state => (state.Current, state.OlderBefore));
        if (current is null) throw new CommandFault(Words.NoConversation);
        if (before is not { } place) return;
        if (place <= 1)
        {
            Say(Words.NothingOlder);
            return;
        }

        var history = await _client.HistoryAsync(current.Name, before: place, limit: Math.Clamp(count, 1, LongestPage), cancellationToken: cancellationToken);
        Change(state => state.ShowPage(current, history));
    }

    public async Task NewerAsync(CancellationToken cancellationToken)
    {
        var (current, after) = Look(state => (state.Current, state.NewerAfter));
        if (current is null || after is not { } place) return;
        var history = await _client.HistoryAsync(current.Name, after: place, limit: Page, cancellationToken: cancellationToken);
        Change(state => state.ShowPage(current, history));
    }

    private void OpenNumber(int number)
    {
        if (Look(state => number >= 1 && number <= state.Conversations.Count ? state.Conversations[number - 1].Name : null) is { } name)
            Begin(stopped => OpenAsync(name, stopped));
        else Say(Words.NoNumber(number));
    }

    private void OpenNeighbour(int step, bool unreadFirst)
    {
        if (Look(state => (unreadFirst ? state.Neighbour(step, unreadOnly: true) : null) ?? state.Neighbour(step, unreadOnly: false)) is { } neighbour)
            Begin(stopped => OpenAsync(neighbour.Name, stopped));
    }
}
