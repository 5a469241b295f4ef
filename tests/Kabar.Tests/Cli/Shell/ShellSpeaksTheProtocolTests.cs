using System.Text;
using Kabar.Cli.Shell;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;

namespace Kabar.Tests.Cli.Shell;

/// <summary>The shell's tables and the server's catalogue are two halves of one protocol: what one writes the other must read.</summary>
public sealed class ShellSpeaksTheProtocolTests
{
    public static TheoryData<string, string> Verbs => new(
        from dialect in ShellDialects.All
        from verb in dialect.Verbs
        where verb.Effect != SessionEffect.Converses
        select (dialect.Name, verb.Name));

    [Theory]
    [MemberData(nameof(Verbs))]
    public void What_the_shell_asks_is_a_command_that_its_own_dialect_answers(string name, string verbName)
    {
        var shell = ShellDialects.All.Single(dialect => dialect.Name == name);
        var verb = shell.Find(verbName).ShouldNotBeNull();
        var typed = verb.Read($"{verbName} one two three").ShouldNotBeNull();
        var line = verb.RequestFor(typed, "6ba7b810-9dad-41d1-80b4-00c04fd430c8") + " ";

        var request = DialectCatalog.Read(Encoding.UTF8.GetBytes(line), DialectCatalog.Find(name).ShouldNotBeNull());

        request.Command.ShouldNotBeOfType<RefusedCommand>();
        request.Dialect.Name.ShouldBe(name);
    }
}
