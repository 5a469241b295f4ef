using System.Net.Http.Headers;
using Kabar.Core;
using Microsoft.AspNetCore.Http;

namespace Kabar.Server.Web.Api;

/// <summary>Lets programs in by the token that they bring, each at its rate. Protocol: web, "Tokens".</summary>
internal sealed class BotDoor(Realm realm, TokenRates rates, WebErrors errors)
{
    private const string Scheme = "Bearer";

    /// <summary>Whose the request is by its <c>Authorization</c>, or answers why it is nobody's.</summary>
    /// <returns>Null when it is nobody's, which was answered.</returns>
    public async ValueTask<Access?> AdmitAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization;
        var secret = header is [{ } text] && AuthenticationHeaderValue.TryParse(text, out var parsed) && string.Equals(parsed.Scheme, Scheme, StringComparison.OrdinalIgnoreCase)
            ? parsed.Parameter
            : null;
        if (secret is not null && (await realm.Tokens.OpenAsync(AccessSecret.Parse(secret), context.RequestAborted)).TryGet(out var access, out _))
            return await PassAsync(context, access);

        context.Response.Headers.WWWAuthenticate = secret is null ? Scheme : $"{Scheme} error=\"invalid_token\"";
        await errors.RefuseAsync(context, secret is null ? Refusal.NotLoggedIn : Refusal.UnknownToken, StatusCodes.Status401Unauthorized);
        return null;
    }

    /// <summary>The same for a hook, whose secret is in the address.</summary>
    public async ValueTask<Access?> AdmitHookAsync(HttpContext context, string? secret)
    {
        if ((await realm.Tokens.OpenAsync(AccessSecret.Parse(secret), context.RequestAborted)).TryGet(out var access, out _) && access.Token.IsHook) return await PassAsync(context, access);
        await errors.RefuseAsync(context, Refusal.UnknownToken);
        return null;
    }

    private async ValueTask<Access?> PassAsync(HttpContext context, Access access)
    {
        if (rates.TryTake(access.Token.Id)) return access;
        context.Response.Headers.RetryAfter = "1";
        await errors.RefuseAsync(context, Refusal.TooManyAttempts);
        return null;
    }
}
