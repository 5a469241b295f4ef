using System.Text.Json.Serialization;

namespace Kabar.Cli.Bench;

/// <summary>A whole run: what was asked for and what came of it, as the JSON document shows it.</summary>
internal sealed record BenchReport
{
    public required string Version { get; init; }

    public required string System { get; init; }

    public required int Processors { get; init; }

    public required int Connections { get; init; }

    public required int Depth { get; init; }

    public required int Body { get; init; }

    /// <summary>How many groups there were, if any.</summary>
    public int? Groups { get; init; }

    /// <summary>How many were in each.</summary>
    public int? Members { get; init; }

    /// <summary>How many listened while one wrote to them, if any.</summary>
    public int? Listeners { get; init; }

    /// <summary>How many were in the group that all its members listened to.</summary>
    public int? FanoutMembers { get; init; }

    /// <summary>How many texts were in the air there.</summary>
    public int? FanoutDepth { get; init; }

    public required double WarmupSeconds { get; init; }

    /// <summary>The window's length, or the most it may take where messages are counted.</summary>
    public required double DurationSeconds { get; init; }

    public long? Count { get; init; }

    public required IReadOnlyList<WorkloadResult> Results { get; init; }

    /// <summary>Whether nothing failed, was lost or was doubled.</summary>
    public bool IsSound => Results.All(result => result.IsSound);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchDocument : JsonSerializerContext;
