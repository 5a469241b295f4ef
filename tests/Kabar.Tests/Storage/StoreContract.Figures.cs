using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task How_much_there_is_follows_what_is_made_and_ended_and_survives_a_restart()
    {
        var store = await OpenAsync();
        store.Figures.ShouldBe(default);
        var messi = await AddAsync(store, "messi");
        var lineker = await AddAsync(store, "lineker");
        (await store.AddAccountAsync(New("messi"), None)).ShouldBeNull();
        (await store.RegisterAsync(New("shafwa"), code: null, None)).IsOk.ShouldBeTrue();
        (await store.RegisterAsync(New("shafwa"), code: null, None)).IsOk.ShouldBeFalse();
        var sessions = new List<SessionId>();
        foreach (var account in new[] { messi, messi, messi, lineker, lineker, lineker })
        {
            sessions.Add(new SessionId(Guid.NewGuid()));
            await store.AddSessionAsync(new Session(sessions[^1], account.Id, Noon, Noon), SessionToken.Create().Hash(), None);
        }

        await AppendAsync(store, messi, lineker, "halo");
        Figures(store).ShouldBe((3, 6, 1));

        (await store.EndSessionAsync(sessions[0], None)).ShouldBeTrue();
        (await store.EndSessionAsync(sessions[0], None)).ShouldBeFalse();
        Figures(store).ShouldBe((3, 5, 1));
        (await store.EndOtherSessionsAsync(messi.Id, sessions[1], None)).ShouldBe(1);
        Figures(store).ShouldBe((3, 4, 1));
        (await store.RemoveAccountAsync(lineker.Id, Noon, None)).ShouldBeTrue();
        (await store.RemoveAccountAsync(lineker.Id, Noon, None)).ShouldBeFalse();
        Figures(store).ShouldBe((2, 1, 1));

        store = await ReopenAsync(store);
        Figures(store).ShouldBe((2, 1, 1));
        (await store.EndIdleSessionsAsync(Noon.AddSeconds(1), None)).ShouldBe(1);
        Figures(store).ShouldBe((2, 0, 1));
    }

    [Fact]
    public async Task Accounts_are_found_by_a_part_of_their_names_in_the_order_of_usernames()
    {
        var store = await OpenAsync();
        foreach (var name in new[] { "Messi", "lineker", "henderson", "a_b", "axb" }) await AddAsync(store, name);
        var gone = await AddAsync(store, "lionel");
        await store.RemoveAccountAsync(gone.Id, Noon, None);

        (await FoundAsync("", "", 10)).ShouldBe(["a_b", "axb", "henderson", "lineker", "Messi"]);
        (await FoundAsync("", "HENDERSON", 1)).ShouldBe(["lineker"]);
        (await FoundAsync("_", "", 10)).ShouldBe(["a_b"]);
        (await FoundAsync("LI", "", 10)).ShouldBe(["lineker"]);
        (await FoundAsync("\\", "", 10)).ShouldBeEmpty();

        async Task<IEnumerable<string>> FoundAsync(string text, string after, int most) => (await store.FindAccountsAsync(text, after, most, None)).Select(account => account.Username.Value);
    }

    private static (long, long, long) Figures(IStore store) => (store.Figures.Accounts, store.Figures.Sessions, store.Figures.Entries);
}
