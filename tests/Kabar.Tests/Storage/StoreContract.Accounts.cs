using System.Globalization;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    [Fact]
    public async Task An_account_is_found_by_name_and_number_as_it_was_made()
    {
        var store = await OpenAsync();
        var made = (await store.AddAccountAsync(
            new NewAccount(Username.Parse("Messi"), "Lionel \"Leo\" Messi é🐐", [new("negara", "Argentina"), new("kota", "Rosario\\")], "$hash$", IsAdmin: true, Noon),
            None)).ShouldNotBeNull();

        foreach (var found in new[] { await store.FindAccountAsync(Username.Parse("Messi"), None), await store.FindAccountAsync(made.Id, None) })
        {
            found.ShouldNotBeNull();
            found.Id.ShouldBe(made.Id);
            found.Username.Value.ShouldBe("Messi");
            found.DisplayName.ShouldBe("Lionel \"Leo\" Messi é🐐");
            found.Attributes.ShouldBe([new("negara", "Argentina"), new("kota", "Rosario\\")]);
            found.PasswordHash.ShouldBe("$hash$");
            found.IsAdmin.ShouldBeTrue();
            found.IsDisabled.ShouldBeFalse();
            found.Created.ShouldBe(Noon);
        }
    }

    [Fact]
    public async Task A_name_is_found_in_any_case_and_shown_as_written()
    {
        var store = await OpenAsync();
        var made = await AddAsync(store, "McTavish");

        var found = await store.FindAccountAsync(Username.Parse("mctAVISH"), None);

        found.ShouldNotBeNull().Id.ShouldBe(made.Id);
        found.Username.Value.ShouldBe("McTavish");
    }

    [Fact]
    public async Task Nobody_is_found_under_a_name_or_number_that_was_never_given()
    {
        var store = await OpenAsync();
        var made = await AddAsync(store, "messi");

        (await store.FindAccountAsync(Username.Parse("messy"), None)).ShouldBeNull();
        (await store.FindAccountAsync(new AccountId(made.Id.Value + 1), None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("messi")]
    [InlineData("MESSI")]
    public async Task A_taken_name_is_refused_in_any_case(string again)
    {
        var store = await OpenAsync();
        await AddAsync(store, "messi");

        (await store.AddAccountAsync(New(again), None)).ShouldBeNull();
        (await store.ListAccountsAsync(None).CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_who_want_a_name_at_once_one_gets_it()
    {
        var store = await OpenAsync();

        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => store.AddAccountAsync(New("messi"), None).AsTask()))).BeforeDeadline();

        made.Count(account => account is not null).ShouldBe(1);
    }

    [Fact]
    public async Task An_update_replaces_what_may_change_and_nothing_else()
    {
        var store = await OpenAsync();
        var other = await AddAsync(store, "other");
        var made = await AddAsync(store, "messi");

        var changed = await store.UpdateAccountAsync(
            made.Id, account => account with { DisplayName = "Leo", Attributes = [new("a", "b")], PasswordHash = "new", IsAdmin = true, IsDisabled = true }, None);

        changed.ShouldNotBeNull();
        foreach (var found in new[] { changed, await store.FindAccountAsync(made.Id, None) })
        {
            found.ShouldNotBeNull();
            (found.Id, found.Username, found.Created).ShouldBe((made.Id, made.Username, made.Created));
            (found.DisplayName, found.PasswordHash, found.IsAdmin, found.IsDisabled).ShouldBe(("Leo", "new", true, true));
            found.Attributes.ShouldBe([new("a", "b")]);
        }

        (await store.FindAccountAsync(other.Id, None)).ShouldNotBeNull().PasswordHash.ShouldBe("hash");
    }

    [Fact]
    public async Task Updates_at_once_each_begin_from_what_the_one_before_has_left()
    {
        var store = await OpenAsync();
        var made = await AddAsync(store, "messi");

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ =>
            Task.Run(() => store.UpdateAccountAsync(made.Id, account => account with { DisplayName = account.DisplayName + "." }, None).AsTask()))).BeforeDeadline();

        (await store.FindAccountAsync(made.Id, None)).ShouldNotBeNull().DisplayName.ShouldBe(made.DisplayName + new string('.', 100));
    }

    [Fact]
    public async Task An_account_that_is_gone_cannot_be_updated_or_removed_again()
    {
        var store = await OpenAsync();
        var made = await AddAsync(store, "messi");

        (await store.RemoveAccountAsync(made.Id, Noon, None)).ShouldBeTrue();

        (await store.UpdateAccountAsync(made.Id, account => account, None)).ShouldBeNull();
        (await store.RemoveAccountAsync(made.Id, Noon, None)).ShouldBeFalse();
        (await store.FindAccountAsync(made.Id, None)).ShouldBeNull();
        (await store.FindAccountAsync(made.Username, None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_later_account_of_a_removed_name_is_another_one_and_sees_nothing_of_the_first()
    {
        var store = await OpenAsync();
        var (first, friend) = (await AddAsync(store, "messi"), await AddAsync(store, "friend"));
        await AppendAsync(store, friend, first, "for the first");
        await AppendAsync(store, first, friend, "from the first");
        await store.RemoveAccountAsync(first.Id, Noon, None);

        var second = await AddAsync(store, "Messi");
        await AppendAsync(store, friend, second, "for the second");

        second.Id.ShouldNotBe(first.Id);
        (await TextsAsync(store, second)).ShouldBe(["for the second"]);
        store = await ReopenAsync(store);
        (await TextsAsync(store, second)).ShouldBe(["for the second"]);
        var kept = (await ReadAsync(store, friend)).Messages.ShouldHaveSingleItem();
        kept.From.Username.Value.ShouldBe("messi");
        kept.Text.Decode().ShouldBe("from the first");
    }

    [Fact]
    public async Task A_number_is_never_given_twice()
    {
        var store = await OpenAsync();
        var numbers = new List<AccountId>();
        for (var i = 0; i < 3; i++)
        {
            var made = await AddAsync(store, "messi");
            numbers.Add(made.Id);
            await store.RemoveAccountAsync(made.Id, Noon, None);
            store = await ReopenAsync(store);
        }

        numbers.ShouldBeUnique();
    }

    [Fact]
    public async Task A_removal_ends_the_sessions_of_the_account_alone()
    {
        var store = await OpenAsync();
        var (messi, other) = (await AddAsync(store, "messi"), await AddAsync(store, "other"));
        var (ended, kept) = (await LogInAsync(store, messi, Noon), await LogInAsync(store, other, Noon));

        await store.RemoveAccountAsync(messi.Id, Noon, None);

        (await store.FindSessionAsync(ended.Hash, None)).ShouldBeNull();
        (await store.FindSessionAsync(kept.Hash, None)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Accounts_are_listed_in_the_order_of_their_making_across_any_number_of_pages()
    {
        const int Many = 1203;
        var store = await OpenAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, Many).Select(i =>
            store.AddAccountAsync(New(string.Create(CultureInfo.InvariantCulture, $"u{(i * 7919) % Many}")), None).AsTask())).BeforeDeadline();
        await store.RemoveAccountAsync(made[600]!.Id, Noon, None); // all were made

        var listed = await store.ListAccountsAsync(None).Select(account => account.Username.Value).ToListAsync();

        listed.ShouldBe(made.Where((_, i) => i != 600).Select(account => account!.Username.Value)); // all were made
    }
}
