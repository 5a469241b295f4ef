using System.Text;
using Kabar.Core;

namespace Kabar.Protocol;

/// <summary>
/// A text of a raw conversation: UTF-8 as it was typed, one write, with or without a line end. Made once for all who are sent it. No text
/// holds a line break of its own: those who ask with <c>nc</c> could not tell it from the next text. Protocol: dialects, section 5.
/// </summary>
public sealed class GroupText
{
    private readonly byte[] _line;

    private GroupText(byte[] line) => _line = line;

    /// <summary>What is said.</summary>
    /// <param name="name">Who says it, as the group calls him.</param>
    /// <param name="text">What.</param>
    public static GroupText Said(string name, MessageText text) => Make(name, ": "u8, text.Utf8.Span);

    /// <summary>Somebody has come in.</summary>
    public static GroupText Joined(string name) => Make(name, " telah bergabung"u8, default);

    /// <summary>Somebody has left, or was put out.</summary>
    public static GroupText Left(string name) => Make(name, " meninggalkan group"u8, default);

    /// <summary>To a speaker alone: what he said waits for the group's home.</summary>
    public static GroupText Waiting(RealmName home, MessageText text) => Make($"menunggu realm {home}", ": "u8, text.Utf8.Span);

    /// <summary>To a speaker alone: what he said was refused.</summary>
    /// <param name="word">The dialect's word for why.</param>
    public static GroupText Refused(string word) => Make($"Error, {word}", default, default);

    /// <summary>The bytes to write.</summary>
    /// <param name="endsLine">Whether a line end belongs to them, as for a person with nc.</param>
    public ReadOnlyMemory<byte> Bytes(bool endsLine) => _line.AsMemory(0, endsLine ? _line.Length : _line.Length - 1);

    private static GroupText Make(string name, ReadOnlySpan<byte> words, ReadOnlySpan<byte> text)
    {
        var nameLength = Encoding.UTF8.GetByteCount(name);
        var line = new byte[nameLength + words.Length + text.Length + 1];
        Encoding.UTF8.GetBytes(name, line);
        words.CopyTo(line.AsSpan(nameLength));
        var said = line.AsSpan(nameLength + words.Length, text.Length);
        text.CopyTo(said);
        said.Replace((byte)'\n', (byte)' ');
        said.Replace((byte)'\r', (byte)' ');
        line[^1] = (byte)'\n';
        return new GroupText(line);
    }
}
