using System.Diagnostics;
using System.Net.Sockets;
using Kabar.Protocol.Links;

namespace Kabar.Cli.Bench;

/// <summary>Two servers of our own whose realms are joined. The first accepts the second's invitation, and so it is the first that dials.</summary>
internal sealed class RealmPair : IAsyncDisposable
{
    public const string FirstRealm = "satu";
    public const string SecondRealm = "dua";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private RealmPair(Target first, Target second) => (First, Second) = (first, second);

    public Target First { get; }

    public Target Second { get; }

    /// <summary>What both processes use together.</summary>
    public ProcessFigures Figures => new([.. new[] { First.ProcessId, Second.ProcessId }.OfType<int>()]);

    /// <summary>Starts both with fresh data and so many accounts each, joins them, and sees that each account of the second can be reached.</summary>
    public static async Task<RealmPair> StartAsync(BenchOptions options, int firstAccounts, int secondAccounts, CancellationToken cancellationToken)
    {
        var first = await Target.StartKabarAsync(options, new ServerSetup { Realm = FirstRealm }, firstAccounts, cancellationToken);
        try
        {
            var second = await Target.StartKabarAsync(options, new ServerSetup { Realm = SecondRealm }, secondAccounts, cancellationToken);
            var pair = new RealmPair(first, second);
            try
            {
                return await pair.WatchAsync(() => pair.JoinAsync(cancellationToken));
            }
            catch
            {
                await second.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await first.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts load on them; that one ends before the load does is a fault.</summary>
    public Task<T> WatchAsync<T>(Func<Task<T>> load) => First.WatchAsync(() => Second.WatchAsync(load));

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    private async Task<RealmPair> JoinAsync(CancellationToken cancellationToken)
    {
        var said = await Second.CommandAsync(["peer", "invite"], cancellationToken);
        var code = said.FirstOrDefault(line => line.StartsWith(PeerCode.Prefix, StringComparison.Ordinal))
            ?? throw new CommandFault($"kabar peer invite printed no line that begins with {PeerCode.Prefix}");
        await First.CommandAsync(["peer", "accept", code], cancellationToken);

        // Who the peer's users are is told over the link some time after it stands.
        using var asking = await ConnectionSet.OpenAsync(First.EndPoint, 1, cancellationToken);
        using var reading = await ConnectionSet.OpenAsync(Second.EndPoint, 1, cancellationToken);
        try
        {
            foreach (var account in Second.Accounts) await ReachAsync(account, asking[0], reading[0], cancellationToken);
            return this;
        }
        catch (Exception exception) when (exception is SocketException or IOException or TimeoutException)
        {
            throw new CommandFault($"The realms are joined, but one cannot be spoken with: {exception.Message}");
        }
    }

    /// <summary>Sends the account one message and takes it out of its inbox.</summary>
    private async Task ReachAsync(BenchAccount account, LoadConnection asking, LoadConnection reading, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        byte[] message = [.. First.Accounts[0].SendHead, .. new Recipient(account, SecondRealm).NameField, .. "halo\r\n"u8];
        while (await asking.AskAsync(message).WaitAsync(LongestWait, cancellationToken) is var reply && !WireReply.IsOk(reply.Span))
            await PauseAsync($"{account.Username}@{SecondRealm} cannot be sent to: {WireReply.MessageOf(reply.Span)}");
        while (await reading.AskAsync(account.InboxRequest).WaitAsync(LongestWait, cancellationToken) is var reply
            && WireReply.ReadTexts(reply.Span, static _ => { }) == 0)
        {
            await PauseAsync($"A message to {account.Username}@{SecondRealm} does not arrive.");
        }

        Task PauseAsync(string complaint) => Stopwatch.GetElapsedTime(started) < LongestWait
            ? Task.Delay(Pause, cancellationToken)
            : throw new CommandFault($"{complaint} (After {LongestWait.TotalSeconds} s.)");
    }
}
