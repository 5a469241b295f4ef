using System.Text.Json.Nodes;

namespace Kabar.Scenarios.Federation;

/// <summary>A line of <c>kabar peer list --json</c>.</summary>
internal sealed record PeerState(string Realm, string Kind, string State, long Queue, long QueueBytes, double? OldestSeconds, string? LastContact)
{
    public bool IsIdle => State == "connected" && Queue == 0;

    public static IReadOnlyList<PeerState> Read(string jsonLines) =>
        [.. jsonLines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

    private static PeerState Parse(string line)
    {
        var json = JsonNode.Parse(line)?.AsObject() ?? throw new FormatException(line);
        return new PeerState(
            Required<string>(json, "realm"),
            Required<string>(json, "kind"),
            Required<string>(json, "state"),
            Required<long>(json, "queue"),
            Required<long>(json, "queue_bytes"),
            json["oldest_seconds"]?.GetValue<double>(),
            json["last_contact"]?.ToString());
    }

    private static T Required<T>(JsonObject json, string name) =>
        json[name] is { } value ? value.GetValue<T>() : throw new FormatException($"A peer without \"{name}\": {json.ToJsonString()}");
}
