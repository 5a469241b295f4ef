using System.Text;

namespace Kabar.Cli.Bench;

/// <summary>What the load generator says and reads of the native protocol.</summary>
internal static class NativeLine
{
    private static ReadOnlySpan<byte> TextKey => "\"text\":\""u8;

    /// <summary>Whether it is an event; every other line is a reply.</summary>
    public static bool IsEvent(ReadOnlySpan<byte> line) => line.StartsWith("{\"event\":"u8);

    /// <summary>The beginning of the text of an event that tells a message; false for another one. Names before it hold no quotation marks that are not escaped.</summary>
    public static bool TryReadText(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!line.StartsWith("{\"event\":\"message\""u8) || line.IndexOf(TextKey) is var key && key < 0) return false;
        text = line[(key + TextKey.Length)..];
        return true;
    }

    /// <summary>Makes a connection a session's, in the native protocol whatever the listener's dialect is: what begins with a brace is spoken to so.</summary>
    public static async Task ResumeAsync(LoadConnection connection, BenchAccount account)
    {
        connection.TakeLines();
        await AskAsync(connection, $$"""{"do":"resume","token":"{{account.Token}}"}""");
    }

    /// <summary>Asks, and passes over the events before the reply.</summary>
    public static async Task AskAsync(LoadConnection connection, string request)
    {
        await connection.SendAsync(Encoding.UTF8.GetBytes(request + "\r\n"));
        await ReplyAsync(connection, request.Split(' ')[0]);
    }

    /// <summary>Waits for the next reply, which has to be OK.</summary>
    public static async Task ReplyAsync(LoadConnection connection, string asked)
    {
        while (true)
        {
            while (connection.TryTake(out var line))
            {
                if (IsEvent(line.Span)) continue;
                if (!WireReply.IsOk(line.Span)) throw new CommandFault($"\"{asked}\" is refused: {WireReply.MessageOf(line.Span)}");
                return;
            }

            connection.Received(await connection.ReceiveAsync());
        }
    }
}
