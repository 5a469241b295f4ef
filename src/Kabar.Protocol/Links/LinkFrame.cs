using System.Collections.Immutable;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>
/// What one realm says to another over the native link: one JSON object a line. A closed family; <see cref="LinkFrameReader"/> makes only
/// frames whose every field has been checked, and for everything else a <see cref="MalformedFrame"/>. Protocol: native link, "Frames".
/// </summary>
public abstract record LinkFrame
{
    /// <summary>The version of the protocol that this code speaks.</summary>
    public const int Version = 2;

    /// <summary>The first version that knows edits, deletions and reactions, receipts and signals. A peer of an earlier one is sent none of them.</summary>
    public const int RevisionsSince = 2;

    /// <summary>The most bytes of a frame with its line's end.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>The most bytes of a frame before the link stands.</summary>
    public const int MostHandshakeBytes = 64 * 1024;

    /// <summary>Where a list that is too long for one frame is divided.</summary>
    public const int PartBytes = 128 * 1024;

    /// <summary>The most vouches that are shown: older keys are not known to anybody any more.</summary>
    public const int MostVouches = 16;
}

/// <summary>A place in a stream of numbered frames.</summary>
/// <param name="Epoch">Within which the numbers count from 1.</param>
/// <param name="Through">The number of the last; 0 before the first.</param>
public readonly record struct StreamMark(Guid Epoch, long Through);

/// <summary>
/// The first frame of either side. The listener speaks first, to whoever came, and shows only who it is: version, realm, vouches. The dialer
/// answers with everything, once it has recognized the listener.
/// </summary>
public sealed record HelloFrame : LinkFrame
{
    /// <summary>The version of the protocol that the sender speaks.</summary>
    public int Speaks { get; init; } = Version;

    /// <summary>Who the sender is.</summary>
    public required RealmName Realm { get; init; }

    /// <summary>The epoch of what the sender sends, and the number it gave last. Null from the listener.</summary>
    public StreamMark? Sends { get; init; }

    /// <summary>What the sender has committed of the receiver's stream; null for nothing yet.</summary>
    public StreamMark? Received { get; init; }

    /// <summary>Where the sender's own link listens, <c>HOST:PORT</c> (<see cref="LinkAddress"/>); null when it does not.</summary>
    public string? Listens { get; init; }

    /// <summary>The <see cref="UsersFrame.Hash"/> of the receiver's directory that the sender holds; null when it holds none.</summary>
    public string? Users { get; init; }

    /// <summary>The sender's former keys, each vouching for the next, oldest first.</summary>
    public ImmutableArray<Vouch> Vouches { get; init; } = [];

    /// <summary>The secret of the invitation that the dialer accepts; null otherwise.</summary>
    public SessionToken? Secret { get; init; }
}

/// <summary>A key that vouches for the key that took its place.</summary>
/// <param name="Certificate">The certificate of the old key, in DER.</param>
/// <param name="Fingerprint">The fingerprint of the new certificate.</param>
/// <param name="Signature">The old key's signature over <c>kabar-link-vouch:</c>, the old and the new fingerprint.</param>
public sealed record Vouch(ReadOnlyMemory<byte> Certificate, string Fingerprint, ReadOnlyMemory<byte> Signature);

/// <summary>The listener's answer to a hello that it accepts. From here on both sides send what they like.</summary>
/// <param name="Sends">The epoch of what the listener sends, and the number it gave last.</param>
/// <param name="Received">What it has committed of the dialer's stream; null for nothing yet.</param>
/// <param name="Users">The hash of the dialer's directory that it holds; null when it holds none.</param>
public sealed record WelcomeFrame(StreamMark Sends, StreamMark? Received, string? Users) : LinkFrame;

/// <summary>The sender closes the link, and why.</summary>
/// <param name="Reason">Why.</param>
public sealed record ByeFrame(ByeReason Reason) : LinkFrame;

/// <summary>Why a link is closed.</summary>
public enum ByeReason
{
    /// <summary>A word that this version does not know.</summary>
    Other,

    /// <summary>The receiver is not a peer of the sender.</summary>
    UnknownRealm,

    /// <summary>The receiver's key is not the one known, and none that is known vouches for it.</summary>
    NotPinned,

    /// <summary>The secret opens no invitation: it was used, or has expired.</summary>
    WrongSecret,

    /// <summary>The two speak no common version.</summary>
    WrongVersion,

    /// <summary>The receiver sent something that is no frame, or not allowed there.</summary>
    Malformed,

    /// <summary>The receiver spoke for somebody who is not its own.</summary>
    NotAllowed,

    /// <summary>The operator holds the link closed.</summary>
    Paused,

    /// <summary>The operator has removed the peer.</summary>
    Removed,

    /// <summary>The two have another link, which goes on.</summary>
    Replaced,

    /// <summary>Nothing was heard for too long.</summary>
    Silent,

    /// <summary>The sender shuts down.</summary>
    Stopping,
}

/// <summary>The sender has committed everything through this number of the receiver's stream.</summary>
/// <param name="Mark">How far.</param>
public sealed record AckFrame(StreamMark Mark) : LinkFrame;

/// <summary>Asks for a sign of life.</summary>
public sealed record PingFrame : LinkFrame;

/// <summary>The sign of life.</summary>
public sealed record PongFrame : LinkFrame;

/// <summary>Something of the sender's outbox.</summary>
/// <param name="Sequence">Its number in the sender's epoch, from 1, ascending.</param>
/// <param name="Dispatch">What it is.</param>
public sealed record NumberedFrame(long Sequence, Dispatch Dispatch) : LinkFrame;

/// <summary>Something that is worth nothing later.</summary>
/// <param name="Signal">What it is. Who does it is a user of the sending realm.</param>
public sealed record SignalFrame(Signal Signal) : LinkFrame;

/// <summary>
/// The usernames of the sender's realm: all of them or what has changed. A directory too long for one frame comes in parts, of which only the last has a hash.
/// </summary>
/// <param name="IsAll">Whether what was told before is to be forgotten.</param>
/// <param name="Add">Who is there.</param>
/// <param name="Remove">Who is there no more.</param>
/// <param name="Hash">The <see cref="HashOf"/> of the whole directory as it is then; null when more parts follow.</param>
public sealed record UsersFrame(bool IsAll, ImmutableArray<Username> Add, ImmutableArray<Username> Remove, string? Hash) : LinkFrame
{
    // A username in a list: quotes and comma.
    private const int MostPerFrame = PartBytes / (Username.MaxLength + 3);

    /// <summary>What two realms compare to see whether they hold the same directory: the SHA-256, in lower-case hexadecimal, of the names in lower case, sorted by bytes, each followed by <c>\n</c>.</summary>
    public static string HashOf(IEnumerable<Username> usernames)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        Span<byte> line = stackalloc byte[Username.MaxLength + 1];
        foreach (var name in usernames.Select(name => name.Value.ToLowerInvariant()).Order(StringComparer.Ordinal))
        {
            var length = System.Text.Encoding.ASCII.GetBytes(name, line);
            line[length] = (byte)'\n';
            hash.AppendData(line[..(length + 1)]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The same in as many frames as it takes.</summary>
    public IEnumerable<UsersFrame> Parts()
    {
        if (Add.Length + Remove.Length <= MostPerFrame)
        {
            yield return this;
            yield break;
        }

        var all = IsAll;
        for (var start = 0; start < Remove.Length; start += MostPerFrame)
        {
            var end = Math.Min(Remove.Length, start + MostPerFrame);
            yield return new UsersFrame(all, [], Remove[start..end], end == Remove.Length && Add.IsEmpty ? Hash : null);
            all = false;
        }

        for (var start = 0; start < Add.Length; start += MostPerFrame)
        {
            var end = Math.Min(Add.Length, start + MostPerFrame);
            yield return new UsersFrame(all, Add[start..end], [], end == Add.Length ? Hash : null);
            all = false;
        }
    }
}

/// <summary>A frame of a kind that this version does not know. Without a number it is ignored; with one it cannot be carried out.</summary>
/// <param name="Kind">The word, if it could be one; else empty.</param>
/// <param name="Sequence">Its number; null when it has none.</param>
public sealed record UnknownFrame(string Kind, long? Sequence) : LinkFrame;

/// <summary>What is no frame. Whoever sent it is not to be listened to further.</summary>
/// <param name="Reason">Why; holds nothing of the content.</param>
public sealed record MalformedFrame(string Reason) : LinkFrame;
