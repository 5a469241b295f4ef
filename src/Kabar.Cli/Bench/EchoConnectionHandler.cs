using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Kabar.Cli.Bench;

/// <summary>Answers every line with the same reply, as many as have come at once.</summary>
internal sealed class EchoConnectionHandler : ConnectionHandler
{
    private static ReadOnlySpan<byte> Reply => "{\"status\": \"OK\", \"message\": \"Message Sent\"}\r\n\r\n"u8;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(CancellationToken.None);
                input.AdvanceTo(Answer(read.Buffer, output), read.Buffer.End);
                if ((await output.FlushAsync(CancellationToken.None)).IsCompleted || read.IsCompleted) return;
            }
        }
        catch (ConnectionResetException)
        {
            // The load generator has left.
        }
    }

    private static SequencePosition Answer(ReadOnlySequence<byte> buffer, PipeWriter output)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryAdvanceTo((byte)'\n')) output.Write(Reply);
        return reader.Position;
    }
}
