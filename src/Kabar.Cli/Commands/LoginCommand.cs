using System.CommandLine;
using Kabar.Cli.Accounts;
using Kabar.Cli.Wire;

namespace Kabar.Cli.Commands;

/// <summary>`kabar login`: a session for the commands that come after it.</summary>
internal static class LoginCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("login",
            "Logs in and keeps the session for send, inbox, who and logout. Asks for server, username and password; "
            + "from a pipe it reads the username (unless given) and the password, a line each.");
        var server = new ServerOptions(command);
        var username = new Option<string>("--username") { Description = "Who to log in as.", HelpName = "NAME" };
        command.Options.Add(username);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var file = new StoredLoginFile(around.ConfigurationDirectory);
            var asked = server.Read(result, () => AskServer(around)) ?? AskServer(around);
            var endpoint = new CurrentLogin(asked, around).Endpoint;
            var name = WithoutBlanks("username", result.GetValue(username) ?? Ask(around, "Username: ", isSecret: false));
            var password = WithoutBlanks("password", Ask(around, "Password: ", isSecret: true));
            await LogInAsync(endpoint, name, password, file, cancellationToken);
            await around.Output.WriteLineAsync($"username {name} logged in at {endpoint.Address}");
        }));
        return command;
    }

    private static async Task LogInAsync(
        ServerEndpoint endpoint, string name, string password, StoredLoginFile file, CancellationToken cancellationToken)
    {
        await using var session = await ServerSession.OpenAsync(endpoint, cancellationToken);
        var reply = await session.DemandAsync($"auth {name} {password}", cancellationToken);
        var token = reply.Token ?? throw new CommandFault("The server's answer holds no session.");
        // Whoever trusted any certificate now trusts this one: from here on another would be somebody else's.
        var pin = endpoint.Trust is { AcceptsAny: true } ? session.Fingerprint : endpoint.Trust?.Pin;
        file.Save(new StoredLogin(endpoint.Address.ToString(), endpoint.Trust is not null, pin, name, token));
    }

    private static ServerEndpoint AskServer(Surroundings around)
    {
        var fallback = new CurrentLogin(asked: null, around).Endpoint;
        if (around.Ask is null || CurrentLogin.FromVariable(around) is not null) return fallback;
        var answer = around.Ask($"Server [{fallback.Address}]: ", false)?.Trim();
        if (string.IsNullOrEmpty(answer)) return fallback;
        return ServerAddress.TryParse(answer, out var address)
            ? new ServerEndpoint(address)
            : throw new CommandFault($"A server reads HOST:PORT, not {answer}.");
    }

    private static string Ask(Surroundings around, string question, bool isSecret) =>
        (around.Ask is null ? around.Input.ReadLine() : around.Ask(question, isSecret))
        ?? throw new CommandFault("There was no answer; nothing was done.");

    // The protocol parts its fields by blanks: the rest of such a name or password would be silently dropped.
    private static string WithoutBlanks(string what, string answer)
    {
        if (answer.Length == 0) throw new CommandFault($"The {what} is empty.");
        return answer.Any(character => char.IsWhiteSpace(character) || char.IsControl(character))
            ? throw new CommandFault($"The {what} cannot hold a blank.")
            : answer;
    }
}
