namespace Kabar.Cli.Bench;

/// <summary>
/// What became of each message of one sender: two bits by the sender's loop, two by the readers'. A reader may well see a message
/// before its sender has seen the acknowledgement.
/// </summary>
internal sealed class SentMessages
{
    private readonly Lock _gate = new();
    private Fate[] _fates = new Fate[1024];
    private long _doubled;

    [Flags]
    private enum Fate : byte
    {
        Acknowledged = 1,
        Received = 2,
    }

    public void Acknowledge(int sequence)
    {
        lock (_gate) At(sequence) |= Fate.Acknowledged;
    }

    public void Receive(int sequence)
    {
        lock (_gate)
        {
            ref var fate = ref At(sequence);
            if (fate.HasFlag(Fate.Received)) _doubled++;
            fate |= Fate.Received;
        }
    }

    /// <summary>Adds this sender's messages to a count.</summary>
    public Delivery AddTo(Delivery delivery)
    {
        lock (_gate)
        {
            long acknowledged = 0, received = 0, lost = 0;
            foreach (var fate in _fates)
            {
                if (fate.HasFlag(Fate.Acknowledged)) acknowledged++;
                if (fate.HasFlag(Fate.Received)) received++;
                if (fate == Fate.Acknowledged) lost++;
            }

            return delivery with
            {
                Acknowledged = delivery.Acknowledged + acknowledged,
                Received = delivery.Received + received,
                Lost = delivery.Lost + lost,
                Doubled = delivery.Doubled + _doubled,
            };
        }
    }

    private ref Fate At(int sequence)
    {
        if (sequence >= _fates.Length) Array.Resize(ref _fates, Math.Max(_fates.Length * 2, sequence + 1));
        return ref _fates[sequence];
    }
}

/// <summary>What was acknowledged against what was read.</summary>
/// <param name="Acknowledged">Messages answered OK; in groups, each text that was said, once for each member.</param>
/// <param name="Received">Messages read, each counted once.</param>
/// <param name="Lost">Acknowledged and never read.</param>
/// <param name="Doubled">Read once too often.</param>
/// <param name="OutOfOrder">Read after a later one of the same sender, or in another order than the group's.</param>
/// <param name="Strange">Texts that nobody here sent.</param>
internal sealed record Delivery(long Acknowledged = 0, long Received = 0, long Lost = 0, long Doubled = 0, long OutOfOrder = 0, long Strange = 0)
{
    /// <summary>Whether every acknowledged message was read once, in order, and nothing else was.</summary>
    public bool IsExact => Acknowledged == Received && Lost + Doubled + OutOfOrder + Strange == 0;
}
