using Kabar.Cli.Wire;
using Kabar.Client;

namespace Kabar.Cli.Accounts;

/// <summary>Clients of the native protocol, for the server and the session of a command.</summary>
internal static class RealmClient
{
    /// <summary>Options for a server as the command line names it.</summary>
    public static async Task<KabarClientOptions> OptionsAsync(ServerEndpoint endpoint, string language, CancellationToken cancellationToken)
    {
        var fingerprint = endpoint.Trust?.Pin;
        if (endpoint.Trust is { AcceptsAny: true })
        {
            // Whoever trusts any certificate trusts the one that is shown now, and from then on no other.
            await using var connection = await ServerDialer.ConnectAsync(endpoint, ConnectionLimits.Default, cancellationToken);
            fingerprint = connection.Fingerprint;
        }

        var scheme = endpoint.Trust is null ? "tcp" : "tls";
        return new KabarClientOptions { Server = new Uri($"{scheme}://{endpoint.Address}"), Fingerprint = fingerprint, Language = language };
    }

    /// <summary>A client that goes on with the session of a login.</summary>
    public static async Task<KabarClient> ResumeAsync(CurrentLogin login, CancellationToken cancellationToken)
    {
        var client = new KabarClient(await OptionsAsync(login.Endpoint, "id", cancellationToken));
        try
        {
            await client.ResumeAsync(login.Token, cancellationToken);
            return client;
        }
        catch (KabarException refused)
        {
            await client.DisposeAsync();
            throw new CommandFault(refused.Message);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }
}
