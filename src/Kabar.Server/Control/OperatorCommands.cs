using System.Text;
using Kabar.Core;

namespace Kabar.Server.Control;

/// <summary>What the operator can do to a realm, whether it is asked over the control socket or by a command that holds the data itself.</summary>
internal sealed class OperatorCommands(Realm realm, PeerCommands peers)
{
    public async Task<ControlReply> ExecuteAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return request.Do switch
            {
                "user add" => Answer(request, await AddAsync(request, cancellationToken)),
                "user list" => new ControlReply { Accounts = await ListAsync(cancellationToken) },
                "user passwd" => Answer(request, await realm.Accounts.SetPasswordAsync(request.Username ?? "", PasswordOf(request), cancellationToken)),
                "user disable" => Answer(request, await realm.Accounts.SetDisabledAsync(request.Username ?? "", disabled: true, cancellationToken)),
                "user enable" => Answer(request, await realm.Accounts.SetDisabledAsync(request.Username ?? "", disabled: false, cancellationToken)),
                "user remove" => Answer(request, await realm.Accounts.RemoveAsync(request.Username ?? "", cancellationToken)),
                var other when other.StartsWith("peer ", StringComparison.Ordinal) => await peers.ExecuteAsync(request, cancellationToken),
                _ => new ControlReply { Error = $"This server does not know \"{request.Do}\"; is it an older version?" },
            };
        }
        catch (StoreException exception)
        {
            return new ControlReply { Error = exception.Message };
        }
    }

    private ValueTask<Result<Account>> AddAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        var username = request.Username ?? "";
        var displayName = string.IsNullOrEmpty(request.DisplayName) ? username : request.DisplayName;
        IReadOnlyList<KeyValuePair<string, string>> attributes = request.Attributes is null ? [] : [.. request.Attributes];
        return request.PasswordHash is { } hash
            ? realm.Accounts.AddHashedAsync(username, displayName, attributes, hash, request.IsAdmin, cancellationToken)
            : realm.Accounts.AddAsync(username, displayName, attributes, PasswordOf(request), request.IsAdmin, cancellationToken);
    }

    private async Task<IReadOnlyList<AccountLine>> ListAsync(CancellationToken cancellationToken)
    {
        var lines = new List<AccountLine>();
        await foreach (var account in realm.Accounts.ListAsync(cancellationToken))
            lines.Add(new AccountLine(account.Username.Value, account.DisplayName, new Dictionary<string, string>(account.Attributes), account.IsAdmin, account.IsDisabled, account.Created));
        return lines;
    }

    private static Password PasswordOf(ControlRequest request) => new(Encoding.UTF8.GetBytes(request.Password ?? ""));

    private static ControlReply Answer(ControlRequest request, Result<Account> result) => result.TryGet(out _, out var refusal)
        ? new ControlReply()
        : new ControlReply
        {
            Error = refusal switch
            {
                Refusal.NameTaken => $"There is a user \"{request.Username}\" already.",
                Refusal.UnknownUser => $"There is no user \"{request.Username}\".",
                Refusal.InvalidName =>
                    $"User \"{request.Username}\": a username is 1–{Username.MaxLength} of A-Z a-z 0-9 . _ -, a display name 1–{Account.MaxNameLength} characters of one line, "
                    + $"a password 1–{Password.MaxBytes} bytes without a blank; an attribute has a name of its own.",
                _ => $"Refused: {refusal}.",
            },
        };
}
