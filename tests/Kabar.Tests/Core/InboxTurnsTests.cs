using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class InboxTurnsTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly AccountId Messi = new(1);

    private readonly FakeClock _clock = new();
    private readonly InboxTurns _turns;

    public InboxTurnsTests() => _turns = new InboxTurns(Longest, _clock);

    [Fact]
    public async Task A_second_reader_waits_until_the_first_is_done()
    {
        var first = await _turns.TakeAsync(Messi, CancellationToken.None);
        var second = _turns.TakeAsync(Messi, CancellationToken.None).AsTask();
        _clock.Advance(Longest - TimeSpan.FromTicks(1));
        second.IsCompleted.ShouldBeFalse();

        first.Dispose();

        (await second.BeforeDeadline()).Dispose();
        (await _turns.TakeAsync(Messi, CancellationToken.None)).Dispose();
    }

    [Fact]
    public async Task Readers_of_different_inboxes_do_not_wait_for_each_other()
    {
        using var first = await _turns.TakeAsync(Messi, CancellationToken.None);
        var other = _turns.TakeAsync(new AccountId(2), CancellationToken.None);
        other.IsCompletedSuccessfully.ShouldBeTrue();
        (await other).Dispose();
    }

    [Fact]
    public async Task Turns_come_in_the_order_in_which_they_were_asked_for()
    {
        var order = new List<int>();
        var holder = await _turns.TakeAsync(Messi, CancellationToken.None);
        var waiting = new List<Task<InboxTurns.Turn>>();
        for (var i = 0; i < 5; i++) waiting.Add(_turns.TakeAsync(Messi, CancellationToken.None).AsTask());

        while (waiting.Count > 0)
        {
            holder.Dispose();
            var next = await Task.WhenAny(waiting).BeforeDeadline();
            order.Add(waiting.IndexOf(next));
            waiting.Remove(next);
            waiting.ShouldAllBe(one => !one.IsCompleted);
            holder = await next;
        }

        order.ShouldAllBe(index => index == 0);
    }

    [Fact]
    public async Task A_reader_that_takes_too_long_loses_its_turn_to_the_next_alone()
    {
        var stalled = await _turns.TakeAsync(Messi, CancellationToken.None);
        var second = _turns.TakeAsync(Messi, CancellationToken.None).AsTask();
        var third = _turns.TakeAsync(Messi, CancellationToken.None).AsTask();
        await _clock.WaitForTimersAsync(2);

        _clock.Advance(Longest);

        using var turn = await second.BeforeDeadline();

        // The third goes on waiting: for its share of the second's time.
        await _clock.WaitForTimersAsync();
        third.IsCompleted.ShouldBeFalse();

        // The end of a turn that was lost is nobody's business.
        stalled.Dispose();
        third.IsCompleted.ShouldBeFalse();
        _clock.Advance(Longest);
        (await third.BeforeDeadline()).Dispose();
    }

    [Fact]
    public async Task A_turn_is_counted_from_when_it_was_granted()
    {
        var first = await _turns.TakeAsync(Messi, CancellationToken.None);
        var second = _turns.TakeAsync(Messi, CancellationToken.None).AsTask();
        var third = _turns.TakeAsync(Messi, CancellationToken.None).AsTask();
        await _clock.WaitForTimersAsync(2);
        _clock.Advance(TimeSpan.FromSeconds(4));
        first.Dispose();
        await second.BeforeDeadline();

        // Five seconds after the first began the second has had one.
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _clock.WaitForTimersAsync();
        _clock.Advance(TimeSpan.FromSeconds(3.9));
        third.IsCompleted.ShouldBeFalse();

        _clock.Advance(TimeSpan.FromSeconds(0.1));
        (await third.BeforeDeadline()).Dispose();
    }

    [Fact]
    public async Task Only_the_first_in_line_takes_over_whoevers_timer_rings_first()
    {
        var first = await _turns.TakeAsync(Messi, CancellationToken.None);
        var second = _turns.TakeAsync(Messi, CancellationToken.None).AsTask();
        var third = _turns.TakeAsync(Messi, CancellationToken.None).AsTask();
        await _clock.WaitForTimersAsync(2);
        _clock.Advance(TimeSpan.FromSeconds(1));
        first.Dispose();
        await second.BeforeDeadline();

        // The fourth sets its timer for the end of the second's time before the third, which still waits by the first's, does so.
        _clock.Advance(TimeSpan.FromSeconds(1));
        var fourth = _turns.TakeAsync(Messi, CancellationToken.None).AsTask();
        await _clock.WaitForTimersAsync(2);
        _clock.Advance(TimeSpan.FromSeconds(3));
        await _clock.WaitForTimersAsync(2);
        _clock.Advance(TimeSpan.FromSeconds(1));

        using var turn = await third.BeforeDeadline();
        await _clock.WaitForTimersAsync();
        fourth.IsCompleted.ShouldBeFalse();
        _clock.Advance(Longest);
        (await fourth.BeforeDeadline()).Dispose();
    }

    [Fact]
    public async Task Nobody_who_waits_alone_takes_the_turn_of_a_reader_within_its_time()
    {
        using var first = await _turns.TakeAsync(Messi, CancellationToken.None);
        var left = _turns.TakeAsync(Messi, CancellationToken.None).AsTask();
        for (var i = 0; i < 49; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            left.IsCompleted.ShouldBeFalse();
        }

        _clock.Advance(TimeSpan.FromMilliseconds(100));
        (await left.BeforeDeadline()).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_line()
    {
        using var giveUp = new CancellationTokenSource();
        var first = await _turns.TakeAsync(Messi, CancellationToken.None);
        var second = _turns.TakeAsync(Messi, giveUp.Token).AsTask();
        var third = _turns.TakeAsync(Messi, CancellationToken.None).AsTask();

        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second.BeforeDeadline());
        third.IsCompleted.ShouldBeFalse();
        first.Dispose();

        (await third.BeforeDeadline()).Dispose();
        (await _turns.TakeAsync(Messi, CancellationToken.None)).Dispose();
    }

    [Fact]
    public async Task Many_readers_at_once_hold_the_turn_one_at_a_time()
    {
        var (holders, most, served) = (0, 0, 0);
        var turns = new InboxTurns(Deadline.Span, TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                using var turn = await turns.TakeAsync(Messi, CancellationToken.None);
                most = Math.Max(most, Interlocked.Increment(ref holders));
                await Task.Yield();
                served++;
                Interlocked.Decrement(ref holders);
            }
        }))).BeforeDeadline();

        most.ShouldBe(1);
        served.ShouldBe(2000);
    }
}
