using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class LogInTests : IAsyncLifetime
{
    private readonly RealmFixture _realm = new();

    public async ValueTask InitializeAsync() => await _realm.AddAsync("messi");

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task The_right_password_opens_a_session_and_each_log_in_another()
    {
        var first = (await _realm.LogInAsync("messi", "x")).Value();
        var second = (await _realm.LogInAsync("MESSI", "x")).Value();

        second.Token.ShouldNotBe(first.Token);
        foreach (var loggedIn in new[] { first, second })
        {
            loggedIn.Account.Username.Value.ShouldBe("messi");
            (await _realm.Realm.FindUserAsync(loggedIn.Token, CancellationToken.None)).Value().Id.ShouldBe(first.Account.Id);
        }
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_user_and_one_switched_off_are_refused()
    {
        (await _realm.LogInAsync("messi", "y")).ShouldBeRefused(Refusal.WrongPassword);
        (await _realm.LogInAsync("messi", "")).ShouldBeRefused(Refusal.WrongPassword);
        (await _realm.LogInAsync("nobody", "x")).ShouldBeRefused(Refusal.UnknownUser);
        (await _realm.LogInAsync("no body", "x")).ShouldBeRefused(Refusal.UnknownUser);
        (await _realm.Realm.Accounts.SetDisabledAsync("messi", disabled: true, CancellationToken.None)).Value();
        (await _realm.LogInAsync("messi", "x")).ShouldBeRefused(Refusal.UnknownUser);
    }

    [Fact]
    public async Task A_password_of_the_most_bytes_is_compared_and_one_longer_is_wrong()
    {
        var longest = new string('p', Password.MaxBytes);
        await _realm.AddAsync("long", Hashes.Pbkdf2(longest, rounds: 1));
        await _realm.AddAsync("longer", Hashes.Pbkdf2(longest + "p", rounds: 1));

        (await _realm.LogInAsync("long", longest)).Value();
        (await _realm.LogInAsync("longer", longest + "p")).ShouldBeRefused(Refusal.WrongPassword);
    }

    [Fact]
    public async Task Five_wrong_ones_a_minute_then_even_the_right_one_is_refused_and_late()
    {
        for (var i = 0; i < 5; i++) (await _realm.LogInAsync("messi", "wrong")).ShouldBeRefused(Refusal.WrongPassword);

        var refused = _realm.LogInAsync("messi", "x").AsTask();
        await _realm.Clock.WaitForTimersAsync();
        _realm.Clock.Advance(_realm.Options.AttemptDelay - TimeSpan.FromTicks(1));
        refused.IsCompleted.ShouldBeFalse();
        _realm.Clock.Advance(TimeSpan.FromTicks(1));
        (await refused.BeforeDeadline()).ShouldBeRefused(Refusal.TooManyAttempts);

        (await _realm.LogInAsync("messi", "x", "192.0.2.2")).Value();
        _realm.Clock.Advance(TimeSpan.FromMinutes(1));
        (await _realm.LogInAsync("messi", "x")).Value();
    }

    [Fact]
    public async Task A_burst_at_once_gets_no_more_attempts_than_one_after_another()
    {
        var burst = Enumerable.Range(0, 40).Select(_ => Task.Run(() => _realm.LogInAsync("messi", "wrong").AsTask())).ToArray();

        await _realm.Clock.WaitForTimersAsync(35);
        _realm.Clock.Advance(_realm.Options.AttemptDelay);
        var results = await Task.WhenAll(burst).BeforeDeadline();

        results.Count(result => !result.TryGet(out _, out var refusal) && refusal == Refusal.WrongPassword).ShouldBe(5);
        results.Count(result => !result.TryGet(out _, out var refusal) && refusal == Refusal.TooManyAttempts).ShouldBe(35);
    }

    [Fact]
    public async Task A_right_password_in_between_forgives_itself_and_not_the_wrong_ones()
    {
        for (var i = 0; i < 4; i++) (await _realm.LogInAsync("messi", "wrong")).ShouldBeRefused(Refusal.WrongPassword);
        for (var i = 0; i < 3; i++) (await _realm.LogInAsync("messi", "x")).Value();
        (await _realm.LogInAsync("messi", "wrong")).ShouldBeRefused(Refusal.WrongPassword);

        var refused = _realm.LogInAsync("messi", "x").AsTask();
        await _realm.Clock.WaitForTimersAsync();
        _realm.Clock.Advance(_realm.Options.AttemptDelay);
        (await refused.BeforeDeadline()).ShouldBeRefused(Refusal.TooManyAttempts);
    }

    [Fact]
    public async Task An_outdated_hash_is_replaced_at_the_log_in_that_finds_it_and_sessions_live_on()
    {
        var before = (await _realm.LogInAsync("messi", "x")).Value();

        var hash = (await _realm.Store.FindAccountAsync(before.Account.Id, CancellationToken.None)).ShouldNotBeNull().PasswordHash;
        hash.ShouldNotBe(Hashes.Cheap);
        (await _realm.LogInAsync("messi", "x")).Value();
        (await _realm.Store.FindAccountAsync(before.Account.Id, CancellationToken.None)).ShouldNotBeNull().PasswordHash.ShouldBe(hash, "it is up to date");
        (await _realm.LogInAsync("messi", "y")).ShouldBeRefused(Refusal.WrongPassword);
        (await _realm.Realm.FindUserAsync(before.Token, CancellationToken.None)).Value();
    }

    [Fact]
    public async Task A_wrong_password_replaces_nothing()
    {
        (await _realm.LogInAsync("messi", "y")).ShouldBeRefused(Refusal.WrongPassword);
        (await _realm.Store.FindAccountAsync(Username.Parse("messi"), CancellationToken.None)).ShouldNotBeNull().PasswordHash.ShouldBe(Hashes.Cheap);
    }

    // The new password is set while the log-in with the old one makes its better hash: the new one must win.
    [Fact]
    public async Task A_password_that_is_changed_during_a_log_in_stays_changed()
    {
        for (var i = 0; i < 8; i++)
        {
            var name = $"user{i}";
            var account = await _realm.AddAsync(name);
            var loggingIn = Task.Run(() => _realm.LogInAsync(name, "x").AsTask());
            var changed = await _realm.Realm.Accounts.SetPasswordAsync(name, new Password("new"u8.ToArray()), CancellationToken.None);
            var loggedIn = await loggingIn.BeforeDeadline();

            changed.Value();
            (await _realm.LogInAsync(name, "new")).Value();
            (await _realm.LogInAsync(name, "x")).ShouldBeRefused(Refusal.WrongPassword);
            if (loggedIn.TryGet(out var old, out _)) (await _realm.Realm.FindUserAsync(old.Token, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownSession);
            (await _realm.Store.FindAccountAsync(account.Id, CancellationToken.None)).ShouldNotBeNull();
        }
    }
}
