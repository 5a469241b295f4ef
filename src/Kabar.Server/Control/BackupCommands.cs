using Kabar.Storage;

namespace Kabar.Server.Control;

/// <summary>What the operator can do for the safety of the data while a server runs.</summary>
internal sealed class BackupCommands(Backups backups, TimeProvider clock)
{
    public async ValueTask<ControlReply> MakeAsync()
    {
        var begun = clock.GetTimestamp();
        try
        {
            var made = await backups.MakeAsync();
            return new ControlReply { Backup = new BackupLine(made.Folder, made.Begun, made.Bytes, clock.GetElapsedTime(begun).TotalSeconds) };
        }
        catch (BackupRefusedException exception)
        {
            return new ControlReply { Error = exception.Message };
        }
    }

    public ControlReply List() => new() { Backups = [.. backups.List().Select(backup => new BackupLine(backup.Folder, backup.Begun, backup.Bytes, null))] };
}
