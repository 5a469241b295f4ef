using System.Net.Security;
using System.Security.Authentication;
using Kabar.Scenarios.Running;
using Kabar.Transcripts;

namespace Kabar.Scenarios;

public sealed class TlsScenarios
{
    [Fact]
    public async Task A_session_goes_over_TLS_with_the_realms_own_certificate()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, ["chat,tls", "realm-chat"]);
        SslProtocols? protocol = null;

        async ValueTask<Stream> ConnectAsync(string dialect, CancellationToken cancellationToken)
        {
            var tls = await server.ConnectOverTlsAsync("chat,tls", cancellationToken);
            protocol = tls.ShouldBeOfType<SslStream>().SslProtocol;
            return tls;
        }

        await new TranscriptPlayer(ConnectAsync, "chat").PlayAsync(Plays.Named("chat/session").Transcript, TestContext.Current.CancellationToken);

        protocol.ShouldBeOneOf(SslProtocols.Tls12, SslProtocols.Tls13);
        await server.StopAsync();
    }

    [Fact]
    public async Task A_plain_client_on_a_TLS_port_fails_alone()
    {
        using var data = await DataDirectory.WithSampleAccountsAsync();
        await using var server = await KabarProcess.StartAsync(data, ["chat,tls", "realm-chat"]);
        await using var neighbour = await Neighbour.AtAsync(server);
        await using var plain = await server.ClientAsync("chat,tls");

        await plain.RequestAsync("auth messi surabaya");

        (await plain.ReplyOrEndAsync()).ShouldBeNull();
        await neighbour.GoesOnAsync();
        await server.StopAsync();
    }
}
