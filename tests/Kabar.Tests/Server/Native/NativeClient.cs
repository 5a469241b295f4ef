using System.Text;
using System.Text.Json;

namespace Kabar.Tests.Server.Native;

/// <summary>A client of the native protocol: tells replies from events. One reader at a time.</summary>
internal sealed class NativeClient(LinePipe pipe)
{
    private readonly Queue<JsonElement> _replies = new();
    private readonly Queue<JsonElement> _events = new();

    public LinePipe Pipe => pipe;

    /// <summary>How many events were read before the reply at hand and not taken.</summary>
    public int EventsBefore => _events.Count;

    public ValueTask<System.IO.Pipelines.FlushResult> SendAsync(string lines) => pipe.SendAsync(lines);

    /// <summary>Sends a line and takes its reply.</summary>
    public async Task<JsonElement> AskAsync(string line)
    {
        await pipe.SendAsync(line + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>Sends a line that is answered OK.</summary>
    public async Task<JsonElement> DoAsync(string line)
    {
        var reply = await AskAsync(line);
        Status(reply).ShouldBe("OK", reply.ToString());
        return reply;
    }

    /// <summary>Sends a line that is refused, and takes the code.</summary>
    public async Task<string> RefusedAsync(string line) => Code(await AskAsync(line));

    public async Task<JsonElement> ReplyAsync()
    {
        while (_replies.Count == 0) await TakeAsync();
        return _replies.Dequeue();
    }

    public async Task<JsonElement> EventAsync()
    {
        while (_events.Count == 0) await TakeAsync();
        return _events.Dequeue();
    }

    /// <summary>The next event of a kind; others, of the moment, are passed over.</summary>
    public async Task<JsonElement> EventAsync(string kind)
    {
        while (true)
        {
            var happened = await EventAsync();
            if (Kind(happened) == kind) return happened;
        }
    }

    /// <summary>Everything until the server closes.</summary>
    public async Task<List<JsonElement>> ReadToEndAsync()
    {
        var lines = new List<JsonElement>();
        while (await pipe.TryReadLineAsync() is { } line) lines.Add(Parse(line));
        return lines;
    }

    public static string Kind(JsonElement happened) => happened.GetProperty("event").GetString()!; // an event has one

    public static string Status(JsonElement reply) => reply.GetProperty("status").GetString()!; // a reply has one

    public static string Code(JsonElement reply)
    {
        Status(reply).ShouldBe("ERROR", reply.ToString());
        return reply.GetProperty("code").GetString()!; // a refusal has one
    }

    public static string Text(JsonElement happened) => happened.GetProperty("text").GetString()!; // it is asked of messages only

    public static long At(JsonElement happened) => long.Parse(happened.GetProperty("at").GetString()!); // so is this

    private static JsonElement Parse(string line)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(line));
        return document.RootElement.Clone();
    }

    private async Task TakeAsync()
    {
        var line = Parse(await pipe.TryReadLineAsync() ?? throw new EndOfStreamException("The server closed the connection."));
        (line.TryGetProperty("event", out _) ? _events : _replies).Enqueue(line);
    }
}
