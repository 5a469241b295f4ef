using System.Text;

namespace Kabar.Cli.Terminal;

/// <summary>The lines entered before, oldest first, and the file that keeps them between runs. The file is a convenience: where it cannot
/// be read or written the history lives in memory alone.</summary>
internal sealed class History
{
    private readonly string? _path;
    private readonly int _limit;
    private readonly Func<string, bool> _isSecret;
    private readonly List<string> _lines = [];

    /// <summary><paramref name="isSecret"/> names the lines that must not be kept, in the file or in memory: those that carry a
    /// password.</summary>
    public History(string? path, Func<string, bool> isSecret, int limit = 1000)
    {
        _path = path;
        _limit = limit;
        _isSecret = isSecret;
        Load();
    }

    public int Count => _lines.Count;

    public string this[int index] => _lines[index];

    public static History InMemory() => new(path: null, isSecret: _ => false);

    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line) || _isSecret(line) || (_lines.Count > 0 && _lines[^1] == line)) return;
        _lines.Add(line);
        if (_lines.Count > _limit) _lines.RemoveAt(0);
        Save(() => Append(line));
    }

    /// <summary>The latest line at or before <paramref name="from"/> that contains the text, or null.</summary>
    public int? FindBack(string text, int from)
    {
        for (var i = Math.Min(from, _lines.Count - 1); i >= 0; i--)
        {
            if (_lines[i].Contains(text, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return null;
    }

    private void Load() => Save(() =>
    {
        if (_path is null || !File.Exists(_path)) return;
        var kept = File.ReadAllLines(_path).Where(line => line.Length > 0 && !_isSecret(line)).ToList();
        _lines.AddRange(kept.TakeLast(_limit));
        if (kept.Count > _limit) Rewrite();
    });

    // Appending leaves alone what another shell wrote meanwhile; the file is cut to its bound when it is next loaded.
    private void Append(string line)
    {
        if (_path is null) return;
        using var file = Open(_path, FileMode.Append);
        file.Write(Encoding.UTF8.GetBytes(line + "\n"));
    }

    private void Rewrite()
    {
        using var file = Open(_path!, FileMode.Create); // only called with a path
        file.Write(Encoding.UTF8.GetBytes(string.Join('\n', _lines) + "\n"));
    }

    private static FileStream Open(string path, FileMode mode) => PrivateFiles.Open(path, mode);

    private static void Save(Action work)
    {
        try
        {
            work();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A shell that cannot keep its history is still a shell.
        }
    }
}
