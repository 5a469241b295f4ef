using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class SessionsTests : IAsyncLifetime
{
    private static readonly TimeSpan Idle = TimeSpan.FromDays(30);

    private readonly RealmFixture _realm = new();
    private Account _messi = null!; // set before each test
    private SessionToken _token;

    public async ValueTask InitializeAsync()
    {
        _messi = await _realm.AddAsync("messi");
        _token = await _realm.EnterAsync(_messi);
    }

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_ends_when_it_has_not_been_used_for_the_idle_time(bool restarted)
    {
        _realm.Clock.Advance(Idle);
        if (restarted) await _realm.RestartAsync();
        await ShouldBeLiveAsync(_token);

        _realm.Clock.Advance(Idle + TimeSpan.FromMilliseconds(1));
        if (restarted) await _realm.RestartAsync();
        await ShouldHaveEndedAsync(_token);
    }

    [Fact]
    public async Task A_session_in_use_never_ends()
    {
        for (var day = 0; day < 100; day++)
        {
            await ShouldBeLiveAsync(_token);
            _realm.Clock.Advance(TimeSpan.FromDays(1));
            await _realm.Realm.EndIdleSessionsAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Use_is_written_down_but_not_at_every_use()
    {
        await ShouldBeLiveAsync(_token);
        _realm.Clock.Advance(TimeSpan.FromMinutes(59));
        await ShouldBeLiveAsync(_token);
        (await LastUsedAsync()).ShouldBe(_realm.Clock.GetUtcNow() - TimeSpan.FromMinutes(59));

        _realm.Clock.Advance(TimeSpan.FromMinutes(1));
        await ShouldBeLiveAsync(_token);
        (await LastUsedAsync()).ShouldBe(_realm.Clock.GetUtcNow());
    }

    [Fact]
    public async Task An_idle_time_of_zero_is_none_and_use_is_not_written_down_more_often_for_it()
    {
        await using var realm = new RealmFixture(new RealmOptions { SessionIdle = TimeSpan.Zero });
        var token = await realm.EnterAsync(await realm.AddAsync("messi"));
        realm.Clock.Advance(TimeSpan.FromDays(4000));
        (await realm.Realm.FindUserAsync(token, CancellationToken.None)).Value();
        var used = realm.Clock.GetUtcNow();

        realm.Clock.Advance(TimeSpan.FromMinutes(59));
        (await realm.Realm.FindUserAsync(token, CancellationToken.None)).Value();

        (await realm.Realm.EndIdleSessionsAsync(CancellationToken.None)).ShouldBe(0);
        (await realm.Store.FindSessionAsync(token.Hash(), CancellationToken.None)).ShouldNotBeNull().LastUsed.ShouldBe(used);
    }

    [Fact]
    public async Task Sessions_survive_a_new_realm_on_the_same_store()
    {
        await _realm.RestartAsync();
        await ShouldBeLiveAsync(_token);
    }

    [Fact]
    public async Task Idle_sessions_are_ended_and_counted()
    {
        _realm.Clock.Advance(Idle);
        var fresh = await _realm.EnterAsync(_messi);
        _realm.Clock.Advance(TimeSpan.FromMilliseconds(1));

        (await _realm.Realm.EndIdleSessionsAsync(CancellationToken.None)).ShouldBe(1);

        await ShouldHaveEndedAsync(_token);
        await ShouldBeLiveAsync(fresh);
    }

    [Fact]
    public async Task A_log_out_ends_the_session_for_everybody_who_has_the_token_and_no_other()
    {
        var other = await _realm.EnterAsync(_messi);
        await ShouldBeLiveAsync(_token);

        (await _realm.Realm.LogOutAsync(_token, CancellationToken.None)).Value().Id.ShouldBe(_messi.Id);

        await ShouldHaveEndedAsync(_token);
        (await _realm.Realm.LogOutAsync(_token, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownSession);
        await ShouldBeLiveAsync(other);
        await _realm.RestartAsync();
        await ShouldHaveEndedAsync(_token);
    }

    [Fact]
    public async Task The_empty_token_and_one_nobody_was_given_open_nothing()
    {
        await ShouldHaveEndedAsync(default);
        await ShouldHaveEndedAsync(SessionToken.Create());
    }

    [Fact]
    public async Task Switching_an_account_off_ends_its_sessions_for_good()
    {
        await ShouldBeLiveAsync(_token);
        (await _realm.Realm.Accounts.SetDisabledAsync("messi", disabled: true, CancellationToken.None)).Value().IsDisabled.ShouldBeTrue();
        await ShouldHaveEndedAsync(_token);

        (await _realm.Realm.Accounts.SetDisabledAsync("messi", disabled: false, CancellationToken.None)).Value().IsDisabled.ShouldBeFalse();
        await ShouldHaveEndedAsync(_token);
        (await _realm.LogInAsync("messi", "x")).Value();
    }

    [Fact]
    public async Task A_new_password_ends_the_sessions_of_the_old_one()
    {
        await ShouldBeLiveAsync(_token);
        (await _realm.Realm.Accounts.SetPasswordAsync("Messi", new Password("new"u8.ToArray()), CancellationToken.None)).Value();

        await ShouldHaveEndedAsync(_token);
        (await _realm.LogInAsync("messi", "x")).ShouldBeRefused(Refusal.WrongPassword);
        await ShouldBeLiveAsync((await _realm.LogInAsync("messi", "new")).Value().Token);
    }

    [Fact]
    public async Task A_removed_account_has_no_sessions_and_nobody_can_write_to_it()
    {
        var friend = await _realm.EnterAsync(await _realm.AddAsync("friend"));
        (await _realm.SendAsync(friend, "messi", "halo")).Value();
        await ShouldBeLiveAsync(_token);

        (await _realm.Realm.Accounts.RemoveAsync("messi", CancellationToken.None)).Value().Id.ShouldBe(_messi.Id);

        await ShouldHaveEndedAsync(_token);
        (await _realm.LogInAsync("messi", "x")).ShouldBeRefused(Refusal.UnknownUser);
        (await _realm.SendAsync(friend, "messi", "halo")).ShouldBeRefused(Refusal.UnknownRecipient);
        (await _realm.Realm.Accounts.RemoveAsync("messi", CancellationToken.None)).ShouldBeRefused(Refusal.UnknownUser);
    }

    [Fact]
    public async Task Who_is_active_is_listed_once_each_in_the_order_of_logins_and_sessions_one_by_one()
    {
        var (lineker, third) = (await _realm.AddAsync("lineker"), await _realm.AddAsync("third"));
        await _realm.EnterAsync(lineker);
        await _realm.EnterAsync(_messi);
        var thirds = await _realm.EnterAsync(third);

        (await _realm.Realm.ListActiveUsersAsync(thirds, CancellationToken.None)).Value().Select(user => user.Username.Value).ShouldBe(["messi", "lineker", "third"]);
        var sessions = (await _realm.Realm.ListSessionsAsync(thirds, CancellationToken.None)).Value();
        sessions.Select(session => session.Account.Username.Value).ShouldBe(["messi", "lineker", "messi", "third"]);
        sessions.Select(session => session.Id).ShouldBeUnique();
        (await _realm.Realm.ListActiveUsersAsync(default, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownSession);
        (await _realm.Realm.ListSessionsAsync(default, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownSession);
    }

    [Fact]
    public async Task Who_has_been_idle_too_long_is_not_active_before_anybody_tidies_up()
    {
        _realm.Clock.Advance(Idle + TimeSpan.FromMilliseconds(1));
        var lineker = await _realm.EnterAsync(await _realm.AddAsync("lineker"));

        (await _realm.Realm.ListActiveUsersAsync(lineker, CancellationToken.None)).Value().Select(user => user.Username.Value).ShouldBe(["lineker"]);
    }

    private async Task ShouldBeLiveAsync(SessionToken token) => (await _realm.Realm.FindUserAsync(token, CancellationToken.None)).Value().Id.ShouldBe(_messi.Id);

    private async Task ShouldHaveEndedAsync(SessionToken token) => (await _realm.Realm.FindUserAsync(token, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownSession);

    private async Task<DateTimeOffset> LastUsedAsync() => (await _realm.Store.FindSessionAsync(_token.Hash(), CancellationToken.None)).ShouldNotBeNull().LastUsed;
}
