using System.Diagnostics;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

public sealed class SqliteLibraryTests
{
    private static readonly bool IsChild = Environment.GetEnvironmentVariable("KABAR_SQLITE") == "bundled";

    [Fact]
    public void The_library_in_use_is_the_one_asked_for()
    {
        var version = Version.Parse(SqliteStore.LibraryVersion);
        if (IsChild) version.ShouldBe(new Version(3, 35, 5));
        else version.ShouldBeGreaterThanOrEqualTo(new Version(3, 35, 5));
    }

    [Fact]
    public async Task Everything_about_the_store_holds_with_the_bundled_library_too()
    {
        Assert.SkipWhen(IsChild, "This is the process that runs with the bundled library.");

        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Kabar.Tests"), ["-noLogo", "-noColor", "-namespace", typeof(SqliteLibraryTests).Namespace!]) // has one
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["KABAR_SQLITE"] = "bundled" },
        };
        using var child = Process.Start(start).ShouldNotBeNull();
        var (output, error) = (child.StandardOutput.ReadToEndAsync(), child.StandardError.ReadToEndAsync());
        await child.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));

        child.ExitCode.ShouldBe(0, (await output) + (await error));
        (await output).ShouldContain("Skipped: 1");
    }
}
