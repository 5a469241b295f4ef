namespace Kabar.Protocol.Native;

/// <summary>Reads lines of the native protocol, in the text form and in the JSON form. Protocol: native, "Requests".</summary>
public static class NativeReader
{
    /// <summary>Reads one line. Never throws: what means nothing is a <see cref="RefusedRequest"/>.</summary>
    /// <param name="line">The line without its end; not an empty one, which a connection skips.</param>
    public static NativeLine Read(ReadOnlySpan<byte> line) => throw new NotImplementedException();
}
