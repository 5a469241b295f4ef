using System.Diagnostics;

namespace Kabar.Cli.Bench;

/// <summary>One group: its members' connections, which all listen, and the speakers among them.</summary>
internal sealed class BenchGroup
{
    private readonly LoadWindow _window;
    private readonly LoadConnection[] _members;
    private readonly GroupSpeaker[] _speakers;
    private int _speaking;

    /// <param name="number">The group's number.</param>
    /// <param name="members">A connection of each member, which are in the group.</param>
    /// <param name="window">Says when to stop.</param>
    /// <param name="options">The texts in the air at a time, and their size.</param>
    /// <param name="address">How the native protocol, which the members then speak, calls the group; null for a conversation of lines.</param>
    public BenchGroup(int number, LoadConnection[] members, LoadWindow window, BenchOptions options, string? address = null)
    {
        (_members, _window) = (members, window);
        Tally = new GroupTally(number, members.Length, options.Depth, isNative: address is not null);
        var head = address is null ? "" : $"send {address} ";
        _speakers = [.. Enumerable.Range(0, options.Depth).Select(place => new GroupSpeaker(
            window, Tally, [.. members.Where((_, member) => member % options.Depth == place)], place, head, options.Body))];
        _speaking = _speakers.Length;
    }

    /// <summary>Who has heard what.</summary>
    public GroupTally Tally { get; }

    /// <summary>Starts all its loops. They end by themselves after the window's end.</summary>
    public IEnumerable<Task> Run() => [.. Enumerable.Range(0, _members.Length).Select(ListenAsync), .. _speakers.Select(SpeakAsync)];

    /// <summary>Ends the speakers that still wait; the listeners end with their connections.</summary>
    public void GiveUp()
    {
        foreach (var speaker in _speakers) speaker.GiveUp();
    }

    private Task ListenAsync(int member) => _window.WatchAsync(async () =>
    {
        var connection = _members[member];
        while (true)
        {
            connection.Received(await connection.ReceiveAsync());
            var now = Stopwatch.GetTimestamp();
            while (connection.TryTake(out var line))
            {
                switch (Tally.Receive(member, line.Span, out var place))
                {
                    case Heard.TextOfAll:
                        _speakers[place].HeardByAll(now);
                        break;
                    case Heard.Farewell:
                        return;
                }
            }
        }
    });

    private Task SpeakAsync(GroupSpeaker speaker) => _window.WatchAsync(async () =>
    {
        await speaker.RunAsync();
        if (Interlocked.Decrement(ref _speaking) == 0) await speaker.SayFarewellAsync();
    });
}
