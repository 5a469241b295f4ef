using Kabar.Cli.Terminal;
using Kabar.Cli.Wire;

namespace Kabar.Cli.Shell;

/// <summary>
/// A group conversation, from the `group` request to the closing reply.
/// <para>What is said goes out without any end mark, so the server takes what one of its reads returns for one message. The next line
/// therefore waits until our own last one has come back, as everything said in a group does; not for ever, since it might have been
/// refused.</para>
/// </summary>
internal sealed class ShellConversation(ServerConnection connection, ILineSource lines)
{
    private const string Exit = "exit";
    private static readonly TimeSpan EchoPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(10);

    private readonly ConversationText _text = new();
    private readonly History _said = History.InMemory();
    private readonly Lock _gate = new();
    private (string Text, TaskCompletionSource Heard)? _awaited;

    /// <summary>Returns the closing reply, or the refusal when there was no conversation.</summary>
    public async Task<ServerReply> RunAsync(string request, CancellationToken cancellationToken)
    {
        await connection.SendAsync(request + " \r\n", cancellationToken);
        // Before the first answer nothing may be sent: a first server could take it for a part of the request.
        Hear(await connection.ReadSomeAsync(connection.Limits.Answer, cancellationToken));

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = ListenAsync(ended);
        try
        {
            await TypeAsync(ended.Token);
            await listening.WaitAsync(ClosingPatience, connection.Limits.Clock, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The other side has ended it, or is gone: the listener knows which.
        }
        catch (TimeoutException)
        {
            throw new ServerFault("The server did not close the conversation.");
        }
        finally
        {
            await ended.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await listening;
        connection.PutBack(_text.ClosingReply);
        return await connection.ReadReplyAsync(cancellationToken);
    }

    private async Task ListenAsync(CancellationTokenSource ended)
    {
        try
        {
            while (_text.ClosingReply is null) Hear(await connection.ReadSomeAsync(Timeout.InfiniteTimeSpan, ended.Token));
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private void Hear(byte[] read)
    {
        if (_text.Feed(read) is not { } said) return;
        lines.WriteAbove(Printable.Lines(said));
        lock (_gate)
        {
            if (_awaited is { } awaited && said.Contains(awaited.Text, StringComparison.Ordinal)) awaited.Heard.TrySetResult();
        }
    }

    private async Task TypeAsync(CancellationToken ended)
    {
        while (_text.ClosingReply is null)
        {
            var line = await lines.ReadLineAsync("", _said, ended) ?? Exit; // who has no more to say leaves
            if (line.Length == 0) continue;
            _text.IsLeaving = line == Exit;
            var echo = Await(line);
            await connection.SendAsync(line, ended);
            if (_text.IsLeaving) return;
            await echo.WaitAsync(EchoPatience, connection.Limits.Clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task Await(string text)
    {
        lock (_gate)
        {
            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited = (text, heard);
            return heard.Task;
        }
    }
}
