using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Core;

public sealed class SendingTests : IAsyncLifetime
{
    private readonly RealmFixture _realm = new(new RealmOptions { TextBytes = 100, SendsWaiting = 3 });
    private SessionToken _messi;
    private SessionToken _lineker;

    public async ValueTask InitializeAsync()
    {
        _messi = await _realm.EnterAsync(await _realm.AddAsync("messi"));
        _lineker = await _realm.EnterAsync(await _realm.AddAsync("lineker"));
    }

    public ValueTask DisposeAsync() => _realm.DisposeAsync();

    [Theory]
    [InlineData("lineker")]
    [InlineData("LINEKER")]
    [InlineData("lineker@satu")]
    [InlineData("lineker@SATU")]
    public async Task A_message_reaches_its_addressee_under_every_spelling(string to)
    {
        var sent = (await _realm.SendAsync(_messi, to, "halo")).Value();

        sent.From.ShouldBe(new Address(Username.Parse("messi")));
        sent.FromName.ShouldBe("Display messi");
        sent.Sent.ShouldBe(_realm.Clock.GetUtcNow());
        (await ReadAsync(_lineker)).ShouldBe(["halo"]);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("lineker@dua")]
    [InlineData("lineker@satu.example")]
    [InlineData("lineker@")]
    [InlineData("@satu")]
    [InlineData("")]
    [InlineData("not a name")]
    [InlineData("off")]
    public async Task An_addressee_who_is_not_here_is_refused(string to)
    {
        await _realm.AddAsync("off");
        await _realm.Realm.Accounts.SetDisabledAsync("off", disabled: true, CancellationToken.None);

        (await _realm.SendAsync(_messi, to, "halo")).ShouldBeRefused(Refusal.UnknownRecipient);
    }

    [Fact]
    public async Task A_text_ends_at_its_limit_in_bytes()
    {
        (await _realm.SendAsync(_messi, "lineker", new string('é', 50))).Value();
        (await _realm.SendAsync(_messi, "lineker", new string('é', 50) + "x")).ShouldBeRefused(Refusal.TextTooLong);
        (await _realm.SendAsync(_messi, "lineker", "")).ShouldBeRefused(Refusal.EmptyText);
        (await ReadAsync(_lineker)).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_limit_of_zero_is_off()
    {
        await using var realm = new RealmFixture(new RealmOptions { TextBytes = 0, SendsWaiting = 0 });
        var messi = await realm.EnterAsync(await realm.AddAsync("messi"));
        (await realm.SendAsync(messi, "messi", new string('x', 100_000))).Value().Text.Length.ShouldBe(100_000);
    }

    [Fact]
    public async Task Who_has_no_session_sends_nothing_whatever_else_is_wrong()
    {
        (await _realm.SendAsync(SessionToken.Create(), "nobody", "")).ShouldBeRefused(Refusal.UnknownSession);
        await _realm.Realm.LogOutAsync(_messi, CancellationToken.None);
        (await _realm.SendAsync(_messi, "lineker", "halo")).ShouldBeRefused(Refusal.UnknownSession);
        (await ReadAsync(_lineker)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_send_waits_while_as_many_as_may_are_under_way()
    {
        var under = new List<Sending>();
        for (var i = 0; i < 3; i++) under.Add((await BeginAsync("x")).Value());

        var waiting = BeginAsync("y").AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        await under[0].CommitAsync();

        var begun = (await waiting.BeforeDeadline()).Value();
        foreach (var sending in under[1..]) await sending.CommitAsync();
        await begun.CommitAsync();
        (await ReadAsync(_lineker)).ShouldBe(["x", "x", "x", "y"]);
    }

    [Fact]
    public async Task A_refused_send_takes_no_room_and_one_that_gives_up_waiting_neither()
    {
        for (var i = 0; i < 5; i++) (await _realm.SendAsync(_messi, "nobody", "x")).ShouldBeRefused(Refusal.UnknownRecipient);
        var under = new List<Sending>();
        for (var i = 0; i < 3; i++) under.Add((await BeginAsync("x")).Value());
        using var giveUp = new CancellationTokenSource();
        var waiting = _realm.Realm.BeginSendAsync(_messi, "lineker", MessageText.From("y"), giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting.BeforeDeadline());

        foreach (var sending in under) await sending.CommitAsync();
        for (var i = 0; i < 10; i++) (await _realm.SendAsync(_messi, "lineker", "z")).Value();
        (await ReadAsync(_lineker)).Length.ShouldBe(13);
    }

    [Fact]
    public async Task A_send_that_the_store_fails_gives_its_room_back()
    {
        using (var other = Database.OpenWriter(_realm.Database))
            other.Run("CREATE TRIGGER refuse BEFORE INSERT ON message BEGIN SELECT raise(ABORT, 'no'); END");
        for (var i = 0; i < 10; i++) await Should.ThrowAsync<StoreException>(_realm.SendAsync(_messi, "lineker", "x").AsTask().BeforeDeadline());
        using (var other = Database.OpenWriter(_realm.Database)) other.Run("DROP TRIGGER refuse");

        (await _realm.SendAsync(_messi, "lineker", "y")).Value().Position.ShouldBe(1);
    }

    [Fact]
    public async Task An_inbox_is_read_a_page_at_a_time_and_a_message_larger_than_a_page_comes_alone()
    {
        await using var realm = new RealmFixture(new RealmOptions { InboxReplyBytes = 10 });
        var messi = await realm.EnterAsync(await realm.AddAsync("messi"));
        foreach (var text in new[] { "aaaa", "bbbb", "c", "this is longer than a page", "d", "0123456789", "e" }) (await realm.SendAsync(messi, "messi", text)).Value();

        var pages = new List<string>();
        while (await realm.Realm.ReadInboxAsync(messi, (message, _) => message.Text.Length, CancellationToken.None) is var result)
        {
            using var reading = result.Value();
            if (reading.Page.Messages.IsEmpty) break;
            pages.Add(string.Join('|', reading.Page.Messages.Select(message => message.Text.Decode())));
            await reading.MarkReadAsync(CancellationToken.None);
        }

        pages.ShouldBe(["aaaa|bbbb|c", "this is longer than a page", "d", "0123456789", "e"]);
    }

    [Fact]
    public async Task A_reading_that_is_dropped_shows_its_messages_again_and_the_turn_passes_on()
    {
        (await _realm.SendAsync(_messi, "lineker", "halo")).Value();
        var first = (await _realm.Realm.ReadInboxAsync(_lineker, (_, _) => 1, CancellationToken.None)).Value();
        var second = _realm.Realm.ReadInboxAsync(_lineker, (_, _) => 1, CancellationToken.None).AsTask();
        second.IsCompleted.ShouldBeFalse();

        first.Dispose();

        using var reading = (await second.BeforeDeadline()).Value();
        reading.Page.Messages.Length.ShouldBe(1);
        reading.Reader.Username.Value.ShouldBe("lineker");
    }

    [Fact]
    public async Task A_reading_that_fails_passes_the_turn_on()
    {
        (await _realm.SendAsync(_messi, "lineker", "halo")).Value();
        await Should.ThrowAsync<InvalidOperationException>(
            _realm.Realm.ReadInboxAsync(_lineker, (_, _) => throw new InvalidOperationException(), CancellationToken.None).AsTask());

        (await ReadAsync(_lineker)).ShouldBe(["halo"]);
    }

    private ValueTask<Result<Sending>> BeginAsync(string text) => _realm.Realm.BeginSendAsync(_messi, "lineker", MessageText.From(text), CancellationToken.None);

    private async Task<string[]> ReadAsync(SessionToken token)
    {
        using var reading = (await _realm.Realm.ReadInboxAsync(token, (_, _) => 1, CancellationToken.None)).Value();
        return [.. reading.Page.Messages.Select(message => message.Text.Decode())];
    }
}
