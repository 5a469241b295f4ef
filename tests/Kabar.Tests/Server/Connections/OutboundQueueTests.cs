using System.IO.Pipelines;
using System.Text;
using Kabar.Server.Connections;

namespace Kabar.Tests.Server.Connections;

public sealed class OutboundQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly FakeClock _clock = new();

    [Fact]
    public void What_finds_nothing_on_its_way_is_written_at_once_and_by_itself()
    {
        var output = new StalledWriter();
        var queue = new OutboundQueue(output, 100, _clock);

        queue.Add(Bytes("satu")).ShouldBe(OutboundStatus.Added);
        output.Writes.ShouldBe(["satu"]);
        output.Complete();
        queue.Add(Bytes("dua")).ShouldBe(OutboundStatus.Added);
        output.Writes.ShouldBe(["satu", "dua"]);
    }

    [Fact]
    public void What_waits_for_a_flush_follows_in_order_and_each_piece_is_a_write_of_its_own()
    {
        var output = new StalledWriter();
        var queue = new OutboundQueue(output, 100, _clock);
        foreach (var piece in new[] { "satu", "dua", "tiga" }) queue.Add(Bytes(piece));

        output.Writes.ShouldBe(["satu"]);
        output.Complete();
        output.Writes.ShouldBe(["satu", "dua"]);
        output.Complete();
        output.Complete();
        output.Writes.ShouldBe(["satu", "dua", "tiga"]);
    }

    [Fact]
    public void Where_pieces_may_be_written_together_what_waits_is_one_write_up_to_the_bound()
    {
        var output = new StalledWriter();
        var queue = new OutboundQueue(output, 100, _clock, together: 8);
        foreach (var piece in new[] { "satu", "dua", "tiga", "empat", "lima", "sepuluh sekaligus", "enam" }) queue.Add(Bytes(piece)).ShouldBe(OutboundStatus.Added);

        output.Writes.ShouldBe(["satu"]);
        for (var i = 0; i < 5; i++) output.Complete();
        output.Writes.ShouldBe(["satu", "duatiga", "empat", "lima", "sepuluh sekaligus", "enam"], "a piece that is longer goes by itself");
    }

    [Fact]
    public void Pieces_that_are_added_at_once_are_one_write()
    {
        var output = new StalledWriter();
        var queue = new OutboundQueue(output, 100, _clock, together: 64);
        queue.Add([Bytes("satu"), Bytes("dua")]).ShouldBe(OutboundStatus.Added);
        queue.Add([Bytes("tiga"), Bytes("empat")]).ShouldBe(OutboundStatus.Added);

        output.Writes.ShouldBe(["satudua"]);
        output.Complete();
        output.Writes.ShouldBe(["satudua", "tigaempat"]);
    }

    [Fact]
    public void What_its_owner_uses_again_is_copied_where_it_waits_whatever_the_bound()
    {
        var output = new StalledWriter();
        var queue = new OutboundQueue(output, 4, _clock, together: 64);
        var buffer = "satu"u8.ToArray();
        queue.AddCopy(buffer).ShouldBeTrue();
        "ribu"u8.CopyTo(buffer);
        queue.AddCopy(buffer).ShouldBeTrue();
        "juta"u8.CopyTo(buffer);
        queue.AddCopy(buffer).ShouldBeTrue();
        "xxxx"u8.CopyTo(buffer);

        output.Complete();
        output.Complete();
        output.Writes.ShouldBe(["satu", "ribujuta"]);
        queue.Close(isDropped: false);
        queue.AddCopy(buffer).ShouldBeFalse();
    }

    [Fact]
    public async Task A_mark_is_reached_when_what_was_added_before_it_was_handed_over_and_not_when_all_was()
    {
        var output = new StalledWriter();
        var flushes = 0;
        var queue = new OutboundQueue(output, 100, _clock) { AfterFlush = () => flushes++ };
        queue.Add(Bytes("satu"));
        var first = queue.HandedOverAsync(queue.Added).AsTask();
        queue.Add(Bytes("dua"));
        var second = queue.HandedOverAsync(queue.Added).AsTask();
        first.IsCompleted.ShouldBeFalse();

        output.Complete();
        (await first.BeforeDeadline()).ShouldBeTrue();
        (queue.HandedOver, flushes).ShouldBe((4, 1));
        second.IsCompleted.ShouldBeFalse();
        output.Complete();
        (await second.BeforeDeadline()).ShouldBeTrue();
        (await queue.HandedOverAsync(queue.Added).BeforeDeadline()).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mark_that_will_not_be_reached_is_not_waited_for(bool isBroken)
    {
        var output = new StalledWriter();
        var queue = new OutboundQueue(output, 100, _clock);
        queue.Add(Bytes("satu"));
        queue.Add(Bytes("dua"));
        var reached = queue.HandedOverAsync(queue.Added).AsTask();

        if (isBroken)
        {
            output.Fail(new IOException("reset"));
        }
        else
        {
            queue.Close(isDropped: true);
            output.Complete();
        }

        (await reached.BeforeDeadline()).ShouldBeFalse();
        (await queue.HandedOverAsync(queue.Added).BeforeDeadline()).ShouldBeFalse();
    }

    [Fact]
    public void The_bound_is_in_bytes_and_past_it_nothing_more_is_taken()
    {
        var output = new StalledWriter();
        var queue = new OutboundQueue(output, 10, _clock);
        queue.Add(Bytes("on its way, whatever its length")).ShouldBe(OutboundStatus.Added);
        queue.Add(Bytes("12345")).ShouldBe(OutboundStatus.Added);
        queue.Add(Bytes("67890")).ShouldBe(OutboundStatus.Added);

        queue.Add(Bytes("x")).ShouldBe(OutboundStatus.Full);
        queue.Add(Bytes("x")).ShouldBe(OutboundStatus.Closed, "it is told once");
        for (var i = 0; i < 3; i++) output.Complete();
        output.Writes.ShouldBe(["on its way, whatever its length", "12345", "67890"]);
        queue.Add(Bytes("x")).ShouldBe(OutboundStatus.Closed);
    }

    [Fact]
    public void What_was_sent_makes_room()
    {
        var output = new StalledWriter();
        var queue = new OutboundQueue(output, 10, _clock);
        queue.Add(Bytes("a"));
        queue.Add(Bytes("1234567890"));
        output.Complete();
        queue.Add(Bytes("1234567890")).ShouldBe(OutboundStatus.Added);
    }

    [Fact]
    public async Task The_last_pieces_are_taken_after_the_close_and_waited_for()
    {
        var output = new StalledWriter();
        var queue = new OutboundQueue(output, 10, _clock);
        queue.Add(Bytes("a"));
        queue.Add(Bytes("b"));
        queue.Close(isDropped: true);
        queue.AddLast(Bytes("exit"));
        queue.Add(Bytes("c")).ShouldBe(OutboundStatus.Closed);

        var flushed = queue.FlushedAsync(Patience).AsTask();
        flushed.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        output.Complete();
        output.Complete();
        (await flushed.BeforeDeadline()).ShouldBeTrue();
        output.Writes.ShouldBe(["a", "exit"]);
        queue.LastWrite.ShouldBe(_clock.GetTimestamp());
    }

    [Fact]
    public async Task Who_does_not_read_in_time_is_not_waited_for()
    {
        var queue = new OutboundQueue(new StalledWriter(), 10, _clock);
        queue.Add(Bytes("a"));

        var flushed = queue.FlushedAsync(Patience).AsTask();
        await _clock.WaitForTimersAsync();
        _clock.Advance(Patience);
        (await flushed.BeforeDeadline()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_client_that_is_gone_is_sent_nothing_more()
    {
        var output = new StalledWriter();
        var queue = new OutboundQueue(output, 10, _clock);
        queue.Add(Bytes("a"));
        queue.Add(Bytes("b"));
        output.Fail(new IOException("reset"));

        (await queue.FlushedAsync(Patience)).ShouldBeFalse();
        queue.Add(Bytes("c")).ShouldBe(OutboundStatus.Closed);
        queue.AddLast(Bytes("d"));
        output.Writes.ShouldBe(["a"]);
    }

    [Fact]
    public async Task Many_threads_add_and_one_writes_and_what_each_has_added_stays_in_order()
    {
        const int Threads = 4;
        const int Each = 5_000;
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 64, resumeWriterThreshold: 32, useSynchronizationContext: false));
        var queue = new OutboundQueue(pipe.Writer, 0, _clock);
        var adding = Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++) queue.Add(Bytes($"{thread} {i}\n"));
        })).ToArray();

        var next = new int[Threads];
        using var reader = new StreamReader(pipe.Reader.AsStream());
        for (var i = 0; i < Threads * Each; i++)
        {
            var line = (await reader.ReadLineAsync().BeforeDeadline())!.Split(' '); // there are so many
            next[int.Parse(line[0])]++.ShouldBe(int.Parse(line[1]));
        }

        await Task.WhenAll(adding);
    }

    [Fact]
    public void A_piece_costs_nothing_but_itself()
    {
        var output = new StalledWriter { IsStalled = false };
        var queue = new OutboundQueue(output, 100, _clock);
        var piece = Bytes("messi: halo");
        for (var i = 0; i < 100; i++) queue.Add(piece);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) queue.Add(piece);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A writer whose flushes complete when the test says so, and which tells two writers at a time from one.</summary>
    private sealed class StalledWriter : PipeWriter
    {
        private readonly byte[] _buffer = new byte[1024];
        private readonly List<string> _writes = [];
        private TaskCompletionSource<FlushResult>? _flush;
        private int _written;

        public bool IsStalled { get; init; } = true;

        public IReadOnlyList<string> Writes => _writes;

        public void Complete() => Take().SetResult(default);

        public void Fail(Exception exception) => Take().SetException(exception);

        public override void Advance(int bytes) => _written += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.AsMemory(_written);

        public override Span<byte> GetSpan(int sizeHint = 0)
        {
            _flush.ShouldBeNull("nothing is written while a flush is on its way");
            return _buffer.AsSpan(_written);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (IsStalled) _writes.Add(Encoding.UTF8.GetString(_buffer, 0, _written));
            _written = 0;
            if (!IsStalled) return default;
            _flush = new TaskCompletionSource<FlushResult>();
            return new ValueTask<FlushResult>(_flush.Task);
        }

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();

        private TaskCompletionSource<FlushResult> Take()
        {
            var flush = _flush.ShouldNotBeNull();
            _flush = null;
            return flush;
        }
    }
}
