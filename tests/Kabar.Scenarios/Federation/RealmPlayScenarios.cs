using Kabar.Transcripts;

namespace Kabar.Scenarios.Federation;

/// <summary>What two realms do together, as plays: the document's walk-through, section by section, over its own link and over the native one.</summary>
public sealed class RealmPlayScenarios
{
    public static TheoryData<string, string> Performances
    {
        get
        {
            var performances = new TheoryData<string, string>();
            foreach (var link in Plays.Links)
                foreach (var name in Plays.NamesOver(link)) performances.Add(link, name);
            return performances;
        }
    }

    [Theory]
    [MemberData(nameof(Performances))]
    public async Task Two_realms_play(string link, string name)
    {
        var play = Plays.Named(name);
        await using var realms = await DocumentRealms.StartAsync(link);
        var player = new TranscriptPlayer(realms.ConnectToSatuAsync, play.Dialect)
        {
            Others = new Dictionary<string, OpenConnection> { ["dua"] = realms.ConnectToDuaAsync },
        };

        await player.PlayAsync(play.Transcript, TestContext.Current.CancellationToken);

        await realms.StopAsync();
    }
}
