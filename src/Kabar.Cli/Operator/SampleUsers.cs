namespace Kabar.Cli.Operator;

/// <summary>
/// The users that the documents log in with, on the realms where the documents have them, for the demo and the tests. Their passwords are
/// printed in the documents, so no other realm gets them.
/// </summary>
internal static class SampleUsers
{
    /// <summary>Those of the first realm, and those of documents that know one realm only.</summary>
    public static IReadOnlyList<SampleUser> OfSatu { get; } =
    [
        new("messi", "Lionel Messi", "negara", "Argentina", "surabaya") { IsAdmin = true },
        new("henderson", "Jordan Henderson", "negara", "Inggris", "surabaya"),
        new("lineker", "Gary Lineker", "negara", "Inggris", "surabaya"),
        new("shafwa", "Shafwa", "kota", "Makassar", "mks"),
        new("fadly", "Fadly", "kota", "Parepare", "prp"),
        new("afif", "Afif", "kota", "Palopo", "plp"),
        new("mamang", "mamang", "kota", "Jakarta", "jkt"),
    ];

    /// <summary>Those of the second realm.</summary>
    public static IReadOnlyList<SampleUser> OfDua { get; } =
    [
        new("james", "James Maranata", "negara", "Indonesia", "medan") { IsAdmin = true },
        new("jantuar", "Jantuar Silaban", "negara", "Russia", "moskow"),
        new("taeno", "Suzuki Taeno", "negara", "Jepang", "tokyo"),
    ];
}

/// <summary>One of them.</summary>
internal sealed record SampleUser(string Username, string DisplayName, string Attribute, string Value, string Password)
{
    /// <summary>Whether he looks after his realm in the demo.</summary>
    public bool IsAdmin { get; init; }
}
