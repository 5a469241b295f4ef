using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Kabar.Core;

/// <summary>
/// The secret that proves a session: a random UUID, shown to its owner once. A store keeps only its <see cref="TokenHash"/>.
/// The default value opens nothing.
/// </summary>
public readonly record struct SessionToken
{
    /// <summary>The length of the text form.</summary>
    public const int TextLength = 36;

    private readonly Guid _value;

    private SessionToken(Guid value) => _value = value;

    /// <summary>A new one, from the system's generator for secrets (122 random bits, UUID version 4).</summary>
    public static SessionToken Create()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new SessionToken(new Guid(bytes, bigEndian: true));
    }

    /// <summary>Takes the text form as a client presents it.</summary>
    /// <returns>The token; the default one, which opens nothing, when the text is not a UUID in hyphenated form.</returns>
    public static SessionToken Parse(ReadOnlySpan<byte> text) =>
        text.Length == TextLength && Utf8Parser.TryParse(text, out Guid value, out var used, 'D') && used == TextLength
            ? new SessionToken(value)
            : default;

    /// <summary>What a store keeps in place of the token.</summary>
    public TokenHash Hash()
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> hash = stackalloc byte[TokenHash.Length];
        _value.TryWriteBytes(bytes, bigEndian: true, out _);
        SHA256.HashData(bytes, hash);
        return TokenHash.Read(hash);
    }

    /// <summary>Writes the lower-case text form, <see cref="TextLength"/> bytes, for the one reply that hands it out.</summary>
    public void Write(Span<byte> destination)
    {
        if (!Utf8Formatter.TryFormat(_value, destination, out _, 'D')) throw new ArgumentException("A token needs 36 bytes.", nameof(destination));
    }

    /// <summary>Never the secret: a token that slips into a log says nothing.</summary>
    public override string ToString() => "(token)";
}

/// <summary>The SHA-256 of a token.</summary>
public readonly record struct TokenHash
{
    /// <summary>Its length in bytes.</summary>
    public const int Length = 32;

    private readonly ulong _a, _b, _c, _d;

    private TokenHash(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    /// <summary>Reads <see cref="Length"/> bytes.</summary>
    public static TokenHash Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64BigEndian(bytes),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_a;

    /// <inheritdoc/>
    public override string ToString() => "(token hash)";
}
