using System.CommandLine;
using Kabar.Cli.Commands;

// One line a command; each is described in the file that carries its name.
var root = new RootCommand("Kabar: a chat server that loses nothing, and its clients.");
root.Subcommands.Add(BenchCommand.Create());
return await root.Parse(args).InvokeAsync();
