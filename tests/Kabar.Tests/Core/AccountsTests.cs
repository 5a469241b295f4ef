using System.Text;
using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class AccountsTests : IAsyncDisposable
{
    private readonly RealmFixture _realm = new();

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Theory]
    [InlineData("", "Name", "secret")]
    [InlineData("two words", "Name", "secret")]
    [InlineData("messi", "", "secret")]
    [InlineData("messi", "two\nlines", "secret")]
    [InlineData("messi", "a\0b", "secret")]
    [InlineData("messi", "half a pair \ud83d", "secret")]
    [InlineData("messi", "Name", "")]
    [InlineData("messi", "Name", "two words")]
    [InlineData("messi", "Name", "line\n")]
    [InlineData("messi", "Name", "nul\0")]
    public async Task What_could_never_be_typed_or_shown_is_refused(string username, string displayName, string password)
    {
        var added = await _realm.Realm.Accounts.AddAsync(username, displayName, [], new Password(Encoding.UTF8.GetBytes(password)), isAdmin: false, CancellationToken.None);

        added.ShouldBeRefused(Refusal.InvalidName);
        (await _realm.Realm.Accounts.ListAsync(CancellationToken.None).AnyAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task Names_and_passwords_end_at_their_limits()
    {
        var name = new string('n', Account.MaxNameLength);
        var secret = new Password(Encoding.UTF8.GetBytes(new string('s', Password.MaxBytes)));
        var tooMuch = new Password(Encoding.UTF8.GetBytes(new string('s', Password.MaxBytes + 1)));

        (await AddAsync("a", name, [], secret)).Value().DisplayName.ShouldBe(name);
        (await AddAsync("b", name + "n", [], secret)).ShouldBeRefused(Refusal.InvalidName);
        (await AddAsync("c", name, [], tooMuch)).ShouldBeRefused(Refusal.InvalidName);
        (await AddAsync("d", name, [new("kota", name)], secret)).Value();
        (await AddAsync("e", name, [new("kota", name + "n")], secret)).ShouldBeRefused(Refusal.InvalidName);
        (await AddAsync("f", name, [new("two words", "v")], secret)).ShouldBeRefused(Refusal.InvalidName);
        (await AddAsync("g", name, [], new Password(new byte[] { 0xC3, 0x28 }))).ShouldBeRefused(Refusal.InvalidName);
        (await _realm.Realm.Accounts.SetPasswordAsync("a", tooMuch, CancellationToken.None)).ShouldBeRefused(Refusal.InvalidName);
    }

    [Fact]
    public async Task A_taken_name_is_refused_in_any_case()
    {
        await _realm.AddAsync("messi");
        (await AddAsync("MESSI", "Name", [], new Password("x"u8.ToArray()))).ShouldBeRefused(Refusal.NameTaken);
        (await _realm.Realm.Accounts.AddHashedAsync("Messi", "Name", [], Hashes.Cheap, isAdmin: false, CancellationToken.None)).ShouldBeRefused(Refusal.NameTaken);
    }

    [Fact]
    public async Task A_hash_that_nobody_could_verify_is_refused() =>
        (await _realm.Realm.Accounts.AddHashedAsync("messi", "Name", [], "surabaya", isAdmin: false, CancellationToken.None)).ShouldBeRefused(Refusal.InvalidName);

    [Fact]
    public async Task Nobody_of_an_unknown_name_can_be_changed()
    {
        foreach (var name in new[] { "nobody", "no body", "" })
        {
            (await _realm.Realm.Accounts.SetPasswordAsync(name, new Password("x"u8.ToArray()), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownUser);
            (await _realm.Realm.Accounts.SetDisabledAsync(name, disabled: true, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownUser);
            (await _realm.Realm.Accounts.RemoveAsync(name, CancellationToken.None)).ShouldBeRefused(Refusal.UnknownUser);
        }
    }

    [Fact]
    public async Task A_change_is_seen_at_once_by_those_who_had_seen_the_account_before()
    {
        var messi = await _realm.AddAsync("messi");
        var accounts = _realm.Realm.Accounts;
        await accounts.FindAsync(messi.Username, CancellationToken.None);
        await accounts.FindAsync(messi.Id, CancellationToken.None);

        await accounts.SetDisabledAsync("messi", disabled: true, CancellationToken.None);

        (await accounts.FindAsync(messi.Username, CancellationToken.None)).ShouldNotBeNull().IsDisabled.ShouldBeTrue();
        (await accounts.FindAsync(messi.Id, CancellationToken.None)).ShouldNotBeNull().IsDisabled.ShouldBeTrue();
    }

    // What is read while an account changes must not be remembered as it was before.
    [Fact]
    public async Task However_reads_and_changes_meet_the_last_change_is_what_is_found()
    {
        var messi = await _realm.AddAsync("messi");
        var accounts = _realm.Realm.Accounts;
        var isDone = false;
        var reading = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref isDone))
            {
                await accounts.FindAsync(messi.Username, CancellationToken.None);
                await Task.Yield();
            }
        })).ToArray();

        for (var i = 0; i < 300; i++)
        {
            var disabled = i % 2 == 0;
            await accounts.SetDisabledAsync("messi", disabled, CancellationToken.None);
            (await accounts.FindAsync(messi.Username, CancellationToken.None)).ShouldNotBeNull().IsDisabled.ShouldBe(disabled);
            (await accounts.FindAsync(messi.Id, CancellationToken.None)).ShouldNotBeNull().IsDisabled.ShouldBe(disabled);
        }

        Volatile.Write(ref isDone, true);
        await Task.WhenAll(reading).BeforeDeadline();
    }

    [Fact]
    public async Task Changes_of_different_things_at_once_do_not_undo_each_other()
    {
        for (var i = 0; i < 10; i++)
        {
            var name = $"user{i}";
            await _realm.AddAsync(name);
            var password = Task.Run(() => _realm.Realm.Accounts.SetPasswordAsync(name, new Password("new"u8.ToArray()), CancellationToken.None).AsTask());
            var disabled = Task.Run(() => _realm.Realm.Accounts.SetDisabledAsync(name, disabled: true, CancellationToken.None).AsTask());
            var loggingIn = Task.Run(() => _realm.LogInAsync(name, "x").AsTask());
            await Task.WhenAll(password, disabled, loggingIn).BeforeDeadline();

            var account = (await _realm.Store.FindAccountAsync(Username.Parse(name), CancellationToken.None)).ShouldNotBeNull();
            account.IsDisabled.ShouldBeTrue();
            await _realm.Realm.Accounts.SetDisabledAsync(name, disabled: false, CancellationToken.None);
            (await _realm.LogInAsync(name, "new")).Value();
        }
    }

    private ValueTask<Result<Account>> AddAsync(string username, string displayName, IReadOnlyList<KeyValuePair<string, string>> attributes, Password password) =>
        _realm.Realm.Accounts.AddAsync(username, displayName, attributes, password, isAdmin: false, CancellationToken.None);
}
