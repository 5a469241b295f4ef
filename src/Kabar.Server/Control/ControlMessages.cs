using System.Text.Json.Serialization;

namespace Kabar.Server.Control;

/// <summary>What an operator asks of a realm, one JSON object a line on the control socket.</summary>
internal sealed record ControlRequest
{
    /// <summary>What to do; see <see cref="OperatorCommands"/>.</summary>
    public required string Do { get; init; }

    public string? Username { get; init; }

    public string? DisplayName { get; init; }

    public Dictionary<string, string>? Attributes { get; init; }

    public string? Password { get; init; }

    public string? PasswordHash { get; init; }

    public bool IsAdmin { get; init; }

    /// <summary>The realm of a peer.</summary>
    public string? Realm { get; init; }

    /// <summary>What an invited realm is to dial, <c>HOST:PORT</c>.</summary>
    public string? Address { get; init; }

    /// <summary>An invitation, as another realm's operator handed it over.</summary>
    public string? Code { get; init; }

    /// <summary>Never the password: requests are not for logs, but a mistake must not matter.</summary>
    public override string ToString() => $"{Do} {Username}";
}

/// <summary>The answer, one JSON object a line.</summary>
internal sealed record ControlReply
{
    /// <summary>Why it was not done, as a sentence; null when it was.</summary>
    public string? Error { get; init; }

    public IReadOnlyList<AccountLine>? Accounts { get; init; }

    public IReadOnlyList<PeerLine>? Peers { get; init; }

    /// <summary>An invitation for another realm's operator.</summary>
    public string? Code { get; init; }

    /// <summary>What was done, where there is something to say.</summary>
    public string? Done { get; init; }
}

/// <summary>A peer as the operator sees it.</summary>
internal sealed record PeerLine(
    string Realm, string Kind, string State, long Queue, long QueueBytes, long? OldestSeconds, DateTimeOffset? LastContact, string? Address, string? Fingerprint, string? Hindrance);

/// <summary>An account as the operator sees it.</summary>
internal sealed record AccountLine(string Username, string DisplayName, IReadOnlyDictionary<string, string> Attributes, bool IsAdmin, bool IsDisabled, DateTimeOffset Created);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
[JsonSerializable(typeof(AccountLine))]
[JsonSerializable(typeof(PeerLine))]
internal sealed partial class ControlJson : JsonSerializerContext;
