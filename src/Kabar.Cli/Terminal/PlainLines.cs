using System.Runtime.CompilerServices;

namespace Kabar.Cli.Terminal;

/// <summary>Lines from a pipe or a file, answers to another: no prompt, no decoration, nothing to edit.</summary>
internal sealed class PlainLines(TextReader input, TextWriter output) : ILineSource
{
    private readonly Lock _gate = new();
    private Task<string?>? _pending;

    public async ValueTask<string?> ReadLineAsync(string prompt, History history, CancellationToken cancellationToken)
    {
        // A read that was given up goes on; the next caller gets its line.
        _pending ??= input.ReadLineAsync(CancellationToken.None).AsTask();
        var line = await _pending.WaitAsync(cancellationToken);
        _pending = null;
        return line;
    }

    /// <summary>Line after line, until there are no more.</summary>
    public async IAsyncEnumerable<string> ReadLinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var history = History.InMemory();
        while (await ReadLineAsync("", history, cancellationToken) is { } line) yield return line;
    }

    public void WriteAbove(string lines)
    {
        lock (_gate)
        {
            output.WriteLine(lines);
            output.Flush();
        }
    }
}
