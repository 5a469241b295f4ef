using System.Text;
using System.Text.Json;

namespace Kabar.Transcripts;

/// <summary>
/// A client that behaves as those of the documents do, faults included: it reads a few bytes at a time, decodes every read by itself,
/// believes a reply to be complete when the text so far ends with <c>\r\n\r\n</c>, and puts two blanks before a text.
/// </summary>
internal sealed class DocumentClient(Stream connection, int readSize, string ending)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The session id of the last login; empty before.</summary>
    public string Token { get; set; } = "";

    public async Task<JsonElement> LogInAsync(string verb, string tokenKey, string username, string password, CancellationToken cancellationToken)
    {
        var reply = await AskAsync($"{verb} {username} {password}", cancellationToken);
        if (reply.GetProperty("status").GetString() == "OK") Token = reply.GetProperty(tokenKey).GetString() ?? "";
        return reply;
    }

    public Task<JsonElement> SendAsync(string verb, string to, string text, CancellationToken cancellationToken) =>
        AskAsync($"{verb} {Token} {to}  {text}", cancellationToken);

    public Task<JsonElement> AskWithTokenAsync(string verb, CancellationToken cancellationToken) => AskAsync($"{verb} {Token}", cancellationToken);

    /// <exception cref="DecoderFallbackException">A read held a part of a character: the reply was not ASCII.</exception>
    public async Task<JsonElement> AskAsync(string request, CancellationToken cancellationToken)
    {
        await WriteAsync(request + ending, cancellationToken);
        return await ReadReplyAsync(cancellationToken);
    }

    /// <summary>Asks to enter a group, and believes itself in it from then on.</summary>
    public Task EnterGroupAsync(string group, CancellationToken cancellationToken) => WriteAsync($"group {Token} {group} origin{ending}", cancellationToken);

    /// <summary>Says something in the group, or <c>exit</c>: raw, without any end.</summary>
    public Task SayAsync(string text, CancellationToken cancellationToken) => WriteAsync(text, cancellationToken);

    /// <summary>What one read in the group holds; null when that is <c>exit</c> and nothing else, after which it reads a reply.</summary>
    public async Task<string?> HearAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[readSize];
        var read = await connection.ReadAsync(buffer, cancellationToken);
        if (read == 0) throw new EndOfStreamException("The server hung up: a first client now spins.");
        var heard = Strict.GetString(buffer, 0, read);
        return heard == "exit" ? null : heard;
    }

    public async Task<JsonElement> ReadReplyAsync(CancellationToken cancellationToken)
    {
        var received = "";
        var buffer = new byte[readSize];
        while (!received.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await connection.ReadAsync(buffer, cancellationToken);
            if (read == 0) throw new EndOfStreamException($"The server hung up after: {received}");

            received += Strict.GetString(buffer, 0, read);
        }

        using var document = JsonDocument.Parse(received);
        return document.RootElement.Clone();
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await connection.WriteAsync(Strict.GetBytes(text), cancellationToken);
        await connection.FlushAsync(cancellationToken);
    }
}
