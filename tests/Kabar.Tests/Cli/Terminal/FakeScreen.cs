using System.Globalization;
using System.Text;
using Kabar.Cli.Terminal;

namespace Kabar.Tests.Cli.Terminal;

/// <summary>A small terminal: takes what was written to it and shows what a person would see. Wraps late, as terminals do: the cursor rests on
/// the last column until another character comes.</summary>
internal sealed class FakeScreen(int columns, int rows) : Stream
{
    private readonly List<List<string>> _cells = [[]];
    private readonly Lock _gate = new();
    private TaskCompletionSource _written = new();
    private int _row;
    private int _column;
    private int _top;

    public ScreenSize Size { get; set; } = new(columns, rows);

    /// <summary>The rows ever shown, with <c>|</c> at the cursor.</summary>
    public string Content
    {
        get
        {
            lock (_gate)
            {
                var lines = _cells.Select((line, index) => index == _row
                    ? string.Concat(line.Take(_column)) + new string(' ', Math.Max(0, _column - line.Count)) + "|" + string.Concat(line.Skip(_column)).TrimEnd()
                    : string.Concat(line).TrimEnd());
                return string.Join('\n', lines).TrimEnd('\n');
            }
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Waits until the screen shows this, looking after every writing.</summary>
    public async Task UntilAsync(string content)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            Task written;
            lock (_gate) written = _written.Task;
            if (Content == content) return;
            try
            {
                await written.WaitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                Content.ShouldBe(content);
            }
        }
    }

    public void Write(string text)
    {
        lock (_gate)
        {
            while (text.Length > 0) text = text[Apply(text)..];
            _written.SetResult();
            _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(Encoding.UTF8.GetString(buffer, offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int Apply(string text)
    {
        switch (text[0])
        {
            case '\r': _column = 0; return 1;
            case '\n': MoveDown(); return 1;
            case '\e': return Escape(text);
        }

        var length = StringInfo.GetNextTextElementLength(text);
        Put(text[..length]);
        return length;
    }

    private int Escape(string text)
    {
        var end = 2;
        while (text[end] is not (>= '@' and <= '~')) end++;
        var parameter = text[2..end];
        switch (text[end])
        {
            case 'A': _row = Math.Max(_top, _row - int.Parse(parameter, CultureInfo.InvariantCulture)); break;
            case 'B': _row = Math.Min(_row + int.Parse(parameter, CultureInfo.InvariantCulture), _top + Size.Rows - 1); break;
            case 'C': _column = Math.Min(_column + int.Parse(parameter, CultureInfo.InvariantCulture), Size.Columns - 1); break;
            case 'm': break; // its colours are not looked at
            case 'J' when parameter is "": Line.RemoveRange(Math.Min(_column, Line.Count), Line.Count - Math.Min(_column, Line.Count)); Drop(_row + 1); break;
            case 'J' when parameter is "2": Drop(_top); break;
            case 'H': (_row, _column) = (_top, 0); break;
            case 'h' or 'l' when parameter is "?2004": break;
            default: throw new NotSupportedException($"The screen does not know {text[1..(end + 1)]}.");
        }

        return end + 1;
    }

    private List<string> Line
    {
        get
        {
            while (_cells.Count <= _row) _cells.Add([]);
            return _cells[_row];
        }
    }

    private void Put(string cluster)
    {
        var width = CellWidth.OfCluster(cluster);
        if (_column + width > Size.Columns)
        {
            _column = 0;
            MoveDown();
        }

        while (Line.Count < _column + width) Line.Add(" ");
        Line[_column] = cluster;
        if (width == 2) Line[_column + 1] = ""; // its right half
        _column += width;
    }

    private void MoveDown()
    {
        _row++;
        _ = Line;
        _top = Math.Max(_top, _row - Size.Rows + 1);
    }

    private void Drop(int row)
    {
        if (row < _cells.Count) _cells.RemoveRange(row, _cells.Count - row);
        _ = Line;
    }
}
