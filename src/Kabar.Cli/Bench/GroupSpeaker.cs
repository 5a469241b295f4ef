using System.Diagnostics;
using System.Text;

namespace Kabar.Cli.Bench;

/// <summary>
/// Keeps one text of a group in the air: a member says it, and when all have heard it another member says the next. The members are
/// this speaker's alone, so that nobody writes on a connection while another does.
/// </summary>
internal sealed class GroupSpeaker
{
    private readonly LoadWindow _window;
    private readonly GroupTally _tally;
    private readonly LoadConnection[] _members;
    private readonly int _place;
    private readonly byte[] _request;
    private readonly int _head;
    private readonly Bell _heard = new();
    private long _saidAt;
    private volatile bool _isGivenUp;

    /// <param name="window">Says when to stop, and is told when all have heard a text.</param>
    /// <param name="tally">Numbers the texts.</param>
    /// <param name="members">Who speaks, in turn.</param>
    /// <param name="place">Its place among the group's speakers.</param>
    /// <param name="head">What stands before a text.</param>
    /// <param name="body">The bytes of a text.</param>
    public GroupSpeaker(LoadWindow window, GroupTally tally, LoadConnection[] members, int place, string head, int body)
    {
        (_window, _tally, _members, _place, _head) = (window, tally, members, place, head.Length);
        _request = new byte[_head + body + 1];
        Encoding.ASCII.GetBytes(head, _request);
        _request.AsSpan(_head).Fill((byte)'x');
        _request[^1] = (byte)'\n';
    }

    private Span<byte> Text => _request.AsSpan(_head);

    /// <summary>Speaks until the window ends.</summary>
    public async Task RunAsync()
    {
        for (var turn = 0; _window.Take(1) > 0; turn++)
        {
            _saidAt = Stopwatch.GetTimestamp();
            _tally.Say(Text, _place);
            await _members[turn % _members.Length].SendAsync(_request);
            await _heard.WaitAsync();
            if (_isGivenUp) throw new TimeoutException();
        }
    }

    /// <summary>Says the text after which members listen no longer; the last of the group's speakers does.</summary>
    public async Task SayFarewellAsync()
    {
        _tally.SayFarewell(Text);
        await _members[0].SendAsync(_request);
    }

    /// <summary>All have heard the text; it goes on on the thread of whoever calls.</summary>
    public void HeardByAll(long now)
    {
        _window.Answered(now - _saidAt);
        _heard.Ring();
    }

    /// <summary>Waits no longer.</summary>
    public void GiveUp()
    {
        _isGivenUp = true;
        _heard.Ring();
    }
}
