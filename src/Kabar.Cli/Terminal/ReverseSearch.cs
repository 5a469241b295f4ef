namespace Kabar.Cli.Terminal;

/// <summary>A search back through the history, as ctrl-r starts it: each letter narrows it, ctrl-r again goes further back.</summary>
internal sealed class ReverseSearch(History history, string original)
{
    private int? _found;

    public string Query { get; private set; } = "";

    public bool HasFailed { get; private set; }

    /// <summary>What the line was before the search, for those who give it up.</summary>
    public string Original => original;

    /// <summary>The line found, or the original one while nothing was.</summary>
    public string Line => _found is { } index ? history[index] : original;

    public string Prompt => $"({(HasFailed ? "failed " : "")}reverse-i-search)`{Query}': ";

    public void Extend(string text) => Find(Query + Printable.Line(text), _found ?? history.Count - 1);

    public void Shorten()
    {
        if (Query.Length > 0) Find(Query[..Graphemes.Previous(Query, Query.Length)], history.Count - 1);
    }

    public void Further()
    {
        if (Query.Length > 0) Find(Query, (_found ?? history.Count) - 1);
    }

    private void Find(string query, int from)
    {
        Query = query;
        var found = query.Length == 0 ? null : history.FindBack(query, from);
        HasFailed = query.Length > 0 && found is null;
        if (!HasFailed) _found = found;
    }
}
