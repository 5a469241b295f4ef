using System.Globalization;
using System.Text;
using Kabar.Core;

namespace Kabar.Server.Control;

/// <summary>What the operator can do to accounts.</summary>
internal sealed class AccountCommands(Realm realm)
{
    private const int MostAPage = 1_000;

    public async ValueTask<ControlReply> AddAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        var username = NameOf(request);
        var displayName = string.IsNullOrEmpty(request.DisplayName) ? username : request.DisplayName;
        var attributes = new List<KeyValuePair<string, string>>();
        foreach (var (key, value) in request.Attributes ?? [])
        {
            if (value is null) return new ControlReply { Error = $"User \"{request.Username}\": the attribute \"{key}\" has no value." };
            attributes.Add(new(key, value));
        }

        var isAdmin = request.IsAdmin == true;
        return Answer(request, request.PasswordHash is { } hash
            ? await realm.Accounts.AddHashedAsync(username, displayName, attributes, hash, isAdmin, cancellationToken)
            : await realm.Accounts.AddAsync(username, displayName, attributes, PasswordOf(request), isAdmin, cancellationToken));
    }

    /// <summary>All of them in the order of their making, or a page of those that a text finds, by their names.</summary>
    public async ValueTask<ControlReply> ListAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (request is { Query: not null } or { After: not null } or { Limit: not null })
        {
            var most = Math.Clamp(request.Limit ?? MostAPage, 1, MostAPage);
            return new ControlReply { Accounts = [.. (await realm.Accounts.SearchAsync(request.Query ?? "", request.After ?? "", most, cancellationToken)).Select(Line)] };
        }

        var lines = new List<AccountLine>();
        await foreach (var account in realm.Accounts.ListAsync(cancellationToken)) lines.Add(Line(account));
        return new ControlReply { Accounts = lines };
    }

    public async ValueTask<ControlReply> SetPasswordAsync(ControlRequest request, CancellationToken cancellationToken) =>
        Answer(request, await realm.Accounts.SetPasswordAsync(NameOf(request), PasswordOf(request), cancellationToken));

    public async ValueTask<ControlReply> SetDisabledAsync(ControlRequest request, bool disabled, CancellationToken cancellationToken) =>
        Answer(request, await realm.Accounts.SetDisabledAsync(NameOf(request), disabled, cancellationToken));

    public async ValueTask<ControlReply> SetAdminAsync(ControlRequest request, bool isAdmin, CancellationToken cancellationToken) =>
        Answer(request, await realm.Accounts.SetAdminAsync(NameOf(request), isAdmin, cancellationToken));

    /// <summary>Whether an account may administer the realm, and nobody else may.</summary>
    public async ValueTask<bool> IsLastAdminAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { IsAdmin: true, IsDisabled: false } admin) return false;
        await foreach (var account in realm.Accounts.ListAsync(cancellationToken))
            if (account is { IsAdmin: true, IsDisabled: false } && account.Id != admin.Id) return false;
        return true;
    }

    public async ValueTask<ControlReply> ListSessionsAsync(ControlRequest request, CancellationToken cancellationToken) =>
        await FindAsync(request, cancellationToken) is { } account
            ? new ControlReply
            {
                Sessions = [.. (await realm.ListOwnSessionsAsync(account, cancellationToken)).Select(session => new SessionLine(session.Id.Value.ToString(), session.Created, session.LastUsed))],
            }
            : Answer(request, Refusal.UnknownUser);

    /// <summary>Ends one session of an account, or all.</summary>
    public async ValueTask<ControlReply> LogOutAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } account) return Answer(request, Refusal.UnknownUser);
        if (request.Session is not { } session)
        {
            var ended = await realm.EndSessionsAsync(account, cancellationToken);
            return new ControlReply { Done = ended == 1 ? "1 session has ended" : string.Create(CultureInfo.InvariantCulture, $"{ended} sessions have ended") };
        }

        return Guid.TryParse(session, out var id) && await realm.EndSessionAsync(account, new SessionId(id), cancellationToken) is null
            ? new ControlReply { Done = "1 session has ended" }
            : new ControlReply { Error = $"\"{account.Username}\" has no session \"{session}\"." };
    }

    public async ValueTask<ControlReply> RemoveAsync(ControlRequest request, CancellationToken cancellationToken) =>
        Answer(request, await realm.Accounts.RemoveAsync(NameOf(request), cancellationToken));

    /// <summary>Makes a code with which somebody can make an account by himself.</summary>
    public async ValueTask<ControlReply> InviteAsync(ControlRequest request)
    {
        const int MostDays = 365;
        if (realm.Options.Registration != RegistrationMode.Invite)
            return new ControlReply { Error = $"Registration is \"{RegistrationModes.Word(realm.Options.Registration)}\": codes are for where it is \"invite\"." };
        var (uses, days) = (request.Uses ?? 1, request.Days ?? 7);
        if (uses < 1 || days is < 1 or > MostDays) return new ControlReply { Error = $"An invitation works once or more often, for 1 to {MostDays} days." };
        return new ControlReply { Code = await realm.Registrations.InviteAsync(uses, TimeSpan.FromDays(days)) };
    }

    private ValueTask<Account?> FindAsync(ControlRequest request, CancellationToken cancellationToken) =>
        Username.TryParse(request.Username, out var username) ? realm.Accounts.FindAsync(username, cancellationToken) : default;

    private static AccountLine Line(Account account) =>
        new(account.Username.Value, account.DisplayName, new Dictionary<string, string>(account.Attributes), account.IsAdmin, account.IsDisabled, account.Created);

    private static string NameOf(ControlRequest request) => request.Username ?? "";

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
                Refusal.Recovering => $"\"{request.Username}\" is in a group that is recovering and cannot leave it now; \"kabar group list\" shows which, \"kabar group recover\" ends it.",
                Refusal.PeerQueueFull => $"\"{request.Username}\" is in a group of a realm for which as much waits as may, and cannot leave it now; \"kabar peer list\" shows which.",
                _ => $"Refused: {refusal}.",
            },
        };
}
