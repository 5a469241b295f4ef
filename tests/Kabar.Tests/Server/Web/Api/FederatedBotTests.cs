using Kabar.Core;
using Kabar.Tests.Core;

namespace Kabar.Tests.Server.Web.Api;

public sealed class FederatedBotTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Bots_and_hooks_speak_and_read_in_a_group_of_another_realm_and_with_its_users()
    {
        await using var satu = await ApiScene.OpenAsync();
        await using var dua = await WebRealm.StartAsync(options => options with { Realm = "dua" });
        var james = await dua.AddAsync("james", "James", isAdmin: false);
        var link = (await satu.Web.Host.Peers.AcceptAsync(await dua.Host.Peers.InviteAsync(null, None), None)).Value();
        while (link.Session is null)
        {
            var changed = link.Changed;
            if (link.Session is null) await changed.BeforeDeadline();
        }

        var deli = (await dua.Realm.Groups.CreateAsync(james, GroupName.Parse("deli"), isOpen: true, None)).Value().Group;
        (await satu.Realm.Groups.EnterAsync(satu.Messi, new GroupAddress(deli.Name), None)).Value();
        (await dua.Realm.Groups.ActAsync(Actor.Of(james), deli.Id, GroupVerb.Role, RealmFixture.To("messi@satu").User, MessageText.From("moderator"), None)).Value();
        using var bot = await satu.BotAsync(place: "#deli@dua");
        using var anybody = satu.Bot(null);

        var pending = await bot.PostJsonAsync("/api/v1/messages", """{"to":"#deli@dua","text":"horas"}""").ShouldBeOkAsync();
        (pending.GetProperty("state").GetString(), pending.TryGetProperty("position", out _)).ShouldBe(("pending", false));
        await ReadsAsync("moderator").BeforeDeadline();
        var hook = (await satu.Realm.Tokens.CreateHookAsync(satu.Messi, new GroupAddress(deli.Name), "Bel", None)).Value();
        await anybody.PostAsync($"/api/v1/hooks/{hook.Secret.Write()}", new StringContent("ada tamu")).ShouldBeOkAsync();
        var read = await ReadsAsync("ada tamu").BeforeDeadline();
        read.ShouldContain("\"to\":\"#deli@dua\"");
        read.ShouldContain("\"from\":\"messi\",\"name\":\"Bel\"");

        using var direct = await satu.BotAsync();
        var queued = await direct.PostJsonAsync("/api/v1/messages", """{"to":"james@dua","text":"halo"}""").ShouldBeOkAsync();
        queued.GetProperty("state").GetString().ShouldBe("queued");
        (await direct.GetAsync("/api/v1/messages?in=james%40dua").ShouldBeOkAsync()).GetProperty("entries").GetArrayLength().ShouldBe(1);

        async Task<string> ReadsAsync(string text)
        {
            string page;
            do page = await bot.GetStringAsync("/api/v1/messages?in=%23deli");
            while (!page.Contains(text, StringComparison.Ordinal));
            return page;
        }
    }
}
