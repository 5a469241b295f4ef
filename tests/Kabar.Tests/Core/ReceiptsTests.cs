using Kabar.Core;
using static Kabar.Tests.Core.GroupFold;
using static Kabar.Tests.Core.RealmFixture;

namespace Kabar.Tests.Core;

/// <summary>How far readers have come, and who is told of it.</summary>
public sealed class ReceiptsTests : IAsyncLifetime
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly FakePeers _peers = new();
    private readonly RealmFixture _realm;
    private Account _messi = null!; // made before each test
    private Account _lineker = null!;
    private Peer _dua = null!;

    public ReceiptsTests() => _realm = new RealmFixture(peers: _peers);

    private Conversations Conversations => _realm.Realm.Conversations;

    public async ValueTask InitializeAsync()
    {
        _messi = await _realm.AddAsync("messi");
        _lineker = await _realm.AddAsync("lineker");
        _dua = await _peers.AddAsync(_realm, "dua");
    }

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task What_was_read_is_on_disk_and_told_to_both_at_once_and_never_goes_back()
    {
        for (var i = 0; i < 3; i++) await _realm.PostAsync(_messi, "lineker", "halo");
        using var sender = await _realm.ListenAsync(_messi);
        using var reader = await _realm.ListenAsync(_lineker);

        (await ReadAsync(_lineker, "messi", 2)).ShouldBe(2);
        (await ReadAsync(_lineker, "messi", 1)).ShouldBe(2);
        (await ReadAsync(_lineker, "messi", 99)).ShouldBe(3);
        (await ReadAsync(_lineker, "messi", -1)).ShouldBe(3);
        (await ReadAsync(_lineker, "messi", null)).ShouldBe(3);

        foreach (var heard in new[] { sender, reader })
        {
            await heard.UntilAsync(listening => listening.Moments.Length == 2);
            Told(heard).ShouldBe([("lineker", "messi", 0, 2, 2), ("lineker", "messi", 0, 3, 3)]);
        }
    }

    [Fact]
    public async Task What_came_to_a_client_is_told_a_moment_later_and_many_at_once()
    {
        var entries = new List<Message>();
        for (var i = 0; i < 3; i++) entries.Add((await _realm.PostAsync(_messi, "lineker", "halo")).Value().Entry!); // it is there
        entries.Add((await _realm.PostAsync(_lineker, "messi", "halo juga")).Value().Entry!);
        using var sender = await _realm.ListenAsync(_messi);

        foreach (var entry in entries) Conversations.NoteDelivered(_lineker, [entry]);
        await _realm.Clock.WaitForTimersAsync();
        sender.Moments.ShouldBeEmpty();
        _realm.Clock.Advance(Pace);

        await sender.UntilAsync(listening => listening.Moments.Length == 1);
        Told(sender).ShouldBe([("lineker", "messi", 0, 3, 0)]);
        await sender.HasHeardAsync((await _realm.PostAsync(_messi, "messi", "x")).Value().Id);
        sender.Moments.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Who_reads_his_inbox_has_read_what_it_showed()
    {
        await _realm.PostAsync(_messi, "lineker", "halo");
        using var sender = await _realm.ListenAsync(_messi);
        using (var reading = (await _realm.Realm.ReadInboxAsync(await _realm.EnterAsync(_lineker), static (_, _) => 1, CancellationToken.None)).Value())
            await reading.MarkReadAsync(CancellationToken.None);

        await _realm.Clock.WaitForTimersAsync();
        _realm.Clock.Advance(Pace);

        await sender.UntilAsync(listening => listening.Moments.Length >= 1);
        Told(sender).ShouldBe([("lineker", "messi", 0, 1, 1)]);
    }

    [Fact]
    public async Task What_waits_when_the_realm_ends_is_written()
    {
        var entry = (await _realm.PostAsync(_messi, "lineker", "halo")).Value().Entry!; // it is there
        Conversations.NoteDelivered(_lineker, [entry]);
        await _realm.RestartAsync();

        (await _realm.Store.ListMarksAsync(entry.Conversation, CancellationToken.None)).ShouldContain(marks => marks.Who == new Address(_lineker.Username) && marks.Delivered == 1 && marks.Read == 0);
    }

    [Fact]
    public async Task The_realm_of_the_other_is_told_by_the_ids_of_his_messages()
    {
        var first = await ReceiveAsync(1, "satu");
        await _realm.PostAsync(_messi, "james@dua", "dari messi");
        var second = await ReceiveAsync(2, "dua");

        Conversations.NoteDelivered(_messi, [.. await EntriesAsync("james@dua")]);
        await _realm.Clock.WaitForTimersAsync();
        _realm.Clock.Advance(Pace);
        await TimeAsync(async () => (await ReceiptsAsync()).Count == 1);
        (await ReadAsync(_messi, "james@dua", 2)).ShouldBe(2);
        (await ReadAsync(_messi, "james@dua", 2)).ShouldBe(2);

        (await ReceiptsAsync()).Select(receipt => (receipt.From.Value, receipt.To.Value, receipt.Delivered, receipt.Read)).ShouldBe(
            [("messi", "james", second, null), ("messi", "james", null, (Guid?)first)]);
    }

    [Fact]
    public async Task A_realm_that_may_not_be_sent_more_is_told_nothing_and_the_mark_is_kept()
    {
        await ReceiveAsync(1, "satu");
        _peers.Full = _dua.Id;
        (await ReadAsync(_messi, "james@dua", null)).ShouldBe(1);
        (await ReceiptsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_peer_tells_of_its_users_is_told_to_the_sender()
    {
        var said = (await _realm.PostAsync(_messi, "james@dua", "halo")).Value();
        using var sender = await _realm.ListenAsync(_messi);

        await _realm.Realm.Exchange.ReceiveAsync(
            _dua, Guid.NewGuid(), [(1, new ReceiptDispatch(Guid.CreateVersion7(), Username.Parse("james"), _messi.Username, said.Id, null)), (2, new ReceiptDispatch(Guid.CreateVersion7(), Username.Parse("james"), Username.Parse("nobody"), said.Id, null))],
            CancellationToken.None);

        await sender.UntilAsync(listening => listening.Moments.Length >= 1);
        Told(sender)[^1].ShouldBe(("james@dua", "messi", 0, 1, 0));
    }

    [Fact]
    public async Task What_a_peer_has_acknowledged_is_stored_there()
    {
        await _realm.PostAsync(_messi, "james@dua", "halo");
        using var sender = await _realm.ListenAsync(_messi);
        var peer = (await _realm.Store.ListPeersAsync(CancellationToken.None)).ShouldHaveSingleItem();

        await _realm.Store.AcknowledgeAsync(peer.Id, peer.OutEpoch, 1);

        await sender.UntilAsync(listening => listening.Moments.Length >= 1);
        Told(sender).ShouldBe([("james@dua", "messi", 1, 0, 0)]);
    }

    [Fact]
    public async Task In_a_small_group_its_members_are_told_how_far_one_has_read_and_in_a_large_one_only_he()
    {
        var group = (await _realm.Realm.Groups.CreateAsync(_messi, GroupName.Parse("batak"), isOpen: true, CancellationToken.None)).Value().Group;
        await _realm.Realm.Groups.EnterAsync(_lineker, group.Address, CancellationToken.None);
        using var other = await _realm.ListenAsync(_messi);
        using var reader = await _realm.ListenAsync(_lineker);

        (await ReadAsync(_lineker, "#batak", 1)).ShouldBe(1);
        await other.UntilAsync(listening => listening.Moments.Length == 1);
        ((ReceiptEvent)other.Moments[0]).Group.ShouldBe(group.Address);

        for (var i = 0; i < 99; i++) await _realm.Realm.Groups.AdmitAsync(new Actor(Who($"u{i}@dua"), "x"), group.Id, Guid.CreateVersion7(), CancellationToken.None);
        (await ReadAsync(_lineker, "#batak", 2)).ShouldBe(2);
        await reader.UntilAsync(listening => listening.Moments.Length == 2);
        other.Moments.Length.ShouldBe(1);

        (await _realm.Realm.Feeds.ReadReceiptsAsync(_messi, 0, CancellationToken.None)).ShouldBeEmpty();
        (await _realm.Realm.Feeds.ReadReceiptsAsync(_lineker, 0, CancellationToken.None)).ShouldHaveSingleItem().Marks.Read.ShouldBe(2);
    }

    [Fact]
    public async Task Who_comes_back_reads_the_receipts_that_have_changed_meanwhile()
    {
        await _realm.PostAsync(_messi, "lineker", "halo");
        var since = _realm.Store.LastArrival;
        await ReadAsync(_lineker, "messi", null);
        await _realm.PostAsync(_messi, "james@dua", "halo");

        var receipts = await _realm.Realm.Feeds.ReadReceiptsAsync(_messi, since, CancellationToken.None);
        receipts.ShouldContain(receipt => receipt.Marks.Who == new Address(_lineker.Username) && receipt.Marks.Read == 1 && receipt.Group == null);
    }

    private static List<(string Who, string? Other, long Stored, long Delivered, long Read)> Told(FeedReader reader) =>
        [.. reader.Moments.OfType<ReceiptEvent>().Select(receipt => receipt.Marks).Select(marks => (marks.Who.ToString(), marks.Other?.ToString(), marks.Stored, marks.Delivered, marks.Read))];

    private async Task<Guid> ReceiveAsync(long sequence, string text)
    {
        var direct = new DirectDispatch(Guid.CreateVersion7(), Username.Parse("james"), "James", _messi.Username, MessageText.From(text), DateTimeOffset.UnixEpoch);
        var peer = (await _realm.Store.ListPeersAsync(CancellationToken.None)).ShouldHaveSingleItem();
        (await _realm.Realm.Exchange.ReceiveAsync(peer, peer.InEpoch == default ? Guid.NewGuid() : peer.InEpoch, [(sequence, direct)], CancellationToken.None)).ShouldBe(sequence);
        return direct.Id;
    }

    private async Task<long> ReadAsync(Account reader, string place, long? position) => (await Conversations.ReadAsync(reader, To(place), position, CancellationToken.None)).Value();

    private async Task<IEnumerable<Message>> EntriesAsync(string place) =>
        (await Conversations.ReadHistoryAsync(_messi, To(place), new HistoryRange(null, null, 100), CancellationToken.None)).Value().Entries;

    private async Task<List<ReceiptDispatch>> ReceiptsAsync() => [.. (await _peers.WaitingForAsync(_realm, _dua)).OfType<ReceiptDispatch>()];

    // Until something is so that nobody tells.
    private static async Task TimeAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline.Span);
        while (!await condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
