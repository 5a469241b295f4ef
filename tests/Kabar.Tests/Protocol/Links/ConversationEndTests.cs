using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kabar.Protocol.Links;

namespace Kabar.Tests.Protocol.Links;

public sealed class ConversationEndTests
{
    private const string Reply = """{"status": "OK", "message": "Telah keluar dari grup batak"}""";
    private const string Closing = Reply + "\r\n\r\n";

    [Theory]
    [InlineData("messi telah bergabung")]
    [InlineData("messi: exit ya")]
    [InlineData("messi: exit")]
    [InlineData("messi: hole")]
    [InlineData("exit: my name is exit")]
    [InlineData("exit telah bergabung")]
    [InlineData("exitexit")]
    [InlineData("messi: exit{haha")]
    [InlineData("messi: exit {\"status\": \"OK\"}")]
    [InlineData("messi: {\"status\": \"OK\"}\r\n\r\n")]
    [InlineData("messi: exit{\"status\": 1}\r\n\r\n")]
    public void A_text_is_passed_on_at_once(string text)
    {
        var peer = new Peer();
        peer.Says(text);
        (peer.Text, peer.IsEnding, peer.Reply).ShouldBe((text, false, null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Exit_and_the_reply_are_the_end_however_they_are_cut(bool isLeaving)
    {
        const string End = "exit" + Closing;
        for (var cut = 1; cut <= End.Length; cut++)
        {
            var peer = new Peer { IsLeaving = isLeaving };
            peer.Says("henderson: halo");
            peer.Says(End[..cut]);
            peer.IsEnding.ShouldBe(cut >= 4, $"{cut}");
            if (cut < End.Length) peer.Says(End[cut..]);
            (peer.Text, peer.IsEnding, peer.Reply).ShouldBe(("henderson: halo", true, Reply), $"{cut}");
        }

        var slow = new Peer { IsLeaving = isLeaving };
        foreach (var character in End) slow.Says(character.ToString());
        (slow.Text, slow.Reply).ShouldBe(("", Reply));
    }

    [Fact]
    public void An_end_that_was_asked_for_is_found_behind_a_text_and_leaves_nothing_of_it()
    {
        const string All = "henderson: halo" + "exit" + Closing;
        for (var cut = 1; cut <= All.Length; cut++)
        {
            var peer = new Peer { IsLeaving = true };
            peer.Says(All[..cut]);
            if (cut < All.Length) peer.Says(All[cut..]);
            (peer.Text, peer.Reply).ShouldBe(("henderson: halo", Reply), $"{cut}");
        }
    }

    [Fact]
    public void An_end_that_was_not_asked_for_is_found_behind_a_text_too_though_the_text_may_have_got_its_exit()
    {
        const string All = "henderson: halo" + "exit" + Closing;
        for (var cut = 1; cut <= All.Length; cut++)
        {
            var peer = new Peer();
            peer.Says(All[..cut]);
            if (cut < All.Length) peer.Says(All[cut..]);
            peer.Reply.ShouldBe(Reply, $"{cut}");
            peer.Text.ShouldStartWith("henderson: halo", Case.Sensitive, $"{cut}");
            "exit".ShouldStartWith(peer.Text["henderson: halo".Length..]);
        }
    }

    [Fact]
    public void Exit_alone_waits_for_what_follows_and_is_the_end_when_nothing_does()
    {
        var peer = new Peer();
        peer.Says("exit");
        (peer.Text, peer.IsEnding).ShouldBe(("", true));
        peer.Says(": halo");
        (peer.Text, peer.IsEnding).ShouldBe(("exit: halo", false));
    }

    [Fact]
    public void Exit_behind_a_text_is_waited_for_only_when_it_was_asked_for()
    {
        var peer = new Peer();
        peer.Says("messi: exit");
        peer.IsEnding.ShouldBeFalse();
        peer.IsLeaving = true;
        peer.Says("messi: go to the exit");
        (peer.Text, peer.IsEnding).ShouldBe(("messi: exitmessi: go to the ", true));
        peer.Says("henderson: ok");
        (peer.Text, peer.IsEnding).ShouldBe(("messi: exitmessi: go to the exithenderson: ok", false));
    }

    [Fact]
    public void A_text_that_looks_like_an_end_comes_with_the_next_and_ends_nothing()
    {
        var peer = new Peer();
        peer.Says("messi: exit{\"status\": \"OK\"}");
        (peer.Text, peer.IsEnding).ShouldBe(("messi: ", false));
        peer.Says("henderson: apa?");
        (peer.Text, peer.IsEnding).ShouldBe(("messi: exit{\"status\": \"OK\"}henderson: apa?", false));
    }

    [Fact]
    public void A_reply_that_never_ends_is_a_text()
    {
        var peer = new Peer();
        peer.Says("exit{\"status\": \"");
        for (var i = 0; i < 100; i++) peer.Says(new string('x', 100));
        peer.Text.Length.ShouldBe("exit{\"status\": \"".Length + 100 * 100);
    }

    [Fact]
    public void Whatever_is_said_in_whatever_pieces_nothing_is_lost_or_doubled()
    {
        var pieces = Gen.OneOf(
            Gen.Elements("e", "ex", "exi", "exit", "{", "{\"status\"", ": \"OK\"", "}", "\r\n", "\r\n\r\n", "messi: ", "exitexit", Reply, "é").Select(Encoding.UTF8.GetBytes),
            ArbMap.Default.GeneratorFor<byte>().ArrayOf()).ArrayOf().ToArbitrary();
        Prop.ForAll(pieces, ArbMap.Default.ArbFor<bool>(), (generated, isLeaving) =>
        {
            var peer = new Peer { IsLeaving = isLeaving };
            foreach (var piece in generated)
            {
                peer.Says(piece);
                if (peer.Reply is not null) return;
            }

            peer.Everything.ShouldBe(generated.SelectMany(piece => piece));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    // As the relay does it: what is text goes, what is not is shown again with what comes next.
    private sealed class Peer
    {
        private readonly ConversationEnd _end = new();
        private readonly List<byte> _passed = [];
        private byte[] _kept = [];

        public bool IsLeaving { get; set; }

        public bool IsEnding { get; private set; }

        public string? Reply { get; private set; }

        public string Text => Encoding.UTF8.GetString([.. _passed]);

        public byte[] Everything => [.. _passed, .. _kept];

        public void Says(string text) => Says(Encoding.UTF8.GetBytes(text));

        public void Says(byte[] bytes)
        {
            byte[] unread = [.. _kept, .. bytes];
            var piece = _end.Look(unread, IsLeaving);
            _passed.AddRange(unread[..piece.TextLength]);
            _kept = unread[piece.TextLength..];
            IsEnding = piece.IsEnding;
            if (piece.ClosingReply is { } reply) Reply = Encoding.UTF8.GetString(reply.Span);
        }
    }
}
