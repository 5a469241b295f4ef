using System.Buffers;
using System.Text.Json;
using Kabar.Protocol;
using Microsoft.AspNetCore.Connections;

namespace Kabar.Server.Control;

/// <summary>
/// The operator's way into a running server: a Unix socket in the data directory that only its owner can open. A line, an answer.
/// </summary>
internal sealed class ControlListener(OperatorCommands commands)
{
    private const int LineLimit = 1024 * 1024;

    public async Task ServeAsync(ConnectionContext connection)
    {
        try
        {
            await AnswerAllAsync(connection);
        }
        catch (OperationCanceledException) when (connection.ConnectionClosed.IsCancellationRequested)
        {
            // Who asked has gone.
        }
    }

    private async Task AnswerAllAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var output = connection.Transport.Output;
        while (true)
        {
            var read = await input.ReadAsync(connection.ConnectionClosed);
            var buffer = read.Buffer;
            while (LineReader.TryRead(ref buffer, LineLimit, out var line) is var status && status != LineStatus.Incomplete)
            {
                var reply = status == LineStatus.TooLong
                    ? new ControlReply { Error = "The request is too long." }
                    : await AnswerAsync(line, connection.ConnectionClosed);
                JsonSerializer.Serialize(new Utf8JsonWriter(output), reply, ControlJson.Default.ControlReply);
                output.Write("\n"u8);
                await output.FlushAsync(connection.ConnectionClosed);
                if (status == LineStatus.TooLong) return;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) return;
        }
    }

    private async Task<ControlReply> AnswerAsync(ReadOnlySequence<byte> line, CancellationToken cancellationToken)
    {
        try
        {
            return Read(line) is { } request
                ? await commands.ExecuteAsync(request, cancellationToken)
                : new ControlReply { Error = "The request is empty." };
        }
        catch (JsonException)
        {
            return new ControlReply { Error = "The request is not what this server understands; is one of the two an older version?" };
        }
    }

    private static ControlRequest? Read(ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        return JsonSerializer.Deserialize(ref reader, ControlJson.Default.ControlRequest);
    }
}
