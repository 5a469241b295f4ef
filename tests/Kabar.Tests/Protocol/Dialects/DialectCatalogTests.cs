using System.Text;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;

namespace Kabar.Tests.Protocol.Dialects;

public sealed class DialectCatalogTests
{
    private const string T = "0f8fad5b-d9cb-469f-a165-70867728950e";

    private static readonly SessionToken Token = SessionToken.Parse(Encoding.ASCII.GetBytes(T));

    [Fact]
    public void There_are_five_dialects_found_by_name_and_by_no_other()
    {
        DialectCatalog.All.Select(dialect => dialect.Name).ShouldBe(["message-service", "chat", "thread-chat", "layanan-chat", "realm-chat"]);
        foreach (var dialect in DialectCatalog.All) DialectCatalog.Find(dialect.Name).ShouldBeSameAs(dialect);
        DialectCatalog.Find("kabar").ShouldBeNull();
        DialectCatalog.Find("Chat").ShouldBeNull();
        DialectCatalog.Default.Name.ShouldBe("realm-chat");
    }

    [Theory]
    [InlineData("auth messi surabaya ", null)]
    [InlineData("auth messi surabaya more of it", null)]
    [InlineData("login messi surabaya", "layanan-chat")]
    public void A_log_in_is_read(string line, string? owner)
    {
        var command = Read<LogInCommand>(line, owner);
        command.Username.ShouldBe("messi");
        command.Password.Utf8.ToArray().ShouldBe("surabaya"u8.ToArray());
    }

    [Theory]
    [InlineData($"send {T} lineker halo lineker, ini messi ", null, "halo lineker, ini messi")]
    [InlineData($"send {T} lineker  two  blanks ", null, "two  blanks")]
    [InlineData($"send {T} lineker é🐐", null, "é🐐")]
    [InlineData($"chat {T} lineker hai", "layanan-chat", "hai")]
    public void A_send_is_read(string line, string? owner, string text)
    {
        var command = Read<SendCommand>(line, owner);
        (command.Token, command.To, command.Text.Decode()).ShouldBe((Token, "lineker", text));
    }

    [Theory]
    [InlineData($"inbox {T}", null)]
    [InlineData($"inbox {T} and more ", null)]
    [InlineData($"kotakmasuk {T}", "layanan-chat")]
    public void An_inbox_is_read(string line, string? owner) => Read<InboxCommand>(line, owner).Token.ShouldBe(Token);

    [Theory]
    [InlineData($"actives {T}", "message-service")]
    [InlineData($"listuser {T}", "chat")]
    [InlineData($"user_on {T}", "layanan-chat")]
    public void A_list_of_active_users_is_read(string line, string owner) => Read<ActiveUsersCommand>(line, owner).Token.ShouldBe(Token);

    [Fact]
    public void A_list_of_sessions_is_read_with_and_without_a_session_id()
    {
        Read<ActiveSessionsCommand>($"online {T}", "thread-chat").Token.ShouldBe(Token);
        Read<ActiveSessionsCommand>("online ", "thread-chat").Token.ShouldBeNull();
        Read<ActiveSessionsCommand>("online nonsense", "thread-chat").Token.ShouldBe(default(SessionToken));
    }

    [Fact]
    public void A_log_out_is_read() => Read<LogOutCommand>($"logout {T} ", owner: null).Token.ShouldBe(Token);

    [Theory]
    [InlineData($"group {T} batak")]
    [InlineData($"group {T} batak ")]
    [InlineData($"group {T} batak origin ")]
    public void A_group_is_read_with_and_without_the_state(string line)
    {
        var command = Read<GroupCommand>(line, "realm-chat");
        (command.Token, command.Group).ShouldBe((Token, "batak"));
    }

    [Fact]
    public void A_session_id_that_is_none_is_a_token_that_opens_nothing() => Read<InboxCommand>("inbox 12345", null).Token.ShouldBe(default);

    [Fact]
    public void A_change_of_dialect_is_read()
    {
        foreach (var dialect in DialectCatalog.All) Read<SwitchDialectCommand>($"dialect {dialect.Name} ", null).Dialect.ShouldBeSameAs(dialect);
        Read<SwitchToNativeCommand>("dialect kabar", null).ShouldBeSameAs(SwitchToNativeCommand.Instance);
        Refused("dialect klingon").ShouldBe(Refusal.UnknownCommand);
        Refused("dialect chätt").ShouldBe(Refusal.UnknownCommand);
    }

    [Theory]
    [InlineData("auth")]
    [InlineData("auth messi")]
    [InlineData("auth messi ")]
    [InlineData("login messi")]
    [InlineData("send")]
    [InlineData($"send {T}")]
    [InlineData($"send {T} lineker")]
    [InlineData($"send {T} lineker   ")]
    [InlineData($"chat {T} lineker ")]
    [InlineData("inbox")]
    [InlineData("kotakmasuk ")]
    [InlineData("actives")]
    [InlineData("listuser")]
    [InlineData("user_on")]
    [InlineData("logout")]
    [InlineData("group")]
    [InlineData($"group {T} ")]
    [InlineData("dialect")]
    public void A_missing_parameter_is_told(string line) => Refused(line).ShouldBe(Refusal.MissingParameter);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("nonsense")]
    [InlineData("AUTH messi surabaya")]
    [InlineData("authmessi surabaya")]
    [InlineData("auth\tmessi surabaya")]
    [InlineData("{}")]
    public void Whatever_else_is_unknown(string line) => Refused(line).ShouldBe(Refusal.UnknownCommand);

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { (byte)'a', 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })] // a surrogate
    [InlineData(new byte[] { 0xC0, 0x80 })] // a NUL in disguise
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })] // beyond Unicode
    [InlineData(new byte[] { (byte)'a', 0 })]
    public void Bytes_that_are_no_text_are_malformed(byte[] line)
    {
        foreach (var prefix in new[] { "", $"send {T} lineker ", "auth " })
            Refused([.. Encoding.ASCII.GetBytes(prefix), .. line]).ShouldBe(Refusal.MalformedLine);
    }

    [Fact]
    public void A_verb_of_one_dialect_is_answered_in_it_and_a_shared_one_in_the_connections()
    {
        foreach (var connection in DialectCatalog.All)
        {
            DialectCatalog.Read(Encoding.ASCII.GetBytes($"kotakmasuk {T}"), connection).Dialect.Name.ShouldBe("layanan-chat");
            DialectCatalog.Read("kotakmasuk"u8, connection).Dialect.Name.ShouldBe("layanan-chat");
            DialectCatalog.Read(Encoding.ASCII.GetBytes($"inbox {T}"), connection).Dialect.ShouldBeSameAs(connection);
            DialectCatalog.Read("nonsense"u8, connection).Dialect.ShouldBeSameAs(connection);
        }
    }

    private static T1 Read<T1>(string line, string? owner)
        where T1 : Command
    {
        T1? command = null;
        foreach (var connection in DialectCatalog.All)
        {
            var request = DialectCatalog.Read(Encoding.UTF8.GetBytes(line), connection);
            request.Dialect.Name.ShouldBe(owner ?? connection.Name);
            command = request.Command.ShouldBeOfType<T1>();
        }

        return command.ShouldNotBeNull();
    }

    private static void ReadIn<T1>(string line, Dialect connection)
        where T1 : Command
    {
        var request = DialectCatalog.Read(Encoding.UTF8.GetBytes(line), connection);
        request.Command.ShouldBeOfType<T1>();
        request.Dialect.ShouldBeSameAs(connection);
    }

    private static Refusal Refused(string line) => Refused(Encoding.UTF8.GetBytes(line));

    private static Refusal Refused(byte[] line) => DialectCatalog.Read(line, DialectCatalog.Default).Command.ShouldBeOfType<RefusedCommand>().Refusal;
}
