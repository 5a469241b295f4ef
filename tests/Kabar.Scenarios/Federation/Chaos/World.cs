using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>Between a backup's beginning and the end of the server whose place it took: what the realm had then may be gone.</summary>
internal sealed record RestoreWindow(string Realm, long From, long To);

/// <summary>What is there when everything has settled.</summary>
internal sealed record World(IReadOnlyDictionary<string, RealmExport> Exports, IReadOnlyDictionary<string, IReadOnlyList<InboxEntry>> Inboxes)
{
    /// <summary>The group, and the realm that gives its positions; null where there is none.</summary>
    public string? Group { get; init; }

    public string Home { get; init; } = "";

    public IReadOnlyList<RestoreWindow> Restores { get; init; } = [];
}
