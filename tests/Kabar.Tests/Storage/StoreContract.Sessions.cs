using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_session_is_found_by_the_hash_of_its_token_alone()
    {
        var store = await OpenAsync();
        var (session, hash) = await LogInAsync(store, await AddAsync(store, "messi"), Noon);

        (await store.FindSessionAsync(hash, None)).ShouldBe(session);
        (await store.FindSessionAsync(SessionToken.Create().Hash(), None)).ShouldBeNull();
        (await store.FindSessionAsync(default, None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_touch_moves_the_last_use_forward_and_never_back()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var (session, hash) = await LogInAsync(store, messi, Noon);
        var (other, otherHash) = await LogInAsync(store, messi, Noon);

        await store.TouchSessionAsync(session.Id, Noon.AddHours(2), None);
        await store.TouchSessionAsync(session.Id, Noon.AddHours(1), None);

        (await store.FindSessionAsync(hash, None)).ShouldBe(session with { LastUsed = Noon.AddHours(2) });
        (await store.FindSessionAsync(otherHash, None)).ShouldBe(other);
    }

    [Fact]
    public async Task A_session_ends_once()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var (session, hash) = await LogInAsync(store, messi, Noon);
        var (_, otherHash) = await LogInAsync(store, messi, Noon);

        (await store.EndSessionAsync(session.Id, None)).ShouldBeTrue();

        (await store.EndSessionAsync(session.Id, None)).ShouldBeFalse();
        (await store.FindSessionAsync(hash, None)).ShouldBeNull();
        (await store.FindSessionAsync(otherHash, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task All_sessions_of_an_account_end_together_and_are_counted()
    {
        var store = await OpenAsync();
        var (messi, other) = (await AddAsync(store, "messi"), await AddAsync(store, "other"));
        await LogInAsync(store, messi, Noon);
        await LogInAsync(store, messi, Noon);
        var kept = await LogInAsync(store, other, Noon);

        (await store.EndSessionsAsync(messi.Id, None)).ShouldBe(2);

        (await store.EndSessionsAsync(messi.Id, None)).ShouldBe(0);
        (await store.ListSessionsAsync(DateTimeOffset.MinValue, None)).Select(active => active.Id).ShouldBe([kept.Session.Id]);
    }

    [Fact]
    public async Task Idle_sessions_end_at_the_given_time_exactly()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var before = await LogInAsync(store, messi, Noon.AddMilliseconds(-1));
        var at = await LogInAsync(store, messi, Noon);
        var touched = await LogInAsync(store, messi, Noon.AddHours(-1));
        await store.TouchSessionAsync(touched.Session.Id, Noon.AddMilliseconds(1), None);

        (await store.EndIdleSessionsAsync(Noon, None)).ShouldBe(1);

        (await store.FindSessionAsync(before.Hash, None)).ShouldBeNull();
        (await store.FindSessionAsync(at.Hash, None)).ShouldNotBeNull();
        (await store.FindSessionAsync(touched.Hash, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Sessions_are_listed_in_the_order_of_their_logins_whatever_was_used_since()
    {
        var store = await OpenAsync();
        var (messi, other) = (await AddAsync(store, "messi"), await AddAsync(store, "other"));
        var first = await LogInAsync(store, other, Noon);
        var second = await LogInAsync(store, messi, Noon);
        var third = await LogInAsync(store, other, Noon);
        await store.TouchSessionAsync(first.Session.Id, Noon.AddHours(1), None);

        var listed = await store.ListSessionsAsync(DateTimeOffset.MinValue, None);

        listed.Select(active => active.Id).ShouldBe([first.Session.Id, second.Session.Id, third.Session.Id]);
        listed.Select(active => active.Account.Username).ShouldBe([other.Username, messi.Username, other.Username]);
        listed[1].Account.DisplayName.ShouldBe(messi.DisplayName);
    }

    [Fact]
    public async Task Sessions_last_used_too_long_ago_and_of_accounts_switched_off_are_not_listed()
    {
        var store = await OpenAsync();
        var (messi, off) = (await AddAsync(store, "messi"), await AddAsync(store, "off"));
        await LogInAsync(store, messi, Noon.AddMilliseconds(-1));
        var live = await LogInAsync(store, messi, Noon);
        var hidden = await LogInAsync(store, off, Noon);
        await store.UpdateAccountAsync(off.Id, account => account with { IsDisabled = true }, None);

        (await store.ListSessionsAsync(Noon, None)).Select(active => active.Id).ShouldBe([live.Session.Id]);

        await store.UpdateAccountAsync(off.Id, account => account with { IsDisabled = false }, None);
        (await store.ListSessionsAsync(Noon, None)).Select(active => active.Id).ShouldBe([live.Session.Id, hidden.Session.Id]);
    }

    [Fact]
    public async Task A_session_for_an_account_that_is_gone_fails_and_leaves_nothing()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        await store.RemoveAccountAsync(messi.Id, Noon, None);

        await Should.ThrowAsync<StoreException>(LogInAsync(store, messi, Noon));

        (await store.ListSessionsAsync(DateTimeOffset.MinValue, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_account_has_its_own_sessions_and_may_end_all_but_one()
    {
        var store = await OpenAsync();
        var (messi, other) = (await AddAsync(store, "messi"), await AddAsync(store, "other"));
        await LogInAsync(store, messi, Noon.AddMilliseconds(-1));
        var (first, second, third) = (await LogInAsync(store, messi, Noon), await LogInAsync(store, messi, Noon.AddHours(1)), await LogInAsync(store, messi, Noon));
        var others = await LogInAsync(store, other, Noon);

        (await store.ListSessionsAsync(messi.Id, Noon, None)).ShouldBe([first.Session, second.Session, third.Session]);
        (await store.EndOtherSessionsAsync(messi.Id, second.Session.Id, None)).ShouldBe(3);
        (await store.ListSessionsAsync(messi.Id, DateTimeOffset.MinValue, None)).ShouldBe([second.Session]);
        (await store.ListSessionsAsync(other.Id, DateTimeOffset.MinValue, None)).ShouldBe([others.Session]);
    }

    [Fact]
    public async Task When_an_account_was_last_seen_goes_forward_and_counts_its_live_sessions()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        (await store.FindLastSeenAsync(messi.Id, None)).ShouldBeNull();
        await store.SeeAccountAsync(messi.Id, Noon, None);
        await store.SeeAccountAsync(messi.Id, Noon.AddHours(-1), None);
        (await store.FindLastSeenAsync(messi.Id, None)).ShouldBe(Noon);

        var (session, _) = await LogInAsync(store, messi, Noon);
        await store.TouchSessionAsync(session.Id, Noon.AddHours(1), None);
        store = await ReopenAsync(store);
        (await store.FindLastSeenAsync(messi.Id, None)).ShouldBe(Noon.AddHours(1));
        await store.EndSessionAsync(session.Id, None);
        (await store.FindLastSeenAsync(messi.Id, None)).ShouldBe(Noon);
    }

    [Fact]
    public async Task A_registration_code_makes_as_many_accounts_as_it_may_until_it_expires()
    {
        var store = await OpenAsync();
        var (code, old) = (SessionToken.Create().Hash(), SessionToken.Create().Hash());
        await store.AddRegistrationCodeAsync(code, 2, Noon.AddDays(1));
        await store.AddRegistrationCodeAsync(old, 2, Noon);

        (await RegisterAsync("a", code)).ShouldBe("a");
        (await RegisterAsync("A", code)).ShouldBe("refused: NameTaken");
        (await RegisterAsync("b", old)).ShouldBe("refused: WrongCode");
        (await RegisterAsync("b", SessionToken.Create().Hash())).ShouldBe("refused: WrongCode");
        store = await KillAndOpenAsync(store);
        (await RegisterAsync("b", code)).ShouldBe("b");
        (await RegisterAsync("c", code)).ShouldBe("refused: WrongCode");
        (await RegisterAsync("c", null)).ShouldBe("c");
        (await store.ListAccountsAsync(None).Select(account => account.Username.Value).ToListAsync()).ShouldBe(["a", "b", "c"]);

        async Task<string> RegisterAsync(string name, TokenHash? with) => (await store.RegisterAsync(New(name), with, None)).ToString();
    }

    private static async Task<(Session Session, TokenHash Hash)> LogInAsync(IStore store, Account account, DateTimeOffset when)
    {
        var session = new Session(new SessionId(Guid.NewGuid()), account.Id, when, when);
        var hash = SessionToken.Create().Hash();
        await store.AddSessionAsync(session, hash, None);
        return (session, hash);
    }
}
