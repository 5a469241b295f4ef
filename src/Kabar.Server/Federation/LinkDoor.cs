using System.Net;
using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Federation;

/// <summary>
/// Where links come to stand, in either direction: listens for peers, and dials them; after the handshake each is its
/// <see cref="PeerLink"/>'s. It opens with the first invitation or peer, unless the settings name an address for it.
/// </summary>
internal sealed class LinkDoor(Peers peers, RealmName here, IStore store, KabarOptions options, LinkIdentity identity, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private const int DefaultPort = 8887;

    private readonly LinkLimits _limits = new();
    private readonly SemaphoreSlim _opening = new(1);
    private LinkListener? _listener;

    /// <summary>Where it listens; null while it is closed.</summary>
    public IPEndPoint? EndPoint => _listener?.EndPoint;

    /// <summary>What others are to dial: as asked or set, else where it listens, under the machine's name if that is every address.</summary>
    /// <exception cref="SettingException">The port is any free one, and nothing listens yet.</exception>
    public LinkAddress AddressFor(LinkAddress? asked)
    {
        if (asked is { } address) return address;
        if (options.LinkAddress is { } set && LinkAddress.TryParse(set, out address)) return address;
        var endPoint = EndPoint ?? options.LinkEndPoint ?? new IPEndPoint(IPAddress.IPv6Any, DefaultPort);
        if (endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any)) return new LinkAddress(Dns.GetHostName(), endPoint.Port);
        return endPoint.Port == 0 ? throw new SettingException("Link names no port, and the server does not run; say what to dial with --address HOST:PORT.") : new LinkAddress(endPoint.Address.ToString(), endPoint.Port);
    }

    /// <summary>Listens, if it does not yet.</summary>
    /// <exception cref="SettingException">It cannot.</exception>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_listener is not null) return;
            var endPoint = options.LinkEndPoint ?? new IPEndPoint(IPAddress.IPv6Any, DefaultPort);
            try
            {
                _listener = LinkListener.Start(endPoint, identity, AdmitAsync, _limits, clock, logger);
            }
            catch (System.Net.Sockets.SocketException exception)
            {
                throw new SettingException($"Link {endPoint}: cannot listen there: {exception.Message}");
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Dials a peer and serves the link, if one comes of it, until it ends.</summary>
    public async Task<LinkAttempt> DialAsync(PeerLink link, CancellationToken stopping)
    {
        await link.ReloadAsync(stopping);
        var peer = link.Peer;
        if (!LinkAddress.TryParse(peer.LinkAddress, out var address)) return new LinkAttempt(TimeSpan.Zero, "its address is none");
        if (await LinkDialer.DialAsync(address, identity.Current, _limits, clock, stopping) is not { } stream) return new LinkAttempt(TimeSpan.Zero, $"nobody answers at {address}");

        await using (stream)
        {
            var hello = new HelloFrame
            {
                Realm = here,
                Sends = await SendsAsync(peer, stopping),
                Received = ReceivedOf(peer),
                Users = await peers.HashOfDirectoryAsync(peer, stopping),
                Secret = peer.Secret is { } secret ? SessionToken.Parse(System.Text.Encoding.ASCII.GetBytes(secret)) : null,
            };
            var outcome = await LinkHandshake.DialAsync(stream, peer.Realm, peer.Fingerprint, hello, _limits, clock, stopping);
            if (outcome is not LinkOpened { Hello: var theirs, Welcome: var welcome } opened) return new LinkAttempt(TimeSpan.Zero, Word((LinkFailed)outcome)) { IsRefused = IsFinal((LinkFailed)outcome) };

            if (peer.Secret is not null || opened.PinMoved) await link.UpdateAsync(known => known with { Secret = null, Fingerprint = opened.Fingerprint });
            return new LinkAttempt(await link.ServeAsync(stream, theirs.Speaks, welcome.Sends, welcome.Received, welcome.Users, stopping), null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is { } listener) await listener.DisposeAsync();
        _opening.Dispose();
    }

    private static StreamMark? ReceivedOf(Peer peer) => peer.InEpoch == Guid.Empty ? null : new StreamMark(peer.InEpoch, peer.InThrough);

    private async ValueTask<StreamMark> SendsAsync(Peer peer, CancellationToken cancellationToken) =>
        new(peer.OutEpoch, (await store.FindOutboxAsync(peer.Id, cancellationToken)).Last);

    private async Task AdmitAsync(LinkStream stream, CancellationToken stopping)
    {
        PeerLink? admitted = null;
        var outcome = await LinkHandshake.ListenAsync(stream, here, VerifyAsync, _limits, clock, stopping);
        if (outcome is not LinkOpened { Hello: { Sends: { } sends } hello } || admitted is null) return;

        try
        {
            await admitted.ServeAsync(stream, hello.Speaks, sends, hello.Received, hello.Users, stopping);
        }
        finally
        {
            // It was alive, so ours to it may succeed now.
            admitted.Wake();
        }

        async ValueTask<LinkVerdict> VerifyAsync(HelloFrame hello, LinkStream from, CancellationToken cancellationToken)
        {
            var (link, refusal, pinMoved) = await RecognizeAsync(hello, from.Fingerprint, cancellationToken);
            if (link is null) return LinkVerdict.Refuse(refusal);

            admitted = link;
            await link.ReloadAsync(cancellationToken);
            var welcome = new WelcomeFrame(await SendsAsync(link.Peer, cancellationToken), ReceivedOf(link.Peer), await peers.HashOfDirectoryAsync(link.Peer, cancellationToken));
            return LinkVerdict.Accept(welcome, pinMoved);
        }
    }

    // A peer under its key, or under one that its key vouches for; or whoever brings the secret of an invitation.
    private async ValueTask<(PeerLink? Link, ByeReason Refusal, bool PinMoved)> RecognizeAsync(HelloFrame hello, string fingerprint, CancellationToken cancellationToken)
    {
        if (hello.Realm == here) return (null, ByeReason.UnknownRealm, false);
        var known = peers.FindLink(hello.Realm);
        if (known is { Peer.IsPaused: true }) return (null, ByeReason.Paused, false);
        if (known is not null && LinkIdentity.IsVouched(known.Peer.Fingerprint, fingerprint, hello.Vouches))
        {
            var moved = known.Peer.Fingerprint != fingerprint;
            if (moved) await known.UpdateAsync(peer => peer with { Fingerprint = fingerprint });
            return (known, default, moved);
        }

        // A secret opens the door to who is not known yet, and never under the name of somebody who is.
        if (known is not null) return (null, ByeReason.NotPinned, false);
        if (hello.Secret is not { } secret) return (null, ByeReason.UnknownRealm, false);
        if (!await store.TakeInvitationAsync(secret.Hash(), clock.GetUtcNow())) return (null, ByeReason.WrongSecret, false);
        return (await peers.TakeInAsync(hello.Realm, fingerprint, cancellationToken), ByeReason.NotPinned, false);
    }

    // What trying again does not mend.
    private static bool IsFinal(LinkFailed failed) =>
        failed.Failure is LinkFailure.NotPinned or LinkFailure.UnknownRealm
        || failed is { Failure: LinkFailure.Refused, Reason: ByeReason.WrongSecret or ByeReason.UnknownRealm or ByeReason.NotPinned or ByeReason.WrongVersion };

    private static string Word(LinkFailed failed) => (failed.Failure, failed.Reason) switch
    {
        (LinkFailure.Silent, _) => "it does not answer",
        (LinkFailure.Closed, _) => "it closed the connection",
        (LinkFailure.Malformed, _) => "what answers there is no link of Kabar's",
        (LinkFailure.WrongVersion, _) or (LinkFailure.Refused, ByeReason.WrongVersion) => "the two speak no common version",
        (LinkFailure.UnknownRealm, _) => "another realm answers there",
        (LinkFailure.NotPinned, _) => "its key is not the one that is known",
        (LinkFailure.Refused, ByeReason.UnknownRealm) => "it does not know this realm",
        (LinkFailure.Refused, ByeReason.NotPinned) => "it knows this realm under another key",
        (LinkFailure.Refused, ByeReason.WrongSecret) => "the invitation was used or has expired",
        (LinkFailure.Refused, ByeReason.Paused) => "its operator holds the link closed",
        (LinkFailure.Refused, ByeReason.Stopping) => "it is shutting down",
        _ => $"it refused ({failed.Reason})",
    };
}
