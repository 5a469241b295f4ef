namespace Kabar.Core;

/// <summary>The number of a peer in its store. Never given twice.</summary>
public readonly record struct PeerId(long Value);

/// <summary>
/// Another realm that this one is joined with over the native link, and how far the two have come with each other. A stream in one
/// direction is numbered from 1 within an epoch; the number of the last that was committed is the high-water mark.
/// Protocol: native link, "Delivery".
/// </summary>
public sealed record Peer
{
    /// <summary>Its number.</summary>
    public required PeerId Id { get; init; }

    /// <summary>Its name.</summary>
    public required RealmName Realm { get; init; }

    /// <summary>Where its link listens, <c>HOST:PORT</c>; null when only it calls us.</summary>
    public string? LinkAddress { get; init; }

    /// <summary>The SHA-256 of its certificate, in lower-case hexadecimal: its identity. Null until it has come with the secret of our invitation.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The secret of its invitation, until it has taken us in with it.</summary>
    public string? Secret { get; init; }

    /// <summary>Whether its link is held closed by the operator.</summary>
    public bool IsPaused { get; init; }

    /// <summary>When it was joined.</summary>
    public required DateTimeOffset Joined { get; init; }

    /// <summary>When it was last heard of, written down now and then; null for never.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>The epoch of what we send.</summary>
    public required Guid OutEpoch { get; init; }

    /// <summary>How far it has acknowledged in that epoch.</summary>
    public long OutAcknowledged { get; init; }

    /// <summary>The epoch of what it sends; empty before the first.</summary>
    public Guid InEpoch { get; init; }

    /// <summary>How far we have received in that epoch: the high-water mark.</summary>
    public long InThrough { get; init; }

    /// <summary>
    /// Set after our data were restored: the peer is to be asked for copies of what we exchanged since this time. Null when nothing is
    /// to be asked.
    /// </summary>
    public DateTimeOffset? ReconcileSince { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Realm.ToString();
}

/// <summary>A peer about to be kept.</summary>
/// <param name="Realm">Its name.</param>
/// <param name="LinkAddress">Where its link listens, or null.</param>
/// <param name="Fingerprint">Its identity.</param>
/// <param name="Secret">The secret to show it, or null.</param>
/// <param name="Joined">When.</param>
public sealed record NewPeer(RealmName Realm, string? LinkAddress, string Fingerprint, string? Secret, DateTimeOffset Joined);

/// <summary>One entry of a peer's outbox.</summary>
/// <param name="Sequence">Its number in the epoch.</param>
/// <param name="Queued">When it was accepted.</param>
/// <param name="Frame">What the link carries, without the number.</param>
public sealed record OutboxEntry(long Sequence, DateTimeOffset Queued, ReadOnlyMemory<byte> Frame);

/// <summary>What waits for a peer.</summary>
/// <param name="Count">How many entries.</param>
/// <param name="Bytes">How many bytes of frames.</param>
/// <param name="Oldest">When the oldest was accepted; null when nothing waits.</param>
/// <param name="Last">The number given last.</param>
public sealed record OutboxState(long Count, long Bytes, DateTimeOffset? Oldest, long Last);
