using Kabar.Cli.Wire;

namespace Kabar.Cli.Accounts;

/// <summary>A connection of the one-shot commands: it speaks `message-service`, whose replies hold what they need.</summary>
internal sealed class ServerSession : IAsyncDisposable
{
    private readonly ServerConnection _connection;

    private ServerSession(ServerConnection connection) => _connection = connection;

    /// <summary>The fingerprint of the server's certificate, when there is one.</summary>
    public string? Fingerprint => _connection.Fingerprint;

    public static async Task<ServerSession> OpenAsync(ServerEndpoint endpoint, CancellationToken cancellationToken)
    {
        var session = new ServerSession(await ServerDialer.ConnectAsync(endpoint, ConnectionLimits.Default, cancellationToken));
        try
        {
            // COMPAT: a server of the first document speaks nothing else and refuses the question; that is as good.
            await session._connection.AskAsync("dialect message-service", cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>As <see cref="OpenAsync"/>; null when the server speaks the native protocol, which can do more.</summary>
    public static async Task<ServerSession?> OpenUnlessNativeAsync(ServerEndpoint endpoint, CancellationToken cancellationToken)
    {
        var session = new ServerSession(await ServerDialer.ConnectAsync(endpoint, ConnectionLimits.Default, cancellationToken));
        var isWanted = false;
        try
        {
            if ((await session._connection.AskLineAsync("dialect kabar", cancellationToken)).IsOk) return null;
            await session._connection.AskAsync("dialect message-service", cancellationToken);
            isWanted = true;
            return session;
        }
        finally
        {
            if (!isWanted) await session.DisposeAsync();
        }
    }

    public Task<ServerReply> AskAsync(string request, CancellationToken cancellationToken) =>
        _connection.AskAsync(request, cancellationToken);

    /// <summary>As <see cref="AskAsync"/>, where anything but OK ends the command.</summary>
    public async Task<ServerReply> DemandAsync(string request, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(request, cancellationToken);
        return reply.IsOk ? reply : throw new CommandFault(reply.Message);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
