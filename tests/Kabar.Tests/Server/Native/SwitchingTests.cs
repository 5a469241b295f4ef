namespace Kabar.Tests.Server.Native;

public sealed class SwitchingTests : IAsyncLifetime
{
    private readonly NativeScene _scene = new();

    public async ValueTask InitializeAsync() => await _scene.AccountAsync("messi");

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_line_connection_that_asks_for_it_speaks_the_native_protocol_with_what_stands_behind()
    {
        var pipe = _scene.Server.Connect("layanan-chat");
        await pipe.SendAsync("dialect kabar\r\nauth messi x\r\nping\r\n");
        (await pipe.ReadAsync()).ShouldBe("""{"status": "OK", "message": "kabar"}""");

        var client = new NativeClient(pipe);
        (await client.ReplyAsync()).GetProperty("user").GetString().ShouldBe("messi");
        (await client.ReplyAsync()).ToString().ShouldBe("{\"status\":\"OK\"}");
    }

    [Fact]
    public async Task And_back_with_what_stands_behind_while_it_listened()
    {
        var client = await _scene.ListenAsync("messi");
        await client.DoAsync("send messi halo");
        (await client.EventAsync("message")).GetProperty("text").GetString().ShouldBe("halo");
        await client.SendAsync("dialect thread-chat\r\nauth messi y\r\ndialect kabar\r\nping\r\n");
        (await client.ReplyAsync()).GetProperty("dialect").GetString().ShouldBe("thread-chat");

        (await client.Pipe.ReadAsync()).ShouldBe("""{"status": "ERROR", "message": "Password Salah"}""");
        (await client.Pipe.ReadAsync()).ShouldBe("""{"status": "OK", "message": "kabar"}""");
        (await client.ReplyAsync()).ToString().ShouldBe("{\"status\":\"OK\"}");

        // Nobody is logged in, and nobody listens.
        (await client.RefusedAsync("inbox")).ShouldBe("not_logged_in");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task A_first_line_that_begins_with_a_brace_is_of_the_native_protocol(int size)
    {
        var pipe = _scene.Server.Connect("realm-chat");
        foreach (var piece in "{\"do\":\"ping\",\"id\":1}\n{\"do\":\"auth\",\"username\":\"messi\",\"password\":\"x\"}\n"u8.ToArray().Chunk(size)) await pipe.SendAsync(piece);
        var client = new NativeClient(pipe);
        (await client.ReplyAsync()).ToString().ShouldBe("{\"id\":1,\"status\":\"OK\"}");
        NativeClient.Status(await client.ReplyAsync()).ShouldBe("OK");
    }

    [Fact]
    public async Task A_later_one_is_not()
    {
        var pipe = _scene.Server.Connect("realm-chat");
        await pipe.AskAsync("nonsense");
        (await pipe.AskAsync("{\"do\":\"ping\"}")).ShouldBe("""{"status": "ERROR", "message": "**Protocol Tidak Benar"}""");
    }

    [Fact]
    public async Task There_are_no_other_dialects()
    {
        var client = _scene.Connect();
        (await client.RefusedAsync("dialect klingon")).ShouldBe("invalid_parameter");
        await client.DoAsync("dialect kabar");
        await client.DoAsync("ping");
    }

    [Fact]
    public async Task A_server_that_stops_serves_nobody_another_dialect()
    {
        var client = await _scene.EnterAsync("messi");
        _scene.Server.Registry.Stop();
        await client.SendAsync("dialect realm-chat\r\n");
        await client.Pipe.Serving.BeforeDeadline();
    }
}
