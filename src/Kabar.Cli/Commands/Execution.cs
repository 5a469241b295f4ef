using System.CommandLine;
using System.CommandLine.Invocation;
using Kabar.Cli.Terminal;
using Kabar.Core;
using Kabar.Server.Hosting;

namespace Kabar.Cli.Commands;

/// <summary>The top of the process: what went wrong becomes one sentence on the error stream and an exit status.</summary>
internal static class Execution
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUsage = 2;
    private const int Interrupted = 130;

    // After a signal: a server still answers what it has taken in before it goes.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    /// <summary>Runs what the arguments ask for. Wrong ones are told in a sentence, not with a page of help; none ask for the page.</summary>
    public static async Task<int> InvokeAsync(Command command, string[] arguments, TextWriter output, TextWriter error)
    {
        var parsed = command.Parse(arguments is [] && command is RootCommand ? ["--help"] : arguments);
        if (parsed.Action is ParseErrorAction wrong) (wrong.ShowHelp, wrong.ShowTypoCorrections) = (false, false);
        var status = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = LongestEnd });
        return parsed.Errors.Count > 0 ? WrongUsage : status;
    }

    /// <summary>Does a command's work.</summary>
    public static async Task<int> RunAsync(Surroundings around, Func<Task> work)
    {
        try
        {
            await work();
            return Done;
        }
        catch (Exception fault) when (fault is CommandFault or SettingException or StoreException or IOException or UnauthorizedAccessException)
        {
            await around.Error.WriteLineAsync(Printable.Line(fault.Message));
            return Failed;
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
    }
}
