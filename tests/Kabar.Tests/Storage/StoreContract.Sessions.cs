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

    private static async Task<(Session Session, TokenHash Hash)> LogInAsync(IStore store, Account account, DateTimeOffset when)
    {
        var session = new Session(new SessionId(Guid.NewGuid()), account.Id, when, when);
        var hash = SessionToken.Create().Hash();
        await store.AddSessionAsync(session, hash, None);
        return (session, hash);
    }
}
