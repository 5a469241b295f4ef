using System.Text.Json.Serialization;
using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Server.Control;

/// <summary>What an operator asks of a realm, one JSON object a line on the control socket.</summary>
internal sealed record ControlRequest
{
    /// <summary>What to do; see <see cref="OperatorCommands"/>. Over HTTP the path says it.</summary>
    public string? Do { get; init; }

    public string? Username { get; init; }

    public string? DisplayName { get; init; }

    public Dictionary<string, string?>? Attributes { get; init; }

    public string? Password { get; init; }

    /// <summary>In place of the password, from an export. Not over HTTP.</summary>
    public string? PasswordHash { get; init; }

    public bool? IsAdmin { get; init; }

    /// <summary>The realm of a peer.</summary>
    public string? Realm { get; init; }

    /// <summary>What an invited realm is to dial, <c>HOST:PORT</c>.</summary>
    public string? Address { get; init; }

    /// <summary>An invitation, as another realm's operator handed it over.</summary>
    public string? Code { get; init; }

    /// <summary>How often an invitation to register works; once unless it is said.</summary>
    public int? Uses { get; init; }

    /// <summary>For how many days it works: a week unless it is said, a token until it is revoked.</summary>
    public int? Days { get; init; }

    /// <summary>A group: <c>batak</c>, <c>#batak</c> or <c>batak@satu</c>.</summary>
    public string? Group { get; init; }

    /// <summary>Whether a group that is made is open.</summary>
    public bool? IsOpen { get; init; }

    /// <summary>A topic, the word of a role, the name of a realm to move to.</summary>
    public string? Text { get; init; }

    /// <summary>The public id of a session.</summary>
    public string? Session { get; init; }

    /// <summary>What is looked for in names.</summary>
    public string? Query { get; init; }

    /// <summary>The last of the page before.</summary>
    public string? After { get; init; }

    /// <summary>The most that one page is to hold; everything unless it is said.</summary>
    public int? Limit { get; init; }

    /// <summary>The public id of a token.</summary>
    public string? Token { get; init; }

    /// <summary>What a token that is made may: the words of <see cref="Core.AccessWords"/>.</summary>
    public IReadOnlyList<string>? May { get; init; }

    /// <summary>The one conversation of a token that is made; the group of a webhook.</summary>
    public string? In { get; init; }

    /// <summary>Whether what is made is a webhook.</summary>
    public bool? IsHook { get; init; }

    /// <summary>
    /// For the log: the command and what it is done to. Never a password, a code, the secret of a token or a topic, also when one of them stands where something else belongs: an id is told when
    /// it is one, a word of a role when it is one.
    /// </summary>
    public override string ToString() => string.Join(' ', new[]
    {
        Do,
        Group,
        Username,
        Realm ?? (PeerCode.TryParse(Code?.Trim(), out var peer) ? peer.Realm.Value : null),
        Guid.TryParse(Session, out var session) ? $"session {session}" : null,
        Guid.TryParse(Token, out var token) ? $"token {token}" : null,
        In is null ? null : $"in {In}",
        Do switch
        {
            "group role" when GroupRoles.Parse(Text ?? "") is { } role => $"as {GroupRoles.Word(role)}",
            "group move" when RealmName.TryParse(Text, out var home) => $"to {home}",
            _ => null,
        },
        IsAdmin == true ? "as administrator" : null,
        IsHook == true ? "as webhook" : null,
    }.OfType<string>());

    /// <summary>A sentence of refusal for the log: without what was typed where a secret may have been typed by mistake.</summary>
    public string Conceal(string sentence) => new[] { Token, Session, Text, Address, Code, DisplayName, Realm }
        .Where(typed => !string.IsNullOrEmpty(typed))
        .Aggregate(sentence, (shown, typed) => shown.Replace($"\"{typed}\"", "\"…\"", StringComparison.Ordinal));
}

/// <summary>The answer, one JSON object a line.</summary>
internal sealed record ControlReply
{
    /// <summary>Why it was not done, as a sentence; null when it was.</summary>
    public string? Error { get; init; }

    public IReadOnlyList<AccountLine>? Accounts { get; init; }

    public IReadOnlyList<PeerLine>? Peers { get; init; }

    /// <summary>What is told once: an invitation for another realm's operator, or to register; the secret of a token, the address of a webhook.</summary>
    public string? Code { get; init; }

    /// <summary>What was done, where there is something to say.</summary>
    public string? Done { get; init; }

    public IReadOnlyList<GroupLine>? Groups { get; init; }

    public IReadOnlyList<MemberLine>? Members { get; init; }

    public IReadOnlyList<SessionLine>? Sessions { get; init; }

    public StatusReport? Status { get; init; }

    /// <summary>The backup that was made.</summary>
    public BackupLine? Backup { get; init; }

    public IReadOnlyList<BackupLine>? Backups { get; init; }

    public IReadOnlyList<AccessLine>? Tokens { get; init; }
}

/// <summary>A peer as the operator sees it.</summary>
internal sealed record PeerLine(
    string Realm, string Kind, string State, long Queue, long QueueBytes, long? OldestSeconds, DateTimeOffset? LastContact, string? Address, string? Fingerprint, string? Hindrance);

/// <summary>An account as the operator sees it.</summary>
internal sealed record AccountLine(string Username, string DisplayName, IReadOnlyDictionary<string, string> Attributes, bool IsAdmin, bool IsDisabled, DateTimeOffset Created);

/// <summary>A session as the operator sees it: its public id, when it began and when it was last used.</summary>
internal sealed record SessionLine(string Session, DateTimeOffset Created, DateTimeOffset Used);

/// <summary>A backup as the operator sees it; how long it took where it was made just now.</summary>
internal sealed record BackupLine(string Folder, DateTimeOffset Begun, long Bytes, double? Seconds);

/// <summary>A group as the operator sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Home">The realm that gives its positions.</param>
/// <param name="Members">How many there are.</param>
/// <param name="IsOpen">Whether everybody may join.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="LastPosition">Of its last entry here.</param>
/// <param name="Awaits">The realms it waits for after a restore.</param>
internal sealed record GroupLine(string Name, string Home, int Members, bool IsOpen, string Topic, long LastPosition, IReadOnlyList<string> Awaits);

/// <summary>Somebody who is in a group, or whom it knows otherwise: the invited and the banned have no role.</summary>
internal sealed record MemberLine(string Address, string? DisplayName, string? Role, bool IsMuted, bool IsBanned, bool IsInvited);

/// <summary>A token, or a webhook, as the operator sees it.</summary>
internal sealed record AccessLine(
    string Id, string Username, string Name, IReadOnlyList<string> May, string? In, bool IsHook, DateTimeOffset Created, DateTimeOffset? Used, DateTimeOffset? Expires);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlReply))]
[JsonSerializable(typeof(AccountLine))]
[JsonSerializable(typeof(PeerLine))]
[JsonSerializable(typeof(GroupLine))]
[JsonSerializable(typeof(MemberLine))]
[JsonSerializable(typeof(SessionLine))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(BackupLine))]
[JsonSerializable(typeof(AccessLine))]
internal sealed partial class ControlJson : JsonSerializerContext;
