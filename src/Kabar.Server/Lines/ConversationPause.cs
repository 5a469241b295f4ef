namespace Kabar.Server.Lines;

/// <summary>
/// What stands around the <c>exit</c> that ends a conversation: the first clients compare the whole of one read with it, so it must arrive by
/// itself. Protocol: dialects, section 5.
/// </summary>
internal static class ConversationPause
{
    /// <summary>Between the last write and <c>exit</c>, and between that and the closing reply.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a client may take to be sent each part of the end.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What the server says at the end.</summary>
    public static ReadOnlyMemory<byte> Exit(bool endsLine) => endsLine ? ExitLine : ExitAlone;

    private static readonly byte[] ExitAlone = "exit"u8.ToArray();
    private static readonly byte[] ExitLine = "exit\n"u8.ToArray();

    /// <summary>Waits until the pause after a write is over.</summary>
    public static Task AfterAsync(long lastWrite, TimeProvider clock)
    {
        var left = Span - clock.GetElapsedTime(lastWrite);
        return left > TimeSpan.Zero ? Task.Delay(left, clock, CancellationToken.None) : Task.CompletedTask;
    }
}
