using Kabar.Core;
using Kabar.Server.Control;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Kabar.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kabar.Tests.Server.Control;

/// <summary>The commands about peers of a realm that has none, for tests of the other commands.</summary>
internal sealed class NoLinks : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteStore _store;
    private readonly Peers _peers;

    public NoLinks()
    {
        RealmName.TryParse("satu", out var name).ShouldBeTrue();
        _store = SqliteStore.Open(_folder["kabar.db"]);
        var options = new KabarOptions { Data = Path.GetDirectoryName(_folder["kabar.db"])! }; // a file in a folder
        _peers = new Peers(name, _store, options, LinkIdentity.Open(options.Data, name, TimeProvider.System), LegacyPeers.None, TimeProvider.System, NullLogger<Peers>.Instance);
        Commands = new PeerCommands(_peers, TimeProvider.System);
    }

    public PeerCommands Commands { get; }

    public async ValueTask DisposeAsync()
    {
        await _peers.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
