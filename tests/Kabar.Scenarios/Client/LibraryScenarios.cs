using Kabar.Client;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Client;

/// <summary>Every verb of the library, against the executable.</summary>
public sealed class LibraryScenarios : IAsyncLifetime
{
    private DataDirectory? _data;
    private KabarProcess? _server;

    private Uri Address => new($"tcp://127.0.0.1:{_server!.PortOf("kabar")}"); // every test begins with it

    public async ValueTask InitializeAsync()
    {
        _data = await DataDirectory.OfAsync("messi", "lineker", "james");
        _server = await KabarProcess.StartAsync(_data, ["kabar"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _data?.Dispose();
    }

    [Fact]
    public async Task A_conversation_with_all_that_can_be_done_in_it()
    {
        await using var messi = await LogInAsync("messi", "surabaya");
        await using var lineker = await LogInAsync("lineker", "surabaya");
        await using var hearing = lineker.ListenAsync().GetAsyncEnumerator();
        await NextAsync<KabarLive>(hearing);

        await messi.TypingAsync("lineker");
        (await NextAsync<KabarTyping>(hearing)).ShouldBe(new KabarTyping("messi", "messi"));
        var first = await messi.SendAsync("lineker", "halo \"lineker\"\n😀");
        (first.State, first.Position).ShouldBe(("accepted", 1));
        var heard = await NextAsync<KabarEntry>(hearing);
        (heard.Kind, heard.Conversation, heard.From, heard.Name, heard.Text, heard.Id, heard.At).ShouldBe(
            ("message", "messi", "messi", "Lionel Messi", "halo \"lineker\"\n😀", first.Id, first.At));

        (await messi.SendAsync("lineker", "sekali", key: "k")).Id.ShouldBe((await messi.SendAsync("lineker", "sekali", key: "k")).Id);
        (await NextAsync<KabarEntry>(hearing)).Position.ShouldBe(2);
        (await messi.EditAsync("lineker", 1, "halo lineker")).Position.ShouldBe(3);
        (await NextAsync<KabarEntry>(hearing) is { Kind: "edited", Target: 1, Text: "halo lineker" }).ShouldBeTrue();
        await lineker.ReactAsync("messi", 1, "👍");
        (await NextAsync<KabarEntry>(hearing) is { Kind: "reacted", Target: 1, Emoji: "👍", From: "lineker", Conversation: "messi" }).ShouldBeTrue();
        await messi.DeleteAsync("lineker", 2);
        (await NextAsync<KabarEntry>(hearing) is { Kind: "deleted", Target: 2 }).ShouldBeTrue();
        await lineker.SendAsync("messi", "hai", replyTo: 1);
        (await NextAsync<KabarEntry>(hearing) is { Target: 1, Text: "hai" }).ShouldBeTrue();
        (await Should.ThrowAsync<KabarException>(messi.DeleteAsync("lineker", 2))).Code.ShouldBe("unknown_message");
        (await Should.ThrowAsync<KabarException>(messi.SendAsync("nobody", "halo"))).Code.ShouldBe("unknown_recipient");

        var history = await messi.HistoryAsync("lineker");
        history.Head.ShouldBe(6);
        history.Entries.Count(entry => entry.Kind == "message").ShouldBe(3);
        var original = history.Entries.Single(entry => entry.Position == 1);
        (original.Text, original.Conversation).ShouldBe(("halo lineker", "lineker"));
        original.Edited.ShouldNotBeNull();
        original.Reactions.ShouldBe([new KabarReaction("👍", "lineker")]);
        history.Entries.Single(entry => entry.Position == 2).IsDeleted.ShouldBeTrue();
        (await messi.HistoryAsync("lineker", after: 1, limit: 1)).Entries.Single().Position.ShouldBe(2);

        (await lineker.ReadAsync("messi")).ShouldBe(6);
        var summary = (await lineker.ConversationsAsync()).Conversations.Single();
        (summary.Name, summary.Read, summary.Unread, summary.Last.Text).ShouldBe(("messi", 6, 0, "hai"));
        await Eventually.BecomesTrueAsync(async () => (await messi.HistoryAsync("lineker")).Receipts.Any(receipt => receipt is { Who: "lineker", Read: 6 }), "messi sees that it was read");
        await messi.SendAsync("lineker", "kabar?");
        (await lineker.InboxAsync()).Entries.Select(entry => entry.Text).ShouldBe(["kabar?"]);
    }

    [Fact]
    public async Task A_group_with_all_that_can_be_done_in_it()
    {
        await using var messi = await LogInAsync("messi", "surabaya");
        await using var lineker = await LogInAsync("lineker", "surabaya");
        (await messi.Groups.CreateAsync("batak", isOpen: false)).ShouldBe(new KabarGroup("#batak", "", false, 1, "owner"));
        (await Should.ThrowAsync<KabarException>(lineker.Groups.JoinAsync("batak"))).Code.ShouldBe("invite_only");
        await messi.Groups.ActAsync("#batak", "invite", "lineker");
        (await lineker.Groups.JoinAsync("#batak")).Members.ShouldBe(2);
        await messi.Groups.SetRoleAsync("batak", "lineker", "moderator");
        await lineker.Groups.SetTopicAsync("batak", "danau toba");
        await messi.Groups.SetOpenAsync("batak", isOpen: true);
        await messi.Groups.ActAsync("batak", "mute", "lineker");
        (await Should.ThrowAsync<KabarException>(lineker.SendAsync("#batak", "horas"))).Code.ShouldBe("muted");
        (await messi.Groups.MembersAsync("batak")).ShouldBe([new KabarMember("messi", "Lionel Messi", "owner", false), new KabarMember("lineker", "Gary Lineker", "moderator", true)]);
        await messi.Groups.ActAsync("batak", "unmute", "lineker");
        await lineker.SendAsync("#batak", "horas");
        await messi.Groups.ActAsync("batak", "ban", "lineker");
        await messi.Groups.ActAsync("batak", "unban", "lineker");
        await lineker.Groups.JoinAsync("batak");
        await messi.Groups.ActAsync("batak", "kick", "lineker");
        (await lineker.Groups.ListAsync()).ShouldBeEmpty();
        (await lineker.Groups.ListAsync(all: true)).ShouldBe([new KabarGroup("#batak", "danau toba", true, 1, null)]);
        await lineker.Groups.JoinAsync("batak");
        await lineker.Groups.LeaveAsync("batak");

        var kinds = (await messi.HistoryAsync("#batak")).Entries.Select(entry => entry.Kind);
        kinds.ShouldBe(["joined", "invited", "joined", "role", "topic", "opened", "muted", "unmuted", "message", "banned", "unbanned", "joined", "kicked", "joined", "left"]);
    }

    [Fact]
    public async Task Who_is_there_and_with_which_sessions()
    {
        await using var messi = await LogInAsync("messi", "surabaya");
        await using var lineker = await LogInAsync("lineker", "surabaya");
        await messi.SendAsync("lineker", "halo");
        (await messi.WhoAsync()).Select(user => (user.Who, user.Name, user.State)).ShouldBe([("lineker", "Gary Lineker", "online"), ("messi", "Lionel Messi", "online")]);
        await lineker.SetAwayAsync(true);
        (await messi.StatusAsync("lineker")).State.ShouldBe("away");
        (await messi.StatusAsync()).Who.ShouldBe("messi");
        (await messi.PeersAsync()).ShouldBeEmpty();

        await using var other = await LogInAsync("messi", "surabaya");
        (await messi.SessionsAsync()).Count(session => !session.IsCurrent).ShouldBe(1);
        await messi.EndSessionAsync(other.User!.Session); // it is logged in
        (await Should.ThrowAsync<KabarException>(() => Eventually.BecomesTrueAsync(async () => (await other.WhoAsync()).Count == 0, "the session ends"))).Code.ShouldBe("unknown_session");

        await messi.ChangePasswordAsync("surabaya", "rosario-1987");
        await using var resumed = new KabarClient(new KabarClientOptions { Server = Address });
        (await resumed.ResumeAsync(messi.Token!)).Username.ShouldBe("messi"); // it is logged in
        await resumed.LogOutAsync();
        await using var again = new KabarClient(new KabarClientOptions { Server = Address, Language = "id" });
        (await Should.ThrowAsync<KabarException>(again.LogInAsync("messi", "surabaya"))).Code.ShouldBe("not_authenticated");
        (await again.LogInAsync("messi", "rosario-1987")).Name.ShouldBe("Lionel Messi");
        (await Should.ThrowAsync<KabarException>(new KabarClient(new KabarClientOptions { Server = Address }).RegisterAsync("baru", "rosario-1987"))).Code.ShouldBe("registration_closed");
    }

    private static async Task<T> NextAsync<T>(IAsyncEnumerator<KabarEvent> hearing)
        where T : KabarEvent
    {
        do
        {
            (await Eventually.CompletesAsync(hearing.MoveNextAsync().AsTask(), "something is heard")).ShouldBeTrue();
        }
        while (hearing.Current is not T);
        return (T)hearing.Current;
    }

    private async Task<KabarClient> LogInAsync(string username, string password)
    {
        var client = new KabarClient(new KabarClientOptions { Server = Address });
        await client.LogInAsync(username, password);
        return client;
    }
}
