using Kabar.Scenarios.Running;
using Kabar.Transcripts;

namespace Kabar.Scenarios;

public sealed class PlayScenarios
{
    private const string Secure = "kabar,tls";

    public static TheoryData<string> Names => [.. Plays.Names];

    public static TheoryData<string> NativeNames => [.. Plays.NativeNames];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_executable_plays(string name)
    {
        var play = Plays.Named(name);
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, SettingsOf(play));

        await PlayAsync(play, data, server.ConnectAsync);

        await server.StopAsync();
    }

    [Theory]
    [MemberData(nameof(NativeNames))]
    public async Task The_executable_plays_over_TLS(string name)
    {
        var play = Plays.Named(name);
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, [.. Plays.Dialects, Secure], SettingsOf(play));

        await PlayAsync(play, data, (dialect, cancellationToken) => dialect == Plays.Native ? server.ConnectOverTlsAsync(Secure, cancellationToken) : server.ConnectAsync(dialect, cancellationToken));

        await server.StopAsync();
    }

    [Theory]
    [MemberData(nameof(NativeNames))]
    public async Task The_executable_plays_over_WebSocket(string name)
    {
        var play = Plays.Named(name);
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, Plays.Dialects, SettingsOf(play), http: true);

        await PlayAsync(play, data, (dialect, cancellationToken) => dialect == Plays.Native ? server.ConnectOverWebSocketAsync(cancellationToken) : server.ConnectAsync(dialect, cancellationToken));

        await server.StopAsync();
    }

    private static Dictionary<string, string> SettingsOf(Play play)
    {
        var settings = new Dictionary<string, string> { ["Realm"] = "satu" };
        if (play.Transcript.Registration is { Mode: var mode }) settings["Registration"] = mode;
        return settings;
    }

    private static Task PlayAsync(Play play, DataDirectory data, OpenConnection open)
    {
        var player = new TranscriptPlayer(open, play.Dialect)
        {
            Invite = async () => (await KabarCommand.RunAsync("user", "invite", "--data", data.Location)).ShouldHaveDone().Output.Trim(),
        };
        return player.PlayAsync(play.Transcript, TestContext.Current.CancellationToken);
    }
}
