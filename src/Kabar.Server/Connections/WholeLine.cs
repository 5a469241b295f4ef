using System.Buffers;

namespace Kabar.Server.Connections;

/// <summary>
/// A request line in one piece: as it lies in the pipe, or gathered, in a buffer that is wiped because it may hold a password. To be disposed of, and not read
/// afterwards.
/// </summary>
internal readonly ref struct WholeLine
{
    private readonly byte[]? _gathered;

    public WholeLine(in ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
        {
            Bytes = line.FirstSpan;
            return;
        }

        _gathered = ArrayPool<byte>.Shared.Rent((int)line.Length);
        line.CopyTo(_gathered);
        Bytes = _gathered.AsSpan(0, (int)line.Length);
    }

    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Whether it is the first line of an HTTP request: a browser can be made to send one here, whose body would then be lines.</summary>
    public bool IsHttp => Bytes.EndsWith(" HTTP/1.1"u8) || Bytes.EndsWith(" HTTP/1.0"u8) || Bytes.EndsWith(" HTTP/2.0"u8);

    public void Dispose()
    {
        if (_gathered is not null) ArrayPool<byte>.Shared.Return(_gathered, clearArray: true);
    }
}
