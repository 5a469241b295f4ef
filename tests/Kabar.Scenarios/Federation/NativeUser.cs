using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation;

/// <summary>Somebody logged in at his realm who speaks the native protocol, in JSON, and listens.</summary>
internal sealed class NativeUser : IAsyncDisposable
{
    private readonly Stream _connection;
    private readonly StreamReader _lines;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonObject>> _asked = new();
    private readonly Lock _lock = new();
    private readonly List<JsonObject> _heard = [];
    private readonly Task _reading;
    private long _lastId;

    private NativeUser(RealmProcess realm, string username, Stream connection)
    {
        (Realm, Username, _connection, _lines) = (realm, username, connection, new StreamReader(connection, Encoding.UTF8));
        _reading = ReadAsync();
    }

    public RealmProcess Realm { get; }

    public string Username { get; }

    /// <summary>How other realms call him.</summary>
    public string Address => $"{Username}@{Realm.Name}";

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Patience { get; private init; } = Eventually.Deadline;

    /// <summary>Whether the connection is over.</summary>
    public bool HasEnded => _reading.IsCompleted;

    /// <summary>Every event so far, in order.</summary>
    public IReadOnlyList<JsonObject> Heard
    {
        get
        {
            lock (_lock) return [.. _heard];
        }
    }

    /// <summary>Logs in, and listens from now on.</summary>
    public static async Task<NativeUser> ConnectAsync(RealmProcess realm, string username)
    {
        var user = await ConnectAsync(realm, username, await realm.ConnectAsync());
        await user.DoAsync("listen");
        return user;
    }

    /// <summary>Logs in on a connection of the caller's, and does not listen.</summary>
    public static async Task<NativeUser> ConnectAsync(RealmProcess realm, string username, Stream connection, TimeSpan? patience = null)
    {
        var user = new NativeUser(realm, username, connection) { Patience = patience ?? Eventually.Deadline };
        try
        {
            await user.DoAsync("auth", ("username", username), ("password", RealmProcess.PasswordOf(username)));
            return user;
        }
        catch
        {
            await user.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks, and says what was answered.</summary>
    /// <exception cref="IOException">The connection broke before that.</exception>
    public async Task<JsonObject> AskAsync(string verb, params (string Key, JsonNode? Value)[] parameters)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = new JsonObject { ["do"] = verb, ["id"] = id };
        foreach (var (key, value) in parameters) request[key] = value;
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        if (HasEnded) throw new IOException("The connection is over.");
        await _connection.WriteAsync(Encoding.UTF8.GetBytes(request.ToJsonString(JsonSerializerOptions.Default) + "\n"));
        await Eventually.BecomesTrueAsync(() => answer.Task.IsCompleted, $"{Address} has an answer to {request}", Patience);
        return await answer.Task;
    }

    /// <summary>The same for what must be done.</summary>
    public async Task<JsonObject> DoAsync(string verb, params (string Key, JsonNode? Value)[] parameters)
    {
        var answer = await AskAsync(verb, parameters);
        Text(answer, "status").ShouldBe("OK", answer.ToString());
        return answer;
    }

    /// <summary>Says something.</summary>
    /// <returns>The answer: its state, and its position where it has one.</returns>
    public Task<JsonObject> SendAsync(string to, string text, long? reply = null) => DoAsync("send", ("to", to), ("text", text), ("reply", reply));

    /// <summary>Waits for an event that he has heard or hears yet.</summary>
    public async Task<JsonObject> HearsAsync(Func<JsonObject, bool> which, string what)
    {
        JsonObject? found = null;
        try
        {
            await Eventually.BecomesTrueAsync(() => (found = Heard.FirstOrDefault(which)) is not null || _reading.IsCompleted, what);
        }
        catch (Exception fault)
        {
            throw new TimeoutException($"{Address} has not heard that {what}, but {string.Join('\n', Heard)}", fault);
        }

        return found ?? throw new EndOfStreamException($"{Address} is cut off before {what}: {string.Join('\n', Heard)}");
    }

    /// <summary>Waits for something said, of this text.</summary>
    public Task<JsonObject> HearsSaidAsync(string text) => HearsAsync(what => Is(what, "message") && Text(what, "text") == text, $"somebody says {text}");

    /// <summary>Waits for what somebody has been answered that it was said, however it reads by now.</summary>
    public Task<JsonObject> HearsAsync(JsonObject sent) => HearsAsync(what => Is(what, "message") && Text(what, "mid") == Text(sent, "mid"), $"there is the message {sent}");

    /// <summary>Waits until the other has come so far in their conversation.</summary>
    public Task<JsonObject> HearsReceiptAsync(string from, string mark, long position) => HearsAsync(
        what => Is(what, "receipt") && Text(what, "from") == from && Number(what, mark) >= position, $"{from} has {mark} up to {position}");

    /// <summary>How what was said in a conversation now reads to him: "from: text", with a star when edited, a dash when deleted, and what people reacted with.</summary>
    public async Task<IReadOnlyList<string>> ReadingAsync(string to) => [.. (await HistoryAsync(to)).Select(Reading)];

    /// <summary>All that was said in a conversation.</summary>
    public async Task<IReadOnlyList<JsonObject>> HistoryAsync(string to)
    {
        var said = new List<JsonObject>();
        for (long after = 0; ;)
        {
            var page = await DoAsync("history", ("to", to), ("after", after), ("limit", 100));
            said.AddRange(page["entries"]!.AsArray().Select(entry => entry!.AsObject()).Where(entry => Is(entry, "message")));
            if (Number(page, "last") >= Number(page, "head") || Number(page, "last") <= after) return said;
            after = Number(page, "last");
        }
    }

    public static bool Is(JsonObject what, string kind) => Text(what, "event") == kind;

    public static string? Text(JsonObject what, string key) => what[key] is JsonValue value ? value.ToString() : null;

    public static long Number(JsonObject what, string key) => what[key] is JsonValue value ? long.Parse(value.ToString(), CultureInfo.InvariantCulture) : 0;

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _reading;
    }

    /// <summary>How an entry reads. Names come with their realm, so that two realms say the same of the same.</summary>
    public string Reading(JsonObject entry)
    {
        var reactions = (entry["reactions"]?.AsArray() ?? []).Select(reaction => $"{Full(Text(reaction!.AsObject(), "from")!)} {Text(reaction.AsObject(), "emoji")}").Order(StringComparer.Ordinal).ToArray();
        var text = entry["deleted"] is not null ? "-" : Text(entry, "text") + (entry["edited"] is null ? "" : "*");
        return $"{Full(Text(entry, "from")!)}: {text}{(reactions.Length == 0 ? "" : $" [{string.Join(", ", reactions)}]")}";
    }

    private string Full(string address) => address.Contains('@', StringComparison.Ordinal) ? address : $"{address}@{Realm.Name}";

    private async Task ReadAsync()
    {
        try
        {
            while (await _lines.ReadLineAsync() is { } line)
            {
                var what = JsonNode.Parse(line)!.AsObject();
                if (what["event"] is null)
                {
                    if (_asked.TryRemove(Number(what, "id"), out var asked)) asked.TrySetResult(what);
                    continue;
                }

                lock (_lock) _heard.Add(what);
            }
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // He has gone, or his realm has.
        }

        foreach (var asked in _asked.Values) asked.TrySetException(new IOException("The connection broke before the answer."));
    }
}
