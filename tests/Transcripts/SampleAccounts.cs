using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kabar.Transcripts;

/// <summary>The accounts every play may rely on: the documents' own, and two whose names need escapes.</summary>
internal static class SampleAccounts
{
    public static readonly IReadOnlyList<SampleAccount> All =
    [
        new("messi", "Lionel Messi", "negara", "Argentina", "surabaya"),
        new("henderson", "Jordan Henderson", "negara", "Inggris", "surabaya"),
        new("lineker", "Gary Lineker", "negara", "Inggris", "surabaya"),
        new("james", "James Maranata", "negara", "Indonesia", "medan"),
        new("jantuar", "Jantuar Silaban", "negara", "Russia", "moskow"),
        new("taeno", "Suzuki Taeno", "negara", "Jepang", "tokyo"),
        new("shafwa", "Shafwa", "kota", "Makassar", "mks"),
        new("fadly", "Fadly", "kota", "Parepare", "prp"),
        new("afif", "Afif", "kota", "Palopo", "plp"),
        new("mamang", "mamang", "kota", "Jakarta", "jkt"),
        new("pelukis", "Sén \"Si Man\" \\ 😀", "negara", "Côte d'Ivoire", "lukis"),
        new("putri", "Ратна 雪", "kota", "Kraków", "sandi-é😀"),
    ];

    /// <summary>What <c>kabar user import</c> reads: one JSON object a line.</summary>
    public static string JsonLines => string.Concat(All.Select(account => account.ToJson() + "\n"));
}

internal sealed record SampleAccount(string Username, string DisplayName, string Attribute, string AttributeValue, string Password)
{
    public string ToJson() => new JsonObject
    {
        ["username"] = Username,
        ["nama"] = DisplayName,
        [Attribute] = AttributeValue,
        ["password"] = Password,
    }.ToJsonString(JsonSerializerOptions.Default);
}
