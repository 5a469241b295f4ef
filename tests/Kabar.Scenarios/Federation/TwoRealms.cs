using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation;

/// <summary>The document's two realms, each in its process, dua dialling satu through a proxy.</summary>
internal sealed class TwoRealms : IAsyncDisposable
{
    private TwoRealms(RealmProcess satu, RealmProcess dua, LinkProxy link)
    {
        Satu = satu;
        Dua = dua;
        Link = link;
    }

    public RealmProcess Satu { get; }

    public RealmProcess Dua { get; }

    public LinkProxy Link { get; }

    /// <summary>The settings are those of dua.</summary>
    public static async Task<TwoRealms> StartAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var satu = await RealmProcess.CreateAsync("satu", ["messi", "henderson", "lineker"]);
        var dua = await RealmProcess.CreateAsync("dua", ["james", "jantuar", "taeno"], settings);
        var realms = new TwoRealms(satu, dua, LinkProxy.To(satu.LinkPort));
        try
        {
            await satu.StartAsync();
            await dua.StartAsync();
            return realms;
        }
        catch
        {
            await realms.DisposeAsync();
            throw;
        }
    }

    public static async Task<TwoRealms> JoinedAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var realms = await StartAsync(settings);
        try
        {
            await realms.JoinAsync();
            return realms;
        }
        catch
        {
            await realms.DisposeAsync();
            throw;
        }
    }

    public async Task JoinAsync()
    {
        await Dua.AcceptAsync(await Satu.InviteAsync(Link.Address), from: "satu");
        await AreIdleAsync();
    }

    /// <summary>Both say that they are connected and owe each other nothing.</summary>
    public Task AreIdleAsync(TimeSpan? within = null) => Eventually.BecomesTrueAsync(
        async () => (await Satu.PeersAsync()) is [{ Realm: "dua", IsIdle: true }] && (await Dua.PeersAsync()) is [{ Realm: "satu", IsIdle: true }],
        "both realms are connected and their queues empty",
        within);

    /// <summary>Until both have the same entries at the same positions, and these texts among them; which are then what was said.</summary>
    public async Task AgreeAsync(string group, IReadOnlyList<string> texts)
    {
        IReadOnlyList<ExportedMessage> satu = [], dua = [];
        try
        {
            await Eventually.BecomesTrueAsync(
                async () =>
                {
                    satu = (await Satu.ExportAsync()).History(group);
                    dua = (await Dua.ExportAsync()).History(group);
                    return texts.All(text => satu.Any(entry => entry.Text == text)) && satu.Select(entry => entry.Shared).SequenceEqual(dua.Select(entry => entry.Shared));
                },
                $"both realms have the same history of {group}",
                TimeSpan.FromSeconds(60));
        }
        catch (Exception)
        {
            dua.Select(entry => entry.Shared).ShouldBe(satu.Select(entry => entry.Shared));
            throw;
        }

        satu.Select(entry => entry.Position).ShouldBe(Enumerable.Range(1, satu.Count).Select(position => (long)position));
        satu.Select(entry => entry.Text).Where(texts.Contains).ShouldBe(texts);
    }

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        await Satu.DisposeAsync();
        await Dua.DisposeAsync();
    }
}
