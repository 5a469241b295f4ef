namespace Kabar.Cli.Bench;

/// <summary>What a line of a conversation was.</summary>
internal enum Heard
{
    /// <summary>Nothing that completes anything: a notice, a text that others have still to hear, or one that is wrong.</summary>
    Something,

    /// <summary>A text that all members have now heard.</summary>
    TextOfAll,

    /// <summary>The last text of the group: nothing follows it.</summary>
    Farewell,
}

/// <summary>
/// Which texts of one group were said, and which member has heard which. Only so many are in the air at a time, and it remembers those
/// alone: one that all have heard must not come again, and the order in which the first member to hear them heard them is everybody's.
/// </summary>
internal sealed class GroupTally
{
    private const int FarewellSequence = int.MaxValue;
    private const int NoRank = -1;

    private readonly Lock _gate = new();
    private readonly int _group;
    private readonly bool _isNative;
    private readonly InTheAir[] _air;
    private readonly int[] _lastRank;
    private int _ranks;
    private long _said;
    private long _received;
    private long _doubled;
    private long _outOfOrder;
    private long _strange;

    /// <param name="group">The group's number, by which texts name it.</param>
    /// <param name="members">How many hear each text.</param>
    /// <param name="depth">How many texts are in the air at a time; text N has place N modulo this.</param>
    /// <param name="isNative">Whether lines are those of the native protocol, and not of a conversation.</param>
    public GroupTally(int group, int members, int depth, bool isNative = false)
    {
        (_group, _isNative) = (group, isNative);
        _air = [.. Enumerable.Range(0, depth).Select(place => new InTheAir(place - depth, members))];
        _lastRank = new int[members];
        Array.Fill(_lastRank, NoRank);
    }

    /// <summary>Writes the stamp of the text that is said next in a place, the last of which all have heard.</summary>
    public void Say(Span<byte> text, int place)
    {
        lock (_gate)
        {
            var next = _air[place];
            next.Begin(next.Sequence + _air.Length);
            _said++;
            MessageStamp.Write(text, _group, next.Sequence);
        }
    }

    /// <summary>Writes the stamp of the text after which nothing is said.</summary>
    public void SayFarewell(Span<byte> text) => MessageStamp.Write(text, _group, FarewellSequence);

    /// <summary>Notes a line that a member has got.</summary>
    /// <param name="member">The member's number.</param>
    /// <param name="line">The line without its end.</param>
    /// <param name="place">The place of the text that all have now heard.</param>
    public Heard Receive(int member, ReadOnlySpan<byte> line, out int place)
    {
        place = 0;
        lock (_gate)
        {
            if (!TryReadText(line, out var text, out var isExpected))
            {
                if (!isExpected) _strange++;
                return Heard.Something;
            }

            if (!MessageStamp.TryRead(text, out var group, out var sequence) || group != _group || sequence < 0)
            {
                _strange++;
                return Heard.Something;
            }

            if (sequence == FarewellSequence) return Heard.Farewell;
            place = sequence % _air.Length;
            return Receive(member, _air[place], sequence) ? Heard.TextOfAll : Heard.Something;
        }
    }

    /// <summary>Adds the deliveries of this group to a count: what is due is each text to each member.</summary>
    public Delivery AddTo(Delivery delivery)
    {
        lock (_gate)
        {
            var due = _said * _lastRank.Length;
            return delivery with
            {
                Acknowledged = delivery.Acknowledged + due,
                Received = delivery.Received + _received,
                Lost = delivery.Lost + due - _received,
                Doubled = delivery.Doubled + _doubled,
                OutOfOrder = delivery.OutOfOrder + _outOfOrder,
                Strange = delivery.Strange + _strange,
            };
        }
    }

    private bool TryReadText(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> text, out bool isExpected)
    {
        if (_isNative)
        {
            isExpected = NativeLine.IsEvent(line) || WireReply.IsOk(line);
            return NativeLine.TryReadText(line, out text);
        }

        // `messi: TEXT`; what has no colon is a notice.
        var colon = line.IndexOf(": "u8);
        text = colon < 0 ? default : line[(colon + 2)..];
        isExpected = line.EndsWith(" telah bergabung"u8) || line.EndsWith(" meninggalkan group"u8);
        return colon >= 0;
    }

    private bool Receive(int member, InTheAir text, int sequence)
    {
        if (sequence > text.Sequence)
        {
            _strange++;
            return false;
        }

        if (sequence < text.Sequence || !text.Hear(member))
        {
            _doubled++;
            return false;
        }

        if (text.Rank == NoRank) text.Rank = _ranks++;
        if (text.Rank < _lastRank[member]) _outOfOrder++;
        else _lastRank[member] = text.Rank;
        _received++;
        return text.IsHeardByAll;
    }

    /// <summary>A text that was said and that somebody has still to hear, or the one that all heard last.</summary>
    private sealed class InTheAir(int sequence, int members)
    {
        private readonly bool[] _hasHeard = new bool[members];
        private int _heard = members;

        public int Sequence { get; private set; } = sequence;

        /// <summary>Its place in the order of all texts.</summary>
        public int Rank { get; set; }

        public bool IsHeardByAll => _heard == _hasHeard.Length;

        public void Begin(int sequence)
        {
            (Sequence, Rank, _heard) = (sequence, NoRank, 0);
            Array.Clear(_hasHeard);
        }

        /// <returns>False where the member had heard it before.</returns>
        public bool Hear(int member)
        {
            if (_hasHeard[member]) return false;
            _hasHeard[member] = true;
            _heard++;
            return true;
        }
    }
}
