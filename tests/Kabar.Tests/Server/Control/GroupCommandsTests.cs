using System.Text.Json;
using Kabar.Core;
using Kabar.Server.Control;
using Kabar.Tests.Core;

namespace Kabar.Tests.Server.Control;

public sealed class GroupCommandsTests : IAsyncLifetime
{
    private readonly FakePeers _peers = new();
    private readonly NoLinks _links = new();
    private readonly RealmFixture _realm;
    private readonly OperatorCommands _commands;

    public GroupCommandsTests()
    {
        _realm = new RealmFixture(new RealmOptions { GroupsPerAccount = 2 }, _peers);
        _commands = _links.CommandsFor(_realm.Realm);
    }

    public async ValueTask InitializeAsync()
    {
        foreach (var name in new[] { "messi", "lineker", "henderson" }) await _realm.AddAsync(name);
        await _peers.AddAsync(_realm, "dua");
    }

    public async ValueTask DisposeAsync()
    {
        await _realm.DisposeAsync();
        await _links.DisposeAsync();
    }

    [Fact]
    public async Task A_group_is_made_and_listed()
    {
        await DoneAsync(new() { Do = "group create", Group = "batak", Username = "messi", IsOpen = true });
        await DoneAsync(new() { Do = "group create", Group = "#sunda@satu", Username = "messi" });
        await DoneAsync(new() { Do = "group topic", Group = "#sunda", Text = "bola é" });
        var sunda = (await FindAsync("sunda")).ShouldNotBeNull();
        await _realm.Realm.Groups.AwaitAsync(sunda.Id, FakePeers.Name("tiga"), isAwaited: true);
        await _realm.Realm.Groups.AwaitAsync(sunda.Id, FakePeers.Name("dua"), isAwaited: true);

        var groups = (await DoneAsync(new() { Do = "group list" })).Groups.ShouldNotBeNull();

        JsonSerializer.Serialize(groups[0], ControlJson.Default.GroupLine)
            .ShouldBe("""{"name":"batak","home":"satu","members":1,"is_open":true,"topic":"","last_position":1,"awaits":[]}""");
        (groups[1].Name, groups[1].IsOpen, groups[1].Topic, groups[1].LastPosition).ShouldBe(("sunda", false, "bola é", 2));
        groups[1].Awaits.ShouldBe(["dua", "tiga"]);
    }

    [Fact]
    public async Task Everything_about_its_members_can_be_changed()
    {
        await DoneAsync(new() { Do = "group create", Group = "batak", Username = "messi" });
        await DoneAsync(new() { Do = "group invite", Group = "batak", Username = "lineker" });
        await DoneAsync(new() { Do = "group invite", Group = "#batak@satu", Username = "james@dua" });
        await DoneAsync(new() { Do = "group open", Group = "batak" });
        foreach (var name in new[] { "lineker", "henderson" })
            (await _realm.Realm.Groups.EnterAsync((await _realm.Realm.Accounts.FindAsync(Username.Parse(name), CancellationToken.None)).ShouldNotBeNull(), new GroupAddress(GroupName.Parse("batak")), CancellationToken.None)).Value();
        await DoneAsync(new() { Do = "group role", Group = "batak", Username = "lineker@satu", Text = "owner" });
        await DoneAsync(new() { Do = "group mute", Group = "batak", Username = "henderson" });
        await DoneAsync(new() { Do = "group ban", Group = "batak", Username = "x@empat" });

        var members = (await DoneAsync(new() { Do = "group members", Group = "#batak" })).Members.ShouldNotBeNull();
        members.Select(member => (member.Address, member.Role, member.IsMuted, member.IsInvited, member.IsBanned)).ShouldBe(
        [
            ("messi", "owner", false, false, false), ("lineker", "owner", false, false, false), ("henderson", "member", true, false, false),
            ("james@dua", null, false, true, false), ("x@empat", null, false, false, true),
        ]);
        JsonSerializer.Serialize(members[3], ControlJson.Default.MemberLine).ShouldBe("""{"address":"james@dua","is_muted":false,"is_banned":false,"is_invited":true}""");

        await DoneAsync(new() { Do = "group unmute", Group = "batak", Username = "henderson" });
        await DoneAsync(new() { Do = "group kick", Group = "batak", Username = "messi" });
        await DoneAsync(new() { Do = "group unban", Group = "batak", Username = "x@empat" });
        await DoneAsync(new() { Do = "group close", Group = "batak" });
        var group = (await FindAsync("batak")).ShouldNotBeNull();
        (group.Members.Count, group.Banned.Count, group.IsOpen, group.Members[GroupFold.Who("henderson")].IsMuted).ShouldBe((2, 0, false, false));
    }

    [Fact]
    public async Task A_group_moves_recovers_and_is_removed()
    {
        await DoneAsync(new() { Do = "group create", Group = "batak", Username = "messi", IsOpen = true });
        await DoneAsync(new() { Do = "group create", Group = "sunda", Username = "messi", IsOpen = true });
        var batak = (await FindAsync("batak")).ShouldNotBeNull();
        (await _realm.Realm.Groups.EnterAsync(GroupFold.Who("james@dua"), batak.Name, CancellationToken.None)).Value();
        await _realm.Realm.Groups.AwaitAsync(batak.Id, FakePeers.Name("dua"), isAwaited: true);
        (await RefusedAsync(new() { Do = "group close", Group = "batak" })).ShouldBe("#batak@satu is recovering after a restore and waits for dua; \"kabar group recover\" ends the waiting.");
        await DoneAsync(new() { Do = "group recover", Group = "batak" });
        (await RefusedAsync(new() { Do = "group recover", Group = "batak" })).ShouldBe("#batak@satu waits for no realm.");

        (await RefusedAsync(new() { Do = "group move", Group = "batak", Text = "dua" })).ShouldBe("The realm \"dua\" cannot be asked now; the move needs a running server and a link that stands.");
        _peers.Offered = true;
        await DoneAsync(new() { Do = "group move", Group = "batak", Text = "dua" });
        (await RefusedAsync(new() { Do = "group close", Group = "batak" })).ShouldBe("The home of #batak@dua is dua: its operator there, or who has the role, can do this.");
        (await RefusedAsync(new() { Do = "group remove", Group = "batak" })).ShouldBe("The home of #batak@dua is dua: it is removed there, or after \"kabar peer remove dua\".");
        await DoneAsync(new() { Do = "group remove", Group = "sunda" });
        (await FindAsync("sunda")).ShouldBeNull();
    }

    [Theory]
    [InlineData("create", "batak", "messi", null, "There is a group #batak here already.")]
    [InlineData("create", "jawa", "messi", null, "\"messi\" has made as many groups as one account may.")]
    [InlineData("create", "jawa", "nobody", null, "There is no user \"nobody\" to own the group.")]
    [InlineData("create", "jawa", null, null, "There is no user \"\" to own the group.")]
    [InlineData("create", "two words", "lineker", null, "\"two words\" is not the name of a group here: 1–32 of A-Z a-z 0-9 . _ -")]
    [InlineData("create", "jawa@dua", "lineker", null, "\"jawa@dua\" is not the name of a group here: 1–32 of A-Z a-z 0-9 . _ -")]
    [InlineData("members", "jawa", null, null, "There is no group \"jawa\".")]
    [InlineData("members", "batak@dua", null, null, "There is no group \"batak@dua\".")]
    [InlineData("members", null, null, null, "There is no group \"\".")]
    [InlineData("open", "no group", null, null, "There is no group \"no group\".")]
    [InlineData("remove", "jawa", null, null, "There is no group \"jawa\".")]
    [InlineData("recover", "jawa", null, null, "There is no group \"jawa\".")]
    [InlineData("recover", "batak", null, null, "#batak@satu waits for no realm.")]
    [InlineData("kick", "batak", null, null, "\"\" is neither USER nor USER@REALM.")]
    [InlineData("kick", "batak", "two words", null, "\"two words\" is neither USER nor USER@REALM.")]
    [InlineData("kick", "batak", "lineker", null, "\"lineker\" is not a member of #batak@satu.")]
    [InlineData("mute", "batak", "messi@dua", null, "\"messi@dua\" is not a member of #batak@satu.")]
    [InlineData("unban", "batak", "lineker", null, "\"lineker\" is not banned from #batak@satu.")]
    [InlineData("invite", "batak", "nobody", null, "There is no user \"nobody\" here; for one elsewhere write USER@REALM.")]
    [InlineData("invite", "batak", "messi", null, "\"messi\" is a member of #batak@satu already.")]
    [InlineData("invite", "batak", "henderson", null, "\"henderson\" is banned from #batak@satu; \"kabar group unban\" comes first.")]
    [InlineData("role", "batak", "messi", "member", "\"messi\" is the last owner of #batak@satu; make somebody else an owner first.")]
    [InlineData("role", "batak", "messi", "king", "\"king\" is not a role: owner, moderator or member.")]
    [InlineData("role", "batak", "messi", null, "\"\" is not a role: owner, moderator or member.")]
    [InlineData("move", "batak", null, "two words", "\"two words\" is not the name of a realm.")]
    [InlineData("move", "batak", null, "dua", "#batak@satu has no member of the realm \"dua\", so there is no copy of it that could become its home.")]
    public async Task What_cannot_be_done_is_told_in_a_sentence(string verb, string? group, string? username, string? text, string sentence)
    {
        await DoneAsync(new() { Do = "group create", Group = "batak", Username = "messi", IsOpen = true });
        await DoneAsync(new() { Do = "group create", Group = "sunda", Username = "messi", IsOpen = true });
        await DoneAsync(new() { Do = "group ban", Group = "batak", Username = "henderson" });

        (await RefusedAsync(new() { Do = $"group {verb}", Group = group, Username = username, Text = text })).ShouldBe(sentence);
    }

    [Fact]
    public async Task A_topic_ends_at_its_limit()
    {
        await DoneAsync(new() { Do = "group create", Group = "batak", Username = "messi" });
        await DoneAsync(new() { Do = "group topic", Group = "batak", Text = new string('x', Group.MaxTopicBytes) });
        (await RefusedAsync(new() { Do = "group topic", Group = "batak", Text = new string('x', Group.MaxTopicBytes + 1) })).ShouldBe("A topic has at most 512 bytes.");
        await DoneAsync(new() { Do = "group topic", Group = "batak", Text = "" });
        (await FindAsync("batak")).ShouldNotBeNull().Topic.ShouldBe("");
    }

    [Fact]
    public async Task A_user_in_a_group_that_recovers_is_not_removed_and_the_operator_told_why()
    {
        await DoneAsync(new() { Do = "group create", Group = "batak", Username = "messi" });
        await _realm.Realm.Groups.AwaitAsync((await FindAsync("batak")).ShouldNotBeNull().Id, FakePeers.Name("dua"), isAwaited: true);
        (await RefusedAsync(new() { Do = "user remove", Username = "messi" })).ShouldStartWith("\"messi\" is in a group that is recovering");
    }

    private async Task<Group?> FindAsync(string name) => await _realm.Realm.Groups.FindAsync(new GroupAddress(GroupName.Parse(name)), CancellationToken.None);

    private async Task<ControlReply> DoneAsync(ControlRequest request)
    {
        var reply = await _commands.ExecuteAsync(request, CancellationToken.None);
        reply.Error.ShouldBeNull();
        return reply;
    }

    private async Task<string> RefusedAsync(ControlRequest request) => (await _commands.ExecuteAsync(request, CancellationToken.None)).Error.ShouldNotBeNull();
}
