using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kabar.Cli.Operator;
using Kabar.Server.Control;

namespace Kabar.Cli.Commands;

/// <summary>`kabar group`: groups, for the operator, beside a running server and without one.</summary>
internal static class GroupCommand
{
    private const string UserName = "USER";

    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("group", "Groups, for the operator: list, create, members, role, topic, open, close, invite, kick, ban, unban, mute, unmute, move, remove, "
            + "recover. Works beside a running server and without one. GROUP is batak, #batak or batak@satu.");
        command.Subcommands.Add(List(around));
        command.Subcommands.Add(Make(around));
        command.Subcommands.Add(Members(around));
        command.Subcommands.Add(Role(around));
        command.Subcommands.Add(Change(around, "topic", "Says what a group is about.", Text("TEXT", "What it is about; \"\" for nothing.")));
        command.Subcommands.Add(Change(around, "open", "Lets everybody join."));
        command.Subcommands.Add(Change(around, "close", "Lets only those join who were invited. Who is a member stays one."));
        command.Subcommands.Add(Change(around, "invite", "Lets somebody join a closed group.", User()));
        command.Subcommands.Add(Change(around, "kick", "Puts a member out.", User()));
        command.Subcommands.Add(Change(around, "ban", "Puts somebody out for good.", User()));
        command.Subcommands.Add(Change(around, "unban", "Lets somebody come back who was banned.", User()));
        command.Subcommands.Add(Change(around, "mute", "Lets a member only listen.", User()));
        command.Subcommands.Add(Change(around, "unmute", "Lets a member speak again.", User()));
        command.Subcommands.Add(Change(around, "move", "Gives a group another home: a realm that has members in it.", Text("REALM", "The realm that becomes its home.")));
        command.Subcommands.Add(Remove(around));
        command.Subcommands.Add(Change(around, "recover", "No longer waits for the realms that a restored group waits for. What only they have is lost."));
        return command;
    }

    private static Command List(Surroundings around)
    {
        var command = new Command("list", "Lists the groups that this realm knows.");
        var settings = new SettingsOptions(command);
        var json = JsonOption(command);
        command.SetAction((result, cancellationToken) => AskAsync(around, settings, result, new ControlRequest { Do = "group list" }, async reply =>
        {
            var groups = reply.Groups ?? [];
            if (result.GetValue(json))
            {
                foreach (var group in groups) await around.Output.WriteLineAsync(JsonSerializer.Serialize(group, ControlJson.Default.GroupLine));
                return;
            }

            var table = new PlainTable("group", "members", "joining", "entries", "state", "topic");
            foreach (var group in groups)
                table.Add(
                    $"{group.Name}@{group.Home}",
                    group.Members.ToString(CultureInfo.InvariantCulture),
                    group.IsOpen ? "open" : "invite-only",
                    group.LastPosition.ToString(CultureInfo.InvariantCulture),
                    group.Awaits is [] ? "" : $"waits for {string.Join(", ", group.Awaits)}",
                    group.Topic);
            await around.Output.WriteAsync(table.ToString());
        }, cancellationToken));
        return command;
    }

    private static Command Make(Surroundings around)
    {
        var command = new Command("create", "Makes a group here, and a user its owner and first member.");
        var settings = new SettingsOptions(command);
        var name = new Argument<string>("NAME") { Description = "1–32 of A-Z a-z 0-9 . _ -" };
        var owner = new Option<string>("--owner") { Description = "The user who owns it.", HelpName = "USER", Required = true };
        var inviteOnly = new Option<bool>("--invite-only") { Description = "Only those may join who were invited." };
        command.Arguments.Add(name);
        command.Options.Add(owner);
        command.Options.Add(inviteOnly);
        command.SetAction((result, cancellationToken) => AskAsync(around, settings, result, new ControlRequest
        {
            Do = "group create",
            Group = result.GetRequiredValue(name),
            Username = result.GetRequiredValue(owner),
            IsOpen = !result.GetValue(inviteOnly),
        }, cancellationToken));
        return command;
    }

    private static Command Members(Surroundings around)
    {
        var command = new Command("members", "Lists who is in a group, and who is invited to it or banned from it.");
        var settings = new SettingsOptions(command);
        var group = GroupArgument(command);
        var json = JsonOption(command);
        command.SetAction((result, cancellationToken) => AskAsync(around, settings, result, new ControlRequest { Do = "group members", Group = result.GetRequiredValue(group) }, async reply =>
        {
            var members = reply.Members ?? [];
            if (result.GetValue(json))
            {
                foreach (var member in members) await around.Output.WriteLineAsync(JsonSerializer.Serialize(member, ControlJson.Default.MemberLine));
                return;
            }

            var table = new PlainTable("address", "name", "role", "state");
            foreach (var member in members)
                table.Add(member.Address, member.DisplayName ?? "", member.Role ?? "", member.IsMuted ? "muted" : member.IsBanned ? "banned" : member.IsInvited ? "invited" : "");
            await around.Output.WriteAsync(table.ToString());
        }, cancellationToken));
        return command;
    }

    private static Command Role(Surroundings around)
    {
        var role = Text("ROLE", "owner, moderator or member.");
        role.AcceptOnlyFromAmong("owner", "moderator", "member");
        return Change(around, "role", "Gives a member another role.", User(), role);
    }

    private static Command Remove(Surroundings around)
    {
        var command = new Command("remove", "Removes a group and everything that was said in it. There is no way back.");
        var settings = new SettingsOptions(command);
        var group = GroupArgument(command);
        var yes = new Option<bool>("--yes") { Description = "Yes, that is meant." };
        command.Options.Add(yes);
        command.SetAction((result, cancellationToken) => result.GetValue(yes)
            ? AskAsync(around, settings, result, new ControlRequest { Do = "group remove", Group = result.GetRequiredValue(group) }, cancellationToken)
            : Execution.RunAsync(around, () => throw new CommandFault($"This removes {result.GetRequiredValue(group)} and everything that was said in it; say --yes if that is meant.")));
        return command;
    }

    /// <summary>A command about one group that answers nothing, with a user, a text or both.</summary>
    private static Command Change(Surroundings around, string verb, string description, params Argument<string>[] arguments)
    {
        var command = new Command(verb, description);
        var settings = new SettingsOptions(command);
        var group = GroupArgument(command);
        foreach (var argument in arguments) command.Arguments.Add(argument);
        var user = arguments.FirstOrDefault(argument => argument.Name == UserName);
        var text = arguments.FirstOrDefault(argument => argument.Name != UserName);
        command.SetAction((result, cancellationToken) => AskAsync(around, settings, result, new ControlRequest
        {
            Do = $"group {verb}",
            Group = result.GetRequiredValue(group),
            Username = user is null ? null : result.GetRequiredValue(user),
            Text = text is null ? null : result.GetRequiredValue(text),
        }, cancellationToken));
        return command;
    }

    private static Argument<string> User() => new(UserName) { Description = "USER, or USER@REALM for one elsewhere." };

    private static Argument<string> Text(string name, string description) => new(name) { Description = description };

    private static Argument<string> GroupArgument(Command command)
    {
        var group = new Argument<string>("GROUP") { Description = "batak, #batak or batak@satu." };
        command.Arguments.Add(group);
        return group;
    }

    private static Option<bool> JsonOption(Command command)
    {
        var json = new Option<bool>("--json") { Description = "A JSON object a line." };
        command.Options.Add(json);
        return json;
    }

    private static Task<int> AskAsync(Surroundings around, SettingsOptions settings, ParseResult result, ControlRequest request, CancellationToken cancellationToken) =>
        AskAsync(around, settings, result, request, _ => Task.CompletedTask, cancellationToken);

    private static Task<int> AskAsync(
        Surroundings around, SettingsOptions settings, ParseResult result, ControlRequest request, Func<ControlReply, Task> show, CancellationToken cancellationToken) =>
        Execution.RunAsync(around, async () =>
        {
            await using var link = await OperatorLink.OpenAsync(settings.Read(result).Options, mayMake: false, cancellationToken);
            await show(await link.AskAsync(request, cancellationToken));
        });
}
