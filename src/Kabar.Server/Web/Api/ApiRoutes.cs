using Kabar.Core;

namespace Kabar.Server.Web.Api;

/// <summary>The routes of the HTTP API: the table. Protocol: web.</summary>
internal static class ApiRoutes
{
    private const string Sessions = "Session";
    private const string Bots = "Bots";
    private const string Webhooks = "Webhooks";
    private const string OwnTokens = "Tokens";
    private const string HookPath = "/api/v1/hooks/";

    private static readonly ApiParameter Id = new("id", "The public id.") { IsRequired = true };
    private static readonly ApiParameter Limit = new("limit", "How many at most; never more than 100, or what the operator has set.") { IsNumber = true };
    private static readonly ApiParameter Key = new("key", "The message's key, in place of that in the body.");

    public static readonly ApiRoute Session = new("GET", "/api/session", "Where one is, and who, if anybody")
    {
        Subject = Sessions,
        Answer = typeof(SessionAnswer),
        Errors = [500],
    };

    public static readonly ApiRoute LogIn = new("POST", "/api/session", "Logs in with a browser")
    {
        Subject = Sessions,
        About = "The session's token comes as a cookie.",
        Body = typeof(LogInBody),
        Answer = typeof(SessionAnswer),
        Errors = [400, 401, 403, 413, 429, 500],
    };

    public static readonly ApiRoute Register = new("POST", "/api/session/register", "Makes an account, where the operator allows it, and logs in")
    {
        Subject = Sessions,
        Body = typeof(RegisterBody),
        Answer = typeof(SessionAnswer),
        Errors = [400, 403, 409, 413, 429, 500],
    };

    public static readonly ApiRoute LogOut = new("DELETE", "/api/session", "Ends the browser's session")
    {
        Subject = Sessions,
        Errors = [403, 500],
    };

    public static readonly ApiRoute Me = new("GET", "/api/v1/me", "In whose name the token acts, and what it may")
    {
        Subject = Bots,
        Scheme = ApiDocument.TokenScheme,
        Answer = typeof(MeAnswer),
        Errors = [401, 429, 500],
    };

    public static readonly ApiRoute Conversations = new("GET", "/api/v1/conversations", "The account's conversations, the newest first")
    {
        Subject = Bots,
        About = "Needs the right to read. A token of one conversation sees that one.",
        Scheme = ApiDocument.TokenScheme,
        Parameters = [new("before", "Those whose last entry has an `at` before this one.") { IsNumber = true }, Limit],
        Answer = typeof(ConversationsAnswer),
        Errors = [400, 401, 403, 429, 500],
    };

    public static readonly ApiRoute History = new("GET", "/api/v1/messages", "A page of a conversation")
    {
        Subject = Bots,
        About = "Needs the right to read. Without `before` and `after` the last entries; with `after` the first ones behind it, so a program that asks for what comes after the `last` of the page before misses nothing. "
            + "What a program was given counts as delivered, not as read.",
        Scheme = ApiDocument.TokenScheme,
        Parameters =
        [
            new("in", "The conversation: `messi`, `james@dua`, `#batak`.") { IsRequired = true },
            new("before", "Entries before this position.") { IsNumber = true },
            new("after", "Entries after this position.") { IsNumber = true },
            Limit,
        ],
        Answer = typeof(HistoryAnswer),
        Errors = [400, 401, 403, 404, 429, 500, 503],
    };

    public static readonly ApiRoute Post = new("POST", "/api/v1/messages", "Says something")
    {
        Subject = Bots,
        About = "Needs the right to send. With a `key` it may be tried again as often as need be: it is said once.",
        Scheme = ApiDocument.TokenScheme,
        Parameters = [Key],
        Body = typeof(MessageBody),
        Answer = typeof(PostedAnswer),
        Errors = [400, 401, 403, 404, 413, 429, 500, 503],
    };

    public static readonly ApiRoute Read = new("POST", "/api/v1/read", "Says how far a conversation was read")
    {
        Subject = Bots,
        About = "Needs the right to read. A mark never goes back.",
        Scheme = ApiDocument.TokenScheme,
        Body = typeof(ReadBody),
        Answer = typeof(ReadAnswer),
        Errors = [400, 401, 403, 404, 413, 429, 500, 503],
    };

    public static readonly ApiRoute Hook = new("POST", HookPath + "{token}", "Says something in the webhook's group")
    {
        Subject = Webhooks,
        About = "The address is the secret. The body is the text, or JSON. With a `key` it may be tried again as often as need be: it is said once.",
        Parameters = [new("token", "The webhook's secret.") { IsRequired = true }, Key],
        Body = typeof(HookBody),
        TakesText = true,
        Answer = typeof(PostedAnswer),
        Errors = [400, 403, 404, 413, 429, 500, 503],
    };

    public static readonly ApiRoute Tokens = new("GET", "/api/tokens", "One's own tokens")
    {
        Subject = OwnTokens,
        Scheme = ApiDocument.SessionScheme,
        Answer = typeof(TokensAnswer),
        Errors = [401, 500],
    };

    public static readonly ApiRoute NewToken = new("POST", "/api/tokens", "Makes a token")
    {
        Subject = OwnTokens,
        Scheme = ApiDocument.SessionScheme,
        Body = typeof(TokenBody),
        Answer = typeof(NewTokenAnswer),
        Errors = [400, 401, 403, 404, 409, 413, 500, 503],
    };

    public static readonly ApiRoute EndToken = new("DELETE", "/api/tokens/{id}", "Revokes a token, or a webhook of one's own")
    {
        Subject = OwnTokens,
        Scheme = ApiDocument.SessionScheme,
        Parameters = [Id],
        Errors = [401, 403, 404, 500],
    };

    public static readonly ApiRoute Hooks = new("GET", "/api/hooks", "The webhooks of a group, for those who keep order there")
    {
        Subject = Webhooks,
        Scheme = ApiDocument.SessionScheme,
        Parameters = [new("group", "The group: `#batak`.") { IsRequired = true }],
        Answer = typeof(HooksAnswer),
        Errors = [400, 401, 403, 404, 500],
    };

    public static readonly ApiRoute NewHook = new("POST", "/api/hooks", "Makes a webhook, for those who keep order in the group")
    {
        Subject = Webhooks,
        Scheme = ApiDocument.SessionScheme,
        Body = typeof(NewHookBody),
        Answer = typeof(NewHookAnswer),
        Errors = [400, 401, 403, 404, 409, 413, 500],
    };

    public static readonly ApiRoute EndHook = new("DELETE", "/api/hooks/{id}", "Revokes a webhook, for its maker and for those who keep order in its group")
    {
        Subject = Webhooks,
        Scheme = ApiDocument.SessionScheme,
        Parameters = [Id],
        Errors = [401, 403, 404, 500],
    };

    /// <summary>Where a webhook takes messages, from the root of the site. It is as secret as the secret.</summary>
    public static string HookOf(AccessSecret secret) => HookPath + secret.Write();
}
