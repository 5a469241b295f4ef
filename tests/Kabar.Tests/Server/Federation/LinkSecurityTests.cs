using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Kabar.Protocol.Links;
using Kabar.Server.Federation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kabar.Tests.Server.Federation;

public sealed class LinkSecurityTests : IDisposable
{
    private readonly LinkPair _pair = new();

    public void Dispose() => _pair.Dispose();

    [Fact]
    public async Task Both_sides_see_the_certificate_of_the_other_each_time_also_when_they_have_met_before()
    {
        for (var i = 0; i < 3; i++)
        {
            var (dua, satu) = await _pair.SecureAsync();
            await using (dua)
            await using (satu)
            {
                dua.Fingerprint.ShouldBe(_pair.Satu.Current.Fingerprint);
                satu.Fingerprint.ShouldBe(_pair.Dua.Current.Fingerprint);
                dua.Certificate.ToArray().ShouldBe(_pair.Satu.Current.Certificate.RawData);
                satu.Certificate.ToArray().ShouldBe(_pair.Dua.Current.Certificate.RawData);

                await dua.WriteAsync(new PingFrame(), CancellationToken.None);
                (await satu.ReadAsync(LinkFrame.MostBytes, CancellationToken.None).BeforeDeadline()).ShouldBe(new PingFrame());
                await satu.WriteAsync(new PongFrame(), CancellationToken.None);
                (await dua.ReadAsync(LinkFrame.MostBytes, CancellationToken.None).BeforeDeadline()).ShouldBe(new PongFrame());
            }
        }
    }

    [Fact]
    public async Task A_client_of_TLS_1_2_is_refused()
    {
        var (dialed, listening) = await LinkPair.ConnectAsync();
        var accepting = AcceptAsync(listening);
        await using var client = new SslStream(dialed);
        var connecting = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12,
            TargetHost = "satu",
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            ClientCertificates = [_pair.Dua.Current.Certificate],
        });

        await Should.ThrowAsync<Exception>(connecting.BeforeDeadline());
        (await accepting.BeforeDeadline()).ShouldBeNull();
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_refused()
    {
        var (dialed, listening) = await LinkPair.ConnectAsync();
        var accepting = AcceptAsync(listening);
        await using var client = new SslStream(dialed);
        var connecting = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "satu", RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null });

        // In TLS 1.3 the client may believe that it is through before the server has looked.
        await connecting.BeforeDeadline().ContinueWith(_ => { }, TaskScheduler.Default);
        (await accepting.BeforeDeadline()).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_wants_no_TLS_1_3_or_talks_something_else_is_refused()
    {
        var (dialed, listening) = await LinkPair.ConnectAsync();
        var connecting = LinkSecurity.ConnectAsync(dialed, _pair.Dua.Current, _pair.Limits, TimeProvider.System, CancellationToken.None).AsTask();
        await using var server = new SslStream(listening);
        var accepting = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12, ServerCertificate = _pair.Satu.Current.Certificate });
        await Should.ThrowAsync<Exception>(accepting.BeforeDeadline());
        (await connecting.BeforeDeadline()).ShouldBeNull();

        (dialed, listening) = await LinkPair.ConnectAsync();
        connecting = LinkSecurity.ConnectAsync(dialed, _pair.Dua.Current, _pair.Limits, TimeProvider.System, CancellationToken.None).AsTask();
        await listening.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        (await connecting.BeforeDeadline()).ShouldBeNull();
        await listening.DisposeAsync();
    }

    [Fact]
    public async Task A_stranger_that_says_nothing_is_let_go_when_the_time_is_over()
    {
        var clock = new FakeClock();
        var (dialed, listening) = await LinkPair.ConnectAsync();
        await using var silent = dialed;
        var accepting = LinkSecurity.AcceptAsync(listening, _pair.Satu.Current, new LinkLimits(), clock, CancellationToken.None).AsTask();
        await clock.WaitForTimersAsync();

        clock.Advance(TimeSpan.FromSeconds(5));

        (await accepting.BeforeDeadline()).ShouldBeNull();
        (await dialed.ReadAsync(new byte[1]).BeforeDeadline()).ShouldBe(0, "closed");
    }

    [Fact]
    public async Task A_listener_hands_over_who_dials_and_ends_with_those_it_serves()
    {
        var served = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = Listen(async (stream, stopping) =>
        {
            served.SetResult(stream.Fingerprint);
            await Task.Delay(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
        }, _pair.Limits);
        listener.EndPoint.Port.ShouldBeGreaterThan(0);

        await using var dialed = await DialAsync(listener);
        (await served.Task.BeforeDeadline()).ShouldBe(_pair.Dua.Current.Fingerprint);
        dialed.ShouldNotBeNull().Fingerprint.ShouldBe(_pair.Satu.Current.Fingerprint);

        await listener.DisposeAsync().BeforeDeadline();
        ended.Task.IsCompleted.ShouldBeTrue();
        (await dialed.ReadAsync(LinkFrame.MostBytes, CancellationToken.None).BeforeDeadline()).ShouldBeNull();
        (await DialAsync(listener)).ShouldBeNull("nobody listens any more");
    }

    [Fact]
    public async Task A_listener_shows_the_new_key_after_a_rotation()
    {
        await using var listener = Listen((_, _) => Task.CompletedTask, _pair.Limits);
        var key = _pair.Satu.Rotate();
        await using var dialed = await DialAsync(listener);
        dialed.ShouldNotBeNull().Fingerprint.ShouldBe(key.Fingerprint);
    }

    [Fact]
    public async Task A_listener_lets_go_of_those_beyond_its_limits_and_takes_others_when_there_is_room()
    {
        foreach (var limits in new[] { _pair.Limits with { PerAddress = 1 }, _pair.Limits with { Handshakes = 1 } })
        {
            await using var listener = Listen((_, _) => Task.CompletedTask, limits);
            var first = await ConnectAsync(listener);
            using var second = await ConnectAsync(listener);
            (await second.ReceiveAsync(new byte[1]).BeforeDeadline()).ShouldBe(0, "closed");

            first.Dispose();
            LinkStream? stream = null;
            while (stream is null) stream = await DialAsync(listener);
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_fault_while_one_is_served_does_not_touch_the_others()
    {
        await using var listener = Listen((_, _) => throw new InvalidOperationException("a bug"), _pair.Limits);
        for (var i = 0; i < 2; i++)
        {
            await using var stream = await DialAsync(listener);
            (await stream.ShouldNotBeNull().ReadAsync(LinkFrame.MostBytes, CancellationToken.None).BeforeDeadline()).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Who_dials_a_name_that_is_none_or_a_port_where_nobody_listens_gets_no_link()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port; // it is bound, and nobody listens on it
        foreach (var address in new[] { new LinkAddress("127.0.0.1", port), new LinkAddress("nobody.invalid", 8887), new LinkAddress(new string('x', 200), 1) })
            (await LinkDialer.DialAsync(address, _pair.Dua.Current, _pair.Limits, TimeProvider.System, CancellationToken.None).BeforeDeadline()).ShouldBeNull();
    }

    private static async Task<Socket> ConnectAsync(LinkListener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.EndPoint).BeforeDeadline();
        return socket;
    }

    private LinkListener Listen(Func<LinkStream, CancellationToken, Task> serve, LinkLimits limits) =>
        LinkListener.Start(new IPEndPoint(IPAddress.Loopback, 0), _pair.Satu, serve, limits, TimeProvider.System, NullLogger.Instance);

    private Task<LinkStream?> DialAsync(LinkListener listener) => LinkDialer.DialAsync(
        new LinkAddress("localhost", listener.EndPoint.Port), _pair.Dua.Current, _pair.Limits, TimeProvider.System, CancellationToken.None).BeforeDeadline();

    private Task<LinkStream?> AcceptAsync(Stream connection) =>
        LinkSecurity.AcceptAsync(connection, _pair.Satu.Current, _pair.Limits, TimeProvider.System, CancellationToken.None).AsTask();
}
