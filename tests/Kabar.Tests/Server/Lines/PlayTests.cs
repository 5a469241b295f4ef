using Kabar.Transcripts;

namespace Kabar.Tests.Server.Lines;

public sealed class PlayTests
{
    public static TheoryData<string> Names => [.. Plays.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_realm_in_memory_plays(string name)
    {
        var play = Plays.Named(name);
        await using var realm = await RealmInMemory.OpenAsync(TestContext.Current.CancellationToken, play.Transcript.Registration?.Mode ?? "off");

        await new TranscriptPlayer(realm.ConnectAsync, play.Dialect) { Invite = realm.InviteAsync }.PlayAsync(play.Transcript, TestContext.Current.CancellationToken);
    }
}
