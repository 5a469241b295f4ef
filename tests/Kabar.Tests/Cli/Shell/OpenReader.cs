using System.Threading.Channels;

namespace Kabar.Tests.Cli.Shell;

/// <summary>Somebody who types when the test says so.</summary>
internal sealed class OpenReader : TextReader
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public OpenReader(params string[] lines)
    {
        foreach (var line in lines) Say(line);
    }

    public void Say(string line) => _lines.Writer.TryWrite(line);

    public void End() => _lines.Writer.TryComplete();

    public override async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        await _lines.Reader.WaitToReadAsync(cancellationToken) && _lines.Reader.TryRead(out var line) ? line : null;
}
