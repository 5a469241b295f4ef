using System.Text;

namespace Kabar.Cli.Shell;

/// <summary>
/// Tells what is said in a group conversation from its end. The conversation has no framing: each text is one write, `exit` alone in a
/// write ends it, and the closing reply follows. TCP may join or split writes, so the end is also known by its shape: nothing that is said
/// begins with a brace (it begins with a username) or holds a line end, as the closing reply does.
/// </summary>
internal sealed class ConversationText
{
    private static ReadOnlySpan<byte> Exit => "exit"u8;

    private static ReadOnlySpan<byte> ReplyStart => "{\"status\""u8;

    private static ReadOnlySpan<byte> ExitAndReply => "exit{\"status\""u8;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private bool _mayEnd = true; // the next read may be the closing reply: nothing was read yet, or the last ended in `exit`
    private bool _exitIsHeld;

    /// <summary>We have said `exit`: from then on it may come at the end of other text.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>What was read of the closing reply, once the conversation has ended. As the first thing of all it is a refusal.</summary>
    public byte[]? ClosingReply { get; private set; }

    /// <summary>One read's content; gives what is to be shown, if anything.</summary>
    public string? Feed(ReadOnlySpan<byte> read)
    {
        if (_mayEnd && (read.StartsWith(ReplyStart) || ReplyStart.StartsWith(read)))
        {
            ClosingReply = read.ToArray();
            return null;
        }

        var said = new StringBuilder();
        if (_exitIsHeld) said.Append(Decode(Exit)); // so it was said, not meant
        var text = read.TrimEnd("\r\n"u8);
        _mayEnd = text.EndsWith(Exit);
        _exitIsHeld = _mayEnd && (IsLeaving || text.Length == Exit.Length);

        if (read.IndexOf(ExitAndReply) is >= 0 and var end && (IsLeaving || end == 0 || read.EndsWith("\r\n\r\n"u8)))
        {
            ClosingReply = read[(end + Exit.Length)..].ToArray();
            read = read[..end];
        }
        else if (_exitIsHeld)
        {
            read = text[..^Exit.Length];
        }

        said.Append(Decode(read));
        return said.Length == 0 ? null : said.ToString().TrimEnd('\r', '\n');
    }

    private string Decode(ReadOnlySpan<byte> bytes)
    {
        var characters = new char[_decoder.GetCharCount(bytes, flush: false)];
        _decoder.GetChars(bytes, characters, flush: false);
        return new string(characters);
    }
}
