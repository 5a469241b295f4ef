using System.Globalization;
using System.Text.RegularExpressions;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>
/// The text of a message, of which there is one in the world: <c>seed/realm/user/number.</c>, the number of what is said in the group
/// with a <c>g</c> before it. The dot ends it, so that it is found in a conversation that puts nothing between two texts.
/// </summary>
internal readonly partial record struct Stamp(int Seed, string Realm, string User, bool IsSaid, int Number)
{
    public string Address => $"{User}@{Realm}";

    public static IEnumerable<Stamp> FindAll(string text) => Pattern().Matches(text).Select(Read);

    /// <summary>The same over pieces of a stream: what may be the beginning of the next one stays in <paramref name="rest"/>.</summary>
    public static IReadOnlyList<Stamp> Take(ref string rest, string piece)
    {
        rest += piece;
        var found = Pattern().Matches(rest);
        var stamps = found.Select(Read).ToList();
        if (found.Count > 0) rest = rest[(found[^1].Index + found[^1].Length)..];
        if (rest.Length > 256) rest = rest[^256..];
        return stamps;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seed}/{Realm}/{User}/{(IsSaid ? "g" : "")}{Number}.");

    private static Stamp Read(Match match) => new(
        int.Parse(match.Groups["seed"].ValueSpan, CultureInfo.InvariantCulture),
        match.Groups["realm"].Value,
        match.Groups["user"].Value,
        match.Groups["said"].Length > 0,
        int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture));

    [GeneratedRegex("(?<seed>[0-9]+)/(?<realm>[a-z]+)/(?<user>[a-z0-9]+)/(?<said>g?)(?<number>[0-9]+)\\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
