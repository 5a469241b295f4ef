using System.Text;

namespace Kabar.Cli.Shell;

/// <summary>
/// Tells what is said in a group conversation from its end. The conversation has no framing: each text is one write, `exit` alone in a write ends
/// it, and the closing reply follows. TCP may join or split writes, so two marks help: nothing that is said can begin with a brace (it begins with
/// a username), and an end that we asked for may also stand at the end of other text.
/// </summary>
internal sealed class ConversationText
{
    private static ReadOnlySpan<byte> Exit => "exit"u8;

    private static ReadOnlySpan<byte> ExitAndReply => "exit{\"status\""u8;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private bool _hasBegun;
    private bool _exitIsHeld;

    /// <summary>We have said `exit`.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>What was read of the closing reply, once the conversation has ended. As the first thing of all it is a refusal.</summary>
    public byte[]? ClosingReply { get; private set; }

    /// <summary>One read's content; gives what is to be shown, if anything.</summary>
    public string? Feed(ReadOnlySpan<byte> read)
    {
        var said = new StringBuilder();
        if ((!_hasBegun || _exitIsHeld) && read.StartsWith("{"u8))
        {
            ClosingReply = read.ToArray();
            return null;
        }

        if (_exitIsHeld) said.Append(Decode(Exit));
        _hasBegun = true;
        _exitIsHeld = false;

        var end = IsLeaving ? read.IndexOf(ExitAndReply) : read.StartsWith(ExitAndReply) ? 0 : -1;
        if (end >= 0)
        {
            ClosingReply = read[(end + Exit.Length)..].ToArray();
            read = read[..end];
        }
        else if (read.TrimEnd("\r\n"u8).SequenceEqual(Exit) || (IsLeaving && read.TrimEnd("\r\n"u8).EndsWith(Exit)))
        {
            _exitIsHeld = true;
            read = read.TrimEnd("\r\n"u8)[..^Exit.Length];
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
