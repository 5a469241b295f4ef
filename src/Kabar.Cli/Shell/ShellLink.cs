using Kabar.Cli.Wire;

namespace Kabar.Cli.Shell;

/// <summary>The shell's connection, made anew when it was lost: the session belongs to none, so nothing else is lost with it.</summary>
/// <param name="dial">Makes a connection.</param>
/// <param name="dialect">The dialect to ask for on every new connection, or null to take the listener's as it is.</param>
internal sealed class ShellLink(Func<CancellationToken, Task<ServerConnection>> dial, string? dialect) : IAsyncDisposable
{
    private ServerConnection? _connection;

    public async Task<ServerConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (_connection is { IsGone: false }) return _connection;
        await DisposeAsync();
        _connection = await dial(cancellationToken);
        // COMPAT: a server of the documents speaks its one dialect and doesn't know this command; its refusal changes nothing.
        if (dialect is not null) await _connection.AskAsync($"dialect {dialect}", cancellationToken);
        return _connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is null) return;
        await _connection.DisposeAsync();
        _connection = null;
    }
}
