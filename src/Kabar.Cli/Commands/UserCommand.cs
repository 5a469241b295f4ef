using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kabar.Cli.Operator;
using Kabar.Server.Control;

namespace Kabar.Cli.Commands;

/// <summary>`kabar user`: accounts, beside a running server and without one.</summary>
internal static class UserCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("user", "Accounts: add, invite, import, list, passwd, sessions, logout, grant, revoke, disable, enable, remove. Works beside a running server and without one.");
        command.Subcommands.Add(Add(around));
        command.Subcommands.Add(Invite(around));
        command.Subcommands.Add(Import(around));
        command.Subcommands.Add(List(around));
        command.Subcommands.Add(Change(around, "passwd", "Gives a user a new password, from a prompt or standard input, and ends the user's sessions.", needsPassword: true));
        command.Subcommands.Add(Sessions(around));
        command.Subcommands.Add(LogOut(around));
        command.Subcommands.Add(Change(around, "grant", "Gives an account the right to administer the realm, in the browser."));
        command.Subcommands.Add(Change(around, "revoke", "Takes that right."));
        command.Subcommands.Add(Change(around, "disable", "Switches an account off: its sessions end, and nobody can write to it."));
        command.Subcommands.Add(Change(around, "enable", "Switches an account on again."));
        command.Subcommands.Add(Change(around, "remove", "Removes an account. What it said stays with those it was said to."));
        return command;
    }

    private static Command Add(Surroundings around)
    {
        var command = new Command("add", "Makes an account. The password is read from a prompt or standard input.");
        var settings = new SettingsOptions(command);
        var username = UsernameArgument(command);
        var name = new Option<string?>("--name") { Description = "The name that people see (nama).", HelpName = "NAME" };
        var attributes = new Option<string[]>("--set") { Description = "An attribute, such as negara=Argentina. May be repeated.", HelpName = "KEY=VALUE" };
        var isAdmin = new Option<bool>("--admin") { Description = "May administer the realm." };
        attributes.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
                if (token.Value.IndexOf('=', StringComparison.Ordinal) < 1) result.AddError($"--set {token.Value}: write KEY=VALUE.");
        });
        command.Options.Add(name);
        command.Options.Add(attributes);
        command.Options.Add(isAdmin);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var request = new ControlRequest
            {
                Do = "user add",
                Username = result.GetRequiredValue(username),
                DisplayName = result.GetValue(name),
                Attributes = (result.GetValue(attributes) ?? []).Select(pair => pair.Split('=', 2)).GroupBy(pair => pair[0]).ToDictionary(pairs => pairs.Key, string? (pairs) => pairs.Last()[1]),
                IsAdmin = result.GetValue(isAdmin),
                Password = await ReadPasswordAsync(around, cancellationToken),
            };
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: true, cancellationToken);
            await link.AskAsync(request, cancellationToken);
        }));
        return command;
    }

    private static Command Invite(Surroundings around)
    {
        var command = new Command("invite", "Prints a code with which somebody can make an account by himself, where Registration is \"invite\".");
        var settings = new SettingsOptions(command);
        var uses = new Option<int?>("--uses") { Description = "How often it works; once unless set.", HelpName = "N" };
        var days = new Option<int?>("--days") { Description = "For how many days it works; 7 unless set.", HelpName = "D" };
        command.Options.Add(uses);
        command.Options.Add(days);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: true, cancellationToken);
            var reply = await link.AskAsync(new ControlRequest { Do = "user invite", Uses = result.GetValue(uses), Days = result.GetValue(days) }, cancellationToken);
            await around.Output.WriteLineAsync(reply.Code);
        }));
        return command;
    }

    private static Command Import(Surroundings around)
    {
        var command = new Command("import", "Makes accounts from JSON Lines: {\"username\": \"messi\", \"nama\": \"Lionel Messi\", \"negara\": \"Argentina\", "
            + "\"password\": \"surabaya\"}. Lines that cannot be taken are listed, the others are taken.");
        var settings = new SettingsOptions(command);
        var file = new Argument<string>("FILE") { Description = "The file, or - for standard input." };
        command.Arguments.Add(file);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var path = result.GetRequiredValue(file);
            if (path != "-" && !File.Exists(path)) throw new CommandFault($"There is no file {path}.");
            using var opened = path == "-" ? null : new StreamReader(path);
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: true, cancellationToken);
            await ImportAsync(around, link, opened ?? around.Input, cancellationToken);
        }));
        return command;
    }

    private static async Task ImportAsync(Surroundings around, OperatorLink link, TextReader lines, CancellationToken cancellationToken)
    {
        var (made, failed) = (0, 0);
        for (var number = 1; await lines.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                if (AccountFile.Read(line, number) is not var (request, isDisabled)) continue;
                await link.AskAsync(request, cancellationToken);
                if (isDisabled) await link.AskAsync(new ControlRequest { Do = "user disable", Username = request.Username }, cancellationToken);
                made++;
            }
            catch (CommandFault fault)
            {
                failed++;
                await around.Error.WriteLineAsync(fault.Message.StartsWith("Line ", StringComparison.Ordinal) ? fault.Message : $"Line {number}: {fault.Message}");
            }
        }

        await around.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{made} accounts made"));
        if (failed > 0) throw new CommandFault($"{failed} lines were not taken.");
    }

    private static Command List(Surroundings around)
    {
        var command = new Command("list", "Lists the accounts.");
        var settings = new SettingsOptions(command);
        var json = new Option<bool>("--json") { Description = "A JSON object a line." };
        command.Options.Add(json);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            var accounts = (await link.AskAsync(new ControlRequest { Do = "user list" }, cancellationToken)).Accounts ?? [];
            if (result.GetValue(json))
                foreach (var account in accounts) await around.Output.WriteLineAsync(JsonSerializer.Serialize(account, ControlJson.Default.AccountLine));
            else
                await around.Output.WriteAsync(Table(accounts));
        }));
        return command;
    }

    private static Command Sessions(Surroundings around)
    {
        var command = new Command("sessions", "Lists the sessions of an account, in the order of their logins.");
        var settings = new SettingsOptions(command);
        var username = UsernameArgument(command);
        var json = new Option<bool>("--json") { Description = "A JSON object a line." };
        command.Options.Add(json);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            var sessions = (await link.AskAsync(new ControlRequest { Do = "user sessions", Username = result.GetRequiredValue(username) }, cancellationToken)).Sessions ?? [];
            if (result.GetValue(json))
            {
                foreach (var session in sessions) await around.Output.WriteLineAsync(JsonSerializer.Serialize(session, ControlJson.Default.SessionLine));
                return;
            }

            var table = new PlainTable("session", "created", "used");
            foreach (var session in sessions) table.Add(session.Session, Minute(session.Created), Minute(session.Used));
            await around.Output.WriteAsync(table.ToString());
        }));
        return command;
    }

    private static Command LogOut(Surroundings around)
    {
        var command = new Command("logout", "Ends a session of an account, or all of them. Their connections are told.");
        var settings = new SettingsOptions(command);
        var username = UsernameArgument(command);
        var session = new Argument<string?>("SESSION") { Description = "As 'kabar user sessions' shows it; all unless said.", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(session);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            var request = new ControlRequest { Do = "user logout", Username = result.GetRequiredValue(username), Session = result.GetValue(session) };
            await around.Output.WriteLineAsync((await link.AskAsync(request, cancellationToken)).Done);
        }));
        return command;
    }

    private static Command Change(Surroundings around, string verb, string description, bool needsPassword = false)
    {
        var command = new Command(verb, description);
        var settings = new SettingsOptions(command);
        var username = UsernameArgument(command);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var request = new ControlRequest
            {
                Do = $"user {verb}",
                Username = result.GetRequiredValue(username),
                Password = needsPassword ? await ReadPasswordAsync(around, cancellationToken) : null,
            };
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            await link.AskAsync(request, cancellationToken);
        }));
        return command;
    }

    private static Argument<string> UsernameArgument(Command command)
    {
        var username = new Argument<string>("USERNAME") { Description = "1–32 of A-Z a-z 0-9 . _ -" };
        command.Arguments.Add(username);
        return username;
    }

    private static async Task<string> ReadPasswordAsync(Surroundings around, CancellationToken cancellationToken)
    {
        if (around.Ask is not { } ask) return await around.Input.ReadLineAsync(cancellationToken) ?? throw new CommandFault("No password on standard input.");

        var password = ask("Password: ", true) ?? throw new CommandFault("No password was typed.");
        if (ask("Once more: ", true) != password) throw new CommandFault("The two passwords differ.");
        return password;
    }

    private static string Minute(DateTimeOffset when) => when.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Table(IReadOnlyList<AccountLine> accounts)
    {
        var table = new PlainTable("username", "name", "attributes", "state", "created");
        foreach (var account in accounts)
        {
            table.Add(
                account.Username,
                account.DisplayName,
                string.Join(", ", account.Attributes.Select(pair => $"{pair.Key}={pair.Value}")),
                account.IsDisabled ? "off" : account.IsAdmin ? "admin" : "",
                Minute(account.Created));
        }

        return table.ToString();
    }
}
