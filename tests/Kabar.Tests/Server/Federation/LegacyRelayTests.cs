using System.IO.Pipelines;
using System.Text;
using Kabar.Core;
using Kabar.Server.Federation;
using Kabar.Transcripts;

namespace Kabar.Tests.Server.Federation;

public sealed class LegacyRelayTests : IDisposable
{
    private const string Check = "check group messi batak other \r\n";
    private const string Joined = "messi telah bergabung";
    private const string Closing = """{"status": "OK", "message": "Telah keluar dari grup batak"}""" + "\r\n\r\n";
    private const string Other = """{"status": "OK", "message": "sampai jumpa"}""" + "\r\n\r\n";

    private static readonly TimeSpan Pause = new LegacyTimes().Pause;

    private readonly FakeClock _clock = new();
    private readonly Client _client = new();

    public void Dispose() => _client.Break();

    [Fact]
    public async Task Each_text_is_a_write_of_its_own_and_the_end_is_taken_apart()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            await connection.ExpectReadAsync("halo gaes");
            await connection.SayAsync("messi: halo gaes");
            await connection.ExpectReadAsync("exit ya");
            await connection.SayAsync("messi: exit ya");
            await connection.ExpectReadAsync("exit");
            await connection.SayAsync("exit" + Other);
            await connection.ExpectEndAsync();
        });
        var relaying = RelayAsync(server, TimeProvider.System);
        await _client.ExpectAsync(Joined);
        await _client.SendAsync("halo gaes");
        await _client.ExpectAsync("messi: halo gaes");
        await _client.SendAsync("exit ya");
        await _client.ExpectAsync("messi: exit ya");
        await _client.SendAsync("exit");
        await _client.ExpectAsync("exit" + Other);
        (await relaying).ShouldBe(LegacyRelayEnd.Left);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Exit_reaches_either_side_by_itself_after_a_pause_and_the_closing_reply_after_another()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            await connection.ExpectReadAsync("exit");
            await connection.SayAsync("henderson: dah!" + "exit" + Closing);
            await connection.DrainAsync();
        });
        var relaying = RelayAsync(server, _clock, new LegacyTimes { Closing = TimeSpan.FromDays(1), Stall = TimeSpan.FromDays(1) });
        await _client.ExpectAsync(Joined);
        await _client.SendAsync("exit");
        foreach (var alone in new[] { "henderson: dah!", "exit", Closing })
        {
            // In steps so small that none of them is a pause.
            while (_client.Unread == "")
            {
                _clock.Advance(TimeSpan.FromMilliseconds(1));
                await Task.Yield();
            }

            _client.Unread.ShouldBe(alone);
            await _client.ExpectAsync(alone);
        }

        (await PumpAsync(relaying)).ShouldBe(LegacyRelayEnd.Left);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Bytes_go_through_as_they_are_also_when_a_character_is_split()
    {
        var half = Encoding.UTF8.GetBytes("messi: 🐐 é");
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            foreach (var value in half) await connection.SayAsync([value]);
            await connection.ExpectReadAsync("🐐");
            await connection.SayAsync("messi: 🐐");
            await LeaveAsync(connection);
        });
        var relaying = RelayAsync(server, TimeProvider.System);
        await _client.ExpectAsync(Joined + "messi: 🐐 é");
        await _client.SendAsync("🐐");
        await _client.ExpectAsync("messi: 🐐");
        await _client.SendAsync("exit");
        await _client.ExpectAsync("exit" + Closing);
        await relaying;
        await server.PlayedAsync();
    }

    [Fact]
    public async Task Lines_are_texts_and_what_follows_exit_is_left_for_the_connection()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            var said = "";
            while (!said.EndsWith("exit", StringComparison.Ordinal)) said += await connection.ReadAsync();
            said.ShouldBe("haloapa kabar?exit");
            await connection.SayAsync("exit");
            await connection.SayAsync(Closing);
            await connection.DrainAsync();
        });
        var relaying = RelayAsync(server, TimeProvider.System, endsLines: true);
        await _client.ExpectAsync(Joined + "\n");
        await _client.SendAsync("halo\n\r\napa kabar?\r\nexit \ninbox T\n");
        await _client.ExpectAsync("exit\n" + Closing);
        (await relaying).ShouldBe(LegacyRelayEnd.Left);
        (await _client.LeftAsync()).ShouldBe("inbox T\n");
    }

    [Theory]
    [InlineData("exit" + Closing)]
    [InlineData("henderson: hai" + "exit" + Closing)]
    public async Task A_peer_that_ends_it_in_pieces_of_one_byte_ends_it(string last)
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            await connection.ExpectReadAsync("exit");
            await connection.DribbleAsync(last);
            await connection.ExpectEndAsync();
        });
        var relaying = RelayAsync(server, TimeProvider.System);
        await _client.ExpectAsync(Joined);
        await _client.SendAsync("exit");
        await _client.ExpectAsync(last);
        (await relaying).ShouldBe(LegacyRelayEnd.Left);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task A_peer_may_end_it_by_itself_and_is_told_exit_all_the_same()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            await connection.SayAsync("exit");
            await connection.SayAsync(Other);
            await connection.ExpectReadAsync("exit");
            await connection.ExpectEndAsync();
        });
        var relaying = RelayAsync(server, TimeProvider.System);
        await _client.ExpectAsync(Joined);
        (await relaying).ShouldBe(LegacyRelayEnd.PeerDone);
        _client.Unread.ShouldEndWith("exit" + Other);
        await server.PlayedAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("henderson: ha")]
    [InlineData("exit")]
    [InlineData("exit{\"status\": \"OK\", \"mess")]
    public async Task A_peer_that_vanishes_leaves_the_client_a_whole_end(string last)
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            await connection.ExpectReadAsync("halo");
            await connection.SayAsync(last);
        });
        var relaying = RelayAsync(server, TimeProvider.System);
        await _client.ExpectAsync(Joined);
        await _client.SendAsync("halo");
        await _client.ExpectAsync((last.StartsWith("exit", StringComparison.Ordinal) ? "" : last) + "exit" + Closing);
        (await relaying).ShouldBe(LegacyRelayEnd.PeerDone);
    }

    [Theory]
    [InlineData("")]
    [InlineData("exit")]
    [InlineData("exit{\"status\": \"OK\", \"mess")]
    public async Task A_peer_that_stalls_after_exit_is_not_waited_for_for_ever(string last)
    {
        var stalled = new TaskCompletionSource<bool>();
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            await connection.ExpectReadAsync("exit");
            await connection.SayAsync(last);
            stalled.SetResult(true);
            await connection.ExpectEndAsync();
        });
        var relaying = RelayAsync(server, _clock);
        await _client.ExpectAsync(Joined);
        await _client.SendAsync("exit");
        await PumpAsync(stalled.Task);
        (await PumpAsync(relaying)).ShouldBe(LegacyRelayEnd.Left);
        _client.Unread.ShouldBe("exit" + Closing);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task A_peer_that_says_exit_by_itself_and_then_nothing_has_ended_it()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            await connection.ExpectReadAsync("halo");
            await connection.SayAsync("exit");
            await connection.ExpectReadAsync("exit");
            await connection.ExpectEndAsync();
        });
        var relaying = RelayAsync(server, _clock);
        await _client.ExpectAsync(Joined);
        await _client.SendAsync("halo");
        (await PumpAsync(relaying)).ShouldBe(LegacyRelayEnd.PeerDone);
        _client.Unread.ShouldBe("exit" + Closing);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task A_lost_client_has_left_and_the_peer_hears_it()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            await LeaveAsync(connection);
        });
        var relaying = RelayAsync(server, TimeProvider.System);
        await _client.ExpectAsync(Joined);
        _client.Break();
        (await relaying).ShouldBe(LegacyRelayEnd.ClientLost);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task A_half_closed_client_still_gets_the_end()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            await LeaveAsync(connection);
        });
        var relaying = RelayAsync(server, TimeProvider.System);
        await _client.ExpectAsync(Joined);
        _client.HalfClose();
        await _client.ExpectAsync("exit" + Closing);
        (await relaying).ShouldBe(LegacyRelayEnd.ClientLost);
    }

    [Fact]
    public async Task A_server_that_stops_ends_it_on_both_sides()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            await LeaveAsync(connection);
        });
        var relaying = RelayAsync(server, TimeProvider.System);
        await _client.ExpectAsync(Joined);
        _client.Ends.Input.CancelPendingRead();
        await _client.ExpectAsync("exit" + Closing);
        (await relaying).ShouldBe(LegacyRelayEnd.Stopping);
    }

    [Fact]
    public async Task A_flooding_peer_fills_nothing_and_its_flood_ends_with_the_time_for_the_end()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            (await connection.FloodAsync("henderson: ha exit ha ", 1 << 30)).ShouldBeTrue("nobody listens that long");
        });
        var relaying = RelayAsync(server, _clock, new LegacyTimes { Stall = TimeSpan.FromDays(1) });
        await _client.ExpectAsync(Joined);
        var reading = _client.ReadToEndAsync();
        await _client.SendAsync("exit");
        (await PumpAsync(relaying)).ShouldBe(LegacyRelayEnd.Left);
        _client.EndOutput();
        (await reading).ShouldEndWith("exit" + Closing);
        await server.PlayedAsync();
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_the_peer_up_for_a_while_only()
    {
        await using var server = FirstServer.Start(async connection =>
        {
            await JoinAsync(connection);
            (await connection.FloodAsync("henderson: halo ", 1 << 30)).ShouldBeTrue("nobody listens that long");
        });
        var relaying = RelayAsync(server, _clock);
        await _client.ExpectAsync(Joined);
        (await PumpAsync(relaying)).ShouldBe(LegacyRelayEnd.ClientLost);
        await server.PlayedAsync();
    }

    private static async Task JoinAsync(FirstConnection connection)
    {
        await connection.ExpectRequestAsync(Check);
        await connection.SayAsync(Joined);
    }

    private static async Task LeaveAsync(FirstConnection connection)
    {
        await connection.ExpectReadAsync("exit");
        await connection.SayAsync("exit" + Closing);
        await connection.ExpectEndAsync();
    }

    private async Task<LegacyRelayEnd> RelayAsync(FirstServer server, TimeProvider clock, LegacyTimes? times = null, bool endsLines = false)
    {
        using var peer = new LegacyPeer(RealmName.TryParse("dua", out var dua) ? dua : throw new InvalidOperationException(), server.EndPoint, clock, times);
        var entered = await peer.EnterGroupAsync(Username.Parse("messi"), "batak", CancellationToken.None).BeforeDeadline();
        await using var conversation = entered.ShouldBeOfType<LegacyEnterResult.Entered>().Conversation;
        using var relay = new LegacyRelay(conversation, _client.Ends, "batak", endsLines, peer.Times, clock);
        return await relay.RunAsync().BeforeDeadline();
    }

    private async Task<T> PumpAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            await Task.WhenAny(task, _clock.WaitForTimersAsync());
            _clock.Advance(Pause);
            await Task.Yield();
        }

        return await task;
    }

    /// <summary>The client's side of a connection in memory.</summary>
    private sealed class Client
    {
        private readonly Pipe _toServer = new(new PipeOptions(useSynchronizationContext: false));
        private readonly Pipe _toClient = new(new PipeOptions(useSynchronizationContext: false));

        public Client() => Ends = new Side(_toServer.Reader, _toClient.Writer);

        public IDuplexPipe Ends { get; }

        public string Unread
        {
            get
            {
                if (!_toClient.Reader.TryRead(out var read)) return "";
                var text = Encoding.UTF8.GetString(read.Buffer);
                _toClient.Reader.AdvanceTo(read.Buffer.Start);
                return text;
            }
        }

        public async Task SendAsync(string text) => await _toServer.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

        public async Task ExpectAsync(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var read = await _toClient.Reader.ReadAtLeastAsync(bytes.Length).BeforeDeadline();
            var taken = read.Buffer.Slice(0, Math.Min(bytes.Length, read.Buffer.Length));
            Encoding.UTF8.GetString(taken).ShouldBe(text);
            _toClient.Reader.AdvanceTo(taken.End);
        }

        public async Task<string> ReadToEndAsync()
        {
            var last = "";
            while (true)
            {
                var read = await _toClient.Reader.ReadAsync().BeforeDeadline();
                last += Encoding.UTF8.GetString(read.Buffer);
                if (last.Length > 1000) last = last[^1000..];
                _toClient.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return last;
            }
        }

        /// <summary>What it has sent that nobody has taken.</summary>
        public async Task<string> LeftAsync() => Encoding.UTF8.GetString((await _toServer.Reader.ReadAsync().BeforeDeadline()).Buffer);

        public void EndOutput() => _toClient.Writer.Complete();

        public void HalfClose() => _toServer.Writer.Complete();

        public void Break()
        {
            _toServer.Writer.Complete();
            _toClient.Reader.Complete();
        }

        private sealed record Side(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
