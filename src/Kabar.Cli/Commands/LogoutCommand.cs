using System.CommandLine;
using Kabar.Cli.Accounts;

namespace Kabar.Cli.Commands;

/// <summary>`kabar logout`: ends the session, then forgets it.</summary>
internal static class LogoutCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("logout", "Ends the session of the last login, or that of KABAR_TOKEN, and forgets it.");
        var server = new ServerOptions(command);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var login = server.ReadLogin(result, around);
            var token = login.Token;
            await using var session = await ServerSession.OpenAsync(login.Endpoint, cancellationToken);
            var reply = await session.AskAsync($"logout {token}", cancellationToken);
            // A session the server no longer knows has ended too; any other refusal keeps it here, so that it can be tried again.
            if (!reply.IsOk && reply.Message != "Session Tidak Ditemukan") throw new CommandFault(reply.Message);
            if (login.IsStored) login.File.Forget();
            await around.Output.WriteLineAsync("logged out");
        }));
        return command;
    }
}
