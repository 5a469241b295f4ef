using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    private static readonly ConversationAddress Batak = new(null, new GroupAddress(GroupName.Parse("batak")));

    [Fact]
    public async Task A_token_is_kept_with_all_it_has_and_found_by_the_hash_of_its_secret_and_by_its_id_alone()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var (plain, plainHash) = Token(messi, "bot");
        var (hook, hookHash) = Token(messi, "bel \"rumah\" 🔔", token => token with { May = AccessRights.Send, In = new AccessPlace(Batak, new GroupId(Guid.NewGuid())), IsHook = true });
        var (direct, directHash) = Token(messi, "x", token => token with
        {
            May = AccessRights.Read,
            In = new AccessPlace(new ConversationAddress(new Address(Username.Parse("james")), null), null),
            Used = Noon.AddMinutes(1),
            Expires = Noon.AddDays(1),
        });

        foreach (var (token, hash) in new[] { (plain, plainHash), (hook, hookHash), (direct, directHash) }) (await store.AddTokenAsync(token, hash, 3)).ShouldBeTrue();

        store = await KillAndOpenAsync(store);
        (await store.FindTokenAsync(plainHash, None)).ShouldBe(plain);
        (await store.FindTokenAsync(hookHash, None)).ShouldBe(hook);
        (await store.FindTokenAsync(direct.Id, None)).ShouldBe(direct);
        (await store.FindTokenAsync(AccessSecret.Create().Hash(), None)).ShouldBeNull();
        (await store.FindTokenAsync(new AccessTokenId(Guid.NewGuid()), None)).ShouldBeNull();
        (await store.ListTokensAsync(messi.Id, None)).ShouldBe([plain, hook, direct]);
    }

    [Fact]
    public async Task An_account_has_as_many_tokens_as_it_may_not_counting_those_that_have_expired()
    {
        var store = await OpenAsync();
        var (messi, other) = (await AddAsync(store, "messi"), await AddAsync(store, "other"));
        var (first, firstHash) = Token(messi, "1", token => token with { Expires = Noon.AddDays(1) });
        var (second, secondHash) = Token(messi, "2");
        var (third, thirdHash) = Token(messi, "3");
        var (others, othersHash) = Token(other, "4", token => token with { Expires = Noon.AddDays(1) });
        foreach (var (token, hash) in new[] { (first, firstHash), (second, secondHash), (others, othersHash) }) (await store.AddTokenAsync(token, hash, 2)).ShouldBeTrue();

        (await store.AddTokenAsync(third with { Created = Noon.AddDays(1).AddMilliseconds(-1) }, thirdHash, 2)).ShouldBeFalse();
        (await store.ListTokensAsync(messi.Id, None)).ShouldBe([first, second]);

        third = third with { Created = Noon.AddDays(1) };
        (await store.AddTokenAsync(third, thirdHash, 2)).ShouldBeTrue();
        (await store.ListTokensAsync(messi.Id, None)).ShouldBe([second, third]);
        (await store.FindTokenAsync(firstHash, None)).ShouldBeNull();
        (await store.ListTokensAsync(other.Id, None)).ShouldBe([others]);
    }

    [Fact]
    public async Task The_hooks_of_a_group_are_listed_whoever_made_them()
    {
        var store = await OpenAsync();
        var (messi, other) = (await AddAsync(store, "messi"), await AddAsync(store, "other"));
        var (group, another) = (new GroupId(Guid.NewGuid()), new GroupId(Guid.NewGuid()));
        var (first, firstHash) = Token(other, "1", token => token with { In = new AccessPlace(Batak, group), IsHook = true });
        var (second, secondHash) = Token(messi, "2", token => token with { In = new AccessPlace(Batak, group), IsHook = true });
        var (elsewhere, elsewhereHash) = Token(messi, "3", token => token with { In = new AccessPlace(Batak, another), IsHook = true });
        var (bot, botHash) = Token(messi, "4", token => token with { In = new AccessPlace(Batak, group) });
        foreach (var (token, hash) in new[] { (first, firstHash), (second, secondHash), (elsewhere, elsewhereHash), (bot, botHash) }) await store.AddTokenAsync(token, hash, 9);

        (await store.ListHooksAsync(group, None)).ShouldBe([first, second]);
        (await store.ListHooksAsync(another, None)).ShouldBe([elsewhere]);
        (await store.ListHooksAsync(new GroupId(Guid.NewGuid()), None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_token_is_used_later_and_later_ends_once_and_goes_with_its_account()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var (one, oneHash) = Token(messi, "1");
        var (two, twoHash) = Token(messi, "2");
        await store.AddTokenAsync(one, oneHash, 9);
        await store.AddTokenAsync(two, twoHash, 9);

        await store.TouchTokenAsync(one.Id, Noon.AddHours(2));
        await store.TouchTokenAsync(one.Id, Noon.AddHours(1));
        (await store.FindTokenAsync(oneHash, None)).ShouldBe(one with { Used = Noon.AddHours(2) });
        (await store.FindTokenAsync(twoHash, None)).ShouldBe(two);

        (await store.EndTokenAsync(one.Id)).ShouldBeTrue();
        (await store.EndTokenAsync(one.Id)).ShouldBeFalse();
        (await store.FindTokenAsync(oneHash, None)).ShouldBeNull();

        await store.RemoveAccountAsync(messi.Id, Noon, None);
        store = await KillAndOpenAsync(store);
        (await store.FindTokenAsync(twoHash, None)).ShouldBeNull();
        await Should.ThrowAsync<StoreException>(async () => await store.AddTokenAsync(one, oneHash, 9));
        (await store.ListTokensAsync(messi.Id, None)).ShouldBeEmpty();
    }

    private static (AccessToken Token, TokenHash Hash) Token(Account account, string name, Func<AccessToken, AccessToken>? change = null)
    {
        var token = new AccessToken { Id = new AccessTokenId(Guid.NewGuid()), Account = account.Id, Name = name, May = AccessRights.Send | AccessRights.Read, Created = Noon };
        return (change?.Invoke(token) ?? token, AccessSecret.Create().Hash());
    }
}
