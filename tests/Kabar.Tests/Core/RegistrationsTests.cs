using System.Text;
using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class RegistrationsTests
{
    [Fact]
    public async Task Nobody_registers_where_the_operator_makes_accounts()
    {
        await using var realm = new RealmFixture();
        (await RegisterAsync(realm, "messi")).ShouldBeRefused(Refusal.RegistrationClosed);
    }

    [Fact]
    public async Task Everybody_registers_where_it_is_open_and_his_code_does_not_matter()
    {
        await using var realm = new RealmFixture(new RealmOptions { Registration = RegistrationMode.Open });
        var changes = 0;
        realm.Realm.Accounts.Changed += () => changes++;

        var account = (await RegisterAsync(realm, "messi", code: "no code")).Value();
        (account.Username.Value, account.DisplayName, account.IsAdmin, changes).ShouldBe(("messi", "messi", false, 1));
        (await RegisterAsync(realm, "lineker", name: "Gary Lineker")).Value().DisplayName.ShouldBe("Gary Lineker");
        (await RegisterAsync(realm, "Messi")).ShouldBeRefused(Refusal.NameTaken);
        (await realm.LogInAsync("messi", "rahasia")).Value().Account.Id.ShouldBe(account.Id);
    }

    [Theory]
    [InlineData("tidak boleh", null, "rahasia")]
    [InlineData("messi", "", "rahasia")]
    [InlineData("messi", null, "")]
    [InlineData("messi", null, "dua kata")]
    public async Task What_no_account_may_have_is_refused_and_does_not_count(string username, string? name, string password)
    {
        await using var realm = new RealmFixture(new RealmOptions { Registration = RegistrationMode.Open, RegistrationsPerHour = 1 });
        for (var i = 0; i < 3; i++) (await RegisterAsync(realm, username, name: name, password: password)).ShouldBeRefused(Refusal.InvalidName);
        (await RegisterAsync(realm, "messi")).Value();
    }

    [Fact]
    public async Task A_code_works_as_often_and_as_long_as_was_said_however_it_is_typed()
    {
        await using var realm = new RealmFixture(new RealmOptions { Registration = RegistrationMode.Invite, RegistrationsPerHour = 0 });
        var code = await realm.Realm.Registrations.InviteAsync(2, TimeSpan.FromDays(1));
        var late = await realm.Realm.Registrations.InviteAsync(1, TimeSpan.FromHours(1));
        code.ShouldMatch("^[A-HJ-NP-Z2-9]{4}(-[A-HJ-NP-Z2-9]{4}){3}$");

        foreach (var wrong in new[] { null, "", "x", code[..^1], code + "A", late.Replace(late[0], '0') })
            (await RegisterAsync(realm, "messi", code: wrong)).ShouldBeRefused(Refusal.WrongCode);
        (await RegisterAsync(realm, "messi", code: code)).Value();
        (await RegisterAsync(realm, "messi", code: code)).ShouldBeRefused(Refusal.NameTaken);
        (await RegisterAsync(realm, "lineker", code: $" {code.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant()} ")).Value();
        (await RegisterAsync(realm, "taeno", code: code)).ShouldBeRefused(Refusal.WrongCode);
        realm.Clock.Advance(TimeSpan.FromHours(2));
        (await RegisterAsync(realm, "taeno", code: late)).ShouldBeRefused(Refusal.WrongCode);
    }

    [Fact]
    public async Task Codes_are_not_kept_and_not_printed()
    {
        RegistrationCode.TryParse("ABCD-EFGH-JKLM-2345", out var code).ShouldBeTrue();
        code.ToString().ShouldBe("(code)");
        RegistrationCode.TryParse("abcdefghjklm2345", out var same).ShouldBeTrue();
        same.Hash().ShouldBe(code.Hash());
        RegistrationCode.Create().ShouldNotBe(RegistrationCode.Create());
        await using var realm = new RealmFixture();
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await realm.Realm.Registrations.InviteAsync(0, TimeSpan.FromDays(1)));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await realm.Realm.Registrations.InviteAsync(1, TimeSpan.Zero));
    }

    [Fact]
    public async Task So_many_an_hour_from_one_address_whatever_comes_of_them()
    {
        await using var realm = new RealmFixture(new RealmOptions { Registration = RegistrationMode.Invite, RegistrationsPerHour = 3 });
        for (var i = 0; i < 3; i++) (await RegisterAsync(realm, "messi", code: "x")).ShouldBeRefused(Refusal.WrongCode);
        var code = await realm.Realm.Registrations.InviteAsync(2, TimeSpan.FromDays(1));
        (await RegisterAsync(realm, "messi", code: code)).ShouldBeRefused(Refusal.TooManyAttempts);
        (await RegisterAsync(realm, "messi", code: code, origin: "192.0.2.2")).Value();
        realm.Clock.Advance(TimeSpan.FromHours(1));
        (await RegisterAsync(realm, "lineker", code: code)).Value();
    }

    private static async Task<Result<Account>> RegisterAsync(
        RealmFixture realm, string username, string? name = null, string password = "rahasia", string? code = null, string origin = "192.0.2.1") =>
        await realm.Realm.Registrations.RegisterAsync(username, name, new Password(Encoding.UTF8.GetBytes(password)), code, origin, CancellationToken.None);
}
