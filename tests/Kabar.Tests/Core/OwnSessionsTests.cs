using System.Text;
using Kabar.Core;

namespace Kabar.Tests.Core;

/// <summary>What the native protocol does with sessions: log in without telling who exists, go on, look at one's own, end them, change the password.</summary>
public sealed class OwnSessionsTests : IAsyncLifetime
{
    private readonly RealmFixture _realm = new(new RealmOptions { WrongPasswordsPerMinute = 3, AttemptDelay = TimeSpan.Zero });
    private Account _messi = null!; // made before each test

    public async ValueTask InitializeAsync() => _messi = await _realm.AddAsync("messi");

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task An_unknown_name_and_a_wrong_password_are_one_refusal()
    {
        await _realm.AddAsync("off");
        await _realm.Realm.Accounts.SetDisabledAsync("off", disabled: true, CancellationToken.None);
        foreach (var (username, password) in new[] { ("messi", "wrong"), ("nobody", "x"), ("not a name", "x"), ("off", "x"), ("nobody", new string('x', 2000)), ("messi", new string('x', 2000)) })
            (await AuthenticateAsync(username, password)).ShouldBeRefused(Refusal.NotAuthenticated);
        (await AuthenticateAsync("messi", "x")).Value().Account.Id.ShouldBe(_messi.Id);
    }

    [Theory]
    [InlineData("messi")]
    [InlineData("nobody")]
    [InlineData("not a name")]
    public async Task Too_many_attempts_are_refused_alike_whether_or_not_there_is_such_an_account(string username)
    {
        for (var i = 0; i < 3; i++) (await AuthenticateAsync(username, "wrong")).ShouldBeRefused(Refusal.NotAuthenticated);
        (await AuthenticateAsync(username, "x")).ShouldBeRefused(Refusal.TooManyAttempts);
    }

    [Fact]
    public async Task A_session_goes_on_with_its_token_until_it_ends()
    {
        var session = await BeginAsync();
        (await _realm.Realm.ResumeAsync(session.Token, CancellationToken.None)).Value().Session.Id.ShouldBe(session.Session.Id);
        (await _realm.Realm.ResumeAsync(SessionToken.Create(), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownSession);
        await _realm.Realm.LogOutAsync(session.Token, CancellationToken.None);
        (await _realm.Realm.ResumeAsync(session.Token, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownSession);
    }

    [Fact]
    public async Task Ones_own_sessions_are_listed_and_ended_and_nobody_elses()
    {
        var (one, other) = (await BeginAsync(), await BeginAsync());
        var lineker = await _realm.AddAsync("lineker");
        (await _realm.Realm.ListOwnSessionsAsync(_messi, CancellationToken.None)).Select(session => session.Id).ShouldBe([one.Session.Id, other.Session.Id]);

        (await _realm.Realm.EndSessionAsync(lineker, one.Session.Id, CancellationToken.None)).ShouldBe(Refusal.UnknownSession);
        (await _realm.Realm.FindUserAsync(one.Token, CancellationToken.None)).Value();
        (await _realm.Realm.EndSessionAsync(_messi, one.Session.Id, CancellationToken.None)).ShouldBeNull();
        (await _realm.Realm.EndSessionAsync(_messi, one.Session.Id, CancellationToken.None)).ShouldBe(Refusal.UnknownSession);

        (await _realm.Realm.FindUserAsync(one.Token, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownSession);
        (await _realm.Realm.FindUserAsync(other.Token, CancellationToken.None)).Value();
        (await _realm.Realm.ListOwnSessionsAsync(_messi, CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Another_password_ends_the_other_sessions_and_not_the_one_that_asked()
    {
        var (one, other) = (await BeginAsync(), await BeginAsync());
        (await _realm.Realm.FindUserAsync(other.Token, CancellationToken.None)).Value();

        (await ChangeAsync(one, "wrong", "rahasia")).ShouldBe(Refusal.WrongPassword);
        (await ChangeAsync(one, "x", "")).ShouldBe(Refusal.InvalidName);
        (await ChangeAsync(one, "x", "rahasia")).ShouldBeNull();

        (await _realm.Realm.FindUserAsync(one.Token, CancellationToken.None)).Value();
        (await _realm.Realm.FindUserAsync(other.Token, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownSession);
        (await AuthenticateAsync("messi", "rahasia")).Value();
        (await AuthenticateAsync("messi", "x")).ShouldBeRefused(Refusal.NotAuthenticated);
        (await ChangeAsync(one, "rahasia", "lagi")).ShouldBeNull();
    }

    [Fact]
    public async Task Wrong_passwords_count_when_one_is_changed()
    {
        var session = await BeginAsync();
        for (var i = 0; i < 3; i++) (await ChangeAsync(session, "wrong", "rahasia")).ShouldBe(Refusal.WrongPassword);
        (await ChangeAsync(session, "x", "rahasia")).ShouldBe(Refusal.TooManyAttempts);
    }

    private static Password Password(string text) => new(Encoding.UTF8.GetBytes(text));

    private ValueTask<LoggedIn> BeginAsync() => _realm.Realm.BeginSessionAsync(_messi, CancellationToken.None);

    private async Task<Result<LoggedIn>> AuthenticateAsync(string username, string password) =>
        await _realm.Realm.AuthenticateAsync(username, Password(password), "192.0.2.1", CancellationToken.None);

    private async Task<Refusal?> ChangeAsync(LoggedIn session, string old, string next) =>
        await _realm.Realm.ChangePasswordAsync(session, Password(old), Password(next), "192.0.2.1", CancellationToken.None);
}
