using Kabar.Cli.Shell;

namespace Kabar.Tests.Cli.Shell;

/// <summary>Section 4 of the dialects' specification, row by row: what is typed, what goes over the wire, what is printed.</summary>
public sealed class ShellDialectTests
{
    private const string T = "15299a77-ce5b-458e-b3ba-9b565c09c135";
    private const string Messages = """{"messi": [{"msg_from": "Lionel Messi", "msg_to": "Gary Lineker", "msg": "halo \u00e9  lineker"}]}""";
    private const string LoggedIn = "username messi logged in, token " + T;

    /// <summary>Dialect, what is typed, the request, the reply, what is printed.</summary>
    public static TheoryData<string, string, string, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string, string, string>();
            foreach (var dialect in (string[])["message-service", "chat", "thread-chat", "realm-chat"])
            {
                rows.Add(dialect, "send lineker halo lineker, ini messi", $"send {T} lineker halo lineker, ini messi", Ok("message", "\"Message Sent\""), "message sent to lineker");
                rows.Add(dialect, "inbox", $"inbox {T}", Ok("messages", Messages), Messages);
                rows.Add(dialect, "inbox", $"inbox {T}", Ok("messages", "{}"), "{}");
                rows.Add(dialect, "send leineker nihao ma?", $"send {T} leineker nihao ma?", Error("User Tidak Ditemukan"), "Error, User Tidak Ditemukan");
                rows.Add(dialect, "inbox", $"inbox {T}", Error("Session Tidak Ditemukan"), "Error, Session Tidak Ditemukan");
            }

            const string Active = """[{"username": "messi", "nama": "Lionel Messi"}, {"username": "lineker", "nama": "Gary Lineker"}]""";
            rows.Add("message-service", "actives", $"actives {T}", Ok("active", Active), Active);
            rows.Add("message-service", "actives", $"actives {T}", Error("Gagal"), "Error, Gagal");
            rows.Add("message-service", "logout", $"logout {T}", """{"status": "OK", "tokenid": "\u0000", "tokenId": "\u0000"}""", "logged out");

            rows.Add("chat", "listuser", $"listuser {T}", Ok("listuseraktif", "\"messi henderson lineker \""), "User sedang aktif\n\"messi henderson lineker \"");
            rows.Add("chat", "listuser", $"listuser {T}", Error("Gagal"), "Error, Gagal");
            rows.Add("chat", "logout", $"logout {T}", Ok("messages", "\"Terima Kasih Telah Menggunakan Service Ini\""), "\"Terima Kasih Telah Menggunakan Service Ini\"");

            const string Online = """{"4faf889d": {"username": "lineker", "userdetail": {"nama": "Gary Lineker", "negara": "Inggris", "incoming": {}, "outgoing": {}}}}""";
            rows.Add("thread-chat", "online", $"online {T}", Ok("messages", Online), Online);
            rows.Add("thread-chat", "online", $"online {T}", Error("Gagal"), "Error, Gagal");
            rows.Add("thread-chat", "logout", $"logout {T}", Ok("messages", "\"Logged out successfully\""), "Logged out successfully");

            rows.Add("layanan-chat", "chat fadly hai dudee", $"chat {T} fadly hai dudee", Ok("message", "\"Message Sent\""), "message sent to fadly");
            rows.Add("layanan-chat", "chat fadlx hai", $"chat {T} fadlx hai", Error("User Tidak Ditemukan"), "Error, User Tidak Ditemukan");
            rows.Add("layanan-chat", "kotakmasuk", $"kotakmasuk {T}", Ok("messages", Messages), Messages);
            rows.Add("layanan-chat", "kotakmasuk", $"kotakmasuk {T}", Error("Gagal"), "Error, Gagal");
            rows.Add("layanan-chat", "user_on", $"user_on {T}", Ok("message", "\"shafwa, fadly, \""), "user aktif: \"shafwa, fadly, \"");
            rows.Add("layanan-chat", "user_on", $"user_on {T}", Error("Gagal"), "Error, Gagal");
            rows.Add("layanan-chat", "logout", $"logout {T}", Ok("messages", "\"logout success\""), "logout success");

            rows.Add("realm-chat", "logout", $"logout {T}", Ok("messages", "\"Logged out successfully\""), "Logged out successfully");
            foreach (var dialect in ShellDialects.All) rows.Add(dialect.Name, "logout", $"logout {T}", Error("Gagal"), "Error, Gagal");
            return rows;
        }
    }

    public static TheoryData<string> Names => [.. ShellDialects.All.Select(dialect => dialect.Name)];

    /// <summary>Dialect, what is typed, whether it is unknown: without an answer from any server.</summary>
    public static TheoryData<string, string, string> Mistakes
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (var dialect in ShellDialects.All)
            {
                var words = dialect.Name == "chat" ? "Maaf, command salah" : "Maaf, command tidak benar";
                var (login, send) = dialect.Name == "layanan-chat" ? ("login", "chat") : ("auth", "send");
                rows.Add(dialect.Name, "message", "*" + words);
                rows.Add(dialect.Name, "list user", "*" + words);
                rows.Add(dialect.Name, "INBOX", "*" + words);
                foreach (var other in ShellDialects.All.SelectMany(other => other.Verbs).Select(verb => verb.Name).Distinct())
                {
                    if (dialect.Find(other) is null) rows.Add(dialect.Name, other + " a b", "*" + words);
                }

                rows.Add(dialect.Name, login, "-" + words);
                rows.Add(dialect.Name, login + " messi", "-" + words);
                rows.Add(dialect.Name, login + " messi ", "-" + words);
                rows.Add(dialect.Name, send, "-" + words);
                rows.Add(dialect.Name, send + " lineker", "-" + words);
                rows.Add(dialect.Name, send + " lineker  ", "-" + words);
            }

            rows.Add("realm-chat", "group", "-Maaf, command tidak benar");
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Every_command_prints_what_the_table_says(string dialect, string typed, string request, string reply, string printed)
    {
        var login = dialect == "layanan-chat" ? "login" : "auth";
        var shell = await ShellRun.AnsweringAsync(dialect, [$"{login} messi surabaya", typed],
            ($"{login} messi surabaya", $$"""{"status": "OK", "tokenid": "{{T}}"}"""), (request, reply));
        shell.ShouldBe(LoggedIn + "\n" + printed + "\n");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_login_is_told_with_its_token_whatever_the_case_of_its_key(string dialect)
    {
        var login = dialect == "layanan-chat" ? "login" : "auth";
        foreach (var key in (string[])["tokenid", "tokenId"])
        {
            var shell = await ShellRun.AnsweringAsync(dialect, [$"{login} messi surabaya and more"],
                ($"{login} messi surabaya", $$"""{"status": "OK", "{{key}}": "{{T}}"}"""));
            shell.ShouldBe(LoggedIn + "\n");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_refused_login_leaves_everything_as_it_was(string dialect)
    {
        var login = dialect == "layanan-chat" ? "login" : "auth";
        var shell = await ShellRun.AnsweringAsync(dialect, [$"{login} messi soal", "logout"], ($"{login} messi soal", Error("Password Salah")));
        shell.ShouldBe("Error, Password Salah\nError, not authorized\n");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Before_a_login_nothing_else_is_asked_of_the_server(string dialect)
    {
        var verbs = ShellDialects.All.Single(known => known.Name == dialect).Verbs.Where(verb => verb.Name is not ("auth" or "login")).ToList();
        var shell = await ShellRun.AnsweringAsync(dialect, [.. verbs.Select(verb => $"{verb.Name} a b")]);
        shell.ShouldBe(string.Concat(verbs.Select(_ => "Error, not authorized\n")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task After_a_logout_it_is_as_before_the_login(string dialect)
    {
        var login = dialect == "layanan-chat" ? "login" : "auth";
        var shell = await ShellRun.AnsweringAsync(dialect, [$"{login} messi surabaya", "logout", "logout"],
            ($"{login} messi surabaya", $$"""{"status": "OK", "tokenid": "{{T}}"}"""), ($"logout {T}", Ok("messages", "\"m\"")));
        shell.ShouldEndWith("\nError, not authorized\n");
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_told_without_asking_the_server(string dialect, string typed, string printed) =>
        (await ShellRun.AnsweringAsync(dialect, [typed])).ShouldBe(printed + "\n");

    [Fact]
    public async Task A_text_keeps_its_blanks_and_its_braces()
    {
        var shell = await ShellRun.AnsweringAsync("realm-chat", ["auth messi surabaya", "  send  lineker  halo  {token} {reply.message} "],
            ("auth messi surabaya", Ok("tokenid", $"\"{T}\"")), ($"send {T} lineker  halo  {{token}} {{reply.message}} ", Ok("message", "\"\"")));
        shell.ShouldEndWith("\nmessage sent to lineker\n");
    }

    private static string Ok(string key, string json) => $$"""{"status": "OK", "{{key}}": {{json}}}""";

    private static string Error(string message) => $$"""{"status": "ERROR", "message": "{{message}}"}""";
}
