using System.Text;

namespace Kabar.Cli.Bench;

/// <summary>
/// A language to fill texts with: some dozen words that everybody uses all the time, and twenty thousand others, the Nth of which comes 1/N as often as the first. Many begin alike, as those
/// of Indonesian do. Always the same words.
/// </summary>
internal sealed class BenchWords
{
    public const int Count = 20_000;

    private const int Seed = 20_260_301;

    private static readonly string[] Common =
        ("yang dan di the to of itu ini saya kamu aku tidak ada ya akan dengan untuk sudah bisa dari and is kita apa mau kalau juga lagi pada you it in for on we not have be "
        + "this that sama saja sekarang nanti besok rumah jam orang anak hari kerja makan pulang kirim pesan").Split(' ');

    private static readonly string[] Prefixes = ["", "", "", "me", "mem", "men", "meng", "meny", "ber", "di", "ke", "pe", "per", "ter", "se", "un", "re"];

    private static readonly string[] Syllables =
        "ba be bi bo bu ca da de di du ga gi go ha hi ja ka ke ki ko ku la le li lo lu ma me mi mu na ni nu pa pe pi ra ri ro ru sa se si su ta te ti to tu wa ya yu ang an er ing kan tion".Split(' ');

    private readonly string[] _words;
    private readonly double[] _upTo;

    public BenchWords()
    {
        var random = new Random(Seed);
        var words = new List<string>(Common);
        var known = new HashSet<string>(Common);
        while (words.Count < Count)
        {
            var word = Pick(random, Prefixes) + string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(_ => Pick(random, Syllables)));
            if (known.Add(word)) words.Add(word);
        }

        _words = [.. words];
        _upTo = new double[Count];
        var sum = 0.0;
        for (var number = 0; number < Count; number++) _upTo[number] = sum += 1.0 / (number + 1);
    }

    /// <summary>A word by its rank: 0 is the most frequent one.</summary>
    public string this[int rank] => _words[rank];

    /// <summary>A word as texts hold them.</summary>
    public string Next(Random random)
    {
        var found = Array.BinarySearch(_upTo, random.NextDouble() * _upTo[^1]);
        return _words[Math.Min(found < 0 ? ~found : found, Count - 1)];
    }

    /// <summary>A text of so many words.</summary>
    public string Text(Random random, int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Next(random)));

    /// <summary>Words that fill so many bytes, without a blank at the end.</summary>
    public void Fill(Random random, Span<byte> bytes)
    {
        for (var filled = 0; filled < bytes.Length;)
        {
            var word = Encoding.ASCII.GetBytes(Next(random) + " ");
            var length = Math.Min(word.Length, bytes.Length - filled);
            word.AsSpan(0, length).CopyTo(bytes[filled..]);
            filled += length;
        }

        if (bytes[^1] == (byte)' ') bytes[^1] = (byte)'.';
    }

    private static string Pick(Random random, string[] among) => among[random.Next(among.Length)];
}
