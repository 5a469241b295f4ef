using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>
/// Talks in the group through the raw view, waiting for the echo of each text with a bounded patience. He never leaves: what breaks is
/// entered again.
/// </summary>
internal sealed class GroupMember(ChaosUser user, string group, Ledger ledger, ChaosPace pace, int seed, bool asDocumentClient) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private readonly List<Stamp> _unseen = [];
    private GroupConversation? _conversation;
    private TaskCompletionSource? _echo;
    private Stamp _awaited;

    /// <summary>The first entry, before anything goes wrong.</summary>
    public async Task EnterAsync()
    {
        var conversation = await ConversationAsync();
        await conversation.ShowsAsync("telah bergabung");
    }

    public async Task TalkAsync(int count, CancellationToken cancellationToken)
    {
        for (var number = 1; number <= count; number++)
        {
            await pace.ReachAsync(number, cancellationToken);
            await SayAsync(new Stamp(seed, user.Realm.Name, user.Name, IsSaid: true, number), cancellationToken);
        }
    }

    /// <summary>Enters again where the connection has broken and nothing is left to say, so that the realm has somebody in the group.</summary>
    public Task StayAsync() => ConversationAsync();

    public async ValueTask DisposeAsync()
    {
        if (_conversation is not null) await _conversation.DisposeAsync();
    }

    private async Task SayAsync(Stamp stamp, CancellationToken cancellationToken)
    {
        var conversation = await ConversationAsync();
        var echo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock) (_awaited, _echo) = (stamp, echo);
        ledger.Begin(stamp, to: null);
        try
        {
            await conversation.SayAsync(stamp.ToString());
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var broken = Eventually.BecomesTrueAsync(() => conversation.HasEnded || stop.IsCancellationRequested, "the conversation ends", ChaosUser.Patience);
            await Task.WhenAny(echo.Task.WaitAsync(Patience, cancellationToken), broken);
            await stop.CancelAsync();
            await broken;
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // It broke under the text.
        }

        // Seen; or on its way while the connection lives: a later echo on it will say that it was taken; or nobody knows.
        lock (_lock)
        {
            if (!echo.Task.IsCompleted) _unseen.Add(stamp);
        }

        ledger.Answer(stamp, echo.Task.IsCompleted ? Outcome.Acknowledged : Outcome.Unknown);
    }

    private async Task<GroupConversation> ConversationAsync()
    {
        if (_conversation is { HasEnded: false } there) return there;
        if (_conversation is { } ended)
        {
            await ended.DisposeAsync();
            if (ended.Text.Contains("Session Tidak Ditemukan", StringComparison.Ordinal)) user.Forget(await user.TokenAsync());
        }

        var token = await user.TokenAsync();
        lock (_lock) _unseen.Clear();
        var view = ledger.OpenView(user.Realm.Name, user.Name);
        var rest = "";
        return _conversation = await GroupConversation.EnterAsync(user.ConnectRawAsync, token, group, asDocumentClient, piece => Hear(view, ref rest, piece));
    }

    // Errors and echoes come in the order of what was said: an error is about the oldest that has had neither.
    private void HearErrors(string piece)
    {
        const string Error = "Error, ";
        for (var at = piece.IndexOf(Error, StringComparison.Ordinal); at >= 0; at = piece.IndexOf(Error, at + Error.Length, StringComparison.Ordinal))
        {
            lock (_lock)
            {
                var refused = _unseen.Count > 0 ? _unseen[0] : _awaited;
                ledger.Refuse(refused, piece[at..]);
                if (_unseen.Count > 0) _unseen.RemoveAt(0);
                else _echo?.TrySetResult();
            }
        }
    }

    private void Hear(View view, ref string rest, string piece)
    {
        HearErrors(piece);
        foreach (var stamp in Stamp.Take(ref rest, piece))
        {
            ledger.See(view, stamp);
            if (stamp.User != user.Name || stamp.Realm != user.Realm.Name) continue;
            lock (_lock)
            {
                // What was said before it on this connection, and has not been shown, must have been taken.
                _unseen.Remove(stamp);
                foreach (var earlier in _unseen.Where(unseen => unseen.Number < stamp.Number)) ledger.PassOver(earlier);
                _unseen.RemoveAll(unseen => unseen.Number < stamp.Number);
                if (stamp == _awaited) _echo?.TrySetResult();
            }
        }
    }
}
