using System.Collections.Frozen;
using Kabar.Core;
using Kabar.Server.Hosting;

namespace Kabar.Server.Control;

/// <summary>
/// What can be done to a realm: by its operator, over the control socket or with a command that holds the data itself, and by its administrators, over HTTP. The table;
/// what each does stands in the file of its subject.
/// </summary>
internal sealed class OperatorCommands : IDisposable
{
    private readonly AccountCommands _accounts;
    private readonly FrozenDictionary<string, OperatorCommand> _table;

    // Two administrators who take each other's right at once would leave none.
    private readonly SemaphoreSlim _taking = new(1);

    public OperatorCommands(Realm realm, PeerCommands peers, StatusCommands status, BackupCommands backups)
    {
        _accounts = new AccountCommands(realm);
        var groups = new GroupCommands(realm);
        var tokens = new TokenCommands(realm);
        _table = new Dictionary<string, OperatorCommand>
        {
            ["status"] = Reads((_, _) => new(status.Answer())),
            ["backup"] = Does((_, _) => backups.MakeAsync()),
            ["backup list"] = Reads((_, _) => new(backups.List())),
            ["user add"] = Does(_accounts.AddAsync),
            ["user list"] = Reads(_accounts.ListAsync),
            ["user passwd"] = Does(_accounts.SetPasswordAsync),
            ["user disable"] = TakesRight((request, cancellation) => _accounts.SetDisabledAsync(request, disabled: true, cancellation)),
            ["user enable"] = Does((request, cancellation) => _accounts.SetDisabledAsync(request, disabled: false, cancellation)),
            ["user grant"] = Does((request, cancellation) => _accounts.SetAdminAsync(request, isAdmin: true, cancellation)),
            ["user revoke"] = TakesRight((request, cancellation) => _accounts.SetAdminAsync(request, isAdmin: false, cancellation)),
            ["user sessions"] = Reads(_accounts.ListSessionsAsync),
            ["user logout"] = Does(_accounts.LogOutAsync),
            ["user remove"] = TakesRight(_accounts.RemoveAsync),
            ["user invite"] = Does((request, _) => _accounts.InviteAsync(request)),
            ["group list"] = Reads((_, cancellation) => groups.ListAsync(cancellation)),
            ["group create"] = Does(groups.CreateAsync),
            ["group members"] = Reads(groups.ListMembersAsync),
            ["group role"] = Acts(GroupVerb.Role),
            ["group topic"] = Acts(GroupVerb.Topic),
            ["group open"] = Acts(GroupVerb.Open),
            ["group close"] = Acts(GroupVerb.Close),
            ["group invite"] = Acts(GroupVerb.Invite),
            ["group kick"] = Acts(GroupVerb.Kick),
            ["group ban"] = Acts(GroupVerb.Ban),
            ["group unban"] = Acts(GroupVerb.Unban),
            ["group mute"] = Acts(GroupVerb.Mute),
            ["group unmute"] = Acts(GroupVerb.Unmute),
            ["group move"] = Acts(GroupVerb.Move),
            ["group remove"] = Does(groups.RemoveAsync),
            ["group recover"] = Does(groups.RecoverAsync),
            ["token list"] = Reads(tokens.ListAsync),
            ["token create"] = Does(tokens.CreateAsync),
            ["token revoke"] = Does((request, _) => tokens.RevokeAsync(request)),
            ["peer invite"] = Does(peers.InviteAsync),
            ["peer accept"] = Does(peers.AcceptAsync),
            ["peer list"] = Reads((_, cancellation) => peers.ListAsync(cancellation)),
            ["peer pause"] = Does((request, _) => peers.PauseAsync(request)),
            ["peer resume"] = Does((request, _) => peers.ResumeAsync(request)),
            ["peer remove"] = Does(peers.RemoveAsync),
            ["peer rotate"] = Does((_, _) => new(peers.Rotate())),
        }.ToFrozenDictionary(StringComparer.Ordinal);

        OperatorCommand Acts(GroupVerb verb) => Does((request, cancellation) => groups.ActAsync(request, verb, cancellation));
    }

    /// <summary>The words of every command, as <see cref="ControlRequest.Do"/> has them.</summary>
    public IEnumerable<string> Names => _table.Keys.Order(StringComparer.Ordinal);

    /// <summary>Whether a command changes nothing.</summary>
    public bool OnlyReads(string name) => _table.TryGetValue(name, out var command) && command.OnlyReads;

    /// <summary>Does what the operator asks. A fault of the store is told in its words, as what the command refuses: it is his machine.</summary>
    public async Task<ControlReply> ExecuteAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await ExecuteAsync(request, keepsAnAdmin: false, cancellationToken);
        }
        catch (StoreException exception)
        {
            return new ControlReply { Error = exception.Message };
        }
    }

    /// <summary>Does what an administrator asks: the same, but the last who has the right keeps it, since nobody could give it back but the operator.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public Task<ControlReply> ExecuteForAdminAsync(ControlRequest request, CancellationToken cancellationToken) => ExecuteAsync(request, keepsAnAdmin: true, cancellationToken);

    public void Dispose() => _taking.Dispose();

    private async Task<ControlReply> ExecuteAsync(ControlRequest request, bool keepsAnAdmin, CancellationToken cancellationToken)
    {
        if (!_table.TryGetValue(request.Do ?? "", out var command)) return new ControlReply { Error = $"This server does not know \"{request.Do}\"; is it an older version?" };
        try
        {
            return keepsAnAdmin && command.TakesRight
                ? await TakeAsync(command, request, cancellationToken)
                : await command.Execute(request, cancellationToken);
        }
        catch (SettingException exception)
        {
            return new ControlReply { Error = exception.Message };
        }
    }

    private async ValueTask<ControlReply> TakeAsync(OperatorCommand command, ControlRequest request, CancellationToken cancellationToken)
    {
        await _taking.WaitAsync(cancellationToken);
        try
        {
            return await _accounts.IsLastAdminAsync(request, cancellationToken)
                ? new ControlReply { Error = $"\"{request.Username}\" is the last who may administer this realm; give somebody else the right first." }
                : await command.Execute(request, cancellationToken);
        }
        finally
        {
            _taking.Release();
        }
    }

    private static OperatorCommand Reads(Func<ControlRequest, CancellationToken, ValueTask<ControlReply>> execute) => new(execute, OnlyReads: true);

    private static OperatorCommand Does(Func<ControlRequest, CancellationToken, ValueTask<ControlReply>> execute) => new(execute);

    private static OperatorCommand TakesRight(Func<ControlRequest, CancellationToken, ValueTask<ControlReply>> execute) => new(execute, TakesRight: true);
}
