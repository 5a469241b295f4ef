using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>
/// What one operator hands to another so that their realms are joined: <c>kabar-peer:</c> and base64url of a JSON object. Whoever has it
/// can join, once, until it expires. It prints without the secret. Protocol: native link, "Codes".
/// </summary>
/// <param name="Realm">The realm that invites.</param>
/// <param name="Address">Where its link listens, <c>HOST:PORT</c>.</param>
/// <param name="Fingerprint">The SHA-256 of its certificate, in lower-case hexadecimal.</param>
/// <param name="Secret">Opens the invitation, once.</param>
/// <param name="Expires">Until when.</param>
public sealed record PeerCode(RealmName Realm, LinkAddress Address, string Fingerprint, SessionToken Secret, DateTimeOffset Expires)
{
    /// <summary>What every code begins with.</summary>
    public const string Prefix = "kabar-peer:";

    // A code in good order has some 350 characters.
    private const int LongestCode = 4096;
    private const int CheckLength = 8;

    /// <summary>The code as it is handed over: one line without blanks.</summary>
    public string Write()
    {
        var output = new ArrayBufferWriter<byte>(512);
        WriteJson(output, Check());
        return Prefix + Base64Url.EncodeToString(output.WrittenSpan);
    }

    /// <summary>Takes a code as it was handed over; blanks around it do no harm. That it has expired is for the caller to see.</summary>
    /// <returns>False when it is none, or was shortened or altered on the way.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PeerCode? code)
    {
        code = null;
        var trimmed = text.AsSpan().Trim();
        if (trimmed.Length > LongestCode || !trimmed.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var encoded = trimmed[Prefix.Length..];
        var json = new byte[encoded.Length];
        if (!Base64Url.IsValid(encoded) || !Base64Url.TryDecodeFromChars(encoded, json, out var length)) return false;
        code = Read(json.AsSpan(0, length), out var check);
        if (code is not null && !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(check), Encoding.UTF8.GetBytes(code.Check()))) code = null;
        return code is not null;
    }

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"{Prefix}({Realm} at {Address})";

    // Told apart from a wrong secret before anything is dialed: the front of a hash over all the rest.
    private string Check()
    {
        var output = new ArrayBufferWriter<byte>(512);
        WriteJson(output, check: null);
        return Convert.ToHexStringLower(SHA256.HashData(output.WrittenSpan))[..CheckLength];
    }

    private void WriteJson(ArrayBufferWriter<byte> output, string? check)
    {
        Span<byte> secret = stackalloc byte[SessionToken.TextLength];
        Secret.Write(secret);
        var json = new FrameText(output);
        json.Word("{\"realm\":"u8, Realm.Value);
        json.Word(",\"address\":"u8, Address.ToString());
        json.Word(",\"fingerprint\":"u8, Fingerprint);
        json.Word(",\"secret\":"u8, secret);
        json.Time(",\"expires\":"u8, Expires);
        if (check is not null) json.Word(",\"check\":"u8, check);
        json.Raw("}"u8);
        json.Flush();
    }

    private static PeerCode? Read(ReadOnlySpan<byte> json, out string check)
    {
        check = "";
        if (!Utf8.IsValid(json)) return null;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
            reader.Read();
            var fields = FrameFields.Read(ref reader, json);
            if (reader.Read() || fields.Problem is not null) return null;

            if (!LinkAddress.TryParse(fields.String(FrameKey.Address, 262), out var address)) return null;
            fields.Id(FrameKey.Secret);
            check = fields.String(FrameKey.Check, CheckLength);
            var code = new PeerCode(
                fields.Realm(FrameKey.Realm),
                address,
                fields.Hash(FrameKey.Fingerprint),
                SessionToken.Parse(Encoding.UTF8.GetBytes(fields.String(FrameKey.Secret, SessionToken.TextLength))),
                fields.Time(FrameKey.Expires));
            return fields.Problem is null ? code : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
