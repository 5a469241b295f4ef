using Kabar.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kabar.Server.Web.Api;

/// <summary>One's own tokens and the hooks of one's groups, for a person with a browser's session. Protocol: web, "Tokens", "Webhooks".</summary>
internal sealed class TokenEndpoints(Realm realm, WebSessions sessions, WebErrors errors)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map(ApiRoutes.Tokens, ListAsync);
        routes.Map(ApiRoutes.NewToken, CreateAsync);
        routes.Map(ApiRoutes.EndToken, RevokeAsync);
        routes.Map(ApiRoutes.Hooks, ListHooksAsync);
        routes.Map(ApiRoutes.NewHook, CreateHookAsync);
        routes.Map(ApiRoutes.EndHook, RevokeHookAsync);
    }

    private async Task ListAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } account) return;
        var tokens = await realm.Tokens.ListAsync(account, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(new TokensAnswer([.. tokens.Select(TokenLine.Of)]), ApiJson.Default.TokensAnswer, cancellationToken: context.RequestAborted);
    }

    private async Task CreateAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } account || await WebBodies.ReadAsync(context, ApiJson.Default.TokenBody, errors) is not { } body) return;
        var fields = new RequestFields(context);
        var name = fields.Text(body.Name, "name");
        if (body.May is null) fields.Fail("may", Refusal.MissingParameter);
        var may = AccessWords.Read(body.May ?? []);
        if (may is null) fields.Fail("may");
        var place = body.In is null ? default(ConversationAddress?) : fields.Address(body.In, "in");
        var days = fields.Number(body.Days, "days", most: AccessTokens.MostDays);
        if (await fields.RefuseAsync(errors)) return;

        var lifetime = days is { } counted ? TimeSpan.FromDays(counted) : default(TimeSpan?);
        if (!(await realm.Tokens.CreateAsync(account, name, may ?? default, place, lifetime, context.RequestAborted)).TryGet(out var made, out var refusal))
            await RefuseAsync(context, refusal);
        else
            await context.Response.WriteAsJsonAsync(
                new NewTokenAnswer(made.Token.Id.Value.ToString(), made.Secret.Write()), ApiJson.Default.NewTokenAnswer, cancellationToken: context.RequestAborted);
    }

    private async Task RevokeAsync(HttpContext context)
    {
        if (await FindAsync(context) is { } account) await EndAsync(context, id => realm.Tokens.RevokeAsync(account, id, context.RequestAborted));
    }

    private async Task ListHooksAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } account) return;
        var fields = new RequestFields(context);
        var group = fields.Group(fields.Query("group"), "group");
        if (await fields.RefuseAsync(errors)) return;
        if (!(await realm.Tokens.ListHooksAsync(account, group, context.RequestAborted)).TryGet(out var hooks, out var refusal)) await errors.RefuseAsync(context, refusal);
        else await context.Response.WriteAsJsonAsync(new HooksAnswer([.. hooks.Select(TokenLine.Of)]), ApiJson.Default.HooksAnswer, cancellationToken: context.RequestAborted);
    }

    private async Task CreateHookAsync(HttpContext context)
    {
        if (await FindAsync(context) is not { } account || await WebBodies.ReadAsync(context, ApiJson.Default.NewHookBody, errors) is not { } body) return;
        var fields = new RequestFields(context);
        var (group, name) = (fields.Group(body.Group, "group"), fields.Text(body.Name, "name"));
        if (await fields.RefuseAsync(errors)) return;
        if (!(await realm.Tokens.CreateHookAsync(account, group, name, context.RequestAborted)).TryGet(out var made, out var refusal)) await RefuseAsync(context, refusal);
        else
            await context.Response.WriteAsJsonAsync(
                new NewHookAnswer(made.Token.Id.Value.ToString(), ApiRoutes.HookOf(made.Secret)), ApiJson.Default.NewHookAnswer, cancellationToken: context.RequestAborted);
    }

    private async Task RevokeHookAsync(HttpContext context)
    {
        if (await FindAsync(context) is { } account) await EndAsync(context, id => realm.Tokens.RevokeHookAsync(account, id, context.RequestAborted));
    }

    private async Task EndAsync(HttpContext context, Func<AccessTokenId, ValueTask<Refusal?>> revoke)
    {
        var refusal = Guid.TryParseExact((string?)context.Request.RouteValues["id"], "D", out var id) ? await revoke(new AccessTokenId(id)) : Refusal.UnknownToken;
        if (refusal is { } no) await errors.RefuseAsync(context, no);
        else context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async ValueTask<Account?> FindAsync(HttpContext context)
    {
        if ((await sessions.FindAsync(context)).TryGet(out var login, out var refusal)) return login.Account;
        await errors.RefuseAsync(context, refusal);
        return null;
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal) => errors.RefuseAsync(context, refusal, refusal == Refusal.InvalidName ? "name" : null);
}
