using Kabar.Core;
using Kabar.Storage;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage;

public sealed class BackupsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeClock _clock = new();

    private string Data => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_appears_under_the_time_it_was_begun_when_it_is_whole()
    {
        await MakeAsync();
        var backups = new Backups(Data, _clock);
        backups.List().ShouldBeEmpty();

        var first = await backups.MakeAsync();
        _clock.Advance(TimeSpan.FromHours(1));
        var second = await backups.MakeAsync();

        backups.List().ShouldBe([first, second]);
        (second.Begun - first.Begun).ShouldBe(TimeSpan.FromHours(1));
        StoreCheck.Run(DataDirectory.DatabaseIn(second.Folder)).Problems.ShouldBeEmpty();
        second.Bytes.ShouldBe(new FileInfo(DataDirectory.DatabaseIn(second.Folder)).Length);
        backups.UnderWay.ShouldBeNull();
    }

    [Fact]
    public async Task One_is_made_at_a_time()
    {
        await MakeAsync();
        var backups = new Backups(Data, _clock);

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await backups.MakeAsync();
                return "";
            }
            catch (Exception exception) when (exception is BackupRefusedException or StoreException)
            {
                return exception.Message;
            }
        }));

        made.ShouldContain("");
        made.Where(message => message.Length > 0).ShouldAllBe(message => message.StartsWith("A backup is being made already", StringComparison.Ordinal) || message.StartsWith("The backup failed", StringComparison.Ordinal));
        backups.List().Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_process_that_died_left_half_made_is_no_backup_and_goes_with_the_next()
    {
        await MakeAsync();
        var half = Directory.CreateDirectory(Path.Combine(DataDirectory.BackupsIn(Data), "20260101T000000000Z.unfinished")).FullName;
        Directory.CreateDirectory(Path.Combine(DataDirectory.BackupsIn(Data), "mine"));
        var backups = new Backups(Data, _clock);

        backups.List().ShouldBeEmpty();
        await backups.MakeAsync();

        Directory.Exists(half).ShouldBeFalse();
        Directory.Exists(Path.Combine(DataDirectory.BackupsIn(Data), "mine")).ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_fails_leaves_nothing_and_the_next_can_be_made()
    {
        var backups = new Backups(Data, _clock);
        (await Should.ThrowAsync<StoreException>(backups.MakeAsync)).Message.ShouldContain("There are no data");
        Directory.EnumerateFileSystemEntries(DataDirectory.BackupsIn(Data)).ShouldBeEmpty();

        await MakeAsync();
        await backups.MakeAsync();
    }

    [Fact]
    public async Task One_that_would_leave_the_realm_no_room_is_refused_before_it_begins()
    {
        await MakeAsync();
        var size = new FileInfo(DataDirectory.DatabaseIn(Data)).Length;
        var needed = size + (size / 10) + (64 * 1024 * 1024);
        var free = needed - 1;
        var backups = new Backups(Data, _clock, () => free);

        (await Should.ThrowAsync<BackupRefusedException>(backups.MakeAsync)).Message.ShouldContain($"it takes {needed} bytes, and {free} are free");
        Directory.EnumerateFileSystemEntries(DataDirectory.BackupsIn(Data)).ShouldBeEmpty();
        backups.UnderWay.ShouldBeNull();

        free = needed;
        await backups.MakeAsync();
    }

    [Fact]
    public async Task The_folders_are_their_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        await MakeAsync();
        var made = await new Backups(Data, _clock).MakeAsync();
        foreach (var folder in new[] { made.Folder, DataDirectory.BackupsIn(Data) })
            File.GetUnixFileMode(folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task MakeAsync()
    {
        await using var store = SqliteStore.Open(DataDirectory.DatabaseIn(Data));
    }
}
