using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation;

/// <summary>The proxy by itself, in front of an echo: a scenario is worth what its faults are.</summary>
public sealed class LinkProxyScenarios
{
    [Fact]
    public async Task It_passes_and_counts()
    {
        await using var echo = new Echo();
        await using var proxy = LinkProxy.To(echo.Port);
        using var client = await ConnectAsync(proxy);

        (await AskAsync(client, "apa kabar")).ShouldBe("apa kabar");

        proxy.BytesPassed.ShouldBe(2 * "apa kabar".Length);
        proxy.ConnectionsAccepted.ShouldBe(1);
    }

    [Fact]
    public async Task It_passes_the_end_of_a_stream()
    {
        await using var echo = new Echo();
        await using var proxy = LinkProxy.To(echo.Port);
        using var client = await ConnectAsync(proxy);

        client.Shutdown(SocketShutdown.Send);

        (await Eventually.CompletesAsync(client.ReceiveAsync(new byte[1]), "the end comes back")).ShouldBe(0);
    }

    [Fact]
    public async Task A_cut_resets_what_is_open_and_refuses_what_is_new_until_it_passes_again()
    {
        await using var echo = new Echo();
        await using var proxy = LinkProxy.To(echo.Port);
        using var client = await ConnectAsync(proxy);
        (await AskAsync(client, "halo")).ShouldBe("halo");

        proxy.Cut();

        var reset = await Should.ThrowAsync<SocketException>(() => Eventually.CompletesAsync(client.ReceiveAsync(new byte[1]), "the reset arrives"));
        reset.SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
        var refused = await Should.ThrowAsync<SocketException>(() => ConnectAsync(proxy));
        refused.SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);

        proxy.Pass();
        using var next = await ConnectAsync(proxy);
        (await AskAsync(next, "halo lagi")).ShouldBe("halo lagi");
    }

    [Fact]
    public async Task Nobody_behind_it_is_a_reset()
    {
        await using var proxy = LinkProxy.To(FreePorts.Take());

        // The reset may be quicker than the connect.
        await Should.ThrowAsync<SocketException>(async () =>
        {
            using var client = await ConnectAsync(proxy);
            await Eventually.CompletesAsync(client.ReceiveAsync(new byte[1]), "the reset arrives");
        });
    }

    [Fact]
    public async Task A_delay_holds_for_each_direction_and_keeps_the_order()
    {
        await using var echo = new Echo();
        await using var proxy = LinkProxy.To(echo.Port, seed: 7);
        using var client = await ConnectAsync(proxy);
        proxy.Delay(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(30));

        var asked = Stopwatch.StartNew();
        (await AskAsync(client, "pelan")).ShouldBe("pelan");
        asked.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(100));

        // Many writes, each with a jitter of its own, and the delay taken away in the middle of them.
        var text = string.Concat(Enumerable.Range(0, 200).Select(number => FormattableString.Invariant($"{number},")));
        var receiving = ReceiveAsync(client, text.Length);
        for (var sent = 0; sent < text.Length; sent += 7)
        {
            await client.SendAsync(Encoding.ASCII.GetBytes(text[sent..Math.Min(text.Length, sent + 7)]));
            if (sent == 350) proxy.Pass();
        }

        (await Eventually.CompletesAsync(receiving, "everything comes back")).ShouldBe(text);
    }

    [Fact]
    public async Task A_half_open_link_swallows_everything_and_what_has_lived_in_it_stays_silent()
    {
        await using var echo = new Echo();
        await using var proxy = LinkProxy.To(echo.Port);
        using var old = await ConnectAsync(proxy);
        (await AskAsync(old, "halo")).ShouldBe("halo");

        proxy.HalfOpen();
        using var young = await ConnectAsync(proxy);
        await old.SendAsync("ditelan"u8.ToArray());
        await young.SendAsync("ditelan juga"u8.ToArray());
        await Eventually.BecomesTrueAsync(() => proxy.BytesSwallowed == "ditelanditelan juga".Length, "both are swallowed");
        echo.BytesReceived.ShouldBe(4);

        // Better weather is for new connections.
        proxy.Pass();
        await old.SendAsync("masih"u8.ToArray());
        await Eventually.BecomesTrueAsync(() => proxy.BytesSwallowed == "ditelanditelan jugamasih".Length, "the old one stays dead");
        using var next = await ConnectAsync(proxy);
        (await AskAsync(next, "halo")).ShouldBe("halo");
        old.Available.ShouldBe(0);
        echo.Open.ShouldBe(2);

        // One end gives up: the other does not hear of it.
        old.Close();
        (await AskAsync(next, "halo")).ShouldBe("halo");
        echo.Open.ShouldBe(2);

        // A cut ends them all.
        proxy.Cut();
        await Should.ThrowAsync<SocketException>(() => Eventually.CompletesAsync(young.ReceiveAsync(new byte[1]), "the reset arrives"));
        await Eventually.BecomesTrueAsync(() => echo.Open == 0, "the far ends are gone");
    }

    private static async Task<Socket> ConnectAsync(LinkProxy proxy)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, proxy.Port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<string> AskAsync(Socket socket, string text)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        return await Eventually.CompletesAsync(ReceiveAsync(socket, text.Length), $"the echo of {text}");
    }

    private static async Task<string> ReceiveAsync(Socket socket, int count)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var buffer = new byte[count];
        await stream.ReadExactlyAsync(buffer);
        return Encoding.ASCII.GetString(buffer);
    }

    /// <summary>Says what it is told.</summary>
    private sealed class Echo : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Task> _talks = [];
        private readonly Task _accepting;
        private int _open;
        private long _received;

        public Echo()
        {
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Open => Volatile.Read(ref _open);

        public long BytesReceived => Interlocked.Read(ref _received);

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _accepting;
            await Eventually.CompletesAsync(Task.WhenAll(_talks), "every connection of the echo has ended");
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true) _talks.Add(TalkAsync(await _listener.AcceptSocketAsync()));
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task TalkAsync(Socket socket)
        {
            using var owned = socket;
            Interlocked.Increment(ref _open);
            var buffer = new byte[1024];
            try
            {
                while (await socket.ReceiveAsync(buffer) is > 0 and var read)
                {
                    Interlocked.Add(ref _received, read);
                    await socket.SendAsync(buffer.AsMemory(0, read));
                }
            }
            catch (SocketException)
            {
                // Reset through the proxy.
            }

            Interlocked.Decrement(ref _open);
        }
    }
}
