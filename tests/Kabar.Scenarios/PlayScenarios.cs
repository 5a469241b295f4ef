using Kabar.Scenarios.Running;
using Kabar.Transcripts;

namespace Kabar.Scenarios;

public sealed class PlayScenarios
{
    public static TheoryData<string> Names => [.. Plays.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_executable_plays(string name)
    {
        var play = Plays.Named(name);
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, new Dictionary<string, string> { ["Realm"] = "satu" });

        await new TranscriptPlayer(server.ConnectAsync, play.Dialect).PlayAsync(play.Transcript, TestContext.Current.CancellationToken);

        await server.StopAsync();
    }
}
