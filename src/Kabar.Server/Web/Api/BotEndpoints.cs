using Kabar.Core;
using Kabar.Protocol.Native;
using Kabar.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kabar.Server.Web.Api;

/// <summary>What programs ask for, at <c>/api/v1</c>. Protocol: web, "Bots".</summary>
internal sealed class BotEndpoints(Realm realm, BotDoor door, WebErrors errors, KabarMetrics metrics)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map(ApiRoutes.Me, TellAsync);
        routes.Map(ApiRoutes.Conversations, ListAsync);
        routes.Map(ApiRoutes.History, ReadHistoryAsync);
        routes.Map(ApiRoutes.Post, PostAsync);
        routes.Map(ApiRoutes.Read, MarkReadAsync);
        routes.Map(ApiRoutes.Hook, PostByHookAsync);
    }

    private async Task TellAsync(HttpContext context)
    {
        if (await door.AdmitAsync(context) is not { } access) return;
        var token = TokenLine.Of(await realm.Tokens.PlaceAsync(access.Token, context.RequestAborted));
        await context.Response.WriteAsJsonAsync(
            new MeAnswer(access.Account.Username.Value, access.Account.DisplayName, realm.Name.Value, token), ApiJson.Default.MeAnswer, cancellationToken: context.RequestAborted);
    }

    private async Task ListAsync(HttpContext context)
    {
        if (await door.AdmitAsync(context) is not { } access) return;
        var fields = new RequestFields(context);
        var (before, limit) = (fields.QueryNumber("before", least: 0, most: long.MaxValue), fields.QueryNumber("limit"));
        if (await fields.RefuseAsync(errors)) return;
        if (!access.Token.May.HasFlag(AccessRights.Read))
        {
            await errors.RefuseAsync(context, Refusal.NotAllowed);
            return;
        }

        // A token of one conversation sees that one, wherever it stands.
        if (access.Token.In is { } place)
        {
            var found = await realm.Conversations.FindAsync(access.Account, place, context.RequestAborted);
            await NativeAnswers.WriteAsync(context, new ConversationsReply(found is not null && (before is null || found.Last.Arrival < before) ? [found] : [], IsMore: false));
            return;
        }

        var most = PageOf(limit);
        var listed = await realm.Conversations.ListAsync(access.Account, before, most, context.RequestAborted);
        await NativeAnswers.WriteAsync(context, new ConversationsReply(listed, listed.Length == most));
    }

    private async Task ReadHistoryAsync(HttpContext context)
    {
        if (await door.AdmitAsync(context) is not { } access) return;
        var fields = new RequestFields(context);
        var asked = fields.Address(fields.Query("in"), "in");
        var range = new HistoryRange(fields.QueryNumber("before"), fields.QueryNumber("after", least: 0), PageOf(fields.QueryNumber("limit")));
        if (await fields.RefuseAsync(errors) || await AdmitAsync(context, access, AccessRights.Read, asked) is not { } place) return;

        if (!(await realm.Conversations.ReadHistoryAsync(access.Account, place, range, context.RequestAborted)).TryGet(out var page, out var refusal))
        {
            await errors.RefuseAsync(context, refusal);
            return;
        }

        // What the program was given counts as delivered, not as read.
        await NativeAnswers.WriteAsync(context, new HistoryReply(page));
        if (page.Group is null && !context.RequestAborted.IsCancellationRequested) realm.Conversations.NoteDelivered(access.Account, page.Entries.AsSpan());
    }

    private async Task PostAsync(HttpContext context)
    {
        if (await door.AdmitAsync(context) is not { } access || await WebBodies.ReadAsync(context, ApiJson.Default.MessageBody, errors) is not { } body) return;
        var fields = new RequestFields(context);
        var asked = fields.Address(body.To, "to");
        var draft = new Draft(MessageText.From(fields.Text(body.Text, "text")), fields.Key(body.Key), fields.Number(body.Reply, "reply"));
        if (await fields.RefuseAsync(errors) || await AdmitAsync(context, access, AccessRights.Send, asked) is not { } place) return;
        await SayAsync(context, access, place, draft);
    }

    private async Task PostByHookAsync(HttpContext context)
    {
        if (await door.AdmitHookAsync(context, (string?)context.Request.RouteValues["token"]) is not { } access) return;
        HookBody? body;
        if (PlainBody.IsOne(context.Request)) body = await PlainBody.ReadAsync(context, errors) is { } plain ? new HookBody(plain, null) : null;
        else body = await WebBodies.ReadAsync(context, ApiJson.Default.HookBody, errors);
        if (body is null) return;

        var fields = new RequestFields(context);
        var draft = new Draft(MessageText.From(fields.Text(body.Text, "text")), fields.Key(body.Key));
        if (await fields.RefuseAsync(errors)) return;
        if ((await realm.Tokens.PlaceAsync(access.Token, context.RequestAborted)).In?.Address is not { } asked)
        {
            await errors.RefuseAsync(context, Refusal.NotAllowed);
            return;
        }

        // Its group may be gone, and another have its name.
        if (await AdmitAsync(context, access, AccessRights.Send, asked) is { } place) await SayAsync(context, access, place, draft);
    }

    private async Task MarkReadAsync(HttpContext context)
    {
        if (await door.AdmitAsync(context) is not { } access || await WebBodies.ReadAsync(context, ApiJson.Default.ReadBody, errors) is not { } body) return;
        var fields = new RequestFields(context);
        var (asked, position) = (fields.Address(body.In, "in"), fields.Number(body.Position, "position"));
        if (await fields.RefuseAsync(errors) || await AdmitAsync(context, access, AccessRights.Read, asked) is not { } place) return;
        if ((await realm.Conversations.ReadAsync(access.Account, place, position, CancellationToken.None)).TryGet(out var read, out var refusal))
            await NativeAnswers.WriteAsync(context, new ReadReply(read));
        else
            await errors.RefuseAsync(context, refusal);
    }

    private int PageOf(long? asked) => RealmOptions.PageOf(asked, realm.Options.HistoryEntries);

    // It is said, or refused, whether or not the program is still there to hear of it.
    private async Task SayAsync(HttpContext context, Access access, ConversationAddress place, Draft draft)
    {
        var result = (await realm.Conversations.BeginPostAsync(access.Account, place, draft with { Key = access.KeyOf(draft.Key) }, CancellationToken.None)).TryGet(out var posting, out var refusal)
            ? await posting.CommitAsync()
            : refusal;
        if (result.TryGet(out var posted, out refusal))
        {
            metrics.CountMessage();
            await NativeAnswers.WriteAsync(context, new PostedReply(posted));
        }
        else if (refusal == Refusal.InvalidParameter)
        {
            await errors.RefuseAsync(context, refusal, "key");
        }
        else
        {
            await errors.RefuseAsync(context, refusal);
        }
    }

    private async ValueTask<ConversationAddress?> AdmitAsync(HttpContext context, Access access, AccessRights right, ConversationAddress asked)
    {
        if ((await realm.Tokens.AdmitAsync(access, right, asked, context.RequestAborted)).TryGet(out var place, out var refusal)) return place;
        await errors.RefuseAsync(context, refusal);
        return null;
    }
}
