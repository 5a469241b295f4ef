using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation;

/// <summary>A group whose home is one realm, with members at another, through the raw view of the document.</summary>
public sealed class GroupScenarios
{
    [Fact]
    public async Task A_group_is_one_across_two_realms()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");
        await using var james = await realms.Dua.UserAsync("james");

        // 1. Messi makes it, James finds it at the other realm.
        await using var home = await messi.EnterAsync("batak");
        await home.ShowsAsync("messi telah bergabung");
        await using var away = await james.EnterAsync("batak");
        await away.ShowsAsync("james telah bergabung");
        await home.ShowsAsync("james telah bergabung");

        // 2. Both talk, both see both.
        await home.SayAsync("halo gaes");
        await away.ShowsAsync("messi: halo gaes");
        await away.SayAsync("apa kabar?");
        await home.ShowsAsync("james: apa kabar?");
        await away.ShowsAsync("james: apa kabar?");
        await realms.AgreeAsync("batak", ["halo gaes", "apa kabar?"]);

        // 3. James leaves; Messi is told, and goes on.
        await away.ExitAsync();
        await home.ShowsAsync("james meninggalkan group");
        await home.SayAsync("sampai jumpa");
        await home.ShowsAsync("messi: sampai jumpa");
        away.Text.ShouldNotContain("sampai jumpa");
        home.Shown("apa kabar?").ShouldBe(1);
        (await realms.Dua.ExportAsync()).Groups("batak").Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_member_says_while_the_home_is_away_appears_once_when_it_is_back()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");
        await using var james = await realms.Dua.UserAsync("james");
        await using var home = await messi.EnterAsync("batak");
        await home.ShowsAsync("messi telah bergabung");
        await using var away = await james.EnterAsync("batak");
        await away.ShowsAsync("james telah bergabung");
        string[] texts = [.. Enumerable.Range(1, 10).Select(number => FormattableString.Invariant($"<{number}>"))];
        foreach (var text in texts[..3]) await away.SayAsync(text);
        await away.ShowsAsync(texts[2]);

        // It is killed in the middle of what he says.
        await away.SayAsync(texts[3]);
        await realms.Satu.KillAsync();
        foreach (var text in texts[4..]) await away.SayAsync(text);
        await Eventually.BecomesTrueAsync(async () => (await realms.Dua.PeerAsync("satu")).Queue >= texts.Length - 4, "what he says waits");
        away.Text.ShouldNotContain(texts[^1]);

        // His own realm too.
        await realms.Dua.KillAsync();
        await realms.Dua.StartAsync();
        await realms.Satu.StartAsync();

        await realms.AgreeAsync("batak", texts);
        await realms.AreIdleAsync();
        (await realms.Satu.ExportAsync()).History("batak").Count(entry => texts.Contains(entry.Text)).ShouldBe(texts.Length);
    }

    [Fact]
    public async Task A_view_that_outlives_the_home_shows_everything_once()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");
        await using var james = await realms.Dua.UserAsync("james");
        await using var home = await messi.EnterAsync("batak");
        await home.ShowsAsync("messi telah bergabung");
        await using var away = await james.EnterAsync("batak");
        await away.ShowsAsync("james telah bergabung");

        await realms.Satu.KillAsync();
        await away.SayAsync("<sendiri>");
        await realms.Satu.StartAsync();
        await using var again = await messi.EnterAsync("batak");

        await away.ShowsAsync("james: <sendiri>");
        await again.SayAsync("<kembali>");
        await away.ShowsAsync("messi: <kembali>");
        away.Shown("<sendiri>").ShouldBe(1);
        away.Shown("<kembali>").ShouldBe(1);
        away.Text.ShouldNotContain("meninggalkan");
        await realms.AgreeAsync("batak", ["<sendiri>", "<kembali>"]);
    }

    [Fact]
    public async Task A_home_put_back_to_a_backup_fetches_from_its_replica_what_it_lacks()
    {
        await using var realms = await TwoRealms.JoinedAsync();
        await using var messi = await realms.Satu.UserAsync("messi");
        await using var james = await realms.Dua.UserAsync("james");
        await using var home = await messi.EnterAsync("batak");
        await home.ShowsAsync("messi telah bergabung");
        await using var away = await james.EnterAsync("batak");
        await away.ShowsAsync("james telah bergabung");
        await home.SayAsync("<sebelum>");
        await away.ShowsAsync("<sebelum>");
        await realms.Satu.BackupAsync(realms.Satu.Beside("backup"));

        // 1. After the backup: the home gives positions that only the replica will know.
        string[] texts = ["<sebelum>", "<satu>", "<dua>", "<tiga>", "<sesudah>"];
        await home.SayAsync("<satu>");
        await away.ShowsAsync("<satu>");
        await away.SayAsync("<dua>");
        await away.ShowsAsync("<dua>");
        await home.SayAsync("<tiga>");
        await away.ShowsAsync("<tiga>");
        var ahead = (await realms.Dua.ExportAsync()).History("batak");

        // 2. The home is put back. What it had given is given again, to the same entries.
        await realms.Satu.StopAsync();
        await realms.Satu.RestoreAsync(realms.Satu.Beside("backup"));
        await realms.Satu.StartAsync();
        await realms.AgreeAsync("batak", texts[..4]);
        (await realms.Satu.ExportAsync()).History("batak").Take(ahead.Count).Select(entry => entry.Shared).ShouldBe(ahead.Select(entry => entry.Shared));

        // 3. What is said from now on comes after.
        await away.SayAsync("<sesudah>");
        await away.ShowsAsync("<sesudah>");
        await realms.AgreeAsync("batak", texts);
        away.Shown("<tiga>").ShouldBe(1);
    }
}
