using System.IO.Pipelines;
using System.Text;
using Kabar.Transcripts;

namespace Kabar.Tests.Transcripts;

/// <summary>
/// A server that knows its lines: for each request line (its ending and outer blanks taken off) what to answer; null hangs up.
/// It judges the player and the document client where no real server is wanted.
/// </summary>
internal sealed class ScriptedServer(Func<string, string?> answer)
{
    private readonly List<string> _requests = [];
    private readonly List<string> _dialects = [];

    /// <summary>Bytes of one write; 0 writes a reply whole.</summary>
    public int PieceSize { get; init; }

    public IReadOnlyList<string> Requests => _requests;

    public IReadOnlyList<string> Dialects => _dialects;

    public ValueTask<Stream> ConnectAsync(string dialect, CancellationToken cancellationToken)
    {
        _dialects.Add(dialect);
        var toServer = new Pipe();
        var toClient = new Pipe();
        _ = ServeAsync(toServer.Reader, toClient.Writer, cancellationToken);
        return ValueTask.FromResult<Stream>(new DuplexStream(toClient.Reader.AsStream(), toServer.Writer.AsStream()));
    }

    private async Task ServeAsync(PipeReader input, PipeWriter output, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(input.AsStream(), Encoding.Latin1);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var request = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line)).Trim(' ');
            if (request.Length == 0) continue;

            _requests.Add(request);
            if (answer(request) is not { } reply) break;

            var bytes = Encoding.UTF8.GetBytes(reply);
            var size = PieceSize == 0 ? bytes.Length : PieceSize;
            for (var at = 0; at < bytes.Length; at += size)
                await output.WriteAsync(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)), cancellationToken);
        }

        await output.CompleteAsync();
    }
}
