using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using Kabar.Core;

namespace Kabar.Server.Web.Api;

[Description("Something to be said.")]
internal sealed record MessageBody(
    [property: Required, Description("A user, `messi` or `james@dua`, or a group, `#batak`.")] string? To,
    [property: Required, Description("What is said, at most 8 KiB of UTF-8.")] string? Text,
    [property: Description("1–64 bytes that the program makes up for one message. What was said under a key in the last seven days is not said again; the answer is the first one's.")] string? Key,
    [property: Description("The position of the message that it answers.")] long? Reply)
{
    /// <summary>Never the text.</summary>
    public override string ToString() => $"message to {To}";
}

[Description("How far something was read.")]
internal sealed record ReadBody(
    [property: Required, Description("The conversation.")] string? In,
    [property: Description("The last position that was read; without it, all that there is.")] long? Position);

[Description("Something to be said through a webhook.")]
internal sealed record HookBody(
    [property: Required, Description("What is said, at most 8 KiB of UTF-8.")] string? Text,
    [property: Description("As that of a message.")] string? Key)
{
    /// <summary>Never the text.</summary>
    public override string ToString() => "message through a hook";
}

[Description("A token to be made.")]
internal sealed record TokenBody(
    [property: Required, Description("What its owner calls it, 1–128 characters.")] string? Name,
    [property: Required, Description("What it may: `send`, `read`, or both.")] string[]? May,
    [property: Description("The one conversation in which it may; without it, in all.")] string? In,
    [property: Description("For how many days, 1–3650; without it, until it is revoked.")] long? Days);

[Description("A webhook to be made.")]
internal sealed record NewHookBody(
    [property: Required, Description("The group.")] string? Group,
    [property: Required, Description("The name that people see, 1–128 characters.")] string? Name);

[Description("A token, without its secret.")]
internal sealed record TokenLine(
    [property: Description("Its public id.")] string Id,
    string Name,
    [property: Description("What it may: `send`, `read`, or both.")] IReadOnlyList<string> May,
    [property: Description("The one conversation in which it may; absent when it may in all.")] string? In,
    [property: Description("`true` for a webhook.")] bool? Hook,
    string Created,
    [property: Description("When it was last used, to within a minute; absent for never.")] string? Used,
    [property: Description("When it ends; absent when it does not by itself.")] string? Expires)
{
    public static TokenLine Of(AccessToken token) => new(
        token.Id.Value.ToString(),
        token.Name,
        [.. AccessWords.Of(token.May)],
        token.In?.Address.ToString(),
        token.IsHook ? true : null,
        Time(token.Created),
        token.Used is { } used ? Time(used) : null,
        token.Expires is { } expires ? Time(expires) : null);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

internal sealed record TokensAnswer(IReadOnlyList<TokenLine> Tokens);

internal sealed record HooksAnswer(IReadOnlyList<TokenLine> Hooks);

[Description("A token that was made.")]
internal sealed record NewTokenAnswer(string Id, [property: Description("The secret. It is shown this once.")] string Token)
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => $"token {Id}";
}

[Description("A webhook that was made.")]
internal sealed record NewHookAnswer(string Id, [property: Description("Where it takes messages, from the root of this site. The secret is in it; it is shown this once.")] string Url)
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => $"hook {Id}";
}

[Description("In whose name a token acts.")]
internal sealed record MeAnswer(string User, string Name, string Realm, TokenLine Token)
{
    [JsonPropertyOrder(-1)]
    public string Status => "OK";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(ReadBody))]
[JsonSerializable(typeof(HookBody))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(NewHookBody))]
[JsonSerializable(typeof(TokensAnswer))]
[JsonSerializable(typeof(HooksAnswer))]
[JsonSerializable(typeof(NewTokenAnswer))]
[JsonSerializable(typeof(NewHookAnswer))]
[JsonSerializable(typeof(MeAnswer))]
[JsonSerializable(typeof(PostedAnswer))]
[JsonSerializable(typeof(ReadAnswer))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(ConversationsAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext;
