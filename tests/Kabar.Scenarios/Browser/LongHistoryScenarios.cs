using System.Globalization;
using Kabar.Scenarios.Federation;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>Ten thousand messages, of which the page draws what is in view.</summary>
public sealed class LongHistoryScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    private const int Count = 10_000;

    [Fact]
    public async Task Ten_thousand_messages_are_scrolled_to_the_first_and_back_without_a_jump()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        await FillAsync(realm);
        var messi = await EnterAsync(realm, "messi");
        await messi.Page.EvaluateAsync(Watch.Replace("COUNT", Count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        await messi.TurnToAsync("lineker");
        await messi.ToEndAsync();
        await Expect(messi.Message(Text(Count))).ToBeInViewportAsync();
        var before = await HeapAsync(messi);

        var up = await ScrollAsync(messi, -1);
        await Expect(messi.Message(Text(1))).ToBeInViewportAsync();
        var down = await ScrollAsync(messi, 1);
        await Expect(messi.Message(Text(Count))).ToBeInViewportAsync();
        var after = await HeapAsync(messi);

        // Each was in view, each time, and none stood twice; what was in view stayed where it was, but for the scrolling.
        foreach (var walk in (Walk[])[up, down])
        {
            walk.Seen.ShouldBe(Enumerable.Range(1, Count));
            walk.Doubled.ShouldBe(0);
            walk.WorstJump.ShouldBeLessThan(2);
            walk.MostNodes.ShouldBeLessThan(6000);
        }

        (after - before).ShouldBeLessThan(16 << 20);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"10,000 messages: heap {before >> 10:N0} KiB before, {after >> 10:N0} KiB after; up {up}, down {down}"));
    }

    private static string Text(int number) => string.Create(CultureInfo.InvariantCulture, $"pesan nomor {number:00000}.");

    /// <summary>Through the native protocol, without waiting for each answer. Each seventh has more lines.</summary>
    private static async Task FillAsync(RealmProcess realm)
    {
        const int Batch = 500;
        await using var lineker = await NativeUser.ConnectAsync(realm, "lineker", await realm.ConnectAsync());
        for (var first = 1; first <= Count; first += Batch)
        {
            await Task.WhenAll(Enumerable.Range(first, Batch).Select(number => lineker.SendAsync("messi", number % 7 == 0 ? Text(number) + string.Concat(Enumerable.Repeat("\nsatu baris lagi", number % 5)) : Text(number))));
        }
    }

    private static async Task<long> HeapAsync(Person person)
    {
        var session = await person.Context.NewCDPSessionAsync(person.Page);
        await session.SendAsync("HeapProfiler.collectGarbage");
        var usage = await session.SendAsync("Runtime.getHeapUsage");
        await session.DetachAsync();
        return (long)usage!.Value.GetProperty("usedSize").GetDouble();
    }

    private static async Task<Walk> ScrollAsync(Person person, int direction) =>
        await person.Page.EvaluateAsync<Walk>("direction => window.walk(direction)", direction);

    /// <summary>Scrolls step by step, and writes down what is in view and whether anything moved that was not scrolled.</summary>
    private const string Watch =
        """
        () => {
          window.walk = async direction => {
            const log = document.querySelector('main [role=log]');
            const frame = () => new Promise(done => requestAnimationFrame(done));
            const rest = () => new Promise(done => setTimeout(done, 0));
            const rows = () => [...log.querySelectorAll('[role=article]')];
            const numberOf = row => Number(/pesan nomor (\d+)/.exec(row.textContent)[1]);
            const seen = new Set();
            const frames = [];
            let doubled = 0, worstJump = 0, mostNodes = 0, still = 0;
            const look = () => {
              const view = log.getBoundingClientRect();
              const places = new Map();
              for (const row of rows()) {
                const box = row.getBoundingClientRect();
                if (places.has(numberOf(row))) doubled++;
                places.set(numberOf(row), box.top);
                if (box.bottom > view.top && box.top < view.bottom) seen.add(numberOf(row));
              }
              return places;
            };
            // Whether rows stand from top to bottom of the view: where a page is still on its way one waits for it, as a person would.
            const isWhole = () => {
              const view = log.getBoundingClientRect();
              const drawn = rows();
              if (drawn.length === 0) return false;
              const [first, last] = [drawn[0], drawn[drawn.length - 1]];
              return (numberOf(first) === 1 || first.getBoundingClientRect().top <= view.top) && (numberOf(last) === COUNT || last.getBoundingClientRect().bottom >= view.bottom);
            };
            const shared = (one, other) => [...one].filter(([number]) => other.has(number)).map(([number, top]) => other.get(number) - top);
            let places = look();
            for (let step = 0; step < 20000 && still < 40; step++) {
              const began = performance.now();
              log.scrollTop += direction * Math.round(log.clientHeight * 0.8);
              await frame();
              await rest();
              frames.push(performance.now() - began);
              for (let wait = 0; wait < 600 && !isWhole(); wait++) await frame();
              const next = look();
              // Everything that was drawn before and after has moved by the same.
              const moved = shared(places, next);
              if (moved.length > 1) worstJump = Math.max(worstJump, Math.max(...moved) - Math.min(...moved));
              still = moved.length > 0 && moved.every(by => Math.abs(by) < 1) ? still + 1 : 0;
              // And without scrolling nothing moves at all, whatever comes meanwhile.
              await frame();
              const later = look();
              const drifted = shared(next, later);
              if (drifted.length > 0) worstJump = Math.max(worstJump, ...drifted.map(Math.abs));
              places = later;
              mostNodes = Math.max(mostNodes, document.getElementsByTagName('*').length);
              if (still > 0) await new Promise(done => setTimeout(done, 10));
            }
            frames.sort((one, other) => one - other);
            const at = share => frames[Math.min(frames.length - 1, Math.floor(frames.length * share))];
            return { seen: [...seen].sort((one, other) => one - other), doubled, worstJump, mostNodes, steps: frames.length, median: at(0.5), slow: at(0.99), worst: at(1) };
          };
        }
        """;

    private sealed record Walk
    {
        public int[] Seen { get; init; } = [];

        public int Doubled { get; init; }

        public double WorstJump { get; init; }

        public int MostNodes { get; init; }

        public int Steps { get; init; }

        public double Median { get; init; }

        public double Slow { get; init; }

        public double Worst { get; init; }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Steps} steps of {Median:0.0} ms at the median, {Slow:0.0} ms at 99 %, {Worst:0.0} ms at worst, at most {MostNodes:N0} elements, moved by {WorstJump:0.0} px");
    }
}
