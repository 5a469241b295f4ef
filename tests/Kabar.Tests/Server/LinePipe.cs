using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Kabar.Tests.Protocol;

namespace Kabar.Tests.Server;

/// <summary>A client's end of a connection in memory: literal bytes out, literal bytes in.</summary>
internal sealed class LinePipe : IDisposable
{
    private readonly Pipe _toServer = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Pipe _toClient;

    public LinePipe(long blocksAfter)
    {
        _toClient = new Pipe(new PipeOptions(pauseWriterThreshold: blocksAfter, resumeWriterThreshold: Math.Max(1, blocksAfter / 2), useSynchronizationContext: false));
        Server = new Ends(_toServer.Reader, _toClient.Writer);
    }

    public IDuplexPipe Server { get; }

    /// <summary>Completes when the server has done with the connection.</summary>
    public Task Serving { get; set; } = Task.CompletedTask;

    public ValueTask<FlushResult> SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public ValueTask<FlushResult> SendAsync(byte[] bytes) => _toServer.Writer.WriteAsync(bytes);

    /// <summary>Sends a line and takes its answer.</summary>
    public async Task<string> AskAsync(string line)
    {
        await SendAsync(line + " \r\n");
        return await ReadAsync();
    }

    /// <summary>The next reply without its end. Fails when the connection ends before.</summary>
    public async Task<string> ReadAsync() => await TryReadAsync() ?? throw new EndOfStreamException("The server closed the connection.");

    /// <summary>The next reply without its end; null when the server closes.</summary>
    public async Task<string?> TryReadAsync()
    {
        while (true)
        {
            var read = await _toClient.Reader.ReadAsync().BeforeDeadline();
            var text = Encoding.ASCII.GetString(read.Buffer);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                _toClient.Reader.AdvanceTo(read.Buffer.GetPosition(end + 4));
                ReplyShape.Verify(Encoding.ASCII.GetBytes(text[..(end + 4)]));
                return text[..end];
            }

            _toClient.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (!read.IsCompleted) continue;
            text.ShouldBe("", "no reply is cut off");
            return null;
        }
    }

    /// <summary>The next line of the native protocol without its end; null when the server closes.</summary>
    public async Task<string?> TryReadLineAsync()
    {
        while (true)
        {
            var read = await _toClient.Reader.ReadAsync().BeforeDeadline();
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.UTF8.GetString(read.Buffer.Slice(0, end));
                _toClient.Reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                line.ShouldEndWith("\r");
                return line[..^1];
            }

            var rest = Encoding.UTF8.GetString(read.Buffer);
            _toClient.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (!read.IsCompleted) continue;
            rest.ShouldBe("", "no line is cut off");
            return null;
        }
    }

    /// <summary>Takes exactly these texts of a conversation, which has no framing.</summary>
    public async Task HearAsync(string expected)
    {
        var length = Encoding.UTF8.GetByteCount(expected);
        while (true)
        {
            var read = await _toClient.Reader.ReadAsync().BeforeDeadline();
            var heard = read.Buffer.Slice(0, Math.Min(length, read.Buffer.Length));
            Encoding.UTF8.GetString(heard).ShouldBe(read.Buffer.Length < length ? expected[..Math.Min(expected.Length, Encoding.UTF8.GetCharCount(heard.ToArray()))] : expected);
            var isWhole = heard.Length == length;
            _toClient.Reader.AdvanceTo(isWhole ? heard.End : read.Buffer.Start, isWhole ? heard.End : read.Buffer.End);
            if (isWhole) return;
            read.IsCompleted.ShouldBeFalse($"the server closed the connection before \"{expected}\"");
        }
    }

    /// <summary>Whether anything has come that was not read yet.</summary>
    public bool HasUnread()
    {
        if (!_toClient.Reader.TryRead(out var read)) return false;
        _toClient.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        return !read.Buffer.IsEmpty;
    }

    /// <summary>Everything until the server closes.</summary>
    public async Task<List<string>> ReadToEndAsync()
    {
        var replies = new List<string>();
        while (await TryReadAsync() is { } reply) replies.Add(reply);
        return replies;
    }

    /// <summary>What has come and was not read yet, as it lies there.</summary>
    public async Task<string> PeekAsync()
    {
        var read = await _toClient.Reader.ReadAsync().BeforeDeadline();
        var text = Encoding.ASCII.GetString(read.Buffer);
        _toClient.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        return text;
    }

    /// <summary>Sends no more, and goes on reading.</summary>
    public void HalfClose() => _toServer.Writer.Complete();

    /// <summary>Vanishes, as a killed client does.</summary>
    public void Break()
    {
        _toServer.Writer.Complete();
        _toClient.Reader.Complete();
    }

    public void Dispose() => Break();

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
