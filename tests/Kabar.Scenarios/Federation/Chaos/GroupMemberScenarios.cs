using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>The member by himself, in a group that is no more than what the document shows, and that misbehaves when it is told to.</summary>
public sealed class GroupMemberScenarios
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_he_sees_of_his_own_is_acknowledged(bool asDocumentClient)
    {
        await using var bench = await Bench.StartAsync(_ => Answer.Show);

        await bench.TalkAsync(20, asDocumentClient);

        bench.Outcomes.ShouldAllBe(outcome => outcome == Outcome.Acknowledged);
        bench.Ledger.Views.ShouldHaveSingleItem().Shown.Select(stamp => stamp.Number).ShouldBe(Enumerable.Range(1, 20));
    }

    [Fact]
    public async Task What_is_swallowed_before_a_later_one_is_passed_over()
    {
        await using var bench = await Bench.StartAsync(number => number == 2 ? Answer.Swallow : Answer.Show);

        await bench.TalkAsync(3);

        bench.Outcomes.ShouldBe([Outcome.Acknowledged, Outcome.PassedOver, Outcome.Acknowledged]);
    }

    [Fact]
    public async Task What_broke_with_the_connection_is_unknown_and_he_goes_on()
    {
        await using var bench = await Bench.StartAsync(number => number == 2 ? Answer.HangUp : Answer.Show);

        await bench.TalkAsync(4);

        bench.Outcomes.ShouldBe([Outcome.Acknowledged, Outcome.Unknown, Outcome.Acknowledged, Outcome.Acknowledged]);
        bench.Ledger.Views.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_refusal_ends_the_conversation_and_he_enters_again()
    {
        await using var bench = await Bench.StartAsync(number => number == 2 ? Answer.Refuse : Answer.Show);

        await bench.TalkAsync(3);

        bench.Outcomes.ShouldBe([Outcome.Acknowledged, Outcome.Unknown, Outcome.Acknowledged]);
    }

    [Fact]
    public async Task What_is_shown_late_is_acknowledged_all_the_same()
    {
        await using var bench = await Bench.StartAsync(number => number == 1 ? Answer.Later : Answer.Show);

        await bench.TalkAsync(2);

        bench.Outcomes.ShouldAllBe(outcome => outcome == Outcome.Acknowledged);
        bench.Ledger.Views.ShouldHaveSingleItem().Shown.Select(stamp => stamp.Number).ShouldBe([1, 2]);
    }

    private enum Answer
    {
        Show,
        Swallow,
        Later,
        HangUp,
        Refuse,
    }

    /// <summary>A member of <c>satu</c>, in whose place a group of the test's own listens.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly RealmProcess _realm;
        private readonly Func<int, Answer> _answers;
        private readonly TcpListener _listener;
        private readonly List<Task> _talks = [];
        private readonly Task _accepting;
        private string _held = "";

        private Bench(RealmProcess realm, Func<int, Answer> answers)
        {
            _realm = realm;
            _answers = answers;
            _listener = new TcpListener(IPAddress.Loopback, realm.Port);
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public Ledger Ledger { get; } = new();

        public IEnumerable<Outcome> Outcomes => Ledger.Sendings.OrderBy(sending => sending.Stamp.Number).Select(sending => sending.Outcome);

        public static async Task<Bench> StartAsync(Func<int, Answer> answers) => new(await RealmProcess.CreateAsync("satu", ["messi"]), answers);

        public async Task TalkAsync(int count, bool asDocumentClient = false)
        {
            var pace = new ChaosPace();
            pace.Release(count);
            await using var member = new GroupMember(new ChaosUser(_realm, "messi", CancellationToken.None), "batak", Ledger, pace, seed: 1, asDocumentClient);
            await member.EnterAsync();
            await member.TalkAsync(count, CancellationToken.None);
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _accepting;
            await Eventually.CompletesAsync(Task.WhenAll(_talks), "every connection has ended");
            await _realm.DisposeAsync();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true) _talks.Add(TalkAsync(await _listener.AcceptTcpClientAsync()));
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task TalkAsync(TcpClient client)
        {
            using var owned = client;
            client.NoDelay = true;
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream);
            try
            {
                while (await reader.ReadLineAsync() is { } line)
                {
                    if (await AnswerAsync(line, stream) == Answer.HangUp) return;
                }
            }
            catch (IOException)
            {
                // The member has gone.
            }
        }

        private async Task<Answer> AnswerAsync(string line, NetworkStream stream)
        {
            if (line.StartsWith("login ", StringComparison.Ordinal)) return await WriteAsync("""{"status": "OK", "tokenid": "t"}""" + "\r\n\r\n");
            if (line.StartsWith("group ", StringComparison.Ordinal)) return await WriteAsync("messi telah bergabung");

            var number = Stamp.FindAll(line).Single().Number;
            switch (_answers(number))
            {
                case Answer.Swallow:
                    return Answer.Swallow;
                case Answer.Later:
                    _held = $"messi: {line}";
                    return Answer.Later;
                case Answer.HangUp:
                    return Answer.HangUp;
                case Answer.Refuse:
                    return await WriteAsync("""{"status": "ERROR", "message": "Gagal"}""" + "\r\n\r\n");
                case Answer.Show:
                default:
                    var held = _held;
                    _held = "";
                    return await WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{held}messi: {line}"));
            }

            async Task<Answer> WriteAsync(string text)
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
                return Answer.Show;
            }
        }
    }
}
