namespace Kabar.Transcripts;

/// <summary>Takes replies off a connection: everything up to the next <c>\r\n\r\n</c>, or a given number of bytes.</summary>
internal sealed class ReplyReader(Stream connection)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private byte[] _pending = [];

    /// <summary>What has come in and nobody has asked for.</summary>
    public ReadOnlyMemory<byte> Pending => _pending;

    /// <summary>The next reply without its ending, or null at the end of the stream. A reset counts as an end.</summary>
    /// <exception cref="EndOfStreamException">The stream ended inside a reply.</exception>
    public async ValueTask<byte[]?> ReadReplyAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var end = _pending.AsSpan(searched).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                var reply = _pending[..(searched + end)];
                _pending = _pending[(searched + end + 4)..];
                return reply;
            }

            searched = Math.Max(0, _pending.Length - 3);
            if (await ReadMoreAsync(cancellationToken)) continue;
            if (_pending.Length == 0) return null;
            throw new EndOfStreamException($"The connection ended inside a reply: {Template.Readable(_pending)}");
        }
    }

    /// <summary>Exactly this many bytes, or what there was before the end of the stream.</summary>
    public async ValueTask<byte[]> ReadBytesAsync(int count, CancellationToken cancellationToken)
    {
        while (_pending.Length < count && await ReadMoreAsync(cancellationToken))
        {
        }

        count = Math.Min(count, _pending.Length);
        var bytes = _pending[..count];
        _pending = _pending[count..];
        return bytes;
    }

    private async ValueTask<bool> ReadMoreAsync(CancellationToken cancellationToken)
    {
        int read;
        try
        {
            read = await connection.ReadAsync(_buffer, cancellationToken);
        }
        catch (IOException)
        {
            read = 0;
        }

        _pending = [.. _pending, .. _buffer.AsSpan(0, read)];
        return read > 0;
    }
}
