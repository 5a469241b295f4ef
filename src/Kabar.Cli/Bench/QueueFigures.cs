using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kabar.Cli.Bench;

/// <summary>What lies in a realm's queue for a peer at the end.</summary>
/// <param name="Peer">The realm it is for.</param>
/// <param name="State">What the queue's owner says of it.</param>
/// <param name="Acknowledged">Messages to it that were answered OK.</param>
/// <param name="Entries">The queue's length.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Measured">Messages to it that were answered OK inside the window.</param>
/// <param name="Latency">From request to answer, of these.</param>
internal sealed record QueueFigures(string Peer, string State, long Acknowledged, long Entries, long Bytes, long Measured, LatencyFigures Latency)
{
    private const string None = "in no state";

    /// <summary>Whether all that was acknowledged is in it.</summary>
    public bool IsWhole => Entries >= Acknowledged;

    /// <summary>Finds the peer among the lines that <c>kabar peer list --json</c> prints.</summary>
    public static QueueFigures Of(IEnumerable<string> lines, string peer, QueuedMessages messages)
    {
        try
        {
            var line = lines.Select(line => JsonSerializer.Deserialize(line, PeerLines.Default.PeerLine)).FirstOrDefault(line => line?.Realm == peer)
                ?? throw new CommandFault($"kabar peer list does not name {peer}.");
            return new QueueFigures(
                peer, line.State ?? None, messages.Acknowledged, line.Queue, line.QueueBytes, messages.Latencies.Count, LatencyFigures.Of(messages.Latencies));
        }
        catch (JsonException exception)
        {
            throw new CommandFault($"What kabar peer list printed is not understood: {exception.Message}");
        }
    }
}

/// <summary>A peer as its line says.</summary>
internal sealed record PeerLine(string? Realm, string? State, long Queue, long QueueBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PeerLine))]
internal sealed partial class PeerLines : JsonSerializerContext;
