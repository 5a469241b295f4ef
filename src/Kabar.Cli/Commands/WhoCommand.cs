using System.CommandLine;
using System.Text.Json;
using Kabar.Cli.Accounts;
using Kabar.Cli.Terminal;
using Kabar.Cli.Wire;

namespace Kabar.Cli.Commands;

/// <summary>`kabar who`: the users that are logged in.</summary>
internal static class WhoCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("who", "Shows the active users, one a line: username and name.");
        var server = new ServerOptions(command);
        var json = new Option<bool>("--json") { Description = "Print them as the server's JSON." };
        command.Options.Add(json);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var login = server.ReadLogin(result, around);
            var token = login.Token;
            await using var session = await ServerSession.OpenAsync(login.Endpoint, cancellationToken);
            var reply = await session.DemandAsync($"actives {token}", cancellationToken);
            if (reply.Value("active") is not { ValueKind: JsonValueKind.Array } active)
                throw new CommandFault("The server's answer holds no users.");
            if (result.GetValue(json)) await around.Output.WriteLineAsync(active.GetRawText());
            else await WriteLinesAsync(active, around.Output);
        }));
        return command;
    }

    private static async Task WriteLinesAsync(JsonElement active, TextWriter output)
    {
        foreach (var user in active.EnumerateArray().Where(user => user.ValueKind == JsonValueKind.Object))
        {
            await output.WriteLineAsync($"{Field(user, "username")} ({Field(user, "nama")})");
        }
    }

    private static string Field(JsonElement user, string name) =>
        user.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Printable.Line(ServerReply.TextOf(value))
            : "";
}
