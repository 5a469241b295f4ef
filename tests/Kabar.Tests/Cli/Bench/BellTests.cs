using Kabar.Cli.Bench;

namespace Kabar.Tests.Cli.Bench;

public class BellTests
{
    [Fact]
    public async Task Each_ring_wakes_once_whether_it_comes_before_the_wait_or_after()
    {
        var bell = new Bell();
        bell.Ring();
        bell.Ring();
        await bell.WaitAsync();
        await bell.WaitAsync();

        var waiting = bell.WaitAsync().AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        bell.Ring();
        await waiting;

        var waitingAgain = bell.WaitAsync().AsTask();
        waitingAgain.IsCompleted.ShouldBeFalse();
        bell.Ring();
        await waitingAgain;
    }

    [Fact]
    public async Task No_ring_of_many_threads_is_lost()
    {
        const int Ringers = 4, Rings = 20_000;
        var bell = new Bell();
        var ringing = Task.WhenAll(Enumerable.Range(0, Ringers).Select(_ => Task.Run(() =>
        {
            for (var ring = 0; ring < Rings; ring++) bell.Ring();
        })));
        var hearing = Task.Run(async () =>
        {
            for (var heard = 0; heard < Ringers * Rings; heard++) await bell.WaitAsync();
        });
        await Task.WhenAll(ringing, hearing).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
