using System.Buffers;
using BenchmarkDotNet.Attributes;
using Kabar.Core;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;

namespace Kabar.Benchmarks;

/// <summary>Each reply, written. None allocates.</summary>
[MemoryDiagnoser]
public class ReplyBenchmark
{
    private static readonly Account Messi = Someone(1, "messi", "Lionel Messi");
    private static readonly Account Lineker = Someone(2, "lineker", "Gary Lineker");

    private static readonly Dictionary<string, (Dialect Dialect, Reply Reply)> Samples = new()
    {
        ["sent"] = (In("realm-chat"), SentReply.Instance),
        ["refused"] = (In("realm-chat"), RefusedReply.For(Refusal.UnknownRecipient)),
        ["logged in"] = (In("chat"), new LoggedInReply(SessionToken.Create())),
        ["logged out"] = (In("message-service"), LoggedOutReply.Instance),
        ["inbox, empty"] = (In("realm-chat"), Inbox(0, "")),
        ["inbox, 1"] = (In("realm-chat"), Inbox(1, "halo lineker, ini messi")),
        ["inbox, 100"] = (In("realm-chat"), Inbox(100, "halo lineker, ini messi")),
        ["inbox, 100 escaped"] = (In("realm-chat"), Inbox(100, "привет, Лайнекер 🐐🐐🐐")),
        ["actives, 100"] = (In("message-service"), new ActiveUsersReply([.. Enumerable.Repeat(Messi, 100)])),
        ["listuser, 100"] = (In("chat"), new ActiveUsersReply([.. Enumerable.Repeat(Messi, 100)])),
        ["online, 100"] = (In("thread-chat"), new ActiveSessionsReply([.. Enumerable.Repeat(new ActiveSession(new SessionId(Guid.NewGuid()), Messi), 100)])),
        ["switched"] = (In("realm-chat"), new SwitchedReply("realm-chat")),
    };

    private readonly ArrayBufferWriter<byte> _output = new(1024 * 1024);

    public static IEnumerable<string> Names => Samples.Keys;

    [ParamsSource(nameof(Names))]
    public string Reply { get; set; } = "sent";

    [Benchmark]
    public int Write()
    {
        var (dialect, reply) = Samples[Reply];
        _output.ResetWrittenCount();
        dialect.Write(reply, _output);
        return _output.WrittenCount;
    }

    private static Dialect In(string name) => DialectCatalog.Find(name) ?? throw new ArgumentException(name, nameof(name));

    private static InboxReply Inbox(int count, string text) => new(Lineker, [.. Enumerable.Range(1, count).Select(position => new Message
    {
        Id = Guid.Empty,
        Conversation = new ConversationId(1),
        Position = position,
        Arrival = position,
        From = new Address(Messi.Username),
        FromName = Messi.DisplayName,
        Text = MessageText.From(text),
        Sent = DateTimeOffset.UnixEpoch,
    })], default, []);

    private static Account Someone(long id, string username, string displayName) => new()
    {
        Id = new AccountId(id),
        Username = Username.Parse(username),
        DisplayName = displayName,
        Attributes = [new("negara", "Argentina")],
        PasswordHash = "",
        Created = DateTimeOffset.UnixEpoch,
    };
}
