using System.Collections.Concurrent;
using Kabar.Cli.Terminal;
using Kabar.Cli.Wire;
using Kabar.Tests.Cli.Terminal;
using Kabar.Tests.Cli.Wire;

namespace Kabar.Tests.Cli.Shell;

public sealed class ShellConversationTests
{
    private const string T = "15299a77-ce5b-458e-b3ba-9b565c09c135";
    private const string LoggedIn = $"username messi logged in, token {T}\n";
    private const string Closing = "{\"status\": \"OK\", \"message\": \"Telah keluar dari grup batak\"}\r\n\r\n";

    [Fact]
    public async Task A_conversation_is_heard_and_spoken_until_exit()
    {
        await using var server = Server(async connection =>
        {
            await connection.SendAsync("messi telah bergabung");
            await connection.ExpectAsync("halo gaes");
            await connection.SendAsync("messi: halo gaes");
            await connection.ExpectAsync("apa kabar? é");
            await connection.SendAsync("messi: apa kabar? é");
            await connection.ExpectAsync("exit");
            await connection.SendAsync("exit");
            await connection.SendAsync(Closing);
            await ScriptedServer.AnswerAsync(connection, ($"inbox {T}", """{"status": "OK", "messages": {}}"""));
        });
        (await RunAsync(server, "halo gaes", "", "apa kabar? é", "exit", "inbox")).ShouldBe(
            LoggedIn + "messi telah bergabung\nmessi: halo gaes\nmessi: apa kabar? é\nTelah keluar dari grup batak\n{}\n");
    }

    [Fact]
    public async Task The_next_line_waits_until_the_last_has_come_back()
    {
        await using var server = Server(async connection =>
        {
            await connection.SendAsync("messi telah bergabung");
            await connection.ExpectAsync("satu");
            await connection.SendAsync("messi: satu");
            await LeaveAsync(connection);
        });
        var person = new Person("auth messi surabaya", "group batak", "satu", "exit");
        await ShellRun.AgainstAsync(server, "realm-chat", person, Limits(new ManualClock()));
        person.Log.SkipWhile(entry => entry != "> satu").ShouldBe(["> satu", "messi: satu", "> exit", "Telah keluar dari grup batak"]);
    }

    [Fact]
    public async Task A_line_that_never_comes_back_holds_up_the_next_only_for_a_while()
    {
        var clock = new ManualClock();
        await using var server = Server(async connection =>
        {
            await connection.SendAsync("messi telah bergabung");
            await connection.ExpectAsync("satu");
            await clock.RunOutAsync(TimeSpan.FromSeconds(1));
            await LeaveAsync(connection);
        });
        var person = new Person("auth messi surabaya", "group batak", "satu", "exit");
        await ShellRun.AgainstAsync(server, "realm-chat", person, Limits(clock));
        person.Log.SkipWhile(entry => entry != "> satu").ShouldBe(["> satu", "> exit", "Telah keluar dari grup batak"]);
    }

    [Fact]
    public async Task A_server_that_never_closes_the_conversation_is_given_up()
    {
        var clock = new ManualClock();
        await using var server = Server(async connection =>
        {
            await connection.SendAsync("messi telah bergabung");
            await connection.ExpectAsync("exit");
            await clock.RunOutAsync(TimeSpan.FromSeconds(10));
            await connection.ExpectEndAsync();
        });
        var person = new Person("auth messi surabaya", "group batak", "exit");
        await ShellRun.AgainstAsync(server, "realm-chat", person, Limits(clock));
        person.Log[^1].ShouldBe("The server did not close the conversation.");
    }

    [Fact]
    public async Task Who_has_no_more_to_say_leaves()
    {
        await using var server = Server(async connection =>
        {
            await connection.SendAsync("messi telah bergabung");
            await LeaveAsync(connection);
        });
        (await RunAsync(server)).ShouldBe(LoggedIn + "messi telah bergabung\nTelah keluar dari grup batak\n");
    }

    [Fact]
    public async Task A_refused_group_is_an_error_and_nothing_typed_goes_into_it()
    {
        await using var server = Server(async connection =>
        {
            await connection.SendAsync("{\"status\": \"ERROR\", \"message\": \"Gagal\"}\r\n\r\n");
            await ScriptedServer.AnswerAsync(connection, ($"inbox {T}", """{"status": "OK", "messages": {}}"""));
        });
        (await RunAsync(server, "inbox")).ShouldBe(LoggedIn + "Error, Gagal\n{}\n");
    }

    [Fact]
    public async Task A_server_may_end_the_conversation_by_itself()
    {
        using var typed = new OpenReader("auth messi surabaya", "group batak", "halo");
        await using var server = Server(async connection =>
        {
            await connection.SendAsync("messi telah bergabung");

            // What is said shows that the greeting has been read: two writes could otherwise arrive as one.
            await connection.ExpectAsync("halo");
            await connection.SendAsync("exit");
            await connection.SendAsync(Closing);
            typed.Say("inbox");
            await ScriptedServer.AnswerAsync(connection, ($"inbox {T}", """{"status": "OK", "messages": {}}"""));
            typed.End();
        });
        // Whether the line was asked for within the conversation or after it, it must end as a command.
        var printed = await ShellRun.AgainstAsync(server, "realm-chat", typed);
        printed.ShouldStartWith(LoggedIn + "messi telah bergabung");
        printed.ShouldEndWith("\nTelah keluar dari grup batak\n{}\n");
    }

    [Fact]
    public async Task A_conversation_whose_connection_breaks_is_lost_in_one_line()
    {
        await using var server = Server(async connection =>
        {
            await connection.SendAsync("messi telah bergabung");
            await connection.ExpectAsync("halo");
        });
        (await RunAsync(server, "halo")).ShouldBe(
            LoggedIn + $"messi telah bergabung\nThe connection to {server.Address} was lost.\n");
    }

    [Fact]
    public async Task What_others_say_cannot_speak_to_the_terminal()
    {
        await using var server = Server(async connection =>
        {
            await connection.SendAsync("henderson: \e[2J\a");
            await LeaveAsync(connection);
        });
        (await RunAsync(server)).ShouldBe(LoggedIn + "henderson: \uFFFD[2J\uFFFD\nTelah keluar dari grup batak\n");
    }

    private static ConnectionLimits Limits(TimeProvider clock) => ConnectionLimits.Default with { Clock = clock };

    private static ScriptedServer Server(Func<ScriptedConnection, Task> conversation) => ScriptedServer.Start(async connection =>
    {
        await ScriptedServer.AnswerAsync(connection, ("auth messi surabaya", $$"""{"status": "OK", "tokenid": "{{T}}"}"""));
        await connection.ExpectAsync($"group {T} batak origin \r\n");
        await conversation(connection);
    });

    private static async Task LeaveAsync(ScriptedConnection connection)
    {
        await connection.ExpectAsync("exit");
        await connection.SendAsync("exit");
        await connection.SendAsync(Closing);
    }

    private static Task<string> RunAsync(ScriptedServer server, params string[] typed) =>
        ShellRun.AgainstAsync(server, "realm-chat", new StringReader(string.Join('\n', ["auth messi surabaya", "group batak", .. typed])));

    /// <summary>Says its lines one after another, and keeps what was asked and shown in the order it happened.</summary>
    private sealed class Person(params string[] lines) : ILineSource
    {
        private readonly Queue<string> _lines = new(lines);
        private readonly ConcurrentQueue<string> _log = new();

        public IReadOnlyList<string> Log => [.. _log];

        public ValueTask<string?> ReadLineAsync(string prompt, History history, CancellationToken cancellationToken)
        {
            if (!_lines.TryDequeue(out var line)) return ValueTask.FromResult<string?>(null);
            _log.Enqueue("> " + line);
            return ValueTask.FromResult<string?>(line);
        }

        public void WriteAbove(string lines) => _log.Enqueue(lines);
    }
}
