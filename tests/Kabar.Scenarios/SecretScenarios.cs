using System.Text;
using Kabar.Scenarios.Running;
using Kabar.Transcripts;

namespace Kabar.Scenarios;

/// <summary>No password, token or text is in anything the server says about itself.</summary>
public sealed class SecretScenarios
{
    private const string Password = "sandi-rahasia-9417";
    private const string WrongPassword = "sandi-salah-5520";
    private const string NewPassword = "sandi-baru-3301";
    private const string Text = "isi-pesan-7263";

    [Fact]
    public async Task Nothing_secret_is_logged_or_measured()
    {
        using var data = DataDirectory.Empty();
        await data.ImportAsync($$"""{"username": "budi", "nama": "Budi", "password": "{{Password}}"}""" + "\n");
        var settings = new Dictionary<string, string> { ["Logging__LogLevel__Default"] = "Trace", ["Limits__WrongPasswordsPerMinute"] = "0" };
        await using var server = await KabarProcess.StartAsync(data, Plays.Dialects, settings, http: true);
        var secrets = new List<string> { Password, WrongPassword, NewPassword, Text };

        // 1. Everything a client can do, well and badly, in every dialect.
        foreach (var dialect in Plays.Dialects)
        {
            await using var client = await server.ClientAsync(dialect);
            await client.AskAsync($"auth budi {WrongPassword}-{dialect}");
            await client.AskAsync($"auth {Password} {Password}");
            var token = await client.LogInAsync("budi", Password);
            secrets.AddRange([token, token.Replace("-", "", StringComparison.Ordinal)]);
            (await client.AskAsync($"send {token} budi {Text}")).ShouldBe(LineClient.Sent);
            await client.AskAsync($"send {token} siapa {Text}");
            await client.AskAsync($"chat {token} budi {Text}");
            await client.AskAsync($"{Text} {token}");
            await client.AskAsync($"send {token}{Text}");
            (await client.InboxAsync(token)).Count.ShouldBe(2);
            foreach (var verb in (string[])["actives", "listuser", "user_on", "online"])
                (await client.AskAsync($"{verb} {token}")).ShouldStartWith("""{"status": "OK", """);
            await client.WriteAsync($"send {token} budi \0{Text}\n");
            await client.ReplyAsync();
            (await client.AskAsync($"logout {token}")).ShouldStartWith("""{"status": "OK", """);
            await client.AskAsync($"inbox {token}");
            await client.WriteAsync($"auth budi {Password}" + new string('x', 20_000) + "\n");
            await client.ReplyOrEndAsync();
        }

        (await KabarCommand.RunWithInputAsync(NewPassword + "\n", "user", "passwd", "budi", "--data", data.Location)).ShouldHaveDone();

        // 2. What it says about itself.
        using var http = new HttpClient { BaseAddress = server.Http };
        var health = await http.GetStringAsync("/healthz");
        var metrics = await http.GetStringAsync("/metrics");
        await server.StopAsync();
        server.Log.ShouldNotBeNullOrWhiteSpace();
        metrics.ShouldNotBeNullOrWhiteSpace();
        foreach (var secret in secrets)
        {
            server.Log.ShouldNotContain(secret);
            health.ShouldNotContain(secret);
            metrics.ShouldNotContain(secret);
        }
    }

    [Theory]
    [InlineData("Logging__LogLevel__Default", "Trace")]
    [InlineData("Logging__Console__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics", "Trace")]
    public async Task The_address_of_a_webhook_and_the_token_of_a_bot_are_never_logged(string setting, string level)
    {
        using var data = await DataDirectory.OfAsync("messi");
        (await KabarCommand.RunAsync("group", "create", "batak", "--owner", "messi", "--data", data.Location)).ShouldHaveDone();
        string[] create = ["token", "create", "--user", "messi", "--name", "bel", "--in", "#batak", "--data", data.Location];
        var hook = (await KabarCommand.RunAsync([.. create, "--hook"])).ShouldHaveDone().Output.Trim();
        var token = (await KabarCommand.RunAsync(create)).ShouldHaveDone().Output.Trim();
        var settings = new Dictionary<string, string> { [setting] = level, ["Logging__LogLevel__Microsoft"] = "Trace", ["Logging__Console__FormatterOptions__IncludeScopes"] = "true" };
        await using var server = await KabarProcess.StartAsync(data, [Plays.Native], settings, http: true);

        // 1. Well and badly: what is said, is no body, is no request at all.
        using var http = new HttpClient { BaseAddress = server.Http };
        using (var said = await http.PostAsync(hook, new StringContent(Text))) said.IsSuccessStatusCode.ShouldBeTrue();
        using (var form = await http.PostAsync(hook, new FormUrlEncodedContent([new("text", Text)]))) form.IsSuccessStatusCode.ShouldBeFalse();
        using (var get = await http.GetAsync(hook)) get.IsSuccessStatusCode.ShouldBeFalse();
        using (var beyond = await http.GetAsync(hook + "/x?token=" + token)) beyond.IsSuccessStatusCode.ShouldBeFalse();
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {token}");
        using (var me = await http.GetAsync("/api/v1/me")) me.IsSuccessStatusCode.ShouldBeTrue();
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync(server.Http!.Host, server.Http.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {hook} HTTP/1.1 oops\r\nAuthorization: Bearer {token}\r\n\r\n"));
            using var reader = new StreamReader(socket.GetStream());
            (await reader.ReadToEndAsync()).ShouldContain(" 400 ");
        }

        // 2. What it says about itself.
        await server.StopAsync();
        server.Log.ShouldContain("Microsoft.AspNetCore");
        foreach (var secret in new[] { hook.Split('/')[^1], token, Text }) server.Log.ShouldNotContain(secret[6..]);
    }

    [Fact]
    public async Task The_data_hold_no_password_and_no_token_as_they_are()
    {
        using var data = DataDirectory.Empty();
        await data.ImportAsync($$"""{"username": "budi", "nama": "Budi", "password": "{{Password}}"}""" + "\n");
        await using var server = await KabarProcess.StartAsync(data);
        await using var client = await server.ClientAsync("chat");
        var token = await client.LogInAsync("budi", Password);
        (await client.AskAsync($"send {token} budi {Text}")).ShouldBe(LineClient.Sent);
        await server.StopAsync();

        var everything = string.Concat(Directory.EnumerateFiles(data.Location, "*", SearchOption.AllDirectories)
            .Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        everything.ShouldContain(Text);
        everything.ShouldNotContain(Password);
        everything.ShouldNotContain(token);
        everything.ShouldNotContain(Encoding.Latin1.GetString(Guid.Parse(token).ToByteArray()));
        everything.ShouldNotContain(Encoding.Latin1.GetString(Guid.Parse(token).ToByteArray(bigEndian: true)));
    }
}
