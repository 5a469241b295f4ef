using System.IO.Pipelines;
using System.Net.Security;
using Kabar.Protocol.Links;

namespace Kabar.Server.Federation;

/// <summary>A secured connection to another realm, or to a stranger, as frames. One reads, one writes.</summary>
internal sealed class LinkStream : IAsyncDisposable
{
    private readonly SslStream _stream;

    public LinkStream(SslStream stream, LinkKey own, byte[] certificate, string fingerprint)
    {
        (_stream, Own, Certificate, Fingerprint) = (stream, own, certificate, fingerprint);
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }

    /// <summary>With what this side has proved itself.</summary>
    public LinkKey Own { get; }

    /// <summary>The certificate of the other side, in DER. Its key is proved; whose it is, is not known yet.</summary>
    public ReadOnlyMemory<byte> Certificate { get; }

    /// <summary>What that certificate is pinned by.</summary>
    public string Fingerprint { get; }

    /// <summary>What comes in. Bytes behind the last frame that was read are still in it.</summary>
    public PipeReader Input { get; }

    /// <summary>What goes out, once flushed.</summary>
    public PipeWriter Output { get; }

    /// <summary>The next frame; null at the end of the stream.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<LinkFrame?> ReadAsync(int mostBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await Input.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (LinkFrameReader.TryRead(ref buffer, mostBytes, out var frame))
            {
                Input.AdvanceTo(buffer.Start);
                return frame;
            }

            Input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    /// <summary>Sends one frame.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask WriteAsync(LinkFrame frame, CancellationToken cancellationToken)
    {
        LinkFrameWriter.Write(frame, Output);
        await Output.FlushAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // Not the pipes: they would flush, and what has not been flushed is not wanted any more.
        await _stream.DisposeAsync();
    }
}
