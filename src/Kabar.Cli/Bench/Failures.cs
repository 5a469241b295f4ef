namespace Kabar.Cli.Bench;

/// <summary>What went wrong, by its sentence, and how often.</summary>
internal sealed class Failures
{
    private const int MostSentences = 50;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _counts = [];

    public void Add(string sentence, long count = 1)
    {
        lock (_gate)
        {
            if (_counts.Count >= MostSentences && !_counts.ContainsKey(sentence)) sentence = "others";
            _counts[sentence] = _counts.GetValueOrDefault(sentence) + count;
        }
    }

    public IReadOnlyDictionary<string, long> Snapshot()
    {
        lock (_gate) return _counts.OrderByDescending(pair => pair.Value).ToDictionary();
    }
}
