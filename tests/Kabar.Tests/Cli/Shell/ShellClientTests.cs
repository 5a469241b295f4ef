using System.IO.Pipelines;
using System.Text;
using Kabar.Cli.Shell;
using Kabar.Cli.Terminal;
using Kabar.Cli.Wire;
using Kabar.Tests.Cli.Terminal;
using Kabar.Tests.Cli.Wire;

namespace Kabar.Tests.Cli.Shell;

public sealed class ShellClientTests
{
    private const string T = "15299a77-ce5b-458e-b3ba-9b565c09c135";
    private const string Token = $$"""{"status": "OK", "tokenid": "{{T}}"}""";

    [Fact]
    public async Task A_trace_shows_what_the_first_clients_read()
    {
        await using var server = ScriptedServer.Answering(("auth messi surabaya", Token));
        (await ShellRun.AgainstAsync(server, "realm-chat", new StringReader("auth messi surabaya"), traces: true)).ShouldBe(
            """
            diterima dari server b'{"status": "OK", "tokenid": "15299a77-ce5b-458e-b3ba-9b565c09c13'
            diterima dari server b'5"}\r\n\r\n'
            end of string
            username messi logged in, token 15299a77-ce5b-458e-b3ba-9b565c09c135

            """);
    }

    [Fact]
    public void The_notation_is_that_of_their_language() =>
        ReplyTrace.Of("{\"a\": \"it's \\u0000 \té\"}"u8.ToArray()).ShouldBe([@"diterima dari server b'{""a"": ""it\'s \\u0000 \t\xc3\xa9""}\r\n\r\n'", "end of string"]);

    [Fact]
    public void A_piece_with_an_apostrophe_alone_is_quoted_the_other_way() =>
        ReplyTrace.Of("it's"u8.ToArray()).First().ShouldBe(@"diterima dari server b""it's\r\n\r\n""");

    [Fact]
    public async Task A_chosen_dialect_is_asked_for_on_every_connection_and_a_refusal_changes_nothing()
    {
        (string, string) dialect = ("dialect chat", """{"status": "ERROR", "message": "**Protocol Tidak Benar"}""");
        await using var server = ScriptedServer.Start(
            async connection =>
            {
                await ScriptedServer.AnswerAsync(connection, dialect, ("auth messi surabaya", Token));
                await connection.ExpectAsync($"inbox {T} \r\n"); // and is gone
            },
            connection => ScriptedServer.AnswerAsync(connection, dialect, ($"inbox {T}", """{"status": "OK", "messages": {}}""")));
        var printed = await ShellRun.AgainstAsync(server, "chat", new StringReader("auth messi surabaya\ninbox\ninbox"), asked: "chat");
        printed.ShouldContain("username messi logged in");
        printed.ShouldContain("\n{}\n");
    }

    [Fact]
    public async Task A_lost_connection_is_one_line_and_the_session_goes_on_over_another()
    {
        await using var server = ScriptedServer.Start(
            async connection =>
            {
                await ScriptedServer.AnswerAsync(connection, ("auth messi surabaya", Token));
                await connection.ExpectAsync($"inbox {T} \r\n"); // and is gone
            },
            connection => ScriptedServer.AnswerAsync(connection, ($"inbox {T}", """{"status": "OK", "messages": {}}""")));
        (await ShellRun.AgainstAsync(server, "realm-chat", new StringReader("auth messi surabaya\ninbox\ninbox"))).ShouldBe(
            $"username messi logged in, token {T}\nThe connection to {server.Address} was lost.\n{{}}\n");
    }

    [Theory]
    [InlineData("""{"status": "OK"}""")]
    [InlineData("""{"status": "OK", "tokenid": ""}""")]
    [InlineData("""{"status": "OK", "tokenid": "a b"}""")]
    [InlineData("""{"status": "OK", "tokenid": "a\r\nlogout"}""")]
    public async Task A_token_that_could_be_another_request_is_none(string reply)
    {
        var printed = await ShellRun.AnsweringAsync("realm-chat", ["auth messi surabaya", "inbox"], ("auth messi surabaya", reply));
        printed.ShouldBe("The server's answer holds no session.\nError, not authorized\n");
    }

    [Fact]
    public async Task An_answer_without_its_value_is_told_as_such()
    {
        var printed = await ShellRun.AnsweringAsync("realm-chat", ["auth messi surabaya", "inbox"],
            ("auth messi surabaya", Token), ($"inbox {T}", """{"status": "OK"}"""));
        printed.ShouldEndWith("\nThe server's answer holds no \"messages\".\n");
    }

    [Fact]
    public async Task An_error_cannot_speak_to_the_terminal()
    {
        var printed = await ShellRun.AnsweringAsync("realm-chat", ["auth messi surabaya"],
            ("auth messi surabaya", """{"status": "ERROR", "message": "a\u001b[2Jb\rc"}"""));
        printed.ShouldBe("Error, a\uFFFD[2Jb\nc\n");
    }

    [Fact]
    public async Task Empty_lines_are_passed_over() => (await ShellRun.AnsweringAsync("realm-chat", ["", "  ", "inbox"])).ShouldBe("Error, not authorized\n");

    [Fact]
    public async Task On_a_terminal_the_prompt_carries_the_token()
    {
        await using var server = ScriptedServer.Answering(
            ("auth messi surabaya", Token), ($"logout {T}", """{"status": "OK", "messages": "Logged out successfully"}"""));
        await using var link = new ShellLink(token => ServerDialer.ConnectAsync(ShellRun.EndpointOf(server), ConnectionLimits.Default, token), dialect: null);
        using var screen = new FakeScreen(columns: 80, rows: 24);
        var keyboard = new Pipe();
        var editor = new LineEditor(keyboard.Reader.AsStream(), screen, () => screen.Size, () => new MemoryStream(), new ManualClock());
        var client = new ShellClient(ShellDialects.RealmChat, link, editor, History.InMemory(), traces: false);
        var running = client.RunAsync(default);

        await keyboard.Writer.WriteAsync("auth messi surabaya\r"u8.ToArray());
        await screen.UntilAsync($"Command :auth messi surabaya\nusername messi logged in, token {T}\nCommand {T}:|");
        await keyboard.Writer.WriteAsync("logout\r"u8.ToArray());
        await screen.UntilAsync($"Command :auth messi surabaya\nusername messi logged in, token {T}\nCommand {T}:logout\nLogged out successfully\nCommand :|");
        await keyboard.Writer.WriteAsync(Encoding.ASCII.GetBytes("\x04"));
        await running;
    }

    [Fact]
    public void Tab_offers_the_verbs_of_the_dialect()
    {
        var client = new ShellClient(ShellDialects.LayananChat, null!, null!, History.InMemory(), traces: false);
        client.Complete("lo").ShouldBe(["login", "logout"]);
        client.Complete("login ").ShouldBeEmpty();
    }
}
