using System.Text;
using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

/// <summary>A realm that has groups and a peer, with something of everything there is.</summary>
internal static class RealmSamples
{
    public static readonly RealmName Here = Realm("satu");

    public static RealmName Realm(string name) => RealmName.TryParse(name, out var realm) ? realm : throw new FormatException(name);

    public static Address At(string name) => Address.TryParse(name, out var address) ? address : throw new FormatException(name);

    public static NewEntry Entry(EntryKind kind, string from, string text = "", string? subject = null) =>
        new(Guid.CreateVersion7(Samples.Noon), kind, At(from), $"Display {from}", subject is null ? null : At(subject), MessageText.From(text), Samples.Noon);

    public static Parcel Parcel(Peer peer, string frame) => new(peer.Id, Encoding.UTF8.GetBytes(frame));

    public static async Task ChangeAsync(this SqliteStore store, Group group, NewEntry entry) =>
        (await store.ChangeGroupAsync(group.Id, Here, null, (_, _) => entry)).IsOk.ShouldBeTrue();

    /// <summary>Accounts messi and lineker, the peer dua, the group batak at home here and its replica deli of dua.</summary>
    public static async Task<(Group Batak, Group Deli, Peer Dua)> FillAsync(SqliteStore store)
    {
        await store.AddAsync("messi");
        await store.AddAsync("lineker");
        return await FillPeersAsync(store);
    }

    /// <summary>The same where there is an account messi.</summary>
    public static async Task<(Group Batak, Group Deli, Peer Dua)> FillPeersAsync(SqliteStore store)
    {
        var messi = (await store.FindAccountAsync(Username.Parse("messi"), CancellationToken.None)).ShouldNotBeNull();
        var dua = (await store.AddPeerAsync(new NewPeer(Realm("dua"), "dua:8887", "f00d", "the secret", Samples.Noon))).ShouldNotBeNull();
        await store.SetDirectoryAsync(dua.Id, [Username.Parse("james")]);
        await store.AddInvitationAsync(SessionToken.Create().Hash(), Samples.Noon.AddDays(1));

        var id = new GroupId(Guid.CreateVersion7(Samples.Noon));
        (await store.AddGroupAsync(id, GroupName.Parse("batak"), isOpen: true, Entry(EntryKind.Joined, "messi"), 0)).IsOk.ShouldBeTrue();
        var batak = (await store.FindGroupAsync(id, CancellationToken.None)).ShouldNotBeNull();
        await store.ChangeAsync(batak, Entry(EntryKind.Joined, "james@dua"));
        await store.ChangeAsync(batak, Entry(EntryKind.Banned, "messi", subject: "pele@dua"));
        await store.ChangeAsync(batak, Entry(EntryKind.Said, "james@dua", "horas"));

        var deli = await store.KeepReplicaAsync(new Group { Id = new GroupId(Guid.CreateVersion7(Samples.Noon)), Conversation = default, Name = GroupName.Parse("deli"), Home = dua.Realm, StatePosition = 7 }, 6);
        await store.AppendPendingAsync(new PendingEntry(deli.Id, Entry(EntryKind.Said, "messi", "not yet"), Encoding.UTF8.GetBytes("pending frame")), Parcel(dua, "pending frame"));
        await store.AppendAsync(new OutgoingMessage(Guid.CreateVersion7(Samples.Noon), messi, At("james@dua"), MessageText.From("halo"), Samples.Noon, Parcel(dua, "frame")));
        await store.ReceiveAsync(dua.Id, Guid.NewGuid(), Here,
            [new DirectDelivery(1, Guid.CreateVersion7(Samples.Noon), At("james@dua"), "James", messi, MessageText.From("hello"), Samples.Noon)]);
        return (batak, deli, dua);
    }
}
