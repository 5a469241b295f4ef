using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Core;

public sealed class SendingElsewhereTests : IAsyncLifetime
{
    private readonly FakePeers _peers = new();
    private readonly RealmFixture _realm;
    private SessionToken _messi;
    private Peer _dua = null!; // made before each test

    public SendingElsewhereTests() => _realm = new RealmFixture(new RealmOptions { TextBytes = 100 }, _peers);

    public async ValueTask InitializeAsync()
    {
        _messi = await _realm.EnterAsync(await _realm.AddAsync("messi"));
        _dua = await _peers.AddAsync(_realm, "dua");
    }

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task What_is_for_a_realm_that_is_named_waits_for_it_without_asking_and_in_order()
    {
        _peers.FindUser = _ => throw new InvalidOperationException("Nobody was to be asked.");
        var first = (await _realm.SendAsync(_messi, "james@DUA", "satu")).Value();
        (await _realm.SendAsync(_messi, "taeno@dua", "dua")).Value();

        (first.From, first.FromName, first.Position).ShouldBe((new Address(Username.Parse("messi")), "Display messi", 1));
        var waiting = (await _peers.WaitingForAsync(_realm, _dua)).Cast<DirectDispatch>().ToArray();
        waiting.Select(direct => (direct.From.Value, direct.FromName, direct.To.Value, direct.Text.Decode())).ShouldBe([("messi", "Display messi", "james", "satu"), ("messi", "Display messi", "taeno", "dua")]);
        (waiting[0].Id, waiting[0].Sent).ShouldBe((first.Id, first.Sent));
        (await ReadAsync(_messi)).ShouldBeEmpty();
    }

    // One transaction: a message that is kept without its parcel would never be delivered, and nobody told.
    [Fact]
    public async Task A_message_that_cannot_be_queued_is_not_kept_either()
    {
        using (var other = Database.OpenWriter(_realm.Database))
            other.Run("CREATE TRIGGER refuse BEFORE INSERT ON outbox BEGIN SELECT raise(ABORT, 'no'); END");
        await Should.ThrowAsync<StoreException>(_realm.SendAsync(_messi, "james@dua", "satu").AsTask().BeforeDeadline());
        using (var other = Database.OpenWriter(_realm.Database)) other.Run("DROP TRIGGER refuse");

        (await _realm.SendAsync(_messi, "james@dua", "dua")).Value().Position.ShouldBe(1);
        (await _peers.WaitingForAsync(_realm, _dua)).ShouldHaveSingleItem().ShouldBeOfType<DirectDispatch>().Text.Decode().ShouldBe("dua");
    }

    [Theory]
    [InlineData("james@empat", Refusal.UnknownRecipient)]
    [InlineData("nobody@satu", Refusal.UnknownRecipient)]
    [InlineData("nobody@SATU", Refusal.UnknownRecipient)]
    public async Task A_realm_that_nobody_is_joined_with_is_unknown_and_this_one_asks_no_other(string to, Refusal refusal)
    {
        _peers.FindUser = _ => _dua;
        (await _realm.SendAsync(_messi, to, "halo")).ShouldBeRefused(refusal);
        (await _peers.WaitingForAsync(_realm, _dua)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bare_name_is_looked_for_here_and_then_elsewhere()
    {
        _peers.FindUser = username => username == Username.Parse("james") ? _dua : Refusal.UnknownRecipient;
        (await _realm.SendAsync(_messi, "james", "halo")).Value();
        (await _realm.SendAsync(_messi, "nobody", "halo")).ShouldBeRefused(Refusal.UnknownRecipient);

        await _realm.AddAsync("james");
        (await _realm.SendAsync(_messi, "james", "here")).Value();

        (await _peers.WaitingForAsync(_realm, _dua)).ShouldHaveSingleItem().ShouldBeOfType<DirectDispatch>().Text.Decode().ShouldBe("halo");
    }

    [Theory]
    [InlineData(Refusal.UnreachableRecipient, Refusal.UnknownRecipient, Refusal.UnreachableRecipient)]
    [InlineData(Refusal.UnknownRecipient, Refusal.PeerUnreachable, Refusal.PeerUnreachable)]
    [InlineData(Refusal.UnreachableRecipient, Refusal.PeerUnreachable, Refusal.PeerUnreachable)]
    [InlineData(Refusal.UnknownRecipient, Refusal.UnknownRecipient, Refusal.UnknownRecipient)]
    public async Task Who_cannot_be_found_since_somebody_cannot_be_asked_is_told_apart_from_who_is_unknown(Refusal native, Refusal legacy, Refusal told)
    {
        _peers.FindUser = _ => native;
        _peers.SendOverLegacy = _ => legacy;
        (await _realm.SendAsync(_messi, "james", "halo")).ShouldBeRefused(told);
    }

    [Fact]
    public async Task A_peer_for_which_as_much_waits_as_may_is_refused_and_nothing_is_kept()
    {
        _peers.Full = _dua.Id;
        (await _realm.SendAsync(_messi, "james@dua", "halo")).ShouldBeRefused(Refusal.PeerQueueFull);
        _peers.Full = null;
        (await _realm.SendAsync(_messi, "james@dua", "halo")).Value().Position.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_legacy_peer_has_taken_is_kept_as_sent_and_waits_for_nobody()
    {
        _peers.SendOverLegacy = to => to with { Realm = FakePeers.Name("lama") };
        var sent = (await _realm.SendAsync(_messi, "james@lama", "halo")).Value();
        sent.Position.ShouldBe(1);
        (await _realm.SendAsync(_messi, "james", "lagi")).Value().Position.ShouldBe(2);
        (await _peers.WaitingForAsync(_realm, _dua)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("messi", 100, null)]
    [InlineData("messi", 101, Refusal.TextTooLong)]
    [InlineData("messi", 0, Refusal.EmptyText)]
    [InlineData("nobody", 1, Refusal.UnknownRecipient)]
    public async Task A_message_over_a_legacy_link_is_taken_as_any_other(string to, int length, Refusal? refusal)
    {
        var from = new Address(Username.Parse("james"), FakePeers.Name("lama"));
        var received = await _realm.Realm.ReceiveOverLegacyAsync(from, Username.Parse(to), MessageText.From(new string('x', length)), CancellationToken.None);

        if (refusal is { } expected) received.ShouldBeRefused(expected);
        else received.Value().Username.Value.ShouldBe("messi");
        (await ReadAsync(_messi)).Length.ShouldBe(refusal is null ? 1 : 0);
    }

    [Fact]
    public async Task Nobody_who_is_switched_off_is_written_to_over_a_legacy_link()
    {
        await _realm.AddAsync("off");
        await _realm.Realm.Accounts.SetDisabledAsync("off", disabled: true, CancellationToken.None);
        (await _realm.Realm.ReceiveOverLegacyAsync(new Address(Username.Parse("james"), FakePeers.Name("lama")), Username.Parse("off"), MessageText.From("x"), CancellationToken.None))
            .ShouldBeRefused(Refusal.UnknownRecipient);
    }

    [Fact]
    public async Task Senders_elsewhere_whose_name_somebody_here_has_too_are_told_apart()
    {
        await _realm.AddAsync("james");
        foreach (var from in new[] { "james@lama", "taeno@lama", "JAMES@dua" })
            (await _realm.Realm.ReceiveOverLegacyAsync(GroupFold.Who(from), Username.Parse("messi"), MessageText.From("halo"), CancellationToken.None)).Value();

        using var reading = (await _realm.Realm.ReadInboxAsync(_messi, (_, _) => 1, CancellationToken.None)).Value();
        reading.Page.Messages.Length.ShouldBe(3);
        reading.Homonyms.ShouldBe([Username.Parse("james")]);
    }

    private async Task<string[]> ReadAsync(SessionToken token)
    {
        using var reading = (await _realm.Realm.ReadInboxAsync(token, (_, _) => 1, CancellationToken.None)).Value();
        return [.. reading.Page.Messages.Select(message => message.Text.Decode())];
    }
}
