using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kabar.Cli.Wire;
using Kabar.Tests.Cli.Terminal;

namespace Kabar.Tests.Cli.Wire;

public sealed class ServerConnectionTests
{
    private const string Reply = """{"status": "OK", "message": "Message Sent"}""";

    [Fact]
    public async Task A_request_ends_in_a_blank_and_a_line_end()
    {
        await using var server = ScriptedServer.Answering(("send T lineker halo é", Reply), ("inbox T", """{"status": "OK", "messages": {}}"""));
        await using var connection = await DialAsync(server);
        (await connection.AskAsync("send T lineker halo é", default)).IsOk.ShouldBeTrue();
        (await connection.AskAsync("inbox T", default)).Json("messages").ShouldBe("{}");
        await server.PlayedAsync();
    }

    [Fact]
    public async Task A_reply_may_come_byte_by_byte()
    {
        var (connection, pipe) = Piped();
        var asking = connection.ReadReplyAsync(default);
        foreach (var value in Encoding.UTF8.GetBytes(Reply + "\r\n\r\n")) await pipe.Writer.WriteAsync(new[] { value });
        (await asking).Message.ShouldBe("Message Sent");
    }

    [Fact]
    public async Task Two_replies_in_one_read_are_two()
    {
        var (connection, pipe) = Piped();
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(Reply + "\r\n\r\n{\"status\": \"ERROR\", \"message\": \"Gagal\"}\r\n\r\n"));
        (await connection.ReadReplyAsync(default)).IsOk.ShouldBeTrue();
        (await connection.ReadReplyAsync(default)).IsOk.ShouldBeFalse();
    }

    [Fact]
    public async Task A_reply_without_an_end_is_not_taken_in_for_ever()
    {
        var (connection, pipe) = Piped(ConnectionLimits.Default with { ReplyBytes = 1000 });
        await pipe.Writer.WriteAsync(new byte[1001]);
        var fault = await Should.ThrowAsync<ServerFault>(connection.ReadReplyAsync(default));
        fault.Message.ShouldBe("satu:8889 sent an answer of more than 1000 bytes.");
        connection.IsBroken.ShouldBeTrue();
    }

    [Fact]
    public async Task A_silent_server_is_given_up()
    {
        var clock = new ManualClock();
        var (connection, _) = Piped(ConnectionLimits.Default with { Clock = clock });
        var asking = connection.ReadReplyAsync(default);
        await clock.RunOutAsync();
        (await Should.ThrowAsync<ServerFault>(asking)).Message.ShouldBe("satu:8889 did not answer within 30 seconds.");
        connection.IsBroken.ShouldBeTrue();
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2")]
    [InlineData("[1, 2]")]
    [InlineData("")]
    public async Task What_is_no_reply_is_told_as_such(string line)
    {
        var (connection, pipe) = Piped();
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n\r\n"));
        (await Should.ThrowAsync<ServerFault>(connection.ReadReplyAsync(default))).Message.ShouldBe("The server's answer is not one of this protocol.");
        connection.IsBroken.ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_that_ends_in_the_middle_is_lost()
    {
        await using var server = ScriptedServer.Start(async connection =>
        {
            await connection.ExpectAsync("inbox T \r\n");
            await connection.SendAsync("{\"status\": \"OK\"");
        });
        await using var connection = await DialAsync(server);
        var fault = await Should.ThrowAsync<ServerFault>(connection.AskAsync("inbox T", default));
        fault.Message.ShouldBe($"The connection to {server.Address} was lost.");
    }

    [Fact]
    public async Task Nobody_there_is_one_sentence()
    {
        var server = ScriptedServer.Start();
        var address = server.Address;
        await server.DisposeAsync();
        (await Should.ThrowAsync<ServerFault>(ServerDialer.ConnectAsync(Endpoint(address), ConnectionLimits.Default, default)))
            .Message.ShouldBe($"Cannot connect to {address}: connection refused.");
    }

    [Fact]
    public void Half_a_surrogate_pair_and_bytes_that_are_no_text_do_no_harm()
    {
        ServerReply.Parse("""{"status": "ERROR", "message": "a\ud83d"}"""u8.ToArray()).Message.ShouldBe("\"a\\ud83d\"");
        ServerReply.Parse((byte[])[.. "{\"status\": \"ERROR\", \"message\": \""u8, 0xFF, .. "\"}"u8]).Message.ShouldBe("\uFFFD");
    }

    [Fact]
    public async Task A_pinned_certificate_is_enough_and_another_one_is_refused()
    {
        using var certificate = SelfSigned();
        var fingerprint = CertificateTrust.FingerprintOf(certificate);
        await using var server = ScriptedServer.StartTls(certificate, connection => ScriptedServer.AnswerAsync(connection, ("inbox T", Reply)));
        await using var connection = await ServerDialer.ConnectAsync(
            Endpoint(server.Address) with { Trust = new CertificateTrust(fingerprint) }, ConnectionLimits.Default, default);
        (await connection.AskAsync("inbox T", default)).IsOk.ShouldBeTrue();
        connection.Fingerprint.ShouldBe(fingerprint);

        foreach (var trust in new[] { new CertificateTrust(new string('0', 64)), new CertificateTrust() })
        {
            await using var other = ScriptedServer.StartTls(certificate, connection => connection.ExpectEndAsync());
            var fault = await Should.ThrowAsync<ServerFault>(
                ServerDialer.ConnectAsync(Endpoint(other.Address) with { Trust = trust }, ConnectionLimits.Default, default));
            fault.Message.ShouldBe($"{other.Address} shows a certificate that is not trusted; its fingerprint is {fingerprint}.");
        }
    }

    [Fact]
    public async Task Any_certificate_will_do_for_those_who_say_so()
    {
        using var certificate = SelfSigned();
        await using var server = ScriptedServer.StartTls(certificate, connection => ScriptedServer.AnswerAsync(connection, ("inbox T", Reply)));
        await using var connection = await ServerDialer.ConnectAsync(
            Endpoint(server.Address) with { Trust = new CertificateTrust(AcceptsAny: true) }, ConnectionLimits.Default, default);
        (await connection.AskAsync("inbox T", default)).IsOk.ShouldBeTrue();
    }

    internal static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=satu", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static ServerEndpoint Endpoint(string address) =>
        ServerAddress.TryParse(address, out var parsed) ? new ServerEndpoint(parsed) : throw new ArgumentException(address, nameof(address));

    private static Task<ServerConnection> DialAsync(ScriptedServer server) =>
        ServerDialer.ConnectAsync(Endpoint(server.Address), ConnectionLimits.Default, default);

    private static (ServerConnection Connection, Pipe FromServer) Piped(ConnectionLimits? limits = null)
    {
        var pipe = new Pipe();
        return (new ServerConnection(pipe.Reader.AsStream(), "satu:8889", limits ?? ConnectionLimits.Default), pipe);
    }
}
