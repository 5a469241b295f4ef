using Kabar.Core;

namespace Kabar.Tests.Core;

public sealed class AccessTokensTests : IAsyncDisposable
{
    private const AccessRights Both = AccessRights.Send | AccessRights.Read;

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly RealmFixture _realm = new();

    private AccessTokens Tokens => _realm.Realm.Tokens;

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task A_secret_opens_its_token_prints_as_nothing_and_is_known_by_its_beginning()
    {
        var messi = await _realm.AddAsync("messi");
        var (secret, token) = (await CreateAsync(messi)).Value();

        secret.ToString().ShouldBe("(token)");
        secret.Write().ShouldMatch("^kabar_[A-Za-z0-9_-]{43}$");
        AccessSecret.Create().ShouldNotBe(secret);
        var access = (await OpenAsync(secret.Write())).Value();
        (access.Token.Id, access.Account.DisplayName).ShouldBe((token.Id, "Display messi"));
        await _realm.RestartAsync();
        (await OpenAsync(secret.Write())).Value().Token.Id.ShouldBe(token.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("kabar_")]
    [InlineData("kabar_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("KABAR_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("kabar_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAé")]
    [InlineData("kabar_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task What_is_no_secret_opens_nothing(string text)
    {
        await CreateAsync(await _realm.AddAsync("messi"));
        (await OpenAsync(text)).ShouldBeRefused(Refusal.UnknownToken);
    }

    [Fact]
    public async Task A_token_ends_when_it_is_revoked_when_it_expires_and_with_its_account_but_not_with_a_password()
    {
        var (messi, lineker) = (await _realm.AddAsync("messi"), await _realm.AddAsync("lineker"));
        var (lasting, token) = (await CreateAsync(messi)).Value();
        var (passing, _) = (await CreateAsync(messi, lifetime: TimeSpan.FromDays(1))).Value();

        _realm.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMilliseconds(1));
        (await OpenAsync(passing.Write())).IsOk.ShouldBeTrue();
        _realm.Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await OpenAsync(passing.Write())).ShouldBeRefused(Refusal.UnknownToken);
        (await Tokens.ListAsync(messi, None)).ShouldHaveSingleItem().Id.ShouldBe(token.Id);

        (await _realm.Realm.Accounts.SetPasswordAsync("messi", new Password("jakarta"u8.ToArray()), None)).Value();
        (await OpenAsync(lasting.Write())).IsOk.ShouldBeTrue();
        (await _realm.Realm.Accounts.SetDisabledAsync("messi", disabled: true, None)).Value();
        (await OpenAsync(lasting.Write())).ShouldBeRefused(Refusal.UnknownToken);
        (await _realm.Realm.Accounts.SetDisabledAsync("messi", disabled: false, None)).Value();
        (await OpenAsync(lasting.Write())).IsOk.ShouldBeTrue();

        // Nobody revokes another's.
        (await Tokens.RevokeAsync(lineker, token.Id, None)).ShouldBe(Refusal.UnknownToken);
        (await Tokens.RevokeAsync(messi, token.Id, None)).ShouldBeNull();
        (await Tokens.RevokeAsync(messi, token.Id, None)).ShouldBe(Refusal.UnknownToken);
        (await OpenAsync(lasting.Write())).ShouldBeRefused(Refusal.UnknownToken);

        var (removed, _) = (await CreateAsync(lineker)).Value();
        (await _realm.Realm.Accounts.RemoveAsync("lineker", None)).Value();
        await _realm.AddAsync("lineker");
        (await OpenAsync(removed.Write())).ShouldBeRefused(Refusal.UnknownToken);
    }

    [Fact]
    public async Task When_it_was_used_is_known_to_within_a_minute()
    {
        var messi = await _realm.AddAsync("messi");
        var (secret, _) = (await CreateAsync(messi)).Value();
        (await UsedAsync()).ShouldBeNull();

        var first = _realm.Clock.GetUtcNow();
        await OpenAsync(secret.Write());
        _realm.Clock.Advance(TimeSpan.FromSeconds(59));
        await OpenAsync(secret.Write());
        (await UsedAsync()).ShouldBe(first);
        _realm.Clock.Advance(TimeSpan.FromSeconds(1));
        await OpenAsync(secret.Write());
        (await UsedAsync()).ShouldBe(first.AddMinutes(1));

        async Task<DateTimeOffset?> UsedAsync() => (await Tokens.ListAsync(messi, None)).ShouldHaveSingleItem().Used;
    }

    [Fact]
    public async Task An_account_has_fifty_at_most_and_each_a_name_that_can_be_shown()
    {
        var messi = await _realm.AddAsync("messi");
        foreach (var name in new[] { "", "dua\nbaris", new string('x', 129) }) (await CreateAsync(messi, name: name)).ShouldBeRefused(Refusal.InvalidName);
        for (var i = 0; i < AccessTokens.MostPerAccount; i++) (await CreateAsync(messi)).Value();
        (await CreateAsync(messi)).ShouldBeRefused(Refusal.TooMany);
    }

    [Fact]
    public async Task A_token_of_one_conversation_is_admitted_nowhere_else_and_is_not_told_what_there_is()
    {
        var (messi, lineker) = (await _realm.AddAsync("messi"), await _realm.AddAsync("lineker"));
        var batak = await GroupAsync(messi, "batak");
        await GroupAsync(messi, "deli");
        (await CreateAsync(messi, place: "#siapa")).ShouldBeRefused(Refusal.UnknownGroup);
        (await CreateAsync(messi, place: "siapa")).ShouldBeRefused(Refusal.UnknownRecipient);
        (await CreateAsync(lineker, place: "#batak")).ShouldBeRefused(Refusal.NotAMember);

        var inGroup = await AccessAsync(await CreateAsync(messi, place: "#BATAK@satu"));
        (await AdmitAsync(inGroup, "#batak")).ShouldBe("#batak");
        (await AdmitAsync(inGroup, "#batak@satu")).ShouldBe("#batak@satu");
        foreach (var elsewhere in new[] { "#deli", "#siapa", "#batak@dua", "lineker", "siapa" }) (await AdmitAsync(inGroup, elsewhere)).ShouldBe("refused: NotAllowed");

        var direct = await AccessAsync(await CreateAsync(messi, place: "LINEKER@satu"));
        (await AdmitAsync(direct, "Lineker@satu")).ShouldBe("lineker");
        foreach (var elsewhere in new[] { "#batak", "messi", "siapa", "lineker@dua" }) (await AdmitAsync(direct, elsewhere)).ShouldBe("refused: NotAllowed");

        var reader = await AccessAsync(await CreateAsync(messi, may: AccessRights.Read));
        (await AdmitAsync(reader, "siapa", AccessRights.Read)).ShouldBe("siapa");
        (await AdmitAsync(reader, "lineker")).ShouldBe("refused: NotAllowed");

        // Another group of its name is another group.
        (await _realm.Realm.Groups.RemoveAsync(batak.Id, None)).Value();
        await GroupAsync(messi, "batak");
        (await AdmitAsync(inGroup, "#batak")).ShouldBe("refused: NotAllowed");
    }

    [Fact]
    public async Task Who_keeps_order_in_a_group_makes_sees_and_ends_its_hooks()
    {
        var (messi, lineker, pele) = (await _realm.AddAsync("messi"), await _realm.AddAsync("lineker"), await _realm.AddAsync("pele"));
        var batak = await GroupAsync(messi, "batak");
        await _realm.Realm.Groups.EnterAsync(lineker, batak.Address, None);
        (await Tokens.CreateHookAsync(lineker, batak.Address, "bel", None)).ShouldBeRefused(Refusal.NotAllowed);
        (await Tokens.CreateHookAsync(pele, batak.Address, "bel", None)).ShouldBeRefused(Refusal.NotAMember);
        (await Tokens.ListHooksAsync(lineker, batak.Address, None)).ShouldBeRefused(Refusal.NotAllowed);
        (await Tokens.CreateHookAsync(messi, batak.Address, "", None)).ShouldBeRefused(Refusal.InvalidName);

        var (secret, hook) = (await Tokens.CreateHookAsync(messi, batak.Address, "Bel Rumah", None)).Value();
        var access = (await OpenAsync(secret.Write())).Value();
        (access.Account.Id, access.Account.DisplayName, access.Token.May).ShouldBe((messi.Id, "Bel Rumah", AccessRights.Send));
        (await Tokens.PlaceAsync(hook, None)).In!.Address.ToString().ShouldBe("#batak");
        (await AdmitAsync(access, "#batak", AccessRights.Read)).ShouldBe("refused: NotAllowed");

        (await Tokens.RevokeHookAsync(lineker, hook.Id, None)).ShouldBe(Refusal.UnknownToken);
        await ActAsync(batak, messi, GroupVerb.Role, lineker, "moderator");
        (await Tokens.ListHooksAsync(lineker, batak.Address, None)).Value().ShouldHaveSingleItem().Id.ShouldBe(hook.Id);
        (await Tokens.RevokeHookAsync(lineker, hook.Id, None)).ShouldBeNull();
        (await OpenAsync(secret.Write())).ShouldBeRefused(Refusal.UnknownToken);

        // Its maker ends it also when he keeps no order any more; what is no hook is not ended so.
        var (_, own) = (await Tokens.CreateHookAsync(lineker, batak.Address, "bel", None)).Value();
        await ActAsync(batak, messi, GroupVerb.Role, lineker, "member");
        (await Tokens.RevokeHookAsync(lineker, own.Id, None)).ShouldBeNull();
        var (_, token) = (await CreateAsync(messi)).Value();
        (await Tokens.RevokeHookAsync(messi, token.Id, None)).ShouldBe(Refusal.UnknownToken);
    }

    private async Task<Result<MadeToken>> CreateAsync(Account account, AccessRights may = Both, string? place = null, TimeSpan? lifetime = null, string name = "bot") =>
        await Tokens.CreateAsync(account, name, may, place is null ? null : RealmFixture.To(place), lifetime, None);

    private async Task<Result<Access>> OpenAsync(string secret) => await Tokens.OpenAsync(AccessSecret.Parse(secret), None);

    private async Task<Access> AccessAsync(Result<MadeToken> made) => (await Tokens.OpenAsync(made.Value().Secret, None)).Value();

    private async Task<string> AdmitAsync(Access access, string address, AccessRights right = AccessRights.Send) => (await Tokens.AdmitAsync(access, right, RealmFixture.To(address), None)).ToString();

    private async Task<Group> GroupAsync(Account owner, string name) => (await _realm.Realm.Groups.CreateAsync(owner, GroupName.Parse(name), isOpen: true, None)).Value().Group;

    private async Task ActAsync(Group group, Account actor, GroupVerb verb, Account subject, string text) =>
        (await _realm.Realm.Groups.ActAsync(Actor.Of(actor), group.Id, verb, new Address(subject.Username), MessageText.From(text), None)).Value();
}
