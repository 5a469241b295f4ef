using System.Buffers;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;

namespace Kabar.Server.Lines;

/// <summary>
/// A client that was refused a group. One of the first ones believes itself in it nevertheless: what it sends without a line end is kept, in
/// case it becomes a request, until a read that is <c>exit</c> alone shows what it was. Protocol: dialects, section 5.
/// </summary>
/// <param name="dialect">Who words the reply.</param>
/// <param name="reply">What it was told, and is told again behind the <c>exit</c>.</param>
/// <param name="limit">The most bytes that are kept; 0 for any number.</param>
internal sealed class RefusedGroup(Dialect dialect, Reply reply, int limit)
{
    private long _kept;

    public Dialect Dialect => dialect;

    public Reply Reply => reply;

    /// <summary>Looks at what a read has returned, what was kept included.</summary>
    public RefusedInput Look(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.PositionOf((byte)'\n') is not null) return RefusedInput.Request;

        var isExit = ConversationInput.IsExit(buffer.Slice(_kept));
        if (isExit || (limit > 0 && buffer.Length > limit)) buffer = buffer.Slice(buffer.End);
        _kept = buffer.Length;
        return isExit ? RefusedInput.Exit : RefusedInput.Unfinished;
    }
}

/// <summary>What a client that was refused a group has sent.</summary>
internal enum RefusedInput
{
    /// <summary>A line: it knows where it is.</summary>
    Request,

    /// <summary>It takes its leave.</summary>
    Exit,

    /// <summary>Something without a line end.</summary>
    Unfinished,
}
