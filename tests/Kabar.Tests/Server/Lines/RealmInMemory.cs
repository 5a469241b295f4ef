using System.IO.Pipelines;
using System.Net;
using System.Text;
using Kabar.Core;
using Kabar.Server.Connections;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Kabar.Server.Lines;
using Kabar.Server.Native;
using Kabar.Storage.Sqlite;
using Kabar.Transcripts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kabar.Tests.Server.Lines;

/// <summary>A realm with the sample accounts on a store of its own, and line connections over pipes: everything but Kestrel.</summary>
internal sealed class RealmInMemory : IAsyncDisposable
{
    private static readonly Task<IReadOnlyList<string>> Hashes = HashAsync();
    private readonly string _folder = Directory.CreateTempSubdirectory("kabar-").FullName;
    private readonly SqliteStore _store;
    private readonly Realm _realm;
    private readonly ConnectionRegistry _registry;
    private readonly KabarMetrics _metrics;
    private readonly ConnectionDoor _door;
    private readonly List<Task> _connections = [];

    private RealmInMemory(string registration)
    {
        var limits = new Limits();
        var options = new KabarOptions { Limits = limits, Registration = registration };
        _ = RealmName.TryParse("satu", out var name);
        _store = SqliteStore.Open(Path.Combine(_folder, "kabar.db"), searchIndex: Path.Combine(_folder, "search.db"));
        _realm = new Realm(name, _store, options.ForRealm(), TimeProvider.System);
        _registry = new ConnectionRegistry(limits, TimeProvider.System);
        _metrics = new KabarMetrics(_registry);
        var sessions = new SessionWatches(_realm);
        var lines = new LineFrontEnd(_realm, NoPeers.Instance, LegacyPeers.None, sessions, limits, _registry, _metrics, TimeProvider.System, NullLogger<LineFrontEnd>.Instance);
        var native = new NativeFrontEnd(_realm, NoPeers.Instance, sessions, options, _metrics, TimeProvider.System, NullLogger<NativeFrontEnd>.Instance);
        _door = new ConnectionDoor(lines, native, _registry, limits, _metrics, TimeProvider.System, NullLogger<ConnectionDoor>.Instance);
    }

    /// <summary>Opens it; people may register when it is said so: <c>invite</c>, <c>open</c>.</summary>
    public static async Task<RealmInMemory> OpenAsync(CancellationToken cancellationToken, string registration = "off")
    {
        var realm = new RealmInMemory(registration);
        var hashes = await Hashes;
        foreach (var (account, hash) in SampleAccounts.All.Zip(hashes))
        {
            KeyValuePair<string, string>[] attributes = [new(account.Attribute, account.AttributeValue)];
            var added = await realm._realm.Accounts.AddHashedAsync(account.Username, account.DisplayName, attributes, hash, isAdmin: false, cancellationToken);
            added.TryGet(out _, out var refusal).ShouldBeTrue(refusal.ToString());
        }

        return realm;
    }

    public ValueTask<Stream> ConnectAsync(string dialect, CancellationToken cancellationToken)
    {
        var toServer = new Pipe();
        var toClient = new Pipe();
        var spoken = Speech.Find(dialect) ?? throw new ArgumentException($"There is no dialect {dialect}.", nameof(dialect));
        _connections.Add(ServeAsync(new PipePair(toServer.Reader, toClient.Writer), spoken));
        return ValueTask.FromResult<Stream>(new DuplexStream(toClient.Reader.AsStream(), toServer.Writer.AsStream()));
    }

    /// <summary>Makes an invitation code that works once.</summary>
    public Task<string> InviteAsync() => _realm.Registrations.InviteAsync(uses: 1, TimeSpan.FromDays(1)).AsTask();

    public async ValueTask DisposeAsync()
    {
        _registry.Stop();
        await Task.WhenAll(_connections);
        _metrics.Dispose();
        await _realm.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<IReadOnlyList<string>> HashAsync()
    {
        using var hasher = new PasswordHasher();
        var hashes = new List<string>();
        foreach (var account in SampleAccounts.All)
            hashes.Add(await hasher.HashAsync(new Password(Encoding.UTF8.GetBytes(account.Password)), CancellationToken.None));
        return hashes;
    }

    private async Task ServeAsync(PipePair transport, Speech speech)
    {
        await _door.ServeAsync(transport, speech, new IPEndPoint(IPAddress.Loopback, 1), static () => { });
        await transport.Input.CompleteAsync();
        await transport.Output.CompleteAsync();
    }

    private sealed record PipePair(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
