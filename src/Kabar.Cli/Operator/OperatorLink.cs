using System.Net.Sockets;
using System.Text.Json;
using Kabar.Core;
using Kabar.Server.Control;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Kabar.Storage;
using Kabar.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kabar.Cli.Operator;

/// <summary>
/// The way to a realm for its operator: through the control socket of the server that holds the data, or, when none does, to the data
/// themselves. The same commands do the work in either case.
/// </summary>
internal abstract class OperatorLink : IAsyncDisposable
{
    /// <summary>Finds the way.</summary>
    /// <param name="options">The settings: where the data are, and the limits and peers, which hold also while no server runs.</param>
    /// <param name="mayMake">Whether data are made where there are none; otherwise a mistyped folder is told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<OperatorLink> OpenAsync(KabarOptions options, bool mayMake, CancellationToken cancellationToken)
    {
        if (!mayMake) ExpectData(options.Data);
        return DataDirectory.TryHold(options.Data) is { } held ? await DirectLink.OpenAsync(held, options, cancellationToken) : await ConnectAsync(options.Data, cancellationToken);
    }

    /// <summary>Finds the way for a backup or the status, which leave data that no server holds as they are: they are not brought to the schema of this program.</summary>
    public static async Task<OperatorLink> OpenUnchangedAsync(KabarOptions options, CancellationToken cancellationToken)
    {
        ExpectData(options.Data);
        return DataDirectory.TryHold(options.Data) is { } held ? new UnchangedLink(held, options) : await ConnectAsync(options.Data, cancellationToken);
    }

    /// <summary>Asks, and throws what went wrong as a sentence.</summary>
    public async Task<ControlReply> AskAsync(ControlRequest request, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(request, cancellationToken);
        return reply.Error is null ? reply : throw new CommandFault(reply.Error);
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<ControlReply> SendAsync(ControlRequest request, CancellationToken cancellationToken);

    private static void ExpectData(string data)
    {
        if (!File.Exists(DataDirectory.DatabaseIn(data))) throw new CommandFault($"There are no data in {data}.");
    }

    private static async Task<OperatorLink> ConnectAsync(string data, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(DataDirectory.ControlSocketIn(Path.GetFullPath(data))), cancellationToken);
            return new SocketLink(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new CommandFault($"Another kabar holds {data} and does not answer ({exception.Message}).");
        }
    }

    private sealed class UnchangedLink(DataDirectory held, KabarOptions options) : OperatorLink
    {
        public override ValueTask DisposeAsync()
        {
            held.Dispose();
            return ValueTask.CompletedTask;
        }

        protected override async Task<ControlReply> SendAsync(ControlRequest request, CancellationToken cancellationToken)
        {
            var backups = new Backups(held.Path, TimeProvider.System);
            return request.Do switch
            {
                "backup" => await new BackupCommands(backups, TimeProvider.System).MakeAsync(),
                "backup list" => new BackupCommands(backups, TimeProvider.System).List(),
                "status" => Status(StoreGlance.Take(held.Database), backups),
                _ => throw new NotSupportedException($"\"{request.Do}\" may change the data."),
            };
        }

        private ControlReply Status(StoreGlance data, Backups backups) => StatusCommands.Answer(
            data.Realm ?? KabarHost.Unnamed,
            data.Figures,
            [.. data.Queues.Select(queue => new PeerState(queue.Realm, PeerState.Offline, queue.Count, queue.Bytes))],
            options,
            backups,
            TimeProvider.System.GetUtcNow());
    }

    private sealed class DirectLink(DataDirectory held, SqliteStore store, Peers peers, Realm realm, OperatorCommands commands) : OperatorLink
    {
        public static async Task<OperatorLink> OpenAsync(DataDirectory held, KabarOptions options, CancellationToken cancellationToken)
        {
            SqliteStore? store = null;
            try
            {
                store = SqliteStore.Open(held.Database);
                var name = KabarHost.StoredName(store);
                var peers = new Peers(name, store, options, LinkIdentity.Open(held.Path, name, TimeProvider.System), LegacyPeers.Of(options, TimeProvider.System), TimeProvider.System, NullLogger<Peers>.Instance);
                var realm = new Realm(name, store, options.ForRealm(), TimeProvider.System, peers);
                await peers.StartAsync(realm, isOffline: true, cancellationToken);
                var backups = new Backups(held.Path, TimeProvider.System);
                var commands = new OperatorCommands(
                    realm,
                    new PeerCommands(peers, TimeProvider.System),
                    new StatusCommands(realm, peers, options, backups, TimeProvider.System, server: null),
                    new BackupCommands(backups, TimeProvider.System));
                return new DirectLink(held, store, peers, realm, commands);
            }
            catch
            {
                if (store is not null) await store.DisposeAsync();
                held.Dispose();
                throw;
            }
        }

        public override async ValueTask DisposeAsync()
        {
            commands.Dispose();
            await peers.DisposeAsync();
            await realm.DisposeAsync();
            await store.DisposeAsync();
            held.Dispose();
        }

        protected override Task<ControlReply> SendAsync(ControlRequest request, CancellationToken cancellationToken) => commands.ExecuteAsync(request, cancellationToken);
    }

    private sealed class SocketLink : OperatorLink
    {
        private readonly NetworkStream _stream;
        private readonly StreamReader _reader;

        public SocketLink(Socket socket)
        {
            _stream = new NetworkStream(socket, ownsSocket: true);
            _reader = new StreamReader(_stream);
        }

        public override ValueTask DisposeAsync()
        {
            _reader.Dispose();
            return _stream.DisposeAsync();
        }

        protected override async Task<ControlReply> SendAsync(ControlRequest request, CancellationToken cancellationToken)
        {
            await _stream.WriteAsync(new ReadOnlyMemory<byte>([.. JsonSerializer.SerializeToUtf8Bytes(request, ControlJson.Default.ControlRequest), (byte)'\n']), cancellationToken);
            var line = await _reader.ReadLineAsync(cancellationToken) ?? throw new CommandFault("The server has gone away.");
            return JsonSerializer.Deserialize(line, ControlJson.Default.ControlReply) ?? throw new CommandFault("The server's answer is empty.");
        }
    }
}
