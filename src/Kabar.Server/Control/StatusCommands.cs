using Kabar.Core;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Kabar.Storage;

namespace Kabar.Server.Control;

/// <summary>How a realm does. Everything is read from where it is kept anyway, so that it may be asked every two seconds.</summary>
/// <param name="realm">The realm.</param>
/// <param name="peers">The realms it is joined with.</param>
/// <param name="options">Its settings.</param>
/// <param name="backups">The backups of its data.</param>
/// <param name="clock">The time.</param>
/// <param name="server">The server, where one runs.</param>
internal sealed class StatusCommands(Realm realm, Peers peers, KabarOptions options, Backups backups, TimeProvider clock, RunningServer? server)
{
    public ControlReply Answer() => Answer(
        realm.Name.Value,
        realm.Figures,
        [.. peers.Links.Select(link => new PeerState(link.Peer.Realm.Value, peers.IsOffline ? PeerState.Offline : link.State, link.Outbox.Count, link.Outbox.Bytes))],
        options,
        backups,
        clock.GetUtcNow(),
        server);

    /// <summary>The same of a realm of which this is known; also of data that no server holds, and that stay as they are.</summary>
    public static ControlReply Answer(
        string realm, StoreFigures figures, IReadOnlyList<PeerState> peers, KabarOptions options, Backups backups, DateTimeOffset now, RunningServer? server = null) =>
        new()
        {
            Status = new StatusReport
            {
                Realm = realm,
                Version = ProgramVersion.Text,
                Now = now,
                Started = server?.Started,
                UptimeSeconds = server is null ? null : (long)(now - server.Started).TotalSeconds,
                Connections = server?.Connections.Count ?? 0,
                Listening = server?.Native.Listening ?? 0,
                Requests = server?.Metrics.Requests ?? 0,
                Refusals = server?.Metrics.Refused ?? 0,
                Accounts = figures.Accounts,
                Sessions = figures.Sessions,
                Messages = figures.Entries,
                Unindexed = figures.Unindexed,
                Unsearchable = figures.Unsearchable,
                CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
                ResidentBytes = Environment.WorkingSet,
                ManagedBytes = GC.GetTotalMemory(forceFullCollection: false),
                DatabaseBytes = backups.DataBytes,
                FreeBytes = backups.FreeBytes,
                Backup = backups.UnderWay is { } making ? new BackupProgress(making.Begun, making.Bytes, making.Of) : null,
                Registration = RegistrationModes.Word(options.RegistrationMode),
                Listeners = server?.Listening() ?? [],
                Peers = peers,
                Limits = [.. options.Limits.All().Select(limit => new LimitLine(limit.Name, limit.Value, limit.Meaning))],
            },
        };
}
