using Kabar.Core;
using Kabar.Server.Hosting;

namespace Kabar.Server.Control;

/// <summary>
/// What the operator can do to a realm, whether it is asked over the control socket or by a command that holds the data itself: the table.
/// What each does stands in the file of its subject.
/// </summary>
internal sealed class OperatorCommands(Realm realm, PeerCommands peers)
{
    private readonly AccountCommands _accounts = new(realm);
    private readonly GroupCommands _groups = new(realm);
    private readonly TokenCommands _tokens = new(realm);

    public async Task<ControlReply> ExecuteAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return request.Do switch
            {
                "user add" => await _accounts.AddAsync(request, cancellationToken),
                "user list" => await _accounts.ListAsync(cancellationToken),
                "user passwd" => await _accounts.SetPasswordAsync(request, cancellationToken),
                "user disable" => await _accounts.SetDisabledAsync(request, disabled: true, cancellationToken),
                "user enable" => await _accounts.SetDisabledAsync(request, disabled: false, cancellationToken),
                "user remove" => await _accounts.RemoveAsync(request, cancellationToken),
                "user invite" => await _accounts.InviteAsync(request),
                "group list" => await _groups.ListAsync(cancellationToken),
                "group create" => await _groups.CreateAsync(request, cancellationToken),
                "group members" => await _groups.ListMembersAsync(request, cancellationToken),
                "group role" => await _groups.ActAsync(request, GroupVerb.Role, cancellationToken),
                "group topic" => await _groups.ActAsync(request, GroupVerb.Topic, cancellationToken),
                "group open" => await _groups.ActAsync(request, GroupVerb.Open, cancellationToken),
                "group close" => await _groups.ActAsync(request, GroupVerb.Close, cancellationToken),
                "group invite" => await _groups.ActAsync(request, GroupVerb.Invite, cancellationToken),
                "group kick" => await _groups.ActAsync(request, GroupVerb.Kick, cancellationToken),
                "group ban" => await _groups.ActAsync(request, GroupVerb.Ban, cancellationToken),
                "group unban" => await _groups.ActAsync(request, GroupVerb.Unban, cancellationToken),
                "group mute" => await _groups.ActAsync(request, GroupVerb.Mute, cancellationToken),
                "group unmute" => await _groups.ActAsync(request, GroupVerb.Unmute, cancellationToken),
                "group move" => await _groups.ActAsync(request, GroupVerb.Move, cancellationToken),
                "group remove" => await _groups.RemoveAsync(request, cancellationToken),
                "group recover" => await _groups.RecoverAsync(request, cancellationToken),
                "token list" => await _tokens.ListAsync(request, cancellationToken),
                "token create" => await _tokens.CreateAsync(request, cancellationToken),
                "token revoke" => await _tokens.RevokeAsync(request),
                "peer invite" => await peers.InviteAsync(request, cancellationToken),
                "peer accept" => await peers.AcceptAsync(request, cancellationToken),
                "peer list" => await peers.ListAsync(cancellationToken),
                "peer pause" => await peers.PauseAsync(request),
                "peer resume" => await peers.ResumeAsync(request),
                "peer remove" => await peers.RemoveAsync(request, cancellationToken),
                "peer rotate" => peers.Rotate(),
                _ => new ControlReply { Error = $"This server does not know \"{request.Do}\"; is it an older version?" },
            };
        }
        catch (Exception exception) when (exception is StoreException or SettingException)
        {
            return new ControlReply { Error = exception.Message };
        }
    }
}
