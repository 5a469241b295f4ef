using System.ComponentModel.DataAnnotations;
using System.Text;
using Kabar.Core;
using Kabar.Protocol.Native;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;
using Kabar.Server.Web.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kabar.Server.Web;

/// <summary>Logging in and out by browser, at <c>/api/session</c>. What comes after it goes over the WebSocket. Protocol: web, "Session".</summary>
internal sealed class SessionEndpoints(Realm realm, KabarOptions options, WebSessions sessions, WebErrors errors)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map(ApiRoutes.Session, TellAsync);
        routes.Map(ApiRoutes.LogIn, LogInAsync);
        routes.Map(ApiRoutes.Register, RegisterAsync);
        routes.Map(ApiRoutes.LogOut, LogOutAsync);
    }

    private async Task TellAsync(HttpContext context) =>
        await AnswerAsync(context, (await sessions.FindAsync(context)).TryGet(out var login, out _) ? login : null);

    private async Task LogInAsync(HttpContext context)
    {
        if (await WebBodies.ReadAsync(context, WebJson.Default.LogInBody, errors) is not { } body) return;
        if (body.Username is not { } username) await errors.RefuseAsync(context, Refusal.MissingParameter, "username");
        else if (body.Password is not { } password) await errors.RefuseAsync(context, Refusal.MissingParameter, "password");
        else await EnterAsync(context, await realm.AuthenticateAsync(username, PasswordOf(password), OriginOf(context), context.RequestAborted));
    }

    private async Task RegisterAsync(HttpContext context)
    {
        if (await WebBodies.ReadAsync(context, WebJson.Default.RegisterBody, errors) is not { } body) return;
        if (body.Username is not { } username) await errors.RefuseAsync(context, Refusal.MissingParameter, "username");
        else if (body.Password is not { } password) await errors.RefuseAsync(context, Refusal.MissingParameter, "password");
        else
        {
            var registered = await realm.Registrations.RegisterAsync(username, body.Name, PasswordOf(password), body.Code, OriginOf(context), context.RequestAborted);
            await EnterAsync(context, registered.TryGet(out var account, out var refusal) ? await realm.BeginSessionAsync(account, context.RequestAborted) : refusal);
        }
    }

    private async Task LogOutAsync(HttpContext context)
    {
        if (sessions.TokenOf(context.Request) is { } token) await realm.LogOutAsync(token, context.RequestAborted);
        sessions.Drop(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task EnterAsync(HttpContext context, Result<LoggedIn> entered)
    {
        if (!entered.TryGet(out var login, out var refusal))
        {
            await errors.RefuseAsync(context, refusal);
            return;
        }

        // Whoever was logged in with this browser is so no more: nobody could end that session any longer.
        if (sessions.TokenOf(context.Request) is { } before) await realm.LogOutAsync(before, context.RequestAborted);
        sessions.Keep(context, login);
        await AnswerAsync(context, login);
    }

    private Task AnswerAsync(HttpContext context, LoggedIn? login) => context.Response.WriteAsJsonAsync(
        new SessionAnswer(
            realm.Name.Value,
            RegistrationModes.Word(realm.Options.Registration),
            options.SpokenLanguage == Language.English ? "en" : "id",
            ProgramVersion.Text,
            login?.Account.Username.Value,
            login?.Account.DisplayName,
            login?.Session.Id.Value.ToString(),
            login?.Account.IsAdmin == true ? true : null),
        WebJson.Default.SessionAnswer,
        cancellationToken: context.RequestAborted);

    private static Password PasswordOf(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string OriginOf(HttpContext context) => ConnectionRegistry.Origin(new System.Net.IPEndPoint(context.Connection.RemoteIpAddress ?? System.Net.IPAddress.None, 0)).ToString();
}

/// <summary>Who logs in.</summary>
internal sealed record LogInBody([property: Required] string? Username, [property: Required] string? Password)
{
    /// <summary>Never the password.</summary>
    public override string ToString() => $"log-in of {Username}";
}

/// <summary>Who makes an account.</summary>
internal sealed record RegisterBody([property: Required] string? Username, [property: Required] string? Password, string? Name, string? Code)
{
    /// <summary>Never the password.</summary>
    public override string ToString() => $"registration of {Username}";
}

/// <summary>Where one is, and who, if anybody.</summary>
internal sealed record SessionAnswer(string Realm, string Registration, string Language, string Version, string? User, string? Name, string? Session, bool? Admin);
