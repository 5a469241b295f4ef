using System.CommandLine;
using Kabar.Cli.Commands;

// One line a command; each is described in the file that carries its name.
var root = new RootCommand("Kabar: a chat server that loses nothing, and its clients.");
root.Subcommands.Add(DemoCommand.Create());
root.Subcommands.Add(ServeCommand.Create());
root.Subcommands.Add(InitCommand.Create());
root.Subcommands.Add(UserCommand.Create());
root.Subcommands.Add(PeerCommand.Create());
root.Subcommands.Add(GroupCommand.Create());
root.Subcommands.Add(StatusCommand.Create());
root.Subcommands.Add(TokenCommand.Create());
root.Subcommands.Add(CheckCommand.Create());
root.Subcommands.Add(BackupCommand.Create());
root.Subcommands.Add(RestoreCommand.Create());
root.Subcommands.Add(ExportCommand.Create());
root.Subcommands.Add(LoginCommand.Create());
root.Subcommands.Add(LogoutCommand.Create());
root.Subcommands.Add(ChatCommand.Create());
root.Subcommands.Add(ShellCommand.Create());
root.Subcommands.Add(SendCommand.Create());
root.Subcommands.Add(InboxCommand.Create());
root.Subcommands.Add(WhoCommand.Create());
root.Subcommands.Add(BenchCommand.Create());
return await Execution.InvokeAsync(root, args, Console.Out, Console.Error);
