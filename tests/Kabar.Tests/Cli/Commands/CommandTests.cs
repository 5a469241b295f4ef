using System.CommandLine;
using Kabar.Cli;
using Kabar.Cli.Accounts;
using Kabar.Cli.Commands;
using Kabar.Cli.Wire;
using Kabar.Tests.Cli.Wire;

namespace Kabar.Tests.Cli.Commands;

public sealed class CommandTests : IDisposable
{
    private const string T = "15299a77-ce5b-458e-b3ba-9b565c09c135";
    private static readonly (string, string) Dialect = ("dialect message-service", """{"status": "OK", "message": "message-service"}""");
    private static readonly (string, string) NotNative = ("dialect kabar", """{"status": "ERROR", "message": "Dialek Tidak Ada"}""");
    private static readonly (string, string) Sent = ($"send {T} lineker halo", """{"status": "OK", "message": "Message Sent"}""");

    private readonly string _home = Directory.CreateTempSubdirectory("kabar-home-").FullName;
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    private string LoginPath => Path.Combine(_home, "kabar", "login.json");

    public void Dispose()
    {
        Directory.Delete(_home, recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task A_login_is_asked_for_and_kept_for_its_owner_alone()
    {
        await using var server = Answering(("auth messi surabaya", $$"""{"status": "OK", "tokenid": "{{T}}"}"""));
        var asked = new List<string>();
        (await RunAsync(LoginCommand.Create, [], ask: (question, isSecret) =>
        {
            asked.Add(question + isSecret);
            return isSecret ? "surabaya" : question.StartsWith("Server", StringComparison.Ordinal) ? server.Address : "messi";
        })).ShouldBe(0);
        await server.PlayedAsync();
        asked.ShouldBe(["Server [127.0.0.1:8889]: False", "Username: False", "Password: True"]);
        Told($"username messi logged in at {server.Address}\n", "");
        Stored().ShouldBe(new StoredLogin(server.Address, Tls: false, Pin: null, "messi", T));
        if (OperatingSystem.IsWindows()) return;
        File.GetUnixFileMode(LoginPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(LoginPath)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData("messi\nsurabaya\n", new string[0])]
    [InlineData("surabaya\n", new[] { "--username", "messi" })]
    public async Task From_a_pipe_the_answers_are_its_lines(string input, string[] arguments)
    {
        await using var server = Answering(("auth messi surabaya", $$"""{"status": "OK", "tokenid": "{{T}}"}"""));
        (await RunAsync(LoginCommand.Create, ["--server", server.Address, .. arguments], input)).ShouldBe(0);
        await server.PlayedAsync();
        Stored()!.Token.ShouldBe(T);
    }

    [Fact]
    public async Task A_refused_login_keeps_nothing()
    {
        await using var server = Answering(("auth messi salah", """{"status": "ERROR", "message": "Password Salah"}"""));
        (await RunAsync(LoginCommand.Create, ["--server", server.Address], "messi\nsalah\n")).ShouldBe(1);
        Told("", "Password Salah\n");
        File.Exists(LoginPath).ShouldBeFalse();
    }

    [Theory]
    [InlineData("messi\nsura baya\n", "The password cannot hold a blank.\n")]
    [InlineData("messi\n\n", "The password is empty.\n")]
    [InlineData("\n", "The username is empty.\n")]
    [InlineData("messi\n", "There was no answer; nothing was done.\n")]
    public async Task An_answer_that_the_protocol_cannot_carry_is_not_sent(string input, string sentence)
    {
        (await RunAsync(LoginCommand.Create, ["--server", "127.0.0.1:1"], input)).ShouldBe(1);
        Told("", sentence);
    }

    [Fact]
    public async Task Who_trusted_any_certificate_at_login_trusts_that_one_from_then_on()
    {
        using var certificate = ServerConnectionTests.SelfSigned();
        await using var server = ScriptedServer.StartTls(certificate, connection =>
            ScriptedServer.AnswerAsync(connection, Dialect, ("auth messi surabaya", $$"""{"status": "OK", "tokenid": "{{T}}"}""")));
        (await RunAsync(LoginCommand.Create, ["--server", server.Address, "--tls", "--insecure"], "messi\nsurabaya\n")).ShouldBe(0);
        var pin = CertificateTrust.FingerprintOf(certificate);
        Stored().ShouldBe(new StoredLogin(server.Address, Tls: true, pin, "messi", T));

        await using var again = ScriptedServer.StartTls(certificate, connection => ScriptedServer.AnswerAsync(connection, NotNative, Dialect, Sent));
        Store(new StoredLogin(again.Address, Tls: true, pin, "messi", T));
        (await RunAsync(SendCommand.Create, ["--server", again.Address, "lineker", "halo"])).ShouldBe(0);

        using var stranger = ServerConnectionTests.SelfSigned();
        await using var other = ScriptedServer.StartTls(stranger, connection => connection.ExpectEndAsync());
        Store(new StoredLogin(other.Address, Tls: true, pin, "messi", T));
        (await RunAsync(SendCommand.Create, ["lineker", "halo"])).ShouldBe(1);
        _error.ToString().ShouldContain("a certificate that is not trusted");
    }

    [Fact]
    public async Task The_server_logged_in_to_is_the_one_offered_next_and_its_trust_is_not_lost_on_the_way()
    {
        using var certificate = ServerConnectionTests.SelfSigned();
        await using var server = ScriptedServer.StartTls(certificate, connection =>
            ScriptedServer.AnswerAsync(connection, Dialect, ("auth messi surabaya", $$"""{"status": "OK", "tokenid": "fresh"}""")));
        var stored = new StoredLogin(server.Address, Tls: true, CertificateTrust.FingerprintOf(certificate), "messi", T);
        Store(stored);
        (await RunAsync(LoginCommand.Create, [], ask: (question, isSecret) =>
            question == $"Server [{server.Address}]: " ? "" : isSecret ? "surabaya" : "messi")).ShouldBe(0);
        Stored().ShouldBe(stored with { Token = "fresh" });
    }

    [Fact]
    public async Task A_logout_ends_the_session_and_forgets_it()
    {
        await using var server = Answering(($"logout {T}", """{"status": "OK", "tokenid": "\u0000", "tokenId": "\u0000"}"""));
        Store(server);
        (await RunAsync(LogoutCommand.Create, [])).ShouldBe(0);
        await server.PlayedAsync();
        Told("logged out\n", "");
        File.Exists(LoginPath).ShouldBeFalse();
        (await RunAsync(LogoutCommand.Create, [])).ShouldBe(1);
        _error.ToString().ShouldBe("Not logged in at 127.0.0.1:8889: run `kabar login`, or set KABAR_TOKEN.\n");
    }

    [Theory]
    [InlineData("Session Tidak Ditemukan", 0, false)]
    [InlineData("Gagal", 1, true)]
    public async Task A_session_is_forgotten_only_when_it_has_ended(string message, int status, bool isKept)
    {
        await using var server = Answering(($"logout {T}", $$"""{"status": "ERROR", "message": "{{message}}"}"""));
        Store(server);
        (await RunAsync(LogoutCommand.Create, [])).ShouldBe(status);
        File.Exists(LoginPath).ShouldBe(isKept);
    }

    [Fact]
    public async Task A_message_is_made_of_the_arguments()
    {
        await using var server = WithoutKabar(($"send {T} lineker apa kabar?  é", """{"status": "OK", "message": "Message Sent"}"""));
        Store(server);
        (await RunAsync(SendCommand.Create, ["lineker", "apa", "kabar?  é"])).ShouldBe(0);
        await server.PlayedAsync();
        Told("", "");
    }

    [Fact]
    public async Task Standard_input_is_a_message_a_line()
    {
        await using var server = WithoutKabar(Sent, ($"send {T} lineker dua", Sent.Item2));
        Store(server);
        (await RunAsync(SendCommand.Create, ["lineker"], "halo\n\n  \ndua\n")).ShouldBe(0);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task An_argument_with_line_breaks_cannot_become_another_request()
    {
        await using var server = WithoutKabar(Sent, ($"send {T} lineker logout {T}", Sent.Item2));
        Store(server);
        (await RunAsync(SendCommand.Create, ["lineker", $"halo\nlogout {T}"])).ShouldBe(0);
        await server.PlayedAsync();
        (await RunAsync(SendCommand.Create, [$"lineker\nlogout", "halo"])).ShouldBe(2);
    }

    [Fact]
    public async Task The_first_refused_line_is_the_last_one_sent()
    {
        await using var server = WithoutKabar(Sent, ($"send {T} lineker dua", """{"status": "ERROR", "message": "Pesan Terlalu Panjang"}"""));
        Store(server);
        (await RunAsync(SendCommand.Create, ["lineker"], "halo\ndua\ntiga\n")).ShouldBe(1);
        await server.PlayedAsync();
        Told("", "Line 2 was not sent to lineker: Pesan Terlalu Panjang\n");
    }

    [Fact]
    public async Task An_inbox_is_read_to_its_end_and_shown_a_line_a_message()
    {
        await using var server = WithoutKabar(
            ($"inbox {T}", """{"status": "OK", "messages": {"messi": [{"msg_from": "Lionel Messi", "msg_to": "Gary Lineker", "msg": "halo \u00e9"}, {"msg_from": "Lionel Messi", "msg_to": "Gary Lineker", "msg": "a\nJames: \u001b[2J"}]}}"""),
            ($"inbox {T}", """{"status": "OK", "messages": {"james": [{"msg_from": "james", "msg_to": "Gary Lineker", "msg": "hai"}]}}"""),
            ($"inbox {T}", """{"status": "OK", "messages": {}}"""));
        Store(server);
        (await RunAsync(InboxCommand.Create, [])).ShouldBe(0);
        await server.PlayedAsync();
        Told("Lionel Messi: halo é\nLionel Messi: a James: \uFFFD[2J\njames: hai\n", "");
    }

    [Fact]
    public async Task An_inbox_as_json_is_what_the_server_sent()
    {
        const string Messages = """{"messi": [{"msg_from": "Lionel Messi", "msg_to": "Gary Lineker", "msg": "halo \u00e9"}]}""";
        await using var server = WithoutKabar(
            ($"inbox {T}", $$"""{"status": "OK", "messages": {{Messages}}}"""), ($"inbox {T}", """{"status": "OK", "messages": {}}"""));
        Store(server);
        (await RunAsync(InboxCommand.Create, ["--json"])).ShouldBe(0);
        Told(Messages + "\n", "");
    }

    [Fact]
    public async Task An_empty_inbox_is_nothing_or_an_empty_object()
    {
        await using var server = WithoutKabar(($"inbox {T}", """{"status": "OK", "messages": {}}"""));
        Store(server);
        (await RunAsync(InboxCommand.Create, ["--json"])).ShouldBe(0);
        Told("{}\n", "");
    }

    [Theory]
    [InlineData(false, "messi (Lionel Messi)\nlineker (Gary Lineker)\n")]
    [InlineData(true, """[{"username": "messi", "nama": "Lionel Messi"}, {"username": "lineker", "nama": "Gary Lineker"}]""" + "\n")]
    public async Task Who_is_there_is_shown(bool asJson, string shown)
    {
        await using var server = Answering(($"actives {T}",
            """{"status": "OK", "active": [{"username": "messi", "nama": "Lionel Messi"}, {"username": "lineker", "nama": "Gary Lineker"}]}"""));
        Store(server);
        (await RunAsync(WhoCommand.Create, asJson ? ["--json"] : [])).ShouldBe(0);
        Told(shown, "");
    }

    [Fact]
    public async Task The_environment_goes_before_what_was_kept()
    {
        await using var server = WithoutKabar(Sent);
        Store(new StoredLogin("127.0.0.1:1", Tls: false, Pin: null, "lineker", "another"));
        _variables["KABAR_SERVER"] = server.Address;
        _variables["KABAR_TOKEN"] = T;
        (await RunAsync(SendCommand.Create, ["lineker", "halo"])).ShouldBe(0);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task A_kept_session_is_shown_to_no_other_server()
    {
        Store(new StoredLogin("127.0.0.1:1", Tls: false, Pin: null, "messi", T));
        foreach (var run in (Func<Task<int>>[])[() => RunAsync(SendCommand.Create, ["--server", "127.0.0.1:2", "lineker", "halo"]), () =>
        {
            _variables["KABAR_SERVER"] = "127.0.0.1:2";
            return RunAsync(SendCommand.Create, ["lineker", "halo"]);
        }])
        {
            (await run()).ShouldBe(1);
            _error.ToString().ShouldBe("Not logged in at 127.0.0.1:2: run `kabar login`, or set KABAR_TOKEN.\n");
            _error.GetStringBuilder().Clear();
        }
    }

    [Fact]
    public async Task A_server_of_the_first_document_is_as_good()
    {
        await using var server = ScriptedServer.Answering((NotNative.Item1, """{"status": "ERROR", "message": "**Protocol Tidak Benar"}"""), (Dialect.Item1, """{"status": "ERROR", "message": "**Protocol Tidak Benar"}"""), Sent);
        Store(server);
        (await RunAsync(SendCommand.Create, ["lineker", "halo"])).ShouldBe(0);
    }

    [Fact]
    public async Task What_does_not_speak_kabar_cannot_be_followed()
    {
        await using var server = WithoutKabar();
        Store(server);
        (await RunAsync(InboxCommand.Create, ["--follow"])).ShouldBe(1);
        Told("", $"{server.Address} cannot be followed: it does not speak kabar.\n");
    }

    [Fact]
    public async Task What_became_of_each_message_is_told_as_json()
    {
        await using var server = WithoutKabar(Sent);
        Store(server);
        (await RunAsync(SendCommand.Create, ["--json", "lineker", "halo"])).ShouldBe(0);
        Told("""{"to":"lineker","state":"accepted"}""" + "\n", "");
    }

    [Fact]
    public async Task A_damaged_login_is_told()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LoginPath)!);
        await File.WriteAllTextAsync(LoginPath, """{"server": null}""");
        (await RunAsync(WhoCommand.Create, [])).ShouldBe(1);
        Told("", $"{LoginPath} is damaged; remove it and log in again.\n");
    }

    [Theory]
    [InlineData("send")]
    [InlineData("send", "", "halo")]
    [InlineData("inbox", "--from", "17")]
    [InlineData("chat", "--server", "http://satu")]
    [InlineData("chat", "--server", "ws://satu/ws", "--tls", "--insecure", "--pin", "0a")]
    [InlineData("who", "--server", "satu:x")]
    [InlineData("who", "--insecure")]
    [InlineData("who", "--tls", "--pin", "abc")]
    [InlineData("who", "--tls", "--insecure", "--pin", "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a")]
    [InlineData("inbox", "--xml")]
    [InlineData("shell", "--dialect", "klingon")]
    [InlineData("login", "--password", "surabaya")]
    public async Task Wrong_usage_is_told_apart_from_failure(params string[] arguments)
    {
        var around = Around("", ask: null);
        var root = new RootCommand { SendCommand.Create(around), WhoCommand.Create(around), InboxCommand.Create(around), ShellCommand.Create(around), LoginCommand.Create(around), ChatCommand.Create(around) };
        (await InvokeAsync(root, arguments)).ShouldBe(2);
        _error.ToString().ShouldNotBeEmpty();
        _output.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_shell_in_a_pipe_speaks_plainly_and_ends_with_its_input()
    {
        await using var server = ScriptedServer.Answering(("dialect layanan-chat", """{"status": "OK", "message": "layanan-chat"}"""));
        (await RunAsync(ShellCommand.Create, ["--server", server.Address, "--dialect", "layanan-chat"], "kotakmasuk\nlogin messi\n")).ShouldBe(0);
        await server.PlayedAsync();
        Told("Error, not authorized\n-Maaf, command tidak benar\n", "");
    }

    [Fact]
    public async Task A_shell_without_a_server_fails_in_one_sentence()
    {
        (await RunAsync(ShellCommand.Create, ["--server", "127.0.0.1:1"], "inbox\n")).ShouldBe(1);
        Told("", "Cannot connect to 127.0.0.1:1: connection refused.\n");
    }

    private static ScriptedServer Answering(params (string, string)[] turns) => ScriptedServer.Answering([Dialect, .. turns]);

    private static ScriptedServer WithoutKabar(params (string, string)[] turns) => ScriptedServer.Answering([NotNative, Dialect, .. turns]);

    private Surroundings Around(string input, Func<string, bool, string?>? ask) =>
        new(new StringReader(input), _output, _error, name => name == "XDG_CONFIG_HOME" ? _home : _variables.GetValueOrDefault(name)) { Ask = ask };

    private Task<int> RunAsync(Func<Surroundings, Command> create, string[] arguments, string input = "", Func<string, bool, string?>? ask = null) =>
        InvokeAsync(create(Around(input, ask)), arguments);

    private Task<int> InvokeAsync(Command command, string[] arguments) => Execution.InvokeAsync(command, arguments, _output, _error);

    private void Told(string output, string error)
    {
        _error.ToString().ShouldBe(error);
        _output.ToString().ShouldBe(output);
    }

    private StoredLogin? Stored() => new StoredLoginFile(Path.GetDirectoryName(LoginPath)!).Load();

    private void Store(ScriptedServer server) => Store(new StoredLogin(server.Address, Tls: false, Pin: null, "messi", T));

    private void Store(StoredLogin login) => new StoredLoginFile(Path.GetDirectoryName(LoginPath)!).Save(login);
}
