using Kabar.Core;
using Kabar.Protocol.Links;

namespace Kabar.Tests.Protocol.Links;

/// <summary>One frame and more of each kind, and how it is written.</summary>
internal static class SampleFrames
{
    public const string A = "0195d2c4-7a10-7000-8000-00000000000a";
    public const string B = "0195d2c4-7a10-7000-8000-00000000000b";
    public const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    public const string Time = "2026-03-01T12:00:00.123Z";

    public static readonly Guid IdA = Guid.Parse(A);
    public static readonly Guid IdB = Guid.Parse(B);
    public static readonly GroupId Batak = new(IdB);
    public static readonly DateTimeOffset When = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);
    public static readonly Username Messi = Username.Parse("messi");
    public static readonly Username Lineker = Username.Parse("Lineker");

    public static readonly (LinkFrame Frame, string Line)[] All =
    [
        (new HelloFrame { Realm = Realm("satu") }, """{"do":"hello","kabar":2,"realm":"satu"}"""),
        (new HelloFrame { Realm = Realm("satu"), Speaks = 1 }, """{"do":"hello","kabar":1,"realm":"satu"}"""),
        (
            new HelloFrame
            {
                Realm = Realm("satu"),
                Sends = new StreamMark(IdA, 17),
                Received = new StreamMark(IdB, 0),
                Listens = "satu.example:8887",
                Users = Hash,
                Vouches = [new Vouch(new byte[] { 1, 2, 3 }, Hash, new byte[] { 255, 254 }), new Vouch(new byte[] { 9 }, Hash, new byte[] { 8 })],
                Secret = SessionToken.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"u8),
            },
            $$"""{"do":"hello","kabar":2,"realm":"satu","epoch":"{{A}}","last":17,"received":{"epoch":"{{B}}","through":0},"users":"{{Hash}}","listens":"satu.example:8887","vouches":[{"old":"AQID","new":"{{Hash}}","signature":"//4="},{"old":"CQ==","new":"{{Hash}}","signature":"CA=="}],"secret":"0f8fad5b-d9cb-469f-a165-70867728950e"}"""),
        (new WelcomeFrame(new StreamMark(IdA, 3), null, null), $$"""{"do":"welcome","epoch":"{{A}}","last":3}"""),
        (
            new WelcomeFrame(new StreamMark(IdA, 3), new StreamMark(IdB, 4), Hash),
            $$"""{"do":"welcome","epoch":"{{A}}","last":3,"received":{"epoch":"{{B}}","through":4},"users":"{{Hash}}"}"""),
        (new ByeFrame(ByeReason.Stopping), """{"do":"bye","reason":"stopping"}"""),
        (new AckFrame(new StreamMark(IdA, 9)), $$"""{"do":"ack","epoch":"{{A}}","through":9}"""),
        (new PingFrame(), """{"do":"ping"}"""),
        (new PongFrame(), """{"do":"pong"}"""),
        (
            new NumberedFrame(17, new DirectDispatch(IdA, Messi, "Lionel Messi", Lineker, MessageText.From("halo \"é🐐\"\\\n\u0001"), When)),
            $$"""{"seq":17,"do":"message","id":"{{A}}","from":"messi","name":"Lionel Messi","to":"Lineker","text":"halo \"é🐐\"\\\n\u0001","sent":"{{Time}}"}"""),
        (
            new NumberedFrame(18, new DirectDispatch(IdA, Messi, "Lionel Messi", Lineker, MessageText.From("ya"), When, IdB)),
            $$"""{"seq":18,"do":"message","id":"{{A}}","from":"messi","name":"Lionel Messi","to":"Lineker","text":"ya","sent":"{{Time}}","answers":"{{B}}"}"""),
        (
            new NumberedFrame(19, new RevisionDispatch(IdA, EntryKind.Edited, Messi, "Lionel Messi", Lineker, IdB, MessageText.From("halo \"semua\""), When)),
            $$"""{"seq":19,"do":"revise","id":"{{A}}","kind":"edited","from":"messi","name":"Lionel Messi","to":"Lineker","target":"{{B}}","text":"halo \"semua\"","sent":"{{Time}}"}"""),
        (
            new NumberedFrame(20, new RevisionDispatch(IdA, EntryKind.Deleted, Messi, "M", Lineker, IdB, MessageText.From(""), When)),
            $$"""{"seq":20,"do":"revise","id":"{{A}}","kind":"deleted","from":"messi","name":"M","to":"Lineker","target":"{{B}}","sent":"{{Time}}"}"""),
        (
            new NumberedFrame(21, new RevisionDispatch(IdA, EntryKind.Reacted, Messi, "M", Lineker, IdB, MessageText.From("👍🏽"), When)),
            $$"""{"seq":21,"do":"revise","id":"{{A}}","kind":"reacted","from":"messi","name":"M","to":"Lineker","target":"{{B}}","text":"👍🏽","sent":"{{Time}}"}"""),
        (
            new NumberedFrame(22, new RevisionDispatch(IdA, EntryKind.Reacted, Messi, "M", Lineker, IdB, MessageText.From(""), When)),
            $$"""{"seq":22,"do":"revise","id":"{{A}}","kind":"reacted","from":"messi","name":"M","to":"Lineker","target":"{{B}}","sent":"{{Time}}"}"""),
        (
            new NumberedFrame(23, new ReceiptDispatch(IdA, Messi, Lineker, IdB, null)),
            $$"""{"seq":23,"do":"receipt","id":"{{A}}","from":"messi","to":"Lineker","delivered":"{{B}}"}"""),
        (
            new NumberedFrame(24, new ReceiptDispatch(IdA, Messi, Lineker, IdB, IdA)),
            $$"""{"seq":24,"do":"receipt","id":"{{A}}","from":"messi","to":"Lineker","delivered":"{{B}}","read":"{{A}}"}"""),
        (new SignalFrame(new TypingSignal(Messi, Lineker, null)), """{"do":"typing","from":"messi","to":"Lineker"}"""),
        (new SignalFrame(new TypingSignal(Messi, null, Batak)), $$"""{"do":"typing","from":"messi","group":"{{B}}"}"""),
        (new SignalFrame(new PresenceSignal(Messi, PresenceState.Away, null)), """{"do":"presence","user":"messi","presence":"away"}"""),
        (new SignalFrame(new PresenceSignal(Messi, PresenceState.Offline, When)), $$"""{"do":"presence","user":"messi","presence":"offline","seen":"{{Time}}"}"""),
        (
            new NumberedFrame(1, new GroupDispatch(IdA, Batak, GroupVerb.Say, Messi, "Lionel \"Leo\" Messi", null, MessageText.From("horas"), When)),
            $$"""{"seq":1,"do":"act","id":"{{A}}","group":"{{B}}","verb":"say","from":"messi","name":"Lionel \"Leo\" Messi","text":"horas","sent":"{{Time}}"}"""),
        (
            new NumberedFrame(2, new GroupDispatch(IdA, Batak, GroupVerb.Kick, Messi, "M", Address("james@dua"), MessageText.From(""), When)),
            $$"""{"seq":2,"do":"act","id":"{{A}}","group":"{{B}}","verb":"kick","from":"messi","name":"M","subject":"james@dua","sent":"{{Time}}"}"""),
        (
            new NumberedFrame(2, new GroupDispatch(IdA, Batak, GroupVerb.Say, Messi, "M", null, MessageText.From("ya"), When, 12)),
            $$"""{"seq":2,"do":"act","id":"{{A}}","group":"{{B}}","verb":"say","from":"messi","name":"M","target":12,"text":"ya","sent":"{{Time}}"}"""),
        (
            new NumberedFrame(2, new GroupDispatch(IdA, Batak, GroupVerb.React, Messi, "M", null, MessageText.From("🐐"), When, 12)),
            $$"""{"seq":2,"do":"act","id":"{{A}}","group":"{{B}}","verb":"react","from":"messi","name":"M","target":12,"text":"🐐","sent":"{{Time}}"}"""),
        (
            new NumberedFrame(2, new GroupDispatch(IdA, Batak, GroupVerb.Delete, Messi, "M", null, MessageText.From(""), When, 12)),
            $$"""{"seq":2,"do":"act","id":"{{A}}","group":"{{B}}","verb":"delete","from":"messi","name":"M","target":12,"sent":"{{Time}}"}"""),
        (
            new NumberedFrame(3, new FailureDispatch(IdA, IdB, Refusal.UnknownRecipient, Messi, Lineker, null)),
            $$"""{"seq":3,"do":"failed","id":"{{A}}","failed":"{{B}}","reason":"unknown_recipient","to":"messi","addressee":"Lineker"}"""),
        (
            new NumberedFrame(4, new FailureDispatch(IdA, IdB, Refusal.Muted, Messi, null, Batak)),
            $$"""{"seq":4,"do":"failed","id":"{{A}}","failed":"{{B}}","reason":"muted","to":"messi","group":"{{B}}"}"""),
        (new AskUserFrame(IdA, Messi), $$"""{"do":"ask","id":"{{A}}","what":"user","name":"messi"}"""),
        (new AskGroupFrame(IdA, GroupName.Parse("batak")), $$"""{"do":"ask","id":"{{A}}","what":"group","name":"batak"}"""),
        (
            new AskJoinFrame(IdA, Batak, Messi, "Lionel Messi", IdB),
            $$"""{"do":"ask","id":"{{A}}","what":"join","group":"{{B}}","user":"messi","name":"Lionel Messi","entry":"{{B}}"}"""),
        (new AskHostFrame(IdA, Batak, GroupName.Parse("batak")), $$"""{"do":"ask","id":"{{A}}","what":"host","group":"{{B}}","name":"batak"}"""),
        (new AskCopiesFrame(IdA, When, null), $$"""{"do":"ask","id":"{{A}}","what":"copies","since":"{{Time}}"}"""),
        (new AskCopiesFrame(IdA, When, IdB), $$"""{"do":"ask","id":"{{A}}","what":"copies","since":"{{Time}}","after":"{{B}}"}"""),
        (new AskPresenceFrame(IdA, Messi), $$"""{"do":"ask","id":"{{A}}","what":"presence","user":"messi"}"""),
        (new AnswerFrame(IdA) { Presence = PresenceState.Online }, $$"""{"do":"answer","id":"{{A}}","ok":true,"presence":"online"}"""),
        (new AnswerFrame(IdA) { Presence = PresenceState.Offline, Seen = When }, $$"""{"do":"answer","id":"{{A}}","ok":true,"presence":"offline","seen":"{{Time}}"}"""),
        (
            new AnswerFrame(IdA)
            {
                Copies =
                [
                    new MessageCopy(IdA, Address("messi@satu"), "M", Address("james@dua"), MessageText.From("ya"), When, EntryKind.Said, IdB),
                    new MessageCopy(IdB, Address("messi@satu"), "M", Address("james@dua"), MessageText.From("ya!"), When, EntryKind.Edited, IdA),
                    new MessageCopy(IdB, Address("messi@satu"), "M", Address("james@dua"), MessageText.From(""), When, EntryKind.Deleted, IdA),
                ],
            },
            $$"""{"do":"answer","id":"{{A}}","ok":true,"copies":[{"id":"{{A}}","from":"messi@satu","name":"M","to":"james@dua","text":"ya","sent":"{{Time}}","target":"{{B}}"},{"id":"{{B}}","from":"messi@satu","name":"M","to":"james@dua","text":"ya!","sent":"{{Time}}","kind":"edited","target":"{{A}}"},{"id":"{{B}}","from":"messi@satu","name":"M","to":"james@dua","text":"","sent":"{{Time}}","kind":"deleted","target":"{{A}}"}]}"""),
        (new AnswerFrame(IdA), $$"""{"do":"answer","id":"{{A}}","ok":true}"""),
        (new AnswerFrame(IdA, Refusal.InviteOnly), $$"""{"do":"answer","id":"{{A}}","ok":false,"reason":"invite_only"}"""),
        (
            new AnswerFrame(IdA) { Group = new AnsweredGroup(Batak, GroupName.Parse("batak"), IsOpen: true) },
            $$$"""{"do":"answer","id":"{{{A}}}","ok":true,"group":{"id":"{{{B}}}","name":"batak","open":true}}"""),
        (
            new AnswerFrame(IdA)
            {
                Copies =
                [
                    new MessageCopy(IdA, Address("messi@satu"), "Lionel Messi", Address("james@dua"), MessageText.From("hai"), When),
                    new MessageCopy(IdB, Address("james@dua"), "James", Address("messi@satu"), MessageText.From("é"), When),
                ],
                HasMore = true,
            },
            $$"""{"do":"answer","id":"{{A}}","ok":true,"copies":[{"id":"{{A}}","from":"messi@satu","name":"Lionel Messi","to":"james@dua","text":"hai","sent":"{{Time}}"},{"id":"{{B}}","from":"james@dua","name":"James","to":"messi@satu","text":"é","sent":"{{Time}}"}],"more":true}"""),
        (new UsersFrame(true, [Messi, Lineker], [], Hash), $$"""{"do":"users","all":true,"add":["messi","Lineker"],"hash":"{{Hash}}"}"""),
        (new UsersFrame(false, [], [Messi], null), """{"do":"users","all":false,"remove":["messi"]}"""),
        (new MemberFrame(Batak, GroupName.Parse("batak")), $$"""{"do":"member","group":"{{B}}","name":"batak"}"""),
        (new FollowFrame(Batak, 0, null), $$"""{"do":"follow","group":"{{B}}","after":0}"""),
        (new FollowFrame(Batak, 12, IdA), $$"""{"do":"follow","group":"{{B}}","after":12,"last":"{{A}}"}"""),
        (
            new StateFrame(Batak)
            {
                Name = GroupName.Parse("batak"),
                Topic = "horas ☕",
                IsOpen = true,
                Position = 12,
                After = 3,
                Members = [new Member(Address("messi@satu"), "Lionel Messi", GroupRole.Owner, false, 1), new Member(Address("james@dua"), "James", GroupRole.Member, true, 5)],
                Banned = [Address("budi@dua")],
                Invited = [Address("ani@satu"), Address("tono@tiga.example")],
                HasMore = true,
            },
            $$"""{"do":"state","group":"{{B}}","name":"batak","topic":"horas ☕","open":true,"position":12,"after":3,"members":[{"who":"messi@satu","name":"Lionel Messi","role":"owner","muted":false,"joined":1},{"who":"james@dua","name":"James","role":"member","muted":true,"joined":5}],"banned":["budi@dua"],"invited":["ani@satu","tono@tiga.example"],"more":true}"""),
        (
            new StateFrame(Batak) { Name = GroupName.Parse("batak") },
            $$"""{"do":"state","group":"{{B}}","name":"batak","topic":"","open":false,"position":0,"after":0}"""),
        (
            new EntryFrame(Batak, 13, IdA, EntryKind.Said, Address("messi@satu"), "Lionel Messi", null, MessageText.From("horas"), When),
            $$"""{"do":"entry","group":"{{B}}","position":13,"id":"{{A}}","kind":"said","from":"messi@satu","name":"Lionel Messi","text":"horas","sent":"{{Time}}"}"""),
        (
            new EntryFrame(Batak, 14, IdA, EntryKind.RoleChanged, Address("messi@satu"), "M", Address("james@dua"), MessageText.From("moderator"), When),
            $$"""{"do":"entry","group":"{{B}}","position":14,"id":"{{A}}","kind":"role_changed","from":"messi@satu","name":"M","subject":"james@dua","text":"moderator","sent":"{{Time}}"}"""),
        (
            new EntryFrame(Batak, 15, IdA, EntryKind.Said, Address("messi@satu"), "M", null, MessageText.From("ya"), When, 13),
            $$"""{"do":"entry","group":"{{B}}","position":15,"id":"{{A}}","kind":"said","from":"messi@satu","name":"M","target":13,"text":"ya","sent":"{{Time}}"}"""),
        (
            new EntryFrame(Batak, 16, IdA, EntryKind.Edited, Address("messi@satu"), "M", null, MessageText.From("ya!"), When, 15),
            $$"""{"do":"entry","group":"{{B}}","position":16,"id":"{{A}}","kind":"edited","from":"messi@satu","name":"M","target":15,"text":"ya!","sent":"{{Time}}"}"""),
        (
            new EntryFrame(Batak, 17, IdA, EntryKind.Deleted, Address("messi@satu"), "M", null, MessageText.From(""), When, 15),
            $$"""{"do":"entry","group":"{{B}}","position":17,"id":"{{A}}","kind":"deleted","from":"messi@satu","name":"M","target":15,"text":"","sent":"{{Time}}"}"""),
        (
            new EntryFrame(Batak, 13, IdA, EntryKind.Said, Address("messi@satu"), "M", null, MessageText.From(""), When),
            $$"""{"do":"entry","group":"{{B}}","position":13,"id":"{{A}}","kind":"said","from":"messi@satu","name":"M","text":"","sent":"{{Time}}"}"""),
        (new GoneFrame(Batak), $$"""{"do":"gone","group":"{{B}}"}"""),
        (new FetchFrame(Batak, 7), $$"""{"do":"fetch","group":"{{B}}","after":7}"""),
        (new FetchedFrame(Batak, 9), $$"""{"do":"fetched","group":"{{B}}","head":9}"""),
    ];

    public static Address Address(string text) => Kabar.Core.Address.TryParse(text, out var address) ? address : throw new FormatException(text);

    public static RealmName Realm(string text) => RealmName.TryParse(text, out var name) ? name : throw new FormatException(text);
}
