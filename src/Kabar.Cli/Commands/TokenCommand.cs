using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kabar.Cli.Operator;
using Kabar.Server.Control;

namespace Kabar.Cli.Commands;

/// <summary>`kabar token`: what programs act with in the name of accounts, and webhooks; beside a running server and without one.</summary>
internal static class TokenCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("token", "Tokens of programs and webhooks: list, create, revoke. Works beside a running server and without one.");
        command.Subcommands.Add(List(around));
        command.Subcommands.Add(Make(around));
        command.Subcommands.Add(Revoke(around));
        return command;
    }

    private static Command List(Surroundings around)
    {
        var command = new Command("list", "Lists the tokens that have not expired, without their secrets, which nobody can see again.");
        var settings = new SettingsOptions(command);
        var user = UserOption(command, isRequired: false);
        var json = new Option<bool>("--json") { Description = "A JSON object a line." };
        command.Options.Add(json);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            var tokens = (await link.AskAsync(new ControlRequest { Do = "token list", Username = result.GetValue(user) }, cancellationToken)).Tokens ?? [];
            if (result.GetValue(json))
            {
                foreach (var token in tokens) await around.Output.WriteLineAsync(JsonSerializer.Serialize(token, ControlJson.Default.AccessLine));
                return;
            }

            var table = new PlainTable("id", "user", "name", "may", "in", "used", "expires");
            foreach (var token in tokens)
                table.Add(token.Id, token.Username, token.Name, token.IsHook ? "hook" : string.Join(", ", token.May), token.In ?? "", Day(token.Used), Day(token.Expires));
            await around.Output.WriteAsync(table.ToString());
        }));
        return command;
    }

    private static Command Make(Surroundings around)
    {
        var command = new Command("create", "Makes a token, or a webhook, and prints its secret, or its address, this once.");
        var settings = new SettingsOptions(command);
        var user = UserOption(command, isRequired: true);
        var name = new Option<string>("--name") { Description = "What it is called; what comes through a webhook is said under this name.", HelpName = "NAME", Required = true };
        var may = new Option<string?>("--may") { Description = "What it may: send, read, or send,read, which it is unless set.", HelpName = "RIGHTS" };
        var place = new Option<string?>("--in") { Description = "The one conversation in which it may: messi, james@dua or #batak; in all unless set.", HelpName = "CONVERSATION" };
        var days = new Option<int?>("--days") { Description = "For how many days; until it is revoked unless set.", HelpName = "D" };
        var hook = new Option<bool>("--hook") { Description = "Makes a webhook of the group --in, in which the user is a moderator or owner." };
        foreach (var option in new Option[] { name, may, place, days, hook }) command.Options.Add(option);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var isHook = result.GetValue(hook);
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            var reply = await link.AskAsync(new ControlRequest
            {
                Do = "token create",
                Username = result.GetValue(user),
                DisplayName = result.GetRequiredValue(name),
                May = result.GetValue(may)?.Split(',', StringSplitOptions.TrimEntries) ?? (isHook ? null : ["send", "read"]),
                In = result.GetValue(place),
                Days = result.GetValue(days),
                IsHook = isHook,
            }, cancellationToken);
            await around.Output.WriteLineAsync(reply.Code);
        }));
        return command;
    }

    private static Command Revoke(Surroundings around)
    {
        var command = new Command("revoke", "Ends a token or a webhook, at once.");
        var settings = new SettingsOptions(command);
        var id = new Argument<string>("ID") { Description = "Its id, from the list." };
        command.Arguments.Add(id);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            await link.AskAsync(new ControlRequest { Do = "token revoke", Token = result.GetRequiredValue(id) }, cancellationToken);
        }));
        return command;
    }

    private static Option<string?> UserOption(Command command, bool isRequired)
    {
        var user = new Option<string?>("--user") { Description = "In whose name it acts.", HelpName = "USER", Required = isRequired };
        command.Options.Add(user);
        return user;
    }

    private static string Day(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "";
}
