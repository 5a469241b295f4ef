using Kabar.Cli.Shell;
using Kabar.Cli.Terminal;

namespace Kabar.Tests.Cli.Terminal;

public sealed class HistoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kabar-history-").FullName;

    private string Path => System.IO.Path.Combine(_directory, "deep", "shell_history");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_was_typed_is_there_again_in_the_next_run()
    {
        var first = Open();
        first.Add("inbox");
        first.Add("inbox");
        first.Add("  ");
        first.Add("send lineker héé 漢");
        Lines(Open()).ShouldBe(["inbox", "send lineker héé 漢"]);
    }

    [Theory]
    [InlineData("auth messi surabaya")]
    [InlineData("  login shafwa mks")]
    [InlineData("AUTH messi surabaya")]
    [InlineData("auth\tmessi surabaya")]
    [InlineData("auth")]
    public void A_password_is_kept_nowhere(string line)
    {
        var history = Open();
        history.Add("inbox");
        history.Add(line);
        Lines(history).ShouldBe(["inbox"]);
        File.ReadAllText(Path).ShouldBe("inbox\n");
    }

    [Fact]
    public void Only_a_verb_counts_as_one_that_carries_a_password()
    {
        var history = Open();
        history.Add("send lineker auth messi");
        history.Add("authors");
        Lines(history).Count.ShouldBe(2);
    }

    [Fact]
    public void The_file_belongs_to_its_owner_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        Open().Add("inbox");
        File.GetUnixFileMode(Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(System.IO.Path.GetDirectoryName(Path)!)
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Open().Add("actives");
        File.GetUnixFileMode(Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void The_oldest_lines_go()
    {
        var history = Open(limit: 3);
        foreach (var line in (string[])["satu", "dua", "tiga", "empat", "lima"]) history.Add(line);
        Lines(history).ShouldBe(["tiga", "empat", "lima"]);
        Lines(Open(limit: 3)).ShouldBe(["tiga", "empat", "lima"]);
        File.ReadAllLines(Path).ShouldBe(["tiga", "empat", "lima"]);
    }

    [Fact]
    public void A_file_that_cannot_be_used_costs_nothing_but_the_memory()
    {
        Directory.CreateDirectory(Path); // a directory stands in its place
        var history = Open();
        history.Add("inbox");
        Lines(history).ShouldBe(["inbox"]);
    }

    private History Open(int limit = 100) => new(Path, ShellDialects.CarriesPassword, limit);

    private static List<string> Lines(History history) => [.. Enumerable.Range(0, history.Count).Select(index => history[index])];
}
