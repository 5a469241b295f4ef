using System.Text;
using System.Text.Json.Nodes;
using Kabar.Transcripts;

namespace Kabar.Scenarios.Running;

/// <summary>A connection a scenario holds: requests and replies as text, or bytes, each reply within the deadline.</summary>
internal sealed class LineClient(Stream connection) : IAsyncDisposable
{
    public const string Sent = """{"status": "OK", "message": "Message Sent"}""";
    private readonly ReplyReader _replies = new(connection);

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await connection.WriteAsync(bytes, deadline.Token);
        await connection.FlushAsync(deadline.Token);
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    public Task RequestAsync(string request) => WriteAsync(request + " \r\n");

    /// <returns>The next reply, or null when the server has hung up.</returns>
    public async Task<string?> ReplyAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            return await _replies.ReadReplyAsync(deadline.Token) is { } reply ? Encoding.UTF8.GetString(reply) : null;
        }
        catch (OperationCanceledException fault)
        {
            throw new TimeoutException($"Neither a reply nor the end of the connection within {Eventually.Deadline.TotalSeconds} s.", fault);
        }
    }

    /// <summary>The next reply, null at the end of the stream, even where the stream ends inside a reply.</summary>
    public async Task<string?> ReplyOrEndAsync()
    {
        try
        {
            return await ReplyAsync();
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }

    public async Task<string> AskAsync(string request)
    {
        await RequestAsync(request);
        return await ReplyAsync() ?? throw new EndOfStreamException($"The server hung up after: {request}");
    }

    /// <returns>The session id.</returns>
    public async Task<string> LogInAsync(string username, string password)
    {
        var reply = await AskAsync($"login {username} {password}");
        return JsonNode.Parse(reply)?["tokenid"]?.GetValue<string>() ?? throw new InvalidOperationException(reply);
    }

    /// <summary>The texts of one inbox reply, sender by sender; empty when there is nothing.</summary>
    public async Task<IReadOnlyList<InboxEntry>> InboxAsync(string token)
    {
        var reply = await AskAsync($"inbox {token}");
        var parsed = JsonNode.Parse(reply);
        parsed?["status"]?.GetValue<string>().ShouldBe("OK", reply);
        return
        [
            .. from sender in parsed?["messages"]?.AsObject() ?? []
               from message in sender.Value?.AsArray() ?? []
               select new InboxEntry(sender.Key, message?["msg"]?.GetValue<string>() ?? ""),
        ];
    }

    /// <summary>Everything unread, over as many replies as it takes.</summary>
    public async Task<IReadOnlyList<InboxEntry>> WholeInboxAsync(string token)
    {
        var all = new List<InboxEntry>();
        while (await InboxAsync(token) is { Count: > 0 } page) all.AddRange(page);
        return all;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

internal sealed record InboxEntry(string Sender, string Text);
