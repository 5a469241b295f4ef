using Kabar.Core;
using Kabar.Server.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Web;

/// <summary>
/// The operator's commands for administrators, each at <c>/api/admin/</c> and its words. Whether an account has the right is looked at for each request, and every request is logged: who,
/// which command, on what. Protocol: web, "Administration".
/// </summary>
internal sealed partial class AdminEndpoints(OperatorCommands commands, WebSessions sessions, WebErrors errors, ILogger<AdminEndpoints> logger)
{
    /// <summary>Where a command is asked for.</summary>
    public static string PathOf(string command) => $"/api/admin/{command.Replace(' ', '/')}";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var command in commands.Names) routes.MapPost(PathOf(command), context => ServeAsync(context, command));
    }

    /// <summary>Does one, if the one who asks may.</summary>
    internal async Task ServeAsync(HttpContext context, string command)
    {
        if (!(await sessions.FindAsync(context)).TryGet(out var login, out var refusal))
        {
            await errors.RefuseAsync(context, refusal);
            return;
        }

        if (!login.Account.IsAdmin)
        {
            Log.NotAllowed(logger, login.Account.Username, command);
            await errors.RefuseAsync(context, Refusal.NotAllowed);
            return;
        }

        if (await WebBodies.ReadAsync(context, ControlJson.Default.ControlRequest, errors) is not { } body) return;
        // Who comes with a hash has an export, and so the machine.
        var request = body with { Do = command, PasswordHash = null };
        var shown = Shown(request.ToString());
        var onlyReads = commands.OnlyReads(command);

        // What changes something is done to its end, also when nobody waits for it any more.
        ControlReply reply;
        try
        {
            reply = await commands.ExecuteForAdminAsync(request, onlyReads ? context.RequestAborted : CancellationToken.None);
        }
        catch (StoreException exception)
        {
            Log.Failed(logger, exception, login.Account.Username, shown);
            await errors.RefuseAsync(context, Refusal.Failed);
            return;
        }

        if (reply.Error is { } sentence)
        {
            var reason = Shown(request.Conceal(sentence));
            Log.Refused(logger, login.Account.Username, shown, reason);
            await errors.RefuseAsync(context, sentence);
            return;
        }

        Log.Did(logger, onlyReads ? LogLevel.Debug : LogLevel.Information, login.Account.Username, shown);
        await context.Response.WriteAsJsonAsync(reply, ControlJson.Default.ControlReply, cancellationToken: context.RequestAborted);
    }

    // Names come as they were typed; one must not look like another line of the log.
    private static string Shown(string text)
    {
        const int Most = 400;
        return string.Create(Math.Min(text.Length, Most), text, static (shown, text) =>
        {
            for (var i = 0; i < shown.Length; i++) shown[i] = char.IsControl(text[i]) ? '?' : text[i];
        });
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1311, Message = "The administrator {Admin}: {Command}.")]
        public static partial void Did(ILogger logger, LogLevel level, Username admin, string command);

        [LoggerMessage(EventId = 1312, Level = LogLevel.Information, Message = "The administrator {Admin} was refused: {Command}. {Reason}")]
        public static partial void Refused(ILogger logger, Username admin, string command, string reason);

        [LoggerMessage(EventId = 1313, Level = LogLevel.Warning, Message = "{User}, who may not administer this realm, asked for: {Command}.")]
        public static partial void NotAllowed(ILogger logger, Username user, string command);

        [LoggerMessage(EventId = 1314, Level = LogLevel.Error, Message = "The store failed what the administrator {Admin} asked for: {Command}.")]
        public static partial void Failed(ILogger logger, Exception exception, Username admin, string command);
    }
}
