using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>What a browser has to fetch before somebody can write.</summary>
public sealed class FirstLoadScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    private const int MostBytes = 150 << 10;

    [Fact]
    public async Task The_first_load_is_small_and_the_second_asks_only_for_the_page_and_the_session()
    {
        var realm = await RealmAsync("satu", ["messi"]);
        var messi = await VisitAsync(realm);
        var first = await LoadAsync(messi, () => messi.Page.ReloadAsync(new() { WaitUntil = WaitUntilState.NetworkIdle }), isCold: true);
        first.Bytes.ShouldBeLessThanOrEqualTo(MostBytes);
        await messi.LogInAsync("messi");
        var chat = await messi.Page.EvaluateAsync<int>("performance.getEntriesByType('resource').length");

        var second = await LoadAsync(messi, () => messi.Page.ReloadAsync(new() { WaitUntil = WaitUntilState.NetworkIdle }), isCold: false);
        second.Asked.Where(path => !path.StartsWith("/assets/", StringComparison.Ordinal)).ShouldBe(["/", "/api/session"], ignoreOrder: true);
        second.Asked.Count.ShouldBe(2);
        first.Asked.ShouldNotContain(path => path.Contains("/admin/", StringComparison.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"First load: {first.Bytes:N0} bytes in {first.Asked.Count} requests, usable after {first.Usable:0} ms ({chat} resources after the log-in). Second: {second.Bytes:N0} bytes in {second.Asked.Count} requests, usable after {second.Usable:0} ms."));
    }

    /// <summary>Loads the page, and counts what went over the wire.</summary>
    private static async Task<Load> LoadAsync(Person person, Func<Task> load, bool isCold)
    {
        var session = await person.Context.NewCDPSessionAsync(person.Page);
        await session.SendAsync("Network.enable");
        if (isCold) await session.SendAsync("Network.clearBrowserCache");
        var asked = new Dictionary<string, string>();
        var cached = new HashSet<string>();
        long bytes = 0;
        session.Event("Network.requestWillBeSent").OnEvent += (_, what) =>
        {
            var address = new Uri(what!.Value.GetProperty("request").GetProperty("url").GetString()!);
            if (address.Scheme is "http") asked[what.Value.GetProperty("requestId").GetString()!] = address.AbsolutePath;
        };
        session.Event("Network.requestServedFromCache").OnEvent += (_, what) => cached.Add(what!.Value.GetProperty("requestId").GetString()!);
        session.Event("Network.responseReceived").OnEvent += (_, what) =>
        {
            if (what!.Value.GetProperty("response").TryGetProperty("fromDiskCache", out var fromDisk) && fromDisk.GetBoolean()) cached.Add(what.Value.GetProperty("requestId").GetString()!);
        };
        session.Event("Network.loadingFinished").OnEvent += (_, what) => bytes += (long)what!.Value.GetProperty("encodedDataLength").GetDouble();
        await load();
        await Expect(person.Page.GetByRole(AriaRole.Heading).First).ToBeVisibleAsync();
        var usable = await person.Page.EvaluateAsync<double>("Math.max(0, ...performance.getEntriesByType('paint').map(one => one.startTime), performance.getEntriesByType('resource').reduce((last, one) => Math.max(last, one.responseEnd), 0))");
        await session.DetachAsync();
        return new Load(bytes, [.. asked.Where(one => !cached.Contains(one.Key)).Select(one => one.Value)], usable);
    }

    private sealed record Load(long Bytes, IReadOnlyList<string> Asked, double Usable);
}
