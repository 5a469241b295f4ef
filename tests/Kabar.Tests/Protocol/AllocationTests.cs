using System.Text;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;
using Kabar.Protocol.Native;
using Kabar.Tests.Protocol.Native;

namespace Kabar.Tests.Protocol;

/// <summary>What the hot path allocates: of a request what its command carries, of a reply nothing.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const string T = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private const int Times = 2_000;

    // What is made is kept here for a moment, so that no compiler can leave it out.
    private static object? _made;

    public static TheoryData<string> Lines =>
    [
        "auth messi surabaya ", "login messi surabaya", $"send {T} lineker halo lineker, ini messi ", $"chat {T} fadly hai", $"inbox {T}", $"kotakmasuk {T}",
        $"actives {T}", $"listuser {T}", $"user_on {T}", $"online {T}", "online ", $"logout {T}", "dialect chat", "dialect klingon", $"group {T} batak origin",
        "server send messi james Halo, apa kabar, James? ", "check group james batak other ", "server send", "check group", "send", "nonsense", "",
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_request_costs_its_command_and_what_that_carries(string text)
    {
        var line = Encoding.UTF8.GetBytes(text);
        var command = DialectCatalog.Read(line, DialectCatalog.Default).Command;

        var allocated = Allocated(() => _made = DialectCatalog.Read(line, DialectCatalog.Default).Command);

        allocated.ShouldBe(Allocated(() => _made = Again(command)));
    }

    [Fact]
    public void A_line_in_one_piece_costs_nothing_to_find()
    {
        var bytes = Encoding.UTF8.GetBytes($"send {T} lineker halo\r\n");
        Allocated(() =>
        {
            var buffer = new System.Buffers.ReadOnlySequence<byte>(bytes);
            LineReader.TryRead(ref buffer, 1000, out _);
        }).ShouldBe(0);
    }

    [Fact]
    public void A_reply_costs_nothing()
    {
        var output = new FixedOutput();
        foreach (var dialect in DialectCatalog.All)
        {
            foreach (var reply in Sample.Replies)
            {
                if (reply is ActiveUsersReply && dialect.Name is ("thread-chat" or "realm-chat")) continue;
                if (reply is ActiveSessionsReply && dialect.Name is not "thread-chat") continue;
                Allocated(() =>
                {
                    output.Clear();
                    dialect.Write(reply, output);
                }).ShouldBe(0, $"{dialect.Name}: {reply}");
            }
        }
    }

    [Fact]
    public void Reckoning_a_page_costs_nothing()
    {
        var message = Sample.Message(Sample.Messi, "\"é🐐\" and plain");
        Allocated(() => Dialect.InboxSize(message, Sample.Lineker)).ShouldBe(0);
    }

    [Fact]
    public void A_native_reply_or_event_costs_nothing()
    {
        var output = new FixedOutput();
        foreach (var (reply, _) in NativeSamples.Replies.Where(sample => sample.Reply is not MembersReply))
        {
            Allocated(() =>
            {
                output.Clear();
                NativeWriter.Write(reply, "7"u8, Language.English, output);
            }).ShouldBe(0, $"{reply}");
        }

        // The words of a failure have to be taken apart.
        FeedEvent[] events =
        [
            .. NativeSamples.Entries.Where(sample => sample.Entry.Message.Kind != EntryKind.DeliveryFailed).Select(sample => new EntryEvent(sample.Entry.Message, sample.Entry.Group)),
            new EntryEvent(NativeSamples.Message("Sén \"Si Man\" \\ 😀", "\"é🐐\" \u001b[31m \u202e"), null),
            .. NativeSamples.Events.Select(sample => sample.Event),
        ];
        foreach (var happened in events)
        {
            Allocated(() =>
            {
                output.Clear();
                NativeWriter.Write(happened, output);
            }).ShouldBe(0, happened.GetType().Name);
        }
    }

    // Makes the same command directly: what no reader can do without.
    private static Command Again(Command command) => command switch
    {
        LogInCommand logIn => new LogInCommand(new string(logIn.Username.AsSpan()), new Password(logIn.Password.Utf8.ToArray())),
        SendCommand send => new SendCommand(send.Token, new string(send.To.AsSpan()), new MessageText(send.Text.Utf8.ToArray())),
        InboxCommand inbox => new InboxCommand(inbox.Token),
        ActiveUsersCommand active => new ActiveUsersCommand(active.Token),
        ActiveSessionsCommand active => new ActiveSessionsCommand(active.Token),
        LogOutCommand logOut => new LogOutCommand(logOut.Token),
        SwitchDialectCommand change => new SwitchDialectCommand(change.Dialect),
        GroupCommand group => new GroupCommand(group.Token, new string(group.Group.AsSpan())),
        PeerSendCommand send => new PeerSendCommand(new string(send.From.AsSpan()), new string(send.To.AsSpan()), new MessageText(send.Text.Utf8.ToArray())),
        PeerGroupCommand group => new PeerGroupCommand(new string(group.Username.AsSpan()), new string(group.Group.AsSpan())),
        RefusedCommand refused => refused,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static double Allocated(Action work)
    {
        for (var i = 0; i < 200; i++) work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++) work();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Times;
    }
}
