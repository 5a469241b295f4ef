using System.Collections.Immutable;
using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Tests.Core;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

/// <summary>
/// A realm satu with two peers: dua, which does what it may not, and tiga, which is honest and must not notice.
/// <code>
///   batak     home satu, open:    messi (owner), james@dua, bisu@dua (muted), andi@tiga; jahat@dua is banned
///   rahasia   home satu, closed:  messi (owner), andi@tiga
///   toba      home tiga:          andi@tiga (owner), messi
/// </code>
/// </summary>
internal sealed class AuthorityScene : IAsyncDisposable
{
    private string _before = "";

    private AuthorityScene(LinkedRealm satu) => Satu = satu;

    public LinkedRealm Satu { get; }

    public ScriptedPeer Dua { get; private set; } = null!; // set by OpenAsync

    public ScriptedPeer Tiga { get; private set; } = null!; // set by OpenAsync

    public GroupId Batak { get; private set; }

    public GroupId Rahasia { get; private set; }

    public GroupId Toba { get; } = new(Guid.CreateVersion7());

    public static async Task<AuthorityScene> OpenAsync(Kabar.Server.Hosting.Limits? limits = null, TimeProvider? clock = null)
    {
        var satu = await LinkedRealm.OpenAsync(limits, clock);
        var scene = new AuthorityScene(satu) { Dua = await satu.MeetAsync("dua"), Tiga = await satu.MeetAsync("tiga") };
        scene.Batak = (await satu.MakeGroupAsync("messi", "batak", isOpen: true)).Id;
        foreach (var who in new[] { "james@dua", "bisu@dua", "jahat@dua", "andi@tiga" }) await satu.JoinAsync(scene.Batak, who);
        (await satu.ActAsync("messi", scene.Batak, GroupVerb.Mute, "bisu@dua")).Value();
        (await satu.ActAsync("messi", scene.Batak, GroupVerb.Ban, "jahat@dua")).Value();
        scene.Rahasia = (await satu.MakeGroupAsync("messi", "rahasia", isOpen: false)).Id;
        (await satu.ActAsync("messi", scene.Rahasia, GroupVerb.Invite, "andi@tiga")).Value();
        await satu.JoinAsync(scene.Rahasia, "andi@tiga");
        await satu.Realm.Groups.KeepReplicaAsync(
            new Group
            {
                Id = scene.Toba,
                Conversation = default,
                Name = GroupName.Parse("toba"),
                Home = SampleFrames.Realm("tiga"),
                Members = ImmutableDictionary<Address, Member>.Empty
                    .Add(SampleFrames.Address("andi@tiga"), new Member(SampleFrames.Address("andi@tiga"), "Andi", GroupRole.Owner, IsMuted: false, 1))
                    .Add(SampleFrames.Address("messi"), new Member(SampleFrames.Address("messi"), "Display messi", GroupRole.Member, IsMuted: false, 2)),
                StatePosition = 2,
            },
            historyAfter: 2);
        scene._before = await satu.PictureAsync("dua");
        return scene;
    }

    /// <summary>Takes the picture again: what a test did on purpose is no damage.</summary>
    public async Task RememberAsync() => _before = await Satu.PictureAsync("dua");

    /// <summary>The same, when messi has been sent this meanwhile.</summary>
    public async Task ShouldBeUnharmedAfterAsync(string message)
    {
        (await Satu.InboxAsync("messi")).ShouldBe([message]);
        await RememberAsync();
        await ShouldBeUnharmedAsync();
    }

    /// <summary>Nothing has changed, and everybody else goes on: a local user, the honest peer, and what passes between the two.</summary>
    public async Task ShouldBeUnharmedAsync()
    {
        (await Satu.PictureAsync("dua")).ShouldBe(_before);

        (await Satu.SendAsync("lineker", "messi", "masih di sini")).Value();
        await Tiga.SayAsync(Tiga.Message("andi", "messi", "saya juga"));
        (await Satu.InboxAsync("messi")).TakeLast(2).ShouldBe(["lineker: masih di sini", "andi@tiga: saya juga"]);
        (await Satu.SendAsync("messi", "andi@tiga", "halo tiga")).Value();
        await Tiga.HearAsync<NumberedFrame>(frame => frame.Dispatch is DirectDispatch direct && direct.Text.Decode() == "halo tiga");
        await Tiga.SayAsync(Tiga.Act(GroupVerb.Say, "andi", Batak, text: "horas"));
        (await Satu.SaidAsync(Batak)).Last().ShouldBe("andi@tiga: horas");
    }

    public async ValueTask DisposeAsync()
    {
        await Dua.DisposeAsync();
        await Tiga.DisposeAsync();
        await Satu.DisposeAsync();
    }
}
