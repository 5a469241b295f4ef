using System.Globalization;
using System.Net;
using System.Text;
using Kabar.Core;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Kabar.Storage.Sqlite;
using Kabar.Tests.Core;
using Kabar.Tests.Protocol.Links;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kabar.Tests.Server.Federation;

/// <summary>A realm with its peers and its link door on the loopback, whose peers are <see cref="ScriptedPeer"/>s.</summary>
internal sealed class LinkedRealm : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, SessionToken> _sessions = [];
    private readonly Dictionary<string, SessionId> _sessionIds = [];

    private LinkedRealm(Limits limits, TimeProvider clock)
    {
        Clock = clock;
        var name = SampleFrames.Realm("satu");
        var options = new KabarOptions { Data = _folder.Path, Link = "127.0.0.1:0", Limits = limits };
        Store = SqliteStore.Open(_folder["kabar.db"], clock);
        Peers = new Peers(name, Store, options, LinkIdentity.Open(options.Data, name, TimeProvider.System), LegacyPeers.None, clock, NullLogger<Peers>.Instance);
        Realm = new Realm(name, Store, limits.ForRealm(), clock, Peers);
    }

    public TimeProvider Clock { get; }

    public SqliteStore Store { get; }

    public Peers Peers { get; }

    public Realm Realm { get; }

    public IPEndPoint EndPoint => Peers.ListensAt.ShouldNotBeNull();

    public static async Task<LinkedRealm> OpenAsync(Limits? limits = null, TimeProvider? clock = null)
    {
        var realm = new LinkedRealm(limits ?? new Limits(), clock ?? TimeProvider.System);
        foreach (var username in new[] { "messi", "lineker" })
        {
            var account = (await realm.Realm.Accounts.AddHashedAsync(username, $"Display {username}", [], Hashes.Cheap, isAdmin: false, CancellationToken.None)).Value();
            var token = SessionToken.Create();
            var now = realm.Clock.GetUtcNow();
            realm._sessionIds.Add(username, new SessionId(Guid.NewGuid()));
            await realm.Store.AddSessionAsync(new Session(realm._sessionIds[username], account.Id, now, now), token.Hash(), CancellationToken.None);
            realm._sessions.Add(username, token);
        }

        await realm.Peers.StartAsync(realm.Realm, isOffline: false, CancellationToken.None);
        return realm;
    }

    /// <summary>A peer of this name that is joined and has dialed.</summary>
    public async Task<ScriptedPeer> MeetAsync(string name)
    {
        var peer = new ScriptedPeer(this, name);
        (await Peers.TakeInAsync(peer.Name, peer.Identity.Current.Fingerprint, CancellationToken.None)).ShouldNotBeNull();
        await peer.DialAsync();
        return peer;
    }

    public async Task<Account> AccountAsync(string username) => (await Realm.Accounts.FindAsync(Username.Parse(username), CancellationToken.None)).ShouldNotBeNull();

    public ValueTask<Result<Message>> SendAsync(string from, string to, string text) => Realm.SendAsync(_sessions[from], to, MessageText.From(text), CancellationToken.None);

    public async Task<Group> MakeGroupAsync(string maker, string name, bool isOpen) =>
        (await Realm.Groups.CreateAsync(await AccountAsync(maker), GroupName.Parse(name), isOpen, CancellationToken.None)).Value().Group;

    /// <summary>Lets a user of another realm in.</summary>
    public async Task JoinAsync(GroupId group, string who) =>
        (await Realm.Groups.AdmitAsync(new Actor(SampleFrames.Address(who), $"Display {who}"), group, Guid.CreateVersion7(), CancellationToken.None)).Value();

    public async Task<Result<Posted>> ActAsync(string username, GroupId group, GroupVerb verb, string? subject = null, string text = "", long? target = null) =>
        await Realm.Groups.ActAsync(
            Actor.Of(await AccountAsync(username)), group, verb, subject is null ? null : SampleFrames.Address(subject), MessageText.From(text), CancellationToken.None, target);

    public async Task<Group> GroupAsync(GroupId id) => (await Realm.Groups.FindAsync(id, CancellationToken.None)).ShouldNotBeNull();

    /// <summary>What was said in a group, each as "name: text".</summary>
    public async Task<string[]> SaidAsync(GroupId id) =>
        [.. (await Realm.Groups.ReadAsync(await GroupAsync(id), 0, int.MaxValue, int.MaxValue, CancellationToken.None))
            .Where(entry => entry.Kind == EntryKind.Said).Select(entry => $"{entry.From}: {entry.Text.Decode()}")];

    /// <summary>How what was said in a group now reads, each as <see cref="Reading"/>.</summary>
    public async Task<string[]> ReadingAsync(GroupId id) =>
        [.. (await Realm.Groups.ReadAsync(await GroupAsync(id), 0, int.MaxValue, int.MaxValue, CancellationToken.None)).Where(entry => entry.Kind == EntryKind.Said).Select(Reading)];

    /// <summary>How what was said between two now reads, each as <see cref="Reading"/>.</summary>
    public async Task<string[]> ReadingAsync(string username, string other) => [.. (await DirectAsync(username, SampleFrames.Address(other))).Where(entry => entry.Kind == EntryKind.Said).Select(Reading)];

    /// <summary>The entries of a direct conversation.</summary>
    public async Task<IReadOnlyList<Message>> DirectAsync(string username, Address other) =>
        await Store.FindDirectAsync((await AccountAsync(username)).Id, other, CancellationToken.None) is { } conversation
            ? await Store.ReadConversationAsync(conversation, 0, int.MaxValue, int.MaxValue, CancellationToken.None)
            : [];

    /// <summary>How far somebody has come in a direct conversation of an account here.</summary>
    public async Task<Marks?> MarksAsync(string username, string other) =>
        await Store.FindDirectAsync((await AccountAsync(username)).Id, SampleFrames.Address(other), CancellationToken.None) is { } conversation
            ? (await Store.ListMarksAsync(conversation, CancellationToken.None)).SingleOrDefault(marks => marks.Who == SampleFrames.Address(other))
            : null;

    /// <summary>Listens to what happens in an account's conversations.</summary>
    public async Task<FeedEars> ListenAsync(string username)
    {
        var ears = new FeedEars();
        ears.Place = await Realm.Feeds.JoinAsync(await AccountAsync(username), _sessionIds[username], ears, CancellationToken.None);
        return ears;
    }

    /// <summary>What waits in an inbox, each as "from: text"; what a user hears of a failure as "failed: reason".</summary>
    public async Task<string[]> InboxAsync(string username)
    {
        var page = await Store.ReadInboxAsync((await AccountAsync(username)).Id, static _ => true, CancellationToken.None);
        return [.. page.Messages.Select(message => message.Kind == EntryKind.DeliveryFailed
            ? $"failed: {DeliveryFailure.Read(message.Text).ShouldNotBeNull().Reason}"
            : $"{message.From}: {message.Text.Decode()}")];
    }

    public async Task<OutboxState> OutboxAsync(string peer) =>
        await Store.FindOutboxAsync(Peers.FindLink(SampleFrames.Realm(peer)).ShouldNotBeNull().Peer.Id, CancellationToken.None);

    /// <summary>Everything that a peer must not change, but for what is that peer's own.</summary>
    public async Task<string> PictureAsync(string but)
    {
        var picture = new StringBuilder();
        await foreach (var account in Realm.Accounts.ListAsync(CancellationToken.None))
            picture.AppendLine(CultureInfo.InvariantCulture, $"{account.Username}: {string.Join(" | ", await InboxAsync(account.Username.Value))}");
        foreach (var line in await RevisionsAsync()) picture.AppendLine(line);
        foreach (var group in await Realm.Groups.ListAsync(CancellationToken.None))
        {
            var head = await Realm.Groups.FindHeadAsync(group, CancellationToken.None);
            picture.AppendLine(CultureInfo.InvariantCulture, $"{group.Id} {group.Address} '{group.Topic}' {(group.IsOpen ? "open" : "closed")} {head}, awaits {string.Join(' ', group.Awaited)}");
            foreach (var member in group.Members.Values.OrderBy(member => member.Joined)) picture.AppendLine(CultureInfo.InvariantCulture, $"  {member}");
            picture.AppendLine(CultureInfo.InvariantCulture, $"  banned {string.Join(' ', group.Banned.Order(ByText))}; invited {string.Join(' ', group.Invited.Order(ByText))}");
            picture.AppendLine(CultureInfo.InvariantCulture, $"  pending {(await Realm.Groups.ListPendingAsync(group, CancellationToken.None)).Length}");
        }

        foreach (var link in Peers.Links)
        {
            var peer = link.Peer;
            if (peer.Realm == SampleFrames.Realm(but)) continue;
            var directory = await Store.ListDirectoryAsync(peer.Id, CancellationToken.None);
            picture.AppendLine(CultureInfo.InvariantCulture, $"{peer.Realm} {peer.Fingerprint} {(await OutboxAsync(peer.Realm.Value)).Count} of {peer.OutEpoch}, knows {string.Join(' ', directory)}");
        }

        return picture.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await Peers.DisposeAsync().AsTask().BeforeDeadline();
        await Realm.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>"from: text", with a star when edited, and what people reacted with behind it.</summary>
    private static string Reading(Message entry)
    {
        var reactions = entry.Revision is { Reactions: { IsEmpty: false } some } ? $" [{string.Join(", ", some.Select(reaction => $"{reaction.Who} {reaction.Emoji}"))}]" : "";
        return $"{entry.From}: {(entry.IsDeleted ? "-" : $"{entry.Text.Decode()}{(entry.Revision?.Edited is null ? "" : "*")}")}{reactions}";
    }

    // What has become of what was said between two, and how far others have come; what was only said is in the inboxes.
    private async Task<List<string>> RevisionsAsync()
    {
        var lines = new List<string>();
        await foreach (var account in Realm.Accounts.ListAsync(CancellationToken.None))
        {
            foreach (var other in (await Store.ListContactsAsync(account.Id, CancellationToken.None)).Order(ByText))
            {
                var entries = await DirectAsync(account.Username.Value, other);
                lines.AddRange(entries.Where(entry => entry.Kind is not EntryKind.Said || entry.Revision is not null).Select(entry => $"{account.Username} {other}: {entry.Position} {entry.Kind} {Reading(entry)}"));
                if (entries.Count > 0)
                    lines.AddRange((await Store.ListMarksAsync(entries[0].Conversation, CancellationToken.None)).Where(marks => marks.Delivered > 0).Select(marks => $"{marks.Who} has {marks.Delivered}, {marks.Read}"));
            }
        }

        return lines;
    }

    private static Comparer<Address> ByText { get; } = Comparer<Address>.Create(static (one, other) => string.CompareOrdinal(one.ToString(), other.ToString()));
}
