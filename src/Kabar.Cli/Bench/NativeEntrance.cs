using System.Net.Sockets;

namespace Kabar.Cli.Bench;

/// <summary>Makes many connections ready, some at a time: logged in, in a group, listening.</summary>
internal static class NativeEntrance
{
    private const int AtOnce = 32;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(60);

    /// <summary>Runs this for each connection.</summary>
    public static async Task EnterAllAsync(ConnectionSet connections, int first, Func<int, LoadConnection, Task> enter, CancellationToken cancellationToken)
    {
        var entered = first - 1;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                while (Interlocked.Increment(ref entered) is var number && number < connections.Count)
                    await enter(number, connections[number]).WaitAsync(LongestAnswer, cancellationToken);
            }));
        }
        catch (Exception exception) when (exception is SocketException or IOException or TimeoutException)
        {
            throw new CommandFault($"A connection cannot be made ready: {exception.Message}");
        }
    }
}
