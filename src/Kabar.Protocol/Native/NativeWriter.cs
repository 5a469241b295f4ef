using System.Buffers;
using Kabar.Core;

namespace Kabar.Protocol.Native;

/// <summary>Writes replies and events of the native protocol, each a JSON object on a line of its own that ends with <c>\r\n</c>. Protocol: native, "Replies".</summary>
public static class NativeWriter
{
    /// <summary>Writes a reply.</summary>
    /// <param name="reply">What.</param>
    /// <param name="id">The request's id, echoed; empty for none.</param>
    /// <param name="language">What people are spoken to in.</param>
    /// <param name="output">Where to.</param>
    public static void Write(NativeReply reply, ReadOnlySpan<byte> id, Language language, IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>Writes an event; what it says is the same for whoever hears it.</summary>
    public static void Write(FeedEvent happened, IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>Writes an entry as an event, for one who reads it from the store.</summary>
    public static void WriteEntry(Entry entry, IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>No fewer than the bytes that an entry takes in a reply or as an event: what bounds a page.</summary>
    public static int MostBytes(Message entry) => throw new NotImplementedException();

    /// <summary>Writes the event that what came first after a <c>listen FROM</c> is over: from here on it is live.</summary>
    /// <param name="at">The arrival through which everything was told.</param>
    /// <param name="output">Where to.</param>
    public static void WriteLive(long at, IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <summary>Writes the event that the session has ended; the connection is nobody's again.</summary>
    public static void WriteLoggedOut(IBufferWriter<byte> output) => throw new NotImplementedException();
}
