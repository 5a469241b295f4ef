using System.Collections.Immutable;
using System.Net;
using Kabar.Core;
using Kabar.Server.Hosting;

namespace Kabar.Server.Federation;

/// <summary>The realms that the operator has listed as legacy peers, in the configured order. Protocol: dialects, section 6.</summary>
internal sealed class LegacyPeers(ImmutableArray<LegacyPeer> peers) : IDisposable
{
    /// <summary>None.</summary>
    public static LegacyPeers None { get; } = new([]);

    /// <summary>All of them.</summary>
    public ImmutableArray<LegacyPeer> All => peers;

    /// <summary>Those of the settings.</summary>
    public static LegacyPeers Of(KabarOptions options, TimeProvider clock) => new([
        .. options.PeerSettings.Where(peer => peer.Kind == PeerKind.Legacy).Select(peer => new LegacyPeer(peer.Realm, peer.EndPoint, clock))]);

    /// <summary>The peer that a connection from this address is, or null: the address is the only proof on this link.</summary>
    public async ValueTask<LegacyPeer?> FindAsync(IPAddress address, CancellationToken cancellationToken)
    {
        foreach (var peer in peers)
            if (await peer.IsAtAsync(address, cancellationToken)) return peer;
        return null;
    }

    /// <summary>Takes a user into a peer's group: that of the realm the address names, else of the first that has one.</summary>
    /// <returns>The conversation, with the limits of the peer; null when none has it that could be asked.</returns>
    public async ValueTask<(LegacyConversation Conversation, LegacyTimes Times)?> EnterGroupAsync(Username user, GroupAddress address, CancellationToken cancellationToken)
    {
        foreach (var peer in peers)
        {
            if (address.Realm is { } realm && realm != peer.Realm) continue;
            if (await peer.EnterGroupAsync(user, address.Name.Value, cancellationToken) is LegacyEnterResult.Entered entered) return (entered.Conversation, peer.Times);
        }

        return null;
    }

    /// <summary>Brings a message to a peer's user. See <see cref="IPeers.SendOverLegacyAsync"/>.</summary>
    public async ValueTask<Result<Address>> SendAsync(Username from, Address to, MessageText text, CancellationToken cancellationToken)
    {
        foreach (var peer in peers)
        {
            if (to.Realm is { } realm && realm != peer.Realm) continue;
            switch (await peer.AskSendAsync(from, to.Username, text, cancellationToken))
            {
                case LegacySendResult.Sent:
                    return new Address(to.Username, peer.Realm);

                // It may have the message: to ask the next could deliver it twice.
                case LegacySendResult.Failed:
                    return Refusal.PeerUnreachable;
            }
        }

        return Refusal.UnknownRecipient;
    }

    public void Dispose()
    {
        foreach (var peer in peers) peer.Dispose();
    }
}
