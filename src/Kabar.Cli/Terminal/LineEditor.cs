using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Kabar.Cli.Terminal;

/// <summary>
/// Edits a line on a terminal.
/// <code>
///   input ──bytes──► KeyReader ──keys──► LineEditing ──text, cursor──► LinePainter ──► output
/// </code>
/// The gate guards the last two: a key, a changed window (SIGWINCH) and <see cref="WriteAbove"/> each paint whole, one after another, so no
/// line is ever torn. Every painting is one write.
/// </summary>
internal sealed class LineEditor(
    Stream input, Stream output, Func<ScreenSize> size, Func<IDisposable> enterRawMode, TimeProvider clock) : ILineSource
{
    private const string PasteOn = "\e[?2004h";
    private const string PasteOff = "\e[?2004l";

    // Long enough for the rest of a sequence on a slow line, too short for a person to notice.
    private static readonly TimeSpan EscapePatience = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly KeyReader _keys = new();
    private readonly LinePainter _painter = new();
    private readonly byte[] _bytes = new byte[4096];
    private Task<int>? _reading;
    private LineEditing? _editing;

    /// <summary>What Tab offers; nothing when null.</summary>
    public Completion? Completion { get; set; }

    /// <summary>The editor of this process's terminal. Only where <see cref="TerminalMode.IsAvailable"/>.</summary>
    [SupportedOSPlatform("linux")]
    public static LineEditor OfTerminal()
    {
        // Not Console's own stream: on a terminal it edits lines itself.
        var keyboard = new FileStream(new SafeFileHandle(LibC.StandardInput, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        return new LineEditor(keyboard, Console.OpenStandardOutput(), () => TerminalMode.Size, TerminalMode.Raw, TimeProvider.System);
    }

    public async ValueTask<string?> ReadLineAsync(string prompt, History history, CancellationToken cancellationToken)
    {
        using var raw = enterRawMode();
        using var resized = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Repaint());
        using var continued = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Repaint());
        Begin(new LineEditing(Printable.Line(prompt), history, Completion));
        try
        {
            while (true)
            {
                var outcome = await NextKeyAsync(cancellationToken) is { } key ? Apply(key) : EditOutcome.Ended;
                if (outcome is not (EditOutcome.Ended or EditOutcome.Entered)) continue;

                var line = End(keepLine: true);
                if (outcome == EditOutcome.Ended) return null;
                history.Add(line);
                return line;
            }
        }
        finally
        {
            // Cancelled: what was half written goes, and the screen is free.
            End(keepLine: false);
        }
    }

    public void WriteAbove(string lines)
    {
        var text = Printable.Lines(lines).Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n";
        lock (_gate)
        {
            if (_editing is null) Write(text);
            else Write(_painter.Erase(size()) + text + Painted(_editing));
        }
    }

    private void Begin(LineEditing editing)
    {
        lock (_gate)
        {
            _editing = editing;
            Write(PasteOn + Painted(editing));
        }
    }

    /// <summary>Ends the editing, and gives the text as it stands. Once it has ended, does nothing.</summary>
    private string End(bool keepLine)
    {
        lock (_gate)
        {
            if (_editing is null) return "";
            var text = _editing.Text;
            Write((keepLine ? _painter.Finish(size()) : _painter.Erase(size())) + PasteOff);
            _editing = null;
            return text;
        }
    }

    private EditOutcome Apply(Key key)
    {
        lock (_gate)
        {
            var editing = _editing!; // keys are applied between Begin and End only
            var outcome = editing.Apply(key);
            switch (outcome)
            {
                case EditOutcome.Ended or EditOutcome.Entered: break;
                case EditOutcome.ClearScreen:
                    Write(_painter.Erase(size()) + "\e[H\e[2J" + Painted(editing));
                    break;
                case EditOutcome.ShowCandidates:
                    Write(_painter.Erase(size()) + string.Join("  ", editing.Candidates) + "\r\n" + Painted(editing));
                    break;
                default:
                    Write(Painted(editing));
                    break;
            }

            return outcome;
        }
    }

    private void Repaint()
    {
        lock (_gate)
        {
            if (_editing is not null) Write(Painted(_editing));
        }
    }

    private string Painted(LineEditing editing) => _painter.Paint(editing.Prompt, editing.Text, editing.Cursor, size());

    /// <summary>The next key, or null at the end of the input.</summary>
    private async ValueTask<Key?> NextKeyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_keys.TryRead(out var key)) return key;
            // A read cannot be taken back from a terminal. One that was given up stays, and the next line begins with what it brings.
            _reading ??= input.ReadAsync(_bytes, CancellationToken.None).AsTask();
            if (_keys.HasOpenEscape && !await FinishesWithinAsync(_reading, EscapePatience, cancellationToken)) return _keys.FlushEscape();

            var count = await _reading.WaitAsync(cancellationToken);
            _reading = null;
            if (count == 0) return null;
            _keys.Feed(_bytes.AsSpan(0, count));
        }
    }

    private async Task<bool> FinishesWithinAsync(Task task, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(patience, clock, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Write(string text)
    {
        output.Write(Encoding.UTF8.GetBytes(text));
        output.Flush();
    }
}
