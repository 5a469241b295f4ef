namespace Kabar.Transcripts;

/// <summary>Takes replies off a connection: everything up to the next <c>\r\n\r\n</c> (of the native protocol <c>\r\n</c>), or a given number of bytes.</summary>
internal sealed class ReplyReader(Stream connection)
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>What has come in and nobody has asked for.</summary>
    public ReadOnlyMemory<byte> Pending => _buffer.AsMemory(_start.._end);

    /// <summary>The next reply without its ending, or null at the end of the stream. A reset counts as an end.</summary>
    /// <exception cref="EndOfStreamException">The stream ended inside a reply.</exception>
    public ValueTask<byte[]?> ReadReplyAsync(CancellationToken cancellationToken) => ReadToAsync("\r\n\r\n"u8.ToArray(), cancellationToken);

    /// <summary>The same where one line end closes a reply.</summary>
    public ValueTask<byte[]?> ReadLineAsync(CancellationToken cancellationToken) => ReadToAsync("\r\n"u8.ToArray(), cancellationToken);

    /// <summary>Exactly this many bytes, or what there was before the end of the stream.</summary>
    public async ValueTask<byte[]> ReadBytesAsync(int count, CancellationToken cancellationToken)
    {
        while (Pending.Length < count && await ReadMoreAsync(cancellationToken))
        {
        }

        return Take(Math.Min(count, Pending.Length));
    }

    private async ValueTask<byte[]?> ReadToAsync(byte[] ending, CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var end = Pending.Span[searched..].IndexOf(ending);
            if (end >= 0)
            {
                var reply = Take(searched + end);
                _ = Take(ending.Length);
                return reply;
            }

            searched = Math.Max(0, Pending.Length - ending.Length + 1);
            if (await ReadMoreAsync(cancellationToken)) continue;
            if (Pending.IsEmpty) return null;
            throw new EndOfStreamException($"The connection ended inside a reply: {Template.Readable(Pending.Span)}");
        }
    }

    private byte[] Take(int count)
    {
        var bytes = Pending[..count].ToArray();
        _start += count;
        return bytes;
    }

    private async ValueTask<bool> ReadMoreAsync(CancellationToken cancellationToken)
    {
        // Move what is pending to the front; double the room when it fills all of it.
        Pending.CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);

        try
        {
            var read = await connection.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += read;
            return read > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
