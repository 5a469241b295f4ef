using Kabar.Core;
using Kabar.Server.Control;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Kabar.Storage;
using Kabar.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kabar.Tests.Server.Control;

/// <summary>The commands about peers of a realm that has none, for tests of the other commands.</summary>
internal sealed class NoLinks : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteStore _store;
    private readonly Peers _peers;
    private readonly KabarOptions _options;
    private readonly List<OperatorCommands> _made = [];

    public NoLinks()
    {
        RealmName.TryParse("satu", out var name).ShouldBeTrue();
        _store = SqliteStore.Open(_folder["kabar.db"]);
        var options = new KabarOptions { Data = Path.GetDirectoryName(_folder["kabar.db"])! }; // a file in a folder
        _peers = new Peers(name, _store, options, LinkIdentity.Open(options.Data, name, TimeProvider.System), LegacyPeers.None, TimeProvider.System, NullLogger<Peers>.Instance);
        _options = options;
    }

    /// <summary>The commands for a realm whose data are here as far as files are concerned.</summary>
    public OperatorCommands CommandsFor(Realm realm)
    {
        var backups = new Backups(_options.Data, TimeProvider.System);
        var commands = new OperatorCommands(
            realm,
            new PeerCommands(_peers, TimeProvider.System),
            new StatusCommands(realm, _peers, _options, backups, TimeProvider.System, server: null),
            new BackupCommands(backups, TimeProvider.System));
        _made.Add(commands);
        return commands;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var commands in _made) commands.Dispose();
        await _peers.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
