using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Server.Federation;

namespace Kabar.Server.Control;

/// <summary>The operator's commands about other realms.</summary>
internal sealed class PeerCommands(Peers peers, TimeProvider clock)
{
    private static readonly TimeSpan JoiningTakes = TimeSpan.FromSeconds(10);

    public async ValueTask<ControlReply> InviteAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        LinkAddress? asked = null;
        if (request.Address is { } text)
        {
            if (!LinkAddress.TryParse(text, out var address)) return new ControlReply { Error = $"\"{text}\" is not HOST:PORT." };
            asked = address;
        }

        return new ControlReply { Code = (await peers.InviteAsync(asked, cancellationToken)).Write() };
    }

    public async ValueTask<ControlReply> AcceptAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        if (!PeerCode.TryParse(request.Code?.Trim(), out var code)) return new ControlReply { Error = "This is not an invitation: it begins with \"kabar-peer:\" and must be whole." };
        if (!(await peers.AcceptAsync(code, cancellationToken)).TryGet(out var link, out var refusal))
        {
            return new ControlReply
            {
                Error = refusal switch
                {
                    Refusal.InvalidName => "This invitation is this realm's own.",
                    Refusal.Expired => $"The invitation of {code.Realm} has expired; ask for another.",
                    _ => $"{code.Realm} is a peer already.",
                },
            };
        }

        if (peers.IsOffline) return new ControlReply { Done = $"accepted; {code.Realm} is called when the server runs" };
        using var patience = new CancellationTokenSource(JoiningTakes, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (link.Session is null)
            {
                var changed = link.Changed;
                if (link.Session is not null) break;
                if (link.IsRefused) return await GiveUpAsync(link, cancellationToken);
                await changed.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ControlReply { Error = $"{code.Realm} at {code.Address} cannot be reached yet ({link.Hindrance ?? "no answer"}). It is tried again until 'kabar peer remove {code.Realm}'." };
        }

        return new ControlReply { Done = $"joined with {code.Realm}" };
    }

    private async ValueTask<ControlReply> GiveUpAsync(PeerLink link, CancellationToken cancellationToken)
    {
        var reply = new ControlReply { Error = $"{link.Peer.Realm} does not take us in: {link.Hindrance}." };

        // A peer of before is kept: its operator may have to do something first.
        if (link.Peer.LastContact is null) await peers.RemoveAsync(link.Peer.Realm, cancellationToken);
        return reply;
    }

    public async ValueTask<ControlReply> ListAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var link in peers.Links) await link.RefreshAsync(cancellationToken);
        var native = peers.Links.Select(link => new PeerLine(
            link.Peer.Realm.Value,
            "native",
            peers.IsOffline ? PeerState.Offline : link.State,
            link.Outbox.Count,
            link.Outbox.Bytes,
            link.Outbox.Oldest is { } oldest ? (long)(now - oldest).TotalSeconds : null,
            link.LastContact,
            link.Peer.LinkAddress,
            link.Peer.Fingerprint,
            link.Session is null ? link.Hindrance : null));
        var legacy = peers.Legacy.Select(peer => new PeerLine(peer.Realm.Value, "legacy", "listed", 0, 0, null, null, peer.EndPoint.ToString(), null, null));
        return new ControlReply { Peers = [.. native, .. legacy] };
    }

    public ValueTask<ControlReply> PauseAsync(ControlRequest request) => ChangeAsync(request.Realm, peers.PauseAsync, "paused; what is meant for it waits");

    public ValueTask<ControlReply> ResumeAsync(ControlRequest request) => ChangeAsync(request.Realm, peers.ResumeAsync, "resumed");

    public ValueTask<ControlReply> RemoveAsync(ControlRequest request, CancellationToken cancellationToken) =>
        ChangeAsync(request.Realm, realm => peers.RemoveAsync(realm, cancellationToken), "removed; what waited for it went back to its senders");

    public ControlReply Rotate()
    {
        peers.Rotate();
        return new ControlReply { Done = "a new key; the old one vouches for it" };
    }

    private static async ValueTask<ControlReply> ChangeAsync(string? name, Func<RealmName, ValueTask<bool>> change, string done) =>
        RealmName.TryParse(name, out var realm) && await change(realm)
            ? new ControlReply { Done = $"{realm} {done}" }
            : new ControlReply { Error = $"There is no native peer \"{name}\"." };
}
