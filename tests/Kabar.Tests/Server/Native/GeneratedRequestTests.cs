using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kabar.Server.Hosting;

namespace Kabar.Tests.Server.Native;

public sealed class GeneratedRequestTests
{
    private static readonly Gen<byte[]> Piece = Gen.OneOf(
        Gen.Elements(
            "auth messi x\r\n", "listen\r\n", "listen 0\n", "unlisten\n", "send messi halo\r\n", "send #batak horas\n", "group create batak\n", "group join batak\n", "inbox\n", "history messi\n",
            "logout\n", "ping\n", "sessions\n", "read messi\n", "react messi 1 👍\n", "edit messi 1 x\n", "delete messi 1\n", "typing messi\n", "who\n", "{\"do\":\"ping\",\"id\":1}\n",
            "{\"do\":\"send\",\"to\":\"messi\",\"text\":\"\\u0041\"}\n", "{\"do\":\"listen\",\"from\":\"0\"}\n", "{", "}", "\"", "\n", "\r\n", "\0", "é", "GET / HTTP/1.1\r\n")
            .Select(Encoding.UTF8.GetBytes),
        ArbMap.Default.GeneratorFor<byte>().ArrayOf(),
        Gen.Choose(150, 260).Select(length => new byte[length].Select(_ => (byte)'x').ToArray()));

    [Fact]
    public async Task Whatever_a_client_sends_its_connection_ends_with_it_and_every_line_is_a_reply_or_an_event()
    {
        await using var scene = new NativeScene(new Limits { RequestLineBytes = 200, JsonLineBytes = 300, RequestsPerSecond = 0 });
        await scene.AccountAsync("messi");
        foreach (var pieces in Piece.ArrayOf().Sample(200, 40))
        {
            var client = scene.Connect();
            foreach (var piece in pieces) await client.Pipe.SendAsync(piece);
            client.Pipe.HalfClose();

            foreach (var line in await client.ReadToEndAsync()) (line.TryGetProperty("event", out _) || line.TryGetProperty("status", out _)).ShouldBeTrue(line.ToString());
            await client.Pipe.Serving.BeforeDeadline();
        }

        scene.Server.Registry.Count.ShouldBe(0);
        new MetricsPage(scene.Server.Metrics).Render().ShouldContain("kabar_listening_connections 0\n");
        await (await scene.EnterAsync("messi")).DoAsync("ping");
    }
}
