namespace Kabar.Protocol;

/// <summary>
/// Reads the fields of a request line, which blanks separate. Clients put one blank between fields and one before the line's end;
/// more do no harm. Protocol: dialects, section 1.
/// </summary>
public ref struct FieldReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins at the front of a line.</summary>
    public FieldReader(ReadOnlySpan<byte> line) => _rest = line;

    /// <summary>Takes the next field.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryRead(out ReadOnlySpan<byte> field)
    {
        var start = _rest.IndexOfAnyExcept((byte)' ');
        if (start < 0)
        {
            field = _rest = default;
            return false;
        }

        _rest = _rest[start..];
        var length = _rest.IndexOf((byte)' ');
        if (length < 0) length = _rest.Length;
        field = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>
    /// The rest of the line as text, without the blanks around it: the first clients send two before a text and one behind. Blanks
    /// inside stay as they are. Protocol: dialects, section 3.
    /// </summary>
    public readonly ReadOnlySpan<byte> ReadText() => _rest.Trim((byte)' ');
}
