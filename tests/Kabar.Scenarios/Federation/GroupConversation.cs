using System.Text;
using System.Text.RegularExpressions;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation;

/// <summary>The raw view of a group that realm-chat gives: a connection in a conversation, its text as it comes.</summary>
internal sealed partial class GroupConversation : IAsyncDisposable
{
    private const string Reply = """{"status": """;
    private readonly Stream _connection;
    private readonly StringBuilder _text = new();
    private readonly Lock _lock = new();
    private readonly Action<string>? _heard;
    private readonly Task _reading;
    private volatile bool _hasEnded;

    private GroupConversation(Stream connection, Action<string>? heard)
    {
        _connection = connection;
        _heard = heard;
        _reading = ReadAsync();
    }

    /// <summary>The connection has broken, or a reply has ended the conversation or refused it.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>What was said and what happened, without the remarks to this speaker alone that his text waits for its home.</summary>
    public string Text
    {
        get
        {
            lock (_lock) return Waiting().Replace(_text.ToString(), "");
        }
    }

    /// <summary>
    /// Asks to enter. A person with <c>nc</c> ends his lines with a bare <c>\n</c> and gets lines; a document's client gets text without
    /// an end. <paramref name="heard"/> gets every piece as it was read.
    /// </summary>
    public static async Task<GroupConversation> EnterAsync(
        Func<Task<Stream>> connect, string token, string group, bool asDocumentClient = false, Action<string>? heard = null)
    {
        var conversation = new GroupConversation(await connect(), heard);
        await conversation.WriteAsync($"group {token} {group} origin{(asDocumentClient ? " \r\n" : "\n")}");
        return conversation;
    }

    /// <summary>One message, ended by a line break, so that two that wait for a slow server stay two.</summary>
    public Task SayAsync(string text) => WriteAsync(text + "\n");

    public Task ShowsAsync(string text) => Eventually.BecomesTrueAsync(
        () => Text.Contains(text, StringComparison.Ordinal) ? true : _hasEnded ? throw new EndOfStreamException($"It ended before '{text}': {Text}") : false,
        $"the conversation shows '{text}'");

    /// <summary>How often it has been shown.</summary>
    public int Shown(string text) => Text.Split(text).Length - 1;

    /// <summary>Leaves as the document has it, and waits for the closing reply.</summary>
    public async Task ExitAsync()
    {
        await WriteAsync("exit\n");
        await Eventually.BecomesTrueAsync(() => _hasEnded, "the closing reply comes");
        Text.ShouldContain("Telah keluar dari grup");
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _reading;
    }

    private async Task WriteAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await _connection.WriteAsync(Encoding.UTF8.GetBytes(text), deadline.Token);
    }

    private async Task ReadAsync()
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[16 * 1024];
        var characters = new char[bytes.Length];
        try
        {
            while (await _connection.ReadAsync(bytes) is > 0 and var read)
            {
                var piece = new string(characters, 0, decoder.GetChars(bytes, 0, read, characters, 0));
                _heard?.Invoke(WaitingStamp().Replace(piece, ""));
                lock (_lock)
                {
                    _text.Append(piece);
                    var tail = _text.ToString(Math.Max(0, _text.Length - piece.Length - Reply.Length), Math.Min(_text.Length, piece.Length + Reply.Length));
                    if (tail.Contains(Reply, StringComparison.Ordinal)) _hasEnded = true;
                }
            }
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // The server is gone, or the test is done with it.
        }

        _hasEnded = true;
    }

    [GeneratedRegex("^menunggu realm [^\n]*\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Waiting();

    // The same in a view without line ends, where each text of those who listen ends with a full stop.
    [GeneratedRegex(@"menunggu realm [a-z]+: [0-9]+/[a-z]+/[a-z]+/g?[0-9]+\.\n?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WaitingStamp();
}
