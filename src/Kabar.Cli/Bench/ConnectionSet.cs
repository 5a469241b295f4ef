using System.Net;
using System.Net.Sockets;

namespace Kabar.Cli.Bench;

/// <summary>Connections that are opened together and closed together.</summary>
internal sealed class ConnectionSet : IDisposable
{
    // More at once would overflow the server's accept queue, and a dropped SYN costs a second.
    private const int OpenedAtOnce = 64;

    private readonly LoadConnection[] _connections;

    private ConnectionSet(int count) => _connections = new LoadConnection[count];

    public int Count => _connections.Length;

    public LoadConnection this[int number] => _connections[number];

    public static async Task<ConnectionSet> OpenAsync(IPEndPoint server, int count, CancellationToken cancellationToken)
    {
        var set = new ConnectionSet(count);
        try
        {
            var opened = -1;
            await Task.WhenAll(Enumerable.Range(0, Math.Min(OpenedAtOnce, count)).Select(async _ =>
            {
                while (Interlocked.Increment(ref opened) is var number && number < count)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    set._connections[number] = new LoadConnection(server, number);
                    await set._connections[number].ConnectAsync();
                }
            }));
            return set;
        }
        catch (SocketException exception)
        {
            var open = set._connections.Count(connection => connection is not null);
            set.Dispose();
            throw new CommandFault($"After {open} connections no more could be opened: {exception.Message}.");
        }
        catch (OperationCanceledException)
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Closes them all; a loop that waits on one ends.</summary>
    public void Dispose()
    {
        foreach (var connection in _connections) connection?.Dispose();
    }
}
