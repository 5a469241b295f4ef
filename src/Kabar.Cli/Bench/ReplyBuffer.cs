namespace Kabar.Cli.Bench;

/// <summary>What has come from the server and is not yet taken: bytes in, replies out. A reply ends with an empty line, unless lines are taken.</summary>
internal sealed class ReplyBuffer(int capacity = ReplyBuffer.DefaultCapacity)
{
    private const int DefaultCapacity = 1024;

    // The longest reply is an inbox page: 512 KiB unless the server's operator has set another limit.
    private const int LongestReply = 64 * 1024 * 1024;

    private byte[] _bytes = new byte[capacity];
    private int _start;
    private int _scanned;
    private int _end;

    /// <summary>Whether each line is a reply: the conversation of a group.</summary>
    public bool TakesLines { get; set; }

    private ReadOnlySpan<byte> Terminator => TakesLines ? "\n"u8 : "\r\n\r\n"u8;

    /// <summary>Where the next bytes go; never empty. <see cref="Add"/> says how many came. It invalidates replies taken before.</summary>
    public Memory<byte> Free()
    {
        if (_start == _end) (_start, _scanned, _end) = (0, 0, 0);
        if (_end == _bytes.Length) MakeRoom();
        return _bytes.AsMemory(_end);
    }

    public void Add(int count) => _end += count;

    /// <summary>Takes the next whole reply, without its end; valid until <see cref="Free"/> is called.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> reply)
    {
        var found = _bytes.AsSpan(_scanned, _end - _scanned).IndexOf(Terminator);
        if (found < 0)
        {
            // The end itself may be cut in two.
            _scanned = Math.Max(_start, _end - (Terminator.Length - 1));
            reply = default;
            return false;
        }

        var end = _scanned + found;
        reply = _bytes.AsMemory(_start, end - _start);
        _start = _scanned = end + Terminator.Length;
        return true;
    }

    private void MakeRoom()
    {
        var length = _end - _start;
        if (length >= LongestReply) throw new IOException($"a reply passed {LongestReply} bytes");
        var target = length > _bytes.Length / 2 ? new byte[_bytes.Length * 2] : _bytes;
        Buffer.BlockCopy(_bytes, _start, target, 0, length);
        (_bytes, _scanned, _start, _end) = (target, _scanned - _start, 0, length);
    }
}
