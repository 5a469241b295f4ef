namespace Kabar.Storage.Sqlite;

/// <summary>Items in ascending order that come at the end and go at the beginning, and can be looked up by their numbers.</summary>
internal sealed class Run<T>(Func<T, long> number)
{
    private List<T> _items = [];
    private int _gone;

    public int Count => _items.Count - _gone;

    public T this[int index] => _items[_gone + index];

    public T First => _items[_gone];

    public void Add(T item) => _items.Add(item);

    /// <summary>Lets go of the first.</summary>
    public T Take()
    {
        var first = _items[_gone];
        _items[_gone++] = default!; // behind the beginning, where nobody looks
        if (_gone < _items.Count / 2 || _gone < 16) return first;

        // Moved at most once for each item taken: cheap, and the memory goes back.
        _items = _items[_gone..];
        _gone = 0;
        return first;
    }

    public void Clear() => (_items, _gone) = ([], 0);

    /// <summary>The index of the first item with a number beyond this one; the count when there is none. By another number when it ascends too.</summary>
    public int IndexAfter(long after, Func<T, long>? by = null)
    {
        by ??= number;
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (by(this[middle]) <= after) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
