using Kabar.Core;
using Kabar.Server.Web.Api;

namespace Kabar.Server.Control;

/// <summary>What the operator can do to the tokens of programs and to webhooks.</summary>
internal sealed class TokenCommands(Realm realm)
{
    public async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (request.Username is null)
        {
            var lines = new List<AccessLine>();
            await foreach (var account in realm.Accounts.ListAsync(cancellationToken)) lines.AddRange(await LinesAsync(account, cancellationToken));
            return new ControlReply { Tokens = lines };
        }

        return await FindAsync(request, cancellationToken) is { } owner ? new ControlReply { Tokens = [.. await LinesAsync(owner, cancellationToken)] } : Unknown(request);
    }

    public async ValueTask<ControlReply> CreateAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } account) return Unknown(request);
        var name = request.DisplayName ?? "";
        if (request.IsHook == true)
        {
            if (!GroupAddress.TryParse(request.In, out var group)) return Refused($"\"{request.In}\" is no group; a webhook is for one.");
            if (request.May is not null || request.Days is not null) return Refused("A webhook may send, and lasts until it is revoked.");
            return Answer(request, await realm.Tokens.CreateHookAsync(account, group, name, cancellationToken), ApiRoutes.HookOf);
        }

        ConversationAddress? place = null;
        if (request.In is not null)
        {
            if (!ConversationAddress.TryParse(request.In, out var address)) return Refused($"\"{request.In}\" is neither USER, USER@REALM nor #GROUP.");
            place = address;
        }

        if (AccessWords.Read(request.May ?? []) is not { } may) return Refused("A token may send, read, or both.");
        if (request.Days is < 1 or > AccessTokens.MostDays) return Refused($"A token lasts 1 to {AccessTokens.MostDays} days, or until it is revoked.");
        var lifetime = request.Days is { } days ? TimeSpan.FromDays(days) : default(TimeSpan?);
        return Answer(request, await realm.Tokens.CreateAsync(account, name, may, place, lifetime, cancellationToken), secret => secret.Write());
    }

    public async ValueTask<ControlReply> RevokeAsync(ControlRequest request) =>
        Guid.TryParse(request.Token, out var id) && await realm.Tokens.RevokeAsync(new AccessTokenId(id)) is null
            ? new ControlReply()
            : Refused($"There is no token \"{request.Token}\"; \"kabar token list\" shows the ids.");

    private static ControlReply Answer(ControlRequest request, Result<MadeToken> result, Func<AccessSecret, string> show) => result.TryGet(out var made, out var refusal)
        ? new ControlReply { Code = show(made.Secret) }
        : Refused(refusal switch
        {
            Refusal.InvalidName => $"\"{request.DisplayName}\": a name is 1–{Account.MaxNameLength} characters of one line.",
            Refusal.TooMany => $"\"{request.Username}\" has {AccessTokens.MostPerAccount} tokens, which is as many as one account may.",
            Refusal.UnknownGroup => $"There is no group \"{request.In}\".",
            Refusal.UnknownRecipient or Refusal.UnreachableRecipient => $"There is no user \"{request.In}\".",
            Refusal.NotAMember => $"\"{request.Username}\" is not in {request.In}.",
            Refusal.NotAllowed => $"\"{request.Username}\" keeps no order in {request.In}: a webhook is made for a moderator or an owner.",
            _ => $"Refused: {refusal}.",
        });

    private static ControlReply Unknown(ControlRequest request) => Refused($"There is no user \"{request.Username}\".");

    private static ControlReply Refused(string sentence) => new() { Error = sentence };

    private async ValueTask<Account?> FindAsync(ControlRequest request, CancellationToken cancellationToken) =>
        Username.TryParse(request.Username, out var username) ? await realm.Accounts.FindAsync(username, cancellationToken) : null;

    private async ValueTask<IEnumerable<AccessLine>> LinesAsync(Account account, CancellationToken cancellationToken) =>
        (await realm.Tokens.ListAsync(account, cancellationToken)).Select(token => new AccessLine(
            token.Id.Value.ToString(),
            account.Username.Value,
            token.Name,
            [.. AccessWords.Of(token.May)],
            token.In?.Address.ToString(),
            token.IsHook,
            token.Created,
            token.Used,
            token.Expires));
}
