using Kabar.Core;
using static Kabar.Tests.Core.GroupFold;

namespace Kabar.Tests.Core;

public sealed class PresencesTests : IAsyncLifetime
{
    private readonly FakePeers _peers = new();
    private readonly RealmFixture _realm;
    private Account _messi = null!; // made before each test
    private Account _lineker = null!;
    private Peer _dua = null!;

    public PresencesTests() => _realm = new RealmFixture(peers: _peers);

    private Presences Presences => _realm.Realm.Presences;

    public async ValueTask InitializeAsync()
    {
        _messi = await _realm.AddAsync("messi");
        _lineker = await _realm.AddAsync("lineker");
        _dua = await _peers.AddAsync(_realm, "dua");
    }

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Fact]
    public async Task The_first_connection_brings_somebody_and_the_last_one_takes_him_away()
    {
        await _realm.PostAsync(_messi, "lineker", "halo");
        using var other = await _realm.ListenAsync(_lineker);

        var one = Presences.Enter(_messi);
        await HasHeardAsync(other, PresenceState.Online);
        using (Presences.Enter(_messi)) (await StateAsync("messi")).ShouldBe(PresenceState.Online);
        one.IsAway = true;
        await HasHeardAsync(other, PresenceState.Online, PresenceState.Away);
        one.IsAway = false;
        await HasHeardAsync(other, PresenceState.Online, PresenceState.Away, PresenceState.Online);
        one.Dispose();
        one.Dispose();
        await HasHeardAsync(other, PresenceState.Online, PresenceState.Away, PresenceState.Online, PresenceState.Offline);
        ((PresenceEvent)other.Moments[^1]).Presence.ShouldBe(new UserPresence(Who("messi"), PresenceState.Offline, _realm.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task Somebody_is_away_when_he_is_so_on_each_of_his_connections()
    {
        using var one = Presences.Enter(_messi);
        using var other = Presences.Enter(_messi);
        one.IsAway = true;
        (await StateAsync("messi")).ShouldBe(PresenceState.Online);
        other.IsAway = true;
        (await StateAsync("messi@satu")).ShouldBe(PresenceState.Away);
        Presences.List().Select(there => (there.Presence.Who.ToString(), there.Presence.State, there.DisplayName)).ShouldBe([("messi", PresenceState.Away, "Display messi")]);
    }

    [Fact]
    public async Task Who_is_there_is_listed_by_name()
    {
        using var one = Presences.Enter(_messi);
        using var other = Presences.Enter(_lineker);
        using (Presences.Enter(await _realm.AddAsync("Adi"))) Presences.List().Select(there => there.Presence.Who.ToString()).ShouldBe(["Adi", "lineker", "messi"]);
        Presences.List().Select(there => there.Presence.Who.ToString()).ShouldBe(["lineker", "messi"]);
    }

    [Fact]
    public async Task When_somebody_was_last_seen_outlives_the_process()
    {
        (await FindAsync("messi")).ShouldBe(new UserPresence(Who("messi"), PresenceState.Offline, null));
        Presences.Enter(_messi).Dispose();
        var seen = _realm.Clock.GetUtcNow();
        _realm.Clock.Advance(TimeSpan.FromMinutes(1));
        await _realm.RestartAsync();
        (await FindAsync("messi")).ShouldBe(new UserPresence(Who("messi"), PresenceState.Offline, seen));
        (await Presences.FindAsync(Who("nobody@satu"), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownRecipient);
        (await Presences.FindAsync(Who("nobody"), CancellationToken.None)).ShouldBeRefused(Refusal.UnknownRecipient);
    }

    [Fact]
    public async Task Strangers_are_told_nothing_and_members_of_a_small_group_are_with_their_realms()
    {
        var stranger = await _realm.AddAsync("taeno");
        var group = (await _realm.Realm.Groups.CreateAsync(_messi, GroupName.Parse("batak"), isOpen: true, CancellationToken.None)).Value().Group;
        await _realm.Realm.Groups.EnterAsync(_lineker, group.Address, CancellationToken.None);
        await _realm.Realm.Groups.AdmitAsync(new Actor(Who("james@dua"), "James"), group.Id, Guid.CreateVersion7(), CancellationToken.None);
        using var member = await _realm.ListenAsync(_lineker);
        using var other = await _realm.ListenAsync(stranger);

        var place = Presences.Enter(_messi);
        await HasHeardAsync(member, PresenceState.Online);
        other.Moments.ShouldBeEmpty();
        await SignalledAsync();
        _peers.Sent.ShouldBe([(_dua.Realm, (Signal)new PresenceSignal(_messi.Username, PresenceState.Online, null))]);

        for (var i = 0; i < 98; i++) await _realm.Realm.Groups.AdmitAsync(new Actor(Who($"u{i}@dua"), "x"), group.Id, Guid.CreateVersion7(), CancellationToken.None);
        await _realm.PostAsync(_messi, "taeno", "halo");
        place.Dispose();
        await HasHeardAsync(other, PresenceState.Offline);
        member.Moments.Length.ShouldBe(1);
        _peers.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_realm_tells_is_told_to_those_whom_it_concerns_and_forgotten_with_the_link()
    {
        await _realm.PostAsync(_messi, "james@dua", "halo");
        using var contact = await _realm.ListenAsync(_messi);
        using var other = await _realm.ListenAsync(_lineker);
        _peers.FindPresence = who => new UserPresence(who, PresenceState.Away, null);
        (await StateAsync("james@dua")).ShouldBe(PresenceState.Away);

        foreach (var state in new[] { PresenceState.Online, PresenceState.Online, PresenceState.Away, PresenceState.Online })
            await _realm.Realm.Exchange.TakeAsync(_dua, new PresenceSignal(Username.Parse("james"), state, null), CancellationToken.None);
        await HasHeardAsync(contact, PresenceState.Online, PresenceState.Away, PresenceState.Online);
        (await StateAsync("james@dua")).ShouldBe(PresenceState.Online);

        await Presences.ForgetAsync(_dua.Realm, CancellationToken.None);
        await HasHeardAsync(contact, PresenceState.Online, PresenceState.Away, PresenceState.Online, PresenceState.Offline);
        (await StateAsync("james@dua")).ShouldBe(PresenceState.Away);
        other.Moments.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_told_over_a_link_that_does_not_stand_is_asked_for()
    {
        await _realm.PostAsync(_messi, "james@dua", "halo");
        await _realm.Realm.Exchange.TakeAsync(_dua, new PresenceSignal(Username.Parse("james"), PresenceState.Online, null), CancellationToken.None);
        _peers.FindUser = _ => _dua;
        (await StateAsync("james")).ShouldBe(PresenceState.Online);
        _peers.Away.Add(_dua.Realm);
        (await Presences.FindAsync(Who("james@dua"), CancellationToken.None)).ShouldBeRefused(Refusal.PeerUnreachable);
        _peers.Away.Clear();
        (await Presences.FindAsync(Who("james@dua"), CancellationToken.None)).ShouldBeRefused(Refusal.PeerUnreachable);
    }

    private static Task HasHeardAsync(FeedReader reader, params PresenceState[] states) =>
        reader.UntilAsync(heard => heard.Moments.Cast<PresenceEvent>().Select(moment => moment.Presence.State).SequenceEqual(states));

    // The realms are told behind the listeners.
    private async Task SignalledAsync()
    {
        using var patience = new CancellationTokenSource(Deadline.Span);
        while (_peers.Sent.IsEmpty) await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
    }

    private async Task<UserPresence> FindAsync(string who) => (await Presences.FindAsync(Who(who), CancellationToken.None)).Value();

    private async Task<PresenceState> StateAsync(string who) => (await FindAsync(who)).State;
}
