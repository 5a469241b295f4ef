using System.Text;
using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Server.Federation;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

public sealed class LinkHandshakeTests : IAsyncDisposable
{
    private static readonly RealmName SatuName = SampleFrames.Realm("satu");
    private static readonly RealmName DuaName = SampleFrames.Realm("dua");
    private static readonly StreamMark Mark = new(SampleFrames.IdA, 7);
    private static readonly HelloFrame Hello = new() { Realm = DuaName, Sends = Mark, Secret = SessionToken.Parse(Encoding.ASCII.GetBytes(SampleFrames.B)) };
    private static readonly WelcomeFrame Welcome = new(new StreamMark(SampleFrames.IdB, 3), Mark, null);

    private readonly LinkPair _pair = new();
    private readonly FakeClock _clock = new();
    private readonly List<LinkStream> _streams = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams) await stream.DisposeAsync();
        _pair.Dispose();
    }

    [Fact]
    public async Task Two_that_know_each_other_are_linked_and_each_has_what_the_other_said()
    {
        var (dua, satu) = await SecureAsync();
        HelloFrame? heard = null;
        var listening = ListenAsync(satu, (hello, stream) =>
        {
            heard = hello;
            stream.Fingerprint.ShouldBe(_pair.Dua.Current.Fingerprint);
            return LinkVerdict.Accept(Welcome, pinMoved: true);
        });

        var dialed = (await DialAsync(dua, _pair.Satu.Current.Fingerprint)).ShouldBeOfType<LinkOpened>();
        var listened = (await listening).ShouldBeOfType<LinkOpened>();

        (dialed.Welcome, dialed.Hello.Realm, dialed.Fingerprint, dialed.PinMoved).ShouldBe((Welcome, SatuName, _pair.Satu.Current.Fingerprint, false));
        (listened.Welcome, listened.Hello.Realm, listened.Fingerprint, listened.PinMoved).ShouldBe((Welcome, DuaName, _pair.Dua.Current.Fingerprint, true));
        heard.ShouldNotBeNull().Sends.ShouldBe(Mark);
        heard.Secret.ShouldBe(Hello.Secret);
        dialed.Hello.Sends.ShouldBeNull("a listener shows a stranger only who it is");
    }

    [Fact]
    public async Task Frames_right_behind_the_welcome_are_not_lost()
    {
        var (dua, satu) = await SecureAsync();
        LinkFrameWriter.Write(new HelloFrame { Realm = SatuName }, satu.Output);
        LinkFrameWriter.Write(Welcome, satu.Output);
        LinkFrameWriter.Write(new PingFrame(), satu.Output);
        await satu.Output.FlushAsync();

        (await DialAsync(dua, _pair.Satu.Current.Fingerprint)).ShouldBeOfType<LinkOpened>();
        (await dua.ReadAsync(LinkFrame.MostBytes, CancellationToken.None).BeforeDeadline()).ShouldBe(new PingFrame());
    }

    [Fact]
    public async Task A_dialer_that_knows_a_former_key_goes_over_to_the_one_it_vouches_for()
    {
        var former = _pair.Satu.Current.Fingerprint;
        _pair.Satu.Rotate();
        var (dua, satu) = await SecureAsync();
        var listening = ListenAsync(satu, (_, _) => LinkVerdict.Accept(Welcome));

        var opened = (await DialAsync(dua, former)).ShouldBeOfType<LinkOpened>();

        (opened.Fingerprint, opened.PinMoved).ShouldBe((_pair.Satu.Current.Fingerprint, true));
        await listening;
    }

    [Fact]
    public async Task A_listener_is_shown_the_vouches_of_a_dialer_that_has_another_key_now()
    {
        var former = _pair.Dua.Current.Fingerprint;
        _pair.Dua.Rotate();
        var (dua, satu) = await SecureAsync();
        var listening = ListenAsync(satu, (hello, stream) =>
            LinkIdentity.IsVouched(former, stream.Fingerprint, hello.Vouches) ? LinkVerdict.Accept(Welcome) : LinkVerdict.Refuse(ByeReason.NotPinned));

        (await DialAsync(dua, _pair.Satu.Current.Fingerprint)).ShouldBeOfType<LinkOpened>();
        await listening;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task To_a_key_or_a_realm_that_is_not_the_one_dialed_nothing_is_said(bool isKnownKey)
    {
        var (dua, satu) = await SecureAsync();
        await satu.WriteAsync(new HelloFrame { Realm = isKnownKey ? SampleFrames.Realm("tiga") : SatuName }, CancellationToken.None);

        var outcome = await DialAsync(dua, isKnownKey ? _pair.Satu.Current.Fingerprint : SampleFrames.Hash);

        outcome.ShouldBe(new LinkFailed(isKnownKey ? LinkFailure.UnknownRealm : LinkFailure.NotPinned));
        await dua.DisposeAsync();
        var read = await satu.Input.ReadAsync().AsTask().BeforeDeadline();
        (read.IsCompleted, read.Buffer.Length).ShouldBe((true, 0));
    }

    [Theory]
    [InlineData("unknown_realm", LinkFailure.UnknownRealm)]
    [InlineData("not_pinned", LinkFailure.NotPinned)]
    [InlineData("wrong_secret", LinkFailure.WrongSecret)]
    [InlineData("paused", LinkFailure.Unwanted)]
    public async Task A_dialer_that_is_refused_is_told_why(string word, object failure)
    {
        var reason = LinkFrameReader.Read(Encoding.ASCII.GetBytes($$"""{"do":"bye","reason":"{{word}}"}""")).ShouldBeOfType<ByeFrame>().Reason;
        var (dua, satu) = await SecureAsync();
        var listening = ListenAsync(satu, (_, _) => LinkVerdict.Refuse(reason));

        (await DialAsync(dua, _pair.Satu.Current.Fingerprint)).ShouldBe(new LinkFailed(LinkFailure.Refused, reason));
        (await listening).ShouldBe(new LinkFailed((LinkFailure)failure, reason));
    }

    [Theory]
    [InlineData("""{"do":"ping"}""", "malformed")]
    [InlineData("""{"do":"hello","kabar":1,"realm":"dua"}""", "malformed")]
    [InlineData("hello", "malformed")]
    [InlineData("""{"do":"hello","kabar":0,"realm":"dua","epoch":"0195d2c4-7a10-7000-8000-00000000000a","last":0}""", "wrong_version")]
    public async Task What_is_no_hello_is_refused_by_the_listener(string line, string reason)
    {
        var (dua, satu) = await SecureAsync();
        var listening = ListenAsync(satu, (_, _) => throw new InvalidOperationException("nobody is to be asked"));
        await dua.Output.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"));

        (await dua.ReadAsync(LinkFrame.MostBytes, CancellationToken.None).BeforeDeadline()).ShouldBeOfType<HelloFrame>();
        LinkFrameTests.Line((await dua.ReadAsync(LinkFrame.MostBytes, CancellationToken.None).BeforeDeadline()).ShouldNotBeNull()).ShouldContain(reason);
        (await listening).ShouldBeOfType<LinkFailed>().Failure.ShouldBe(reason == "malformed" ? LinkFailure.Malformed : LinkFailure.WrongVersion);
    }

    [Theory]
    [InlineData("""{"do":"pong"}""", LinkFailure.Malformed)]
    [InlineData("\u0001", LinkFailure.Malformed)]
    [InlineData("""{"do":"hello","kabar":0,"realm":"satu"}""", LinkFailure.WrongVersion)]
    [InlineData("""{"do":"bye","reason":"stopping"}""", LinkFailure.Refused)]
    [InlineData("{\"do\":\"hello\",\"kabar\":1,\"realm\":\"satu\"}\n{\"do\":\"ping\"}", LinkFailure.Malformed)]
    public async Task What_is_no_hello_or_no_welcome_is_refused_by_the_dialer(string lines, object failure)
    {
        var (dua, satu) = await SecureAsync();
        await satu.Output.WriteAsync(Encoding.ASCII.GetBytes(lines + "\n"));
        (await DialAsync(dua, _pair.Satu.Current.Fingerprint)).ShouldBeOfType<LinkFailed>().Failure.ShouldBe((LinkFailure)failure);
    }

    [Fact]
    public async Task A_flood_without_a_lines_end_is_refused_when_it_passes_the_limit()
    {
        var flood = new byte[LinkFrame.MostHandshakeBytes + 1];
        var (dua, satu) = await SecureAsync();
        var listening = ListenAsync(satu, (_, _) => default);
        await dua.Output.WriteAsync(flood);
        (await listening).ShouldBe(new LinkFailed(LinkFailure.Malformed, ByeReason.Malformed));

        (dua, satu) = await SecureAsync();
        var dialing = DialAsync(dua, SampleFrames.Hash);
        await satu.Output.WriteAsync(flood);
        (await dialing).ShouldBe(new LinkFailed(LinkFailure.Malformed));
    }

    [Fact]
    public async Task Who_goes_away_without_a_word_has_closed()
    {
        var (dua, satu) = await SecureAsync();
        var listening = ListenAsync(satu, (_, _) => default);
        await dua.DisposeAsync();
        (await listening).ShouldBe(new LinkFailed(LinkFailure.Closed));

        (dua, satu) = await SecureAsync();
        var dialing = DialAsync(dua, SampleFrames.Hash);
        await satu.DisposeAsync();
        (await dialing).ShouldBe(new LinkFailed(LinkFailure.Closed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"do\":\"hel")]
    public async Task A_silent_or_slow_stranger_ends_when_the_time_is_over(string said)
    {
        var (dua, satu) = await SecureAsync();
        var listening = ListenAsync(satu, (_, _) => default);
        await dua.Output.WriteAsync(Encoding.ASCII.GetBytes(said));
        await EndAsync(listening);

        (dua, satu) = await SecureAsync();
        var dialing = DialAsync(dua, SampleFrames.Hash);
        await satu.Output.WriteAsync(Encoding.ASCII.GetBytes(said));
        await EndAsync(dialing);

        async Task EndAsync(Task<LinkOutcome> handshake)
        {
            await _clock.WaitForTimersAsync();
            handshake.IsCompleted.ShouldBeFalse();
            _clock.Advance(TimeSpan.FromSeconds(5));
            (await handshake).ShouldBe(new LinkFailed(LinkFailure.Silent));
        }
    }

    [Fact]
    public async Task A_verification_that_hangs_ends_too_and_a_caller_that_stops_is_obeyed()
    {
        var (dua, satu) = await SecureAsync();
        var listening = LinkHandshake.ListenAsync(
            satu, SatuName, async (_, _, ended) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ended);
                return default;
            }, new LinkLimits(), _clock, CancellationToken.None).BeforeDeadline();
        await dua.WriteAsync(Hello, CancellationToken.None);
        await _clock.WaitForTimersAsync();
        _clock.Advance(TimeSpan.FromSeconds(5));
        (await listening).ShouldBe(new LinkFailed(LinkFailure.Silent));

        (dua, _) = await SecureAsync();
        using var stopping = new CancellationTokenSource();
        var dialing = LinkHandshake.DialAsync(dua, SatuName, SampleFrames.Hash, Hello, new LinkLimits(), _clock, stopping.Token).BeforeDeadline();
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(dialing);
    }

    private async Task<(LinkStream Dua, LinkStream Satu)> SecureAsync()
    {
        var (dua, satu) = await _pair.SecureAsync();
        _streams.AddRange([dua, satu]);
        return (dua, satu);
    }

    private Task<LinkOutcome> ListenAsync(LinkStream stream, Func<HelloFrame, LinkStream, LinkVerdict> verify) =>
        LinkHandshake.ListenAsync(stream, SatuName, (hello, from, _) => new(verify(hello, from)), new LinkLimits(), _clock, CancellationToken.None).BeforeDeadline();

    private Task<LinkOutcome> DialAsync(LinkStream stream, string pinned) =>
        LinkHandshake.DialAsync(stream, SatuName, pinned, Hello, new LinkLimits(), _clock, CancellationToken.None).BeforeDeadline();
}
