namespace Kabar.Cli.Terminal;

/// <summary>Where lines come from and where answers go: a terminal with an edited line (<see cref="LineEditor"/>) or a pipe
/// (<see cref="PlainLines"/>).</summary>
internal interface ILineSource
{
    /// <summary>The next line, without its end; null when there are no more. Cancelling loses nothing that was typed ahead.</summary>
    ValueTask<string?> ReadLineAsync(string prompt, History history, CancellationToken cancellationToken);

    /// <summary>Prints lines, above the one being edited if there is one. May be called at any time, from anywhere.</summary>
    void WriteAbove(string lines);
}
