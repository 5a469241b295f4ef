using System.Runtime.CompilerServices;
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
    Stream input, Stream output, Func<ScreenSize> size, Func<IDisposable> enterRawMode, TimeProvider clock, Func<string, string>? prompt = null) : ILineSource
{
    private const string PasteOn = "\e[?2004h";
    private const string PasteOff = "\e[?2004l";
    private const int UnmarkedPasteLines = 4;

    // Long enough for the rest of a sequence on a slow line, too short for a person to notice.
    private static readonly TimeSpan EscapePatience = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly KeyReader _keys = new();
    private readonly LinePainter _painter = new() { PromptColour = prompt };
    private readonly byte[] _bytes = new byte[4096];
    private Task<int>? _reading;
    private LineEditing? _editing;
    private (string Prompt, IReadOnlyList<PaintedRow> Notes, bool IsSecret) _around = ("", [], false);

    /// <summary>What Tab offers; nothing when null.</summary>
    public Completion? Completion { get; set; }

    /// <summary>Takes keys before the line does: true for those that mean something to it.</summary>
    public Func<Key, bool>? Shortcut { get; set; }

    /// <summary>What is to be told, above the line, about long pastes in it. With it a line of <see cref="ReadLinesAsync"/> may be several.</summary>
    public PasteNotes? Pastes { get; set; }

    /// <summary>The line has changed, and reads so.</summary>
    public event Action<string>? Edited;

    /// <summary>Something was shown above the line that nobody has asked to print, or everything was cleared.</summary>
    public event Action? Disturbed;

    /// <summary>The window.</summary>
    public ScreenSize Size => size();

    /// <summary>The editor of this process's terminal. Only where <see cref="TerminalMode.IsAvailable"/>.</summary>
    [SupportedOSPlatform("linux")]
    public static LineEditor OfTerminal(Func<string, string>? prompt = null)
    {
        // Not Console's own stream: on a terminal it edits lines itself.
        var keyboard = new FileStream(new SafeFileHandle(LibC.StandardInput, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        return new LineEditor(keyboard, Console.OpenStandardOutput(), () => TerminalMode.Size, TerminalMode.Raw, TimeProvider.System, prompt);
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

    /// <summary>
    /// Line after line, the terminal being ours from the first to the last: what is typed between two of them is never shown twice. A line that is done leaves the screen.
    /// The prompt and the notes are those of <see cref="Show"/>.
    /// </summary>
    public async IAsyncEnumerable<string> ReadLinesAsync(History history, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var raw = enterRawMode();
        using var resized = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Repaint());
        using var continued = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Repaint());
        Begin(Fresh(history));
        try
        {
            while (await NextKeyAsync(cancellationToken) is { } key)
            {
                if (Shortcut?.Invoke(key) == true) continue;
                var outcome = Apply(key);
                if (outcome == EditOutcome.Ended) yield break;
                if (outcome == EditOutcome.Entered) yield return Next(history);
            }
        }
        finally
        {
            End(keepLine: false);
        }
    }

    public void WriteAbove(string lines) => Print(Printable.Lines(lines) + "\n");

    /// <summary>Prints what is ready for a terminal, lines with their ends, above the line.</summary>
    public void Print(string lines)
    {
        var text = lines.Replace("\n", "\r\n", StringComparison.Ordinal);
        lock (_gate)
        {
            if (_editing is null) Write(text);
            else Write(_painter.Erase(size()) + text + Painted(_editing));
        }
    }

    /// <summary>The same, with another prompt and other notes from now on, in one write.</summary>
    public void Show(string above, string prompt, IReadOnlyList<PaintedRow> notes, bool isSecret)
    {
        lock (_gate)
        {
            _around = (Printable.Line(prompt), notes, isSecret);
            if (_editing is not null) (_editing.Prompt, _editing.IsSecret) = (_around.Prompt, isSecret);
            if (above.Length > 0 || _editing is not null) Print(above);
        }
    }

    /// <summary>Overwrites a part of what was printed, see <see cref="LinePainter.Overwrite"/>.</summary>
    public void Overwrite(int rowsAbove, int column, string text)
    {
        lock (_gate)
        {
            if (_editing is not null && _painter.Overwrite(rowsAbove, column, text, size()) is { Length: > 0 } bytes) Write(bytes);
        }
    }

    /// <summary>Puts a text into the line, to be gone on with.</summary>
    /// <param name="text">The text.</param>
    /// <param name="onlyIfEmpty">Only where nobody has begun to write something else.</param>
    public void Prefill(string text, bool onlyIfEmpty = false)
    {
        lock (_gate)
        {
            if (_editing is null || (onlyIfEmpty && _editing.Text.Length > 0)) return;
            _editing.Set(text);
            Write(Painted(_editing));
        }
    }

    private LineEditing Fresh(History history) =>
        new(_around.Prompt, history, Completion, Pastes is null ? null : new PastedTexts { Label = Pastes.Label }) { IsSecret = _around.IsSecret };

    // The line that is done goes, and the next one begins, in one write.
    private string Next(History history)
    {
        lock (_gate)
        {
            var text = _editing!.Text; // between Begin and End
            if (!_editing.IsSecret && !text.Contains('\n', StringComparison.Ordinal)) history.Add(text);
            _editing = Fresh(history);
            Write(Painted(_editing));
            return text;
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
        var (outcome, text) = ApplyAndPaint(key);
        if (outcome is EditOutcome.ClearScreen or EditOutcome.ShowCandidates) Disturbed?.Invoke();
        else if (outcome is EditOutcome.Editing) Edited?.Invoke(text);
        return outcome;
    }

    private (EditOutcome Outcome, string Text) ApplyAndPaint(Key key)
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

            return (outcome, editing.Text);
        }
    }

    private void Repaint()
    {
        lock (_gate)
        {
            if (_editing is not null) Write(Painted(_editing));
        }
    }

    private string Painted(LineEditing editing)
    {
        var window = size();
        var pasted = Pastes?.Of(editing.Pastes, window.Columns) ?? [];
        return _painter.Paint(editing.Prompt, editing.Shown, editing.Cursor, window, pasted.Count == 0 ? _around.Notes : [.. _around.Notes, .. pasted]);
    }

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
            if (Pastes is not null && IsUnmarkedPaste(_bytes.AsSpan(0, count))) return new Key(KeyKind.Paste, Encoding.UTF8.GetString(_bytes, 0, count));
            _keys.Feed(_bytes.AsSpan(0, count));
        }
    }

    // A terminal that does not mark what is pasted: nobody types several lines between two reads.
    private bool IsUnmarkedPaste(ReadOnlySpan<byte> bytes) =>
        !_keys.IsOpen && !bytes.Contains((byte)0x1B) && bytes.Count((byte)'\r') + bytes.Count((byte)'\n') >= UnmarkedPasteLines;

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
