using Kabar.Cli.Shell;
using Kabar.Cli.Terminal;
using Kabar.Cli.Wire;
using Kabar.Tests.Cli.Wire;

namespace Kabar.Tests.Cli.Shell;

/// <summary>A shell fed with lines against a scripted server.</summary>
internal static class ShellRun
{
    /// <summary>What it prints; the server has been asked exactly this, and nothing after it.</summary>
    public static async Task<string> AnsweringAsync(string dialect, string[] typed, params (string Request, string Reply)[] turns)
    {
        await using var server = ScriptedServer.Start(async connection =>
        {
            await ScriptedServer.AnswerAsync(connection, turns);
            await connection.ExpectEndAsync();
        });
        return await AgainstAsync(server, dialect, new StringReader(string.Join('\n', typed)));
    }

    public static async Task<string> AgainstAsync(ScriptedServer server, string dialect, TextReader typed, bool traces = false, string? asked = null)
    {
        var output = new StringWriter { NewLine = "\n" };
        await AgainstAsync(server, dialect, new PlainLines(typed, output), ConnectionLimits.Default, traces, asked);
        return output.ToString();
    }

    public static async Task AgainstAsync(
        ScriptedServer server, string dialect, ILineSource lines, ConnectionLimits limits, bool traces = false, string? asked = null)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using (var link = new ShellLink(token => ServerDialer.ConnectAsync(EndpointOf(server), limits, token), asked))
        {
            await link.OpenAsync(late.Token);
            var client = new ShellClient(ShellDialects.All.Single(known => known.Name == dialect), link, lines, History.InMemory(), traces);
            await client.RunAsync(late.Token);
        }

        await server.PlayedAsync();
    }

    public static ServerEndpoint EndpointOf(ScriptedServer server) => new(new ServerAddress("127.0.0.1", server.Port));
}
