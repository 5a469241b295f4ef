using System.Globalization;
using System.Text.Json;
using Kabar.Server.Hosting;

namespace Kabar.Tests.Server.Native;

public sealed class LiveStreamTests
{
    [Fact]
    public async Task Who_listens_hears_what_others_say_to_him_and_what_he_says_himself_each_once()
    {
        await using var scene = new NativeScene();
        var lineker = await scene.ListenAsync("lineker");
        var messi = await scene.ListenAsync("messi");
        var bystander = await scene.ListenAsync("budi");

        await messi.DoAsync("send lineker halo");
        await messi.DoAsync("send messi catatan");
        await lineker.DoAsync("send messi apa kabar");

        (await TextsAsync(messi, 3)).ShouldBe(["halo", "catatan", "apa kabar"]);
        (await TextsAsync(lineker, 2)).ShouldBe(["halo", "apa kabar"]);
        await bystander.DoAsync("ping");
        bystander.EventsBefore.ShouldBe(0);
    }

    [Fact]
    public async Task A_group_hears_in_one_order_and_who_is_put_out_hears_that_and_no_more()
    {
        await using var scene = new NativeScene();
        var messi = await scene.ListenAsync("messi");
        var lineker = await scene.ListenAsync("lineker");
        await messi.DoAsync("group create batak");
        await lineker.DoAsync("group join batak");
        await messi.DoAsync("send #batak horas");
        await lineker.DoAsync("send #batak horas juga");
        await messi.DoAsync("group kick batak lineker");
        await messi.DoAsync("send #batak sepi");
        await messi.DoAsync("send lineker maaf");

        (await KindsAsync(messi, 7)).ShouldBe(["joined", "joined", "message", "message", "kicked", "message", "message"]);
        (await KindsAsync(lineker, 5)).ShouldBe(["joined", "message", "message", "kicked", "message"]);
    }

    [Fact]
    public async Task Listening_from_a_place_brings_what_was_missed_then_says_that_it_is_live()
    {
        await using var scene = new NativeScene();
        var lineker = await scene.ListenAsync("lineker");
        await scene.SayAsync("messi", "lineker", "satu");
        var at = NativeClient.At(await lineker.EventAsync("message"));
        lineker.Pipe.Break();
        await scene.SayAsync("messi", "lineker", "dua");
        await scene.SayAsync("messi", "lineker", "tiga");

        var again = await scene.EnterAsync("lineker");
        await again.DoAsync($"listen {at}");
        (await TextsAsync(again, 2)).ShouldBe(["dua", "tiga"]);
        NativeClient.At(await again.EventAsync("live")).ShouldBeGreaterThan(at);
        await scene.SayAsync("messi", "lineker", "empat");
        (await TextsAsync(again, 1)).ShouldBe(["empat"]);
    }

    [Fact]
    public async Task Listening_from_now_on_tells_the_place()
    {
        await using var scene = new NativeScene();
        await scene.AccountAsync("messi");
        await scene.AccountAsync("lineker");
        await scene.SayAsync("messi", "lineker", "satu");
        var lineker = await scene.EnterAsync("lineker");
        var at = NativeClient.At(await lineker.DoAsync("listen"));
        await scene.SayAsync("messi", "lineker", "dua");
        (await TextsAsync(lineker, 1)).ShouldBe(["dua"]);

        var again = await scene.EnterAsync("lineker");
        await again.DoAsync($"listen {at}");
        (await TextsAsync(again, 1)).ShouldBe(["dua"]);
    }

    [Fact]
    public async Task A_place_that_is_not_there_yet_is_now()
    {
        await using var scene = new NativeScene();
        await scene.AccountAsync("messi");
        var lineker = await scene.EnterAsync("lineker");
        await lineker.DoAsync("listen 999999999");
        await lineker.EventAsync("live");
        await scene.SayAsync("messi", "lineker", "satu");
        (await TextsAsync(lineker, 1)).ShouldBe(["satu"]);
    }

    // The least queue there is room for what is held is hardly any: all is let go and read again, over and over.
    [Theory]
    [InlineData(1024 * 1024)]
    [InlineData(2_000)]
    public async Task Coming_back_in_the_middle_of_a_stream_leaves_no_gap_and_brings_nothing_twice(int queueBytes)
    {
        const int Messages = 4_000;
        await using var scene = new NativeScene(new Limits { RequestsPerSecond = 0, OutboundQueueBytes = queueBytes });
        var messi = await scene.EnterAsync("messi");
        await scene.AccountAsync("lineker");
        await messi.DoAsync("group create batak");
        await (await scene.EnterAsync("lineker")).DoAsync("group join batak");
        var writing = WriteAsync(messi, Messages);

        var heard = new List<long>();
        var place = 0L;
        while (heard.Count < Messages)
        {
            var client = await scene.EnterAsync("lineker");
            await client.DoAsync($"listen {place}");
            try
            {
                for (var i = 0; i < 500 && heard.Count < Messages;)
                {
                    var happened = await client.EventAsync();
                    if (happened.TryGetProperty("at", out _)) place = NativeClient.At(happened);
                    if (NativeClient.Kind(happened) != "message") continue;
                    heard.Add(long.Parse(NativeClient.Text(happened), CultureInfo.InvariantCulture));
                    i++;
                }
            }
            catch (EndOfStreamException)
            {
                // Cut off while it was live, with so small a queue: it comes back as any other.
            }

            client.Pipe.Break();
            await client.Pipe.Serving.BeforeDeadline();
        }

        await writing.BeforeDeadline();
        heard.ShouldBe(Enumerable.Range(0, Messages).Select(i => (long)i));
    }

    [Fact]
    public async Task Who_does_not_read_is_cut_off_and_nobody_else_is_delayed()
    {
        await using var scene = new NativeScene(new Limits { RequestsPerSecond = 0, OutboundQueueBytes = 20_000 });
        var messi = await scene.ListenAsync("messi");
        await messi.DoAsync("group create batak");
        var stalled = await scene.EnterAsync("lineker", blocksAfter: 1);
        var neighbour = await scene.EnterAsync("budi");
        await stalled.DoAsync("group join batak");
        await neighbour.DoAsync("group join batak");
        var at = NativeClient.At(await stalled.DoAsync("listen"));
        await neighbour.DoAsync("listen");

        for (var i = 0; i < 200; i++)
        {
            await messi.DoAsync(string.Create(CultureInfo.InvariantCulture, $"send #batak {i}"));
            (await TextsAsync(neighbour, 1)).ShouldBe([string.Create(CultureInfo.InvariantCulture, $"{i}")]);
        }

        await stalled.Pipe.Serving.BeforeDeadline();
        new MetricsPage(scene.Server.Metrics).Render().ShouldContain("kabar_overflowed_total 1\n");

        // It comes back and misses nothing.
        var again = await scene.EnterAsync("lineker");
        await again.DoAsync($"listen {at}");
        (await TextsAsync(again, 200)).ShouldBe(Enumerable.Range(0, 200).Select(i => i.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Who_catches_up_slowly_is_waited_for_and_not_cut_off()
    {
        await using var scene = new NativeScene(new Limits { RequestsPerSecond = 0, OutboundQueueBytes = 4_000 });
        await scene.AccountAsync("messi");
        await scene.AccountAsync("lineker");
        for (var i = 0; i < 1_000; i++) await scene.SayAsync("messi", "lineker", string.Create(CultureInfo.InvariantCulture, $"{i}"));
        var slow = await scene.EnterAsync("lineker", blocksAfter: 1);
        await slow.DoAsync("listen 0");
        for (var i = 1_000; i < 1_100; i++) await scene.SayAsync("messi", "lineker", string.Create(CultureInfo.InvariantCulture, $"{i}"));
        (await TextsAsync(slow, 1_100)).ShouldBe(Enumerable.Range(0, 1_100).Select(i => i.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task More_at_once_than_may_wait_is_read_from_the_store_and_costs_nobody_his_connection()
    {
        const int Before = 1_000;
        const int Meanwhile = 50;
        const int AtOnce = 100;
        await using var scene = new NativeScene(new Limits { RequestsPerSecond = 0, OutboundQueueBytes = 4_000 });
        var messi = await scene.EnterAsync("messi");
        await messi.DoAsync("group create batak");
        var lineker = await scene.EnterAsync("lineker", blocksAfter: 60_000);
        await lineker.DoAsync("group join batak");
        await WriteAsync(messi, Before);

        // While it catches up more is said than is held for it.
        await lineker.DoAsync("listen 0");
        for (var i = Before; i < Before + Meanwhile; i++) await messi.DoAsync(string.Create(CultureInfo.InvariantCulture, $"send #batak {i}"));
        (await TextsAsync(lineker, Before + Meanwhile)).ShouldBe(Enumerable.Range(0, Before + Meanwhile).Select(i => i.ToString(CultureInfo.InvariantCulture)));

        // And then, live or nearly so, more in one commit than may wait.
        for (var round = 0; round < 10; round++)
        {
            await WriteAsync(messi, AtOnce);
            (await TextsAsync(lineker, AtOnce)).ShouldBe(Enumerable.Range(0, AtOnce).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        }

        new MetricsPage(scene.Server.Metrics).Render().ShouldContain("kabar_overflowed_total 0\n");
    }

    [Fact]
    public async Task A_session_that_ends_elsewhere_is_told_and_the_connection_is_nobodys()
    {
        await using var scene = new NativeScene();
        var lineker = await scene.ListenAsync("lineker");
        var other = await scene.EnterAsync("lineker");
        await other.DoAsync("ping");
        var sessions = (await other.DoAsync("sessions")).GetProperty("sessions");
        var theirs = sessions.EnumerateArray().Single(session => !session.GetProperty("current").GetBoolean()).GetProperty("session").GetString();

        await other.DoAsync($"sessions end {theirs}");
        await lineker.EventAsync("logged_out");
        (await lineker.RefusedAsync("send lineker x")).ShouldBe("not_logged_in");
        await lineker.DoAsync("auth lineker x");
        await lineker.DoAsync("listen");
        await other.DoAsync("send lineker halo");
        (await TextsAsync(lineker, 1)).ShouldBe(["halo"]);
    }

    [Fact]
    public async Task Who_logs_out_himself_is_not_told_that_he_was_logged_out_and_hears_no_more()
    {
        await using var scene = new NativeScene();
        await scene.AccountAsync("messi");
        var lineker = await scene.ListenAsync("lineker");
        await lineker.DoAsync("logout");
        await scene.SayAsync("messi", "lineker", "halo");
        await lineker.DoAsync("ping");
        lineker.EventsBefore.ShouldBe(0);
    }

    [Fact]
    public async Task Who_listens_no_more_is_told_no_more()
    {
        await using var scene = new NativeScene();
        await scene.AccountAsync("messi");
        var lineker = await scene.ListenAsync("lineker");
        await lineker.DoAsync("unlisten");
        await scene.SayAsync("messi", "lineker", "halo");
        await lineker.DoAsync("ping");
        lineker.EventsBefore.ShouldBe(0);
        new MetricsPage(scene.Server.Metrics).Render().ShouldContain("kabar_listening_connections 0\n");
    }

    [Fact]
    public async Task A_message_counts_as_delivered_once_the_client_was_handed_it()
    {
        await using var scene = new NativeScene();
        var messi = await scene.ListenAsync("messi");
        var lineker = await scene.ListenAsync("lineker", blocksAfter: 1);
        await scene.SayAsync("lineker", "lineker", "fills what may be on its way");
        await lineker.Pipe.PeekAsync();
        await messi.DoAsync("send lineker halo");
        (await TextsAsync(messi, 1)).ShouldBe(["halo"]);
        scene.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        await messi.DoAsync("ping");
        messi.EventsBefore.ShouldBe(0);

        (await TextsAsync(lineker, 2))[1].ShouldBe("halo");
        var receipt = messi.EventAsync("receipt");
        await AdvanceUntilAsync(scene, receipt);
        (await receipt).GetProperty("delivered").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Receipts_that_have_changed_meanwhile_come_before_it_is_live()
    {
        await using var scene = new NativeScene();
        var messi = await scene.EnterAsync("messi");
        var lineker = await scene.EnterAsync("lineker");
        var at = NativeClient.At(await messi.DoAsync("listen"));
        await messi.DoAsync("unlisten");
        await messi.DoAsync("send lineker halo");
        await lineker.DoAsync("read messi");

        await messi.DoAsync($"listen {at}");
        NativeClient.Kind(await messi.EventAsync()).ShouldBe("message");
        var receipt = await messi.EventAsync();
        (NativeClient.Kind(receipt), receipt.GetProperty("from").GetString(), receipt.GetProperty("read").GetInt64()).ShouldBe(("receipt", "lineker", 1));
        NativeClient.Kind(await messi.EventAsync()).ShouldBe("live");
    }

    private static async Task WriteAsync(NativeClient client, int count)
    {
        const int AtOnce = 100;
        for (var i = 0; i < count; i += AtOnce)
        {
            await client.SendAsync(string.Concat(Enumerable.Range(i, AtOnce).Select(n => string.Create(CultureInfo.InvariantCulture, $"send {(n % 2 == 0 ? "#batak" : "lineker")} {n}\r\n"))));
            for (var n = 0; n < AtOnce; n++) NativeClient.Status(await client.ReplyAsync()).ShouldBe("OK");
        }
    }

    private static async Task<List<string>> TextsAsync(NativeClient client, int count)
    {
        var texts = new List<string>();
        while (texts.Count < count) texts.Add(NativeClient.Text(await client.EventAsync("message")));
        return texts;
    }

    private static async Task<List<string>> KindsAsync(NativeClient client, int count)
    {
        var kinds = new List<string>();
        while (kinds.Count < count)
            if (await client.EventAsync() is var happened && happened.TryGetProperty("position", out JsonElement _)) kinds.Add(NativeClient.Kind(happened));
        return kinds;
    }

    // What is told a moment later begins its moment on a thread of its own.
    private static async Task AdvanceUntilAsync(NativeScene scene, Task done)
    {
        while (!done.IsCompleted)
        {
            scene.Server.Clock.Advance(TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(done, Task.Delay(1)).BeforeDeadline();
        }
    }
}
