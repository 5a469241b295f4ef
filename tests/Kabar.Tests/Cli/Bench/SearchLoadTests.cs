using System.Text;
using Kabar.Cli.Bench;

namespace Kabar.Tests.Cli.Bench;

public sealed class SearchLoadTests
{
    [Fact]
    public async Task Every_kind_of_search_is_measured_and_finds_what_it_should()
    {
        using var folder = new TemporaryFolder();
        var result = await SearchLoad.RunAsync(new BenchOptions { Count = 3_000, Data = folder.Path }, _ => { }, TestContext.Current.CancellationToken).BeforeDeadline();

        result.IsSound.ShouldBeTrue();
        var search = result.Search.ShouldNotBeNull();
        search.Messages.ShouldBe(3_000);
        search.Searches.ShouldAllBe(kind => kind.Latency.Longest > 0);
        Found("a frequent word").ShouldBeGreaterThan(Found("a common word"));
        Found("two letters*").ShouldBeGreaterThan(0);
        Found("a word nobody has said").ShouldBe(0);
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();

        double Found(string kind) => search.Searches.Single(searches => searches.Kind == kind).Found;
    }

    [Fact]
    public void Words_are_the_same_each_time_and_the_first_come_most_often()
    {
        var (words, again) = (new BenchWords(), new BenchWords());
        Enumerable.Range(0, BenchWords.Count).ShouldAllBe(rank => words[rank] == again[rank]);
        var random = new Random(1);
        var said = Enumerable.Range(0, 20_000).Select(_ => words.Next(random)).CountBy(word => word).ToDictionary();
        said[words[0]].ShouldBeGreaterThan(said[words[1]]);
        said[words[1]].ShouldBeGreaterThan(said[words[10]]);
    }

    [Fact]
    public void A_text_that_is_filled_has_no_blank_at_its_end()
    {
        var (words, random) = (new BenchWords(), new Random(1));
        for (var length = 1; length < 200; length++)
        {
            var text = new byte[length];
            words.Fill(random, text);
            Encoding.ASCII.GetString(text).Trim().Length.ShouldBe(length);
        }
    }
}
