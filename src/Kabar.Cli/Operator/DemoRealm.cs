using System.Text;
using Kabar.Core;
using Kabar.Server.Control;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kabar.Cli.Operator;

/// <summary>A realm of the demo: its users, its folder, its server in this process.</summary>
internal sealed class DemoRealm : IAsyncDisposable
{
    private readonly KabarHost _host;

    private DemoRealm(KabarHost host, string data, IReadOnlyList<SampleUser> users) => (_host, Data, Users) = (host, data, users);

    /// <summary>Its name.</summary>
    public RealmName Name => _host.Realm.Name;

    /// <summary>What other commands are given as <c>--data</c>.</summary>
    public string Data { get; }

    /// <summary>Who may log in.</summary>
    public IReadOnlyList<SampleUser> Users { get; }

    /// <summary>Where it listens.</summary>
    public string Address => _host.LineEndPoints.First().ToString();

    /// <summary>Where browsers go.</summary>
    public string Page => $"http://{_host.HttpEndPoint}/";

    /// <summary>Where programs connect with WebSockets.</summary>
    public string WebSocket => $"ws://{_host.HttpEndPoint}/ws";

    /// <summary>Starts it. Its link listens on a free port, of this machine alone.</summary>
    public static async Task<DemoRealm> StartAsync(string name, string data, string listen, string http, IReadOnlyList<SampleUser> users, CancellationToken cancellationToken)
    {
        var options = new KabarOptions { Data = data, Realm = name, Listen = [listen], Http = http, Link = "127.0.0.1:0" };
        options.Validate();
        var quiet = new ConfigurationBuilder().AddInMemoryCollection([new("Logging:LogLevel:Default", "Warning")]).Build();
        var realm = new DemoRealm(await KabarHost.StartAsync(options, quiet, TimeProvider.System, cancellationToken), data, users);
        try
        {
            await Task.WhenAll(users.Select(user => realm.AddAsync(user, cancellationToken)));
            return realm;
        }
        catch
        {
            await realm.DisposeAsync();
            throw;
        }
    }

    /// <summary>Joins it with another as two operators would, with a code; both links stand then.</summary>
    public async Task JoinAsync(DemoRealm other, CancellationToken cancellationToken)
    {
        var code = await _host.Peers.InviteAsync(null, cancellationToken);
        var accepted = await new PeerCommands(other._host.Peers, TimeProvider.System).AcceptAsync(new ControlRequest { Do = "peer accept", Code = code.Write() }, cancellationToken);
        if (accepted.Error is { } error) throw new CommandFault(error);
        if (_host.Peers.FindLink(other.Name) is { } link) await StandsAsync(link, cancellationToken);
    }

    /// <summary>Completes when the process is asked to stop.</summary>
    public Task WaitForStopAsync(CancellationToken cancellationToken) => _host.WaitForStopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    // The one that dialled knows it a moment before the other.
    private static async Task StandsAsync(PeerLink link, CancellationToken cancellationToken)
    {
        for (var changed = link.Changed; link.Session is null; changed = link.Changed) await changed.WaitAsync(cancellationToken);
    }

    private async Task AddAsync(SampleUser user, CancellationToken cancellationToken)
    {
        var added = await _host.Realm.Accounts.AddAsync(
            user.Username, user.DisplayName, [new(user.Attribute, user.Value)], new Password(Encoding.UTF8.GetBytes(user.Password)), user.IsAdmin, cancellationToken);
        if (!added.TryGet(out _, out var refusal)) throw new CommandFault($"The demo's user {user.Username} was refused: {refusal}.");
    }
}
