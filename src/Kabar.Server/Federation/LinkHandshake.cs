using System.Net.Sockets;
using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Server.Federation;

/// <summary>
/// The exchange that makes a secured connection a link:
/// <code>
///   1. listener → dialer   hello    who I am, and how my former keys lead to this one
///   2.                              the dialer compares realm and key; it sends nothing to a stranger
///   3. dialer → listener   hello    who I am, where our streams stand, perhaps the secret of an invitation
///   4.                              the listener compares realm and key, or takes the invitation
///   5. listener → dialer   welcome  where our streams stand; or bye, with a reason
/// </code>
/// The whole of it has one time limit. Whatever a stranger does comes back as a <see cref="LinkFailed"/>; exceptions are cancellation by the caller,
/// and faults of our own. Protocol: native link, "Handshake".
/// </summary>
internal static class LinkHandshake
{
    // Before that version the protocol was not.
    private const int OldestVersion = 1;

    /// <summary>The dialer's part.</summary>
    /// <param name="stream">The secured connection.</param>
    /// <param name="realm">The realm that was dialed.</param>
    /// <param name="pinned">The fingerprint by which it is known: the peer's, or the invitation's.</param>
    /// <param name="hello">What to say to it; the vouches are filled in.</param>
    /// <param name="limits">How long it may take.</param>
    /// <param name="clock">Measures that.</param>
    /// <param name="cancellationToken">Ends it with an exception.</param>
    public static ValueTask<LinkOutcome> DialAsync(
        LinkStream stream, RealmName realm, string pinned, HelloFrame hello, LinkLimits limits, TimeProvider clock, CancellationToken cancellationToken) =>
        InTimeAsync(ended => DialAsync(stream, realm, pinned, hello, ended), limits, clock, cancellationToken);

    /// <summary>The listener's part.</summary>
    /// <param name="stream">The secured connection.</param>
    /// <param name="realm">This realm.</param>
    /// <param name="verify">Decides about the dialer's hello, given the connection with its fingerprint; its sends are there. Runs under the time limit.</param>
    /// <param name="limits">How long it may take.</param>
    /// <param name="clock">Measures that.</param>
    /// <param name="cancellationToken">Ends it with an exception.</param>
    public static ValueTask<LinkOutcome> ListenAsync(
        LinkStream stream,
        RealmName realm,
        Func<HelloFrame, LinkStream, CancellationToken, ValueTask<LinkVerdict>> verify,
        LinkLimits limits,
        TimeProvider clock,
        CancellationToken cancellationToken) =>
        InTimeAsync(ended => ListenAsync(stream, realm, verify, ended), limits, clock, cancellationToken);

    private static async ValueTask<LinkOutcome> DialAsync(LinkStream stream, RealmName realm, string pinned, HelloFrame own, CancellationToken ended)
    {
        var first = await stream.ReadAsync(LinkFrame.MostHandshakeBytes, ended);
        if (first is not HelloFrame hello) return NotA(first);
        if (hello.Speaks < OldestVersion) return new LinkFailed(LinkFailure.WrongVersion);
        if (!LinkIdentity.IsVouched(pinned, stream.Fingerprint, hello.Vouches)) return new LinkFailed(LinkFailure.NotPinned);
        if (hello.Realm != realm) return new LinkFailed(LinkFailure.UnknownRealm);

        await stream.WriteAsync(own with { Vouches = stream.Own.Vouches }, ended);
        var answer = await stream.ReadAsync(LinkFrame.MostHandshakeBytes, ended);
        if (answer is not WelcomeFrame welcome) return NotA(answer);
        return new LinkOpened(hello, welcome, stream.Fingerprint, PinMoved: stream.Fingerprint != pinned);
    }

    private static async ValueTask<LinkOutcome> ListenAsync(
        LinkStream stream, RealmName realm, Func<HelloFrame, LinkStream, CancellationToken, ValueTask<LinkVerdict>> verify, CancellationToken ended)
    {
        await stream.WriteAsync(new HelloFrame { Realm = realm, Vouches = stream.Own.Vouches }, ended);
        var first = await stream.ReadAsync(LinkFrame.MostHandshakeBytes, ended);
        if (first is not HelloFrame { Sends: not null } hello)
            return first is null or ByeFrame ? NotA(first) : await SayByeAsync(LinkFailure.Malformed, ByeReason.Malformed);
        if (hello.Speaks < OldestVersion) return await SayByeAsync(LinkFailure.WrongVersion, ByeReason.WrongVersion);

        var verdict = await verify(hello, stream, ended);
        if (verdict.Welcome is not { } welcome)
        {
            return await SayByeAsync(
                verdict.Refusal switch
                {
                    ByeReason.UnknownRealm => LinkFailure.UnknownRealm,
                    ByeReason.NotPinned => LinkFailure.NotPinned,
                    ByeReason.WrongSecret => LinkFailure.WrongSecret,
                    _ => LinkFailure.Unwanted,
                },
                verdict.Refusal);
        }

        await stream.WriteAsync(welcome, ended);
        return new LinkOpened(hello, welcome, stream.Fingerprint, verdict.PinMoved);

        async ValueTask<LinkOutcome> SayByeAsync(LinkFailure failure, ByeReason reason)
        {
            await stream.WriteAsync(new ByeFrame(reason), ended);
            return new LinkFailed(failure, reason);
        }
    }

    private static LinkFailed NotA(LinkFrame? frame) => frame switch
    {
        null => new LinkFailed(LinkFailure.Closed),
        ByeFrame bye => new LinkFailed(LinkFailure.Refused, bye.Reason),
        _ => new LinkFailed(LinkFailure.Malformed),
    };

    private static async ValueTask<LinkOutcome> InTimeAsync(
        Func<CancellationToken, ValueTask<LinkOutcome>> exchange, LinkLimits limits, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(limits.Handshake, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await exchange(ended.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new LinkFailed(LinkFailure.Silent);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return new LinkFailed(LinkFailure.Closed);
        }
    }
}
