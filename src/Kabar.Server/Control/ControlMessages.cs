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

    /// <summary>Never the password: requests are not for logs, but a mistake must not matter.</summary>
    public override string ToString() => $"{Do} {Username}";
}

/// <summary>The answer, one JSON object a line.</summary>
internal sealed record ControlReply
{
    /// <summary>Why it was not done, as a sentence; null when it was.</summary>
    public string? Error { get; init; }

    public IReadOnlyList<AccountLine>? Accounts { get; init; }
}

/// <summary>An account as the operator sees it.</summary>
internal sealed record AccountLine(string Username, string DisplayName, IReadOnlyDictionary<string, string> Attributes, bool IsAdmin, bool IsDisabled, DateTimeOffset Created);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
[JsonSerializable(typeof(AccountLine))]
internal sealed partial class ControlJson : JsonSerializerContext;
