using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Kabar.Core;

namespace Kabar.Protocol.Native;

/// <summary>
/// The parameters of one request, whichever form it has: found in one pass without making anything, and then read one by one as what they must be. The first
/// that is not is kept as <see cref="Problem"/>, and what is read afterwards does not matter.
/// </summary>
internal ref struct NativeFields(ReadOnlySpan<byte> line, bool isText)
{
    private const int MostIdBytes = 64;
    private const int MostKeyBytes = 64;

    // What every JSON reader can hold exactly.
    private const long LargestNumber = 1L << 53;

    private readonly ReadOnlySpan<byte> _line = line;
    private readonly bool _isText = isText;
    private Slots _slots;

    /// <summary>What is wrong; null when nothing is.</summary>
    public RefusedRequest? Problem { get; private set; }

    /// <summary>The first key that came twice; null for none.</summary>
    public NativeKey? Twice { get; private set; }

    public readonly bool Has(NativeKey key) => _slots[(int)key].Token is not (JsonTokenType.None or JsonTokenType.Null);

    /// <summary>Finds the keys of the JSON object that the line is.</summary>
    /// <returns>False when there is something else, or more.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public bool FindKeys(JsonReaderOptions options)
    {
        var reader = new Utf8JsonReader(_line, options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        Span<char> name = stackalloc char[NativeKeys.Longest];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            NativeKey? found = null;
            if (!reader.ValueIsEscaped && reader.ValueSpan.Length <= NativeKeys.Longest) found = NativeKeys.Table.Find(name[..reader.CopyString(name)]);
            reader.Read();
            var (start, token, isEscaped) = ((int)reader.TokenStartIndex, reader.TokenType, false);
            var length = reader.ValueSpan.Length;
            if (token is JsonTokenType.StartArray or JsonTokenType.StartObject) reader.Skip();
            else if (token == JsonTokenType.String) (start, isEscaped) = (start + 1, reader.ValueIsEscaped);

            if (found is not { } key) continue;
            ref var slot = ref _slots[(int)key];
            if (slot.Token != JsonTokenType.None) Twice ??= key;
            slot = new Slot(start, length, token, isEscaped);
        }

        return !reader.Read();
    }

    /// <summary>Takes a piece of the line, which is a text request, for a parameter.</summary>
    public void Set(NativeKey key, scoped ReadOnlySpan<byte> piece)
    {
        _line.Overlaps(piece, out var start);
        _slots[(int)key] = new Slot(start, piece.Length, JsonTokenType.String, IsEscaped: false);
    }

    /// <summary>Takes a word of a text request for what a parameter is by it.</summary>
    public void Set(NativeKey key, bool value) => _slots[(int)key] = new Slot(0, 0, value ? JsonTokenType.True : JsonTokenType.False, IsEscaped: false);

    public void Fail(NativeKey key, Refusal refusal = Refusal.InvalidParameter) => Problem ??= new RefusedRequest(refusal, NativeKeys.Word(key));

    /// <summary>The request's id as it came; empty for none, null for what can be none.</summary>
    public readonly byte[]? Id()
    {
        var slot = _slots[(int)NativeKey.Id];
        if (slot.Token is JsonTokenType.None or JsonTokenType.Null) return [];
        if (slot.Token is not (JsonTokenType.Number or JsonTokenType.String) || slot.Length > MostIdBytes) return null;
        var isString = slot.Token == JsonTokenType.String;
        return (isString ? _line.Slice(slot.Start - 1, slot.Length + 2) : _line.Slice(slot.Start, slot.Length)).ToArray();
    }

    /// <summary>A string that must be there, without NUL.</summary>
    public string String(NativeKey key) => _slots[(int)key] is { Token: JsonTokenType.String, IsEscaped: false } slot
        ? Encoding.UTF8.GetString(_line.Slice(slot.Start, slot.Length))
        : Encoding.UTF8.GetString(Bytes(key).Span);

    public string? OptionalString(NativeKey key) => Has(key) ? String(key) : null;

    public MessageText Text(NativeKey key) => new(Bytes(key));

    public Password Password(NativeKey key) => new(Bytes(key));

    public SessionToken Token(NativeKey key) => SessionToken.Parse(Bytes(key).Span);

    public SessionId Session(NativeKey key)
    {
        var text = Bytes(key).Span;
        if (Utf8Parser.TryParse(text, out Guid id, out var used, 'D') && used == text.Length) return new SessionId(id);
        Fail(key);
        return default;
    }

    public ConversationAddress Conversation(NativeKey key)
    {
        if (!ConversationAddress.TryParse(String(key), out var address)) Fail(key);
        return address;
    }

    public Address Address(NativeKey key)
    {
        if (!Core.Address.TryParse(String(key), out var address)) Fail(key);
        return address;
    }

    public GroupAddress Group(NativeKey key)
    {
        if (!GroupAddress.TryParse(String(key), out var address)) Fail(key);
        return address;
    }

    public GroupName GroupName(NativeKey key)
    {
        var text = String(key);
        if (!Core.GroupName.TryParse(text.StartsWith('#') ? text[1..] : text, out var name)) Fail(key);
        return name;
    }

    /// <summary>One of two words: whether it is the first.</summary>
    public bool Choice(NativeKey key, string first, string second)
    {
        var word = String(key);
        if (word == first) return true;
        if (word != second) Fail(key);
        return false;
    }

    public string? OptionalKey(NativeKey key)
    {
        if (!Has(key)) return null;
        var bytes = Bytes(key);
        if (bytes.Length is 0 or > MostKeyBytes) Fail(key);
        return Encoding.UTF8.GetString(bytes.Span);
    }

    public long Number(NativeKey key, long least, long most = LargestNumber)
    {
        var slot = _slots[(int)key];
        if (slot.Token is JsonTokenType.None or JsonTokenType.Null) Fail(key, Refusal.MissingParameter);
        else if (slot.Token == (_isText ? JsonTokenType.String : JsonTokenType.Number) && TryReadDigits(slot, out var number) && number >= least && number <= most) return number;
        Fail(key);
        return least;
    }

    public long? OptionalNumber(NativeKey key, long least) => Has(key) ? Number(key, least) : null;

    public int? OptionalLimit(NativeKey key) => Has(key) ? (int)Math.Min(Number(key, least: 1), int.MaxValue) : null;

    /// <summary>A place among all that was accepted: a string of digits.</summary>
    public long? OptionalAt(NativeKey key)
    {
        if (!Has(key)) return null;
        if (_slots[(int)key] is { Token: JsonTokenType.String, IsEscaped: false } slot && TryReadDigits(slot, out var at)) return at;
        Fail(key);
        return null;
    }

    public bool Flag(NativeKey key, bool otherwise)
    {
        var token = _slots[(int)key].Token;
        if (token is JsonTokenType.None or JsonTokenType.Null) return otherwise;
        if (token is not (JsonTokenType.True or JsonTokenType.False)) Fail(key);
        return token == JsonTokenType.True;
    }

    private readonly bool TryReadDigits(Slot slot, out long number)
    {
        number = 0;
        var digits = _line.Slice(slot.Start, slot.Length);
        return !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Utf8Parser.TryParse(digits, out number, out var used) && used == digits.Length;
    }

    private ReadOnlyMemory<byte> Bytes(NativeKey key)
    {
        var slot = _slots[(int)key];
        if (slot.Token is JsonTokenType.None or JsonTokenType.Null) Fail(key, Refusal.MissingParameter);
        else if (slot.Token != JsonTokenType.String) Fail(key);
        else if (!slot.IsEscaped) return _line.Slice(slot.Start, slot.Length).ToArray();
        else if (Unescaped(slot) is { } bytes) return bytes;
        else Fail(key);
        return default;
    }

    // Null for what is no text: a NUL, or half of a surrogate pair, either of which can only come escaped.
    private readonly ReadOnlyMemory<byte>? Unescaped(Slot slot)
    {
        // With its quotes, so that the reader undoes the escapes.
        var reader = new Utf8JsonReader(_line.Slice(slot.Start - 1, slot.Length + 2));
        reader.Read();
        var bytes = new byte[slot.Length];
        try
        {
            var length = reader.CopyString(bytes);
            if (bytes.AsSpan(0, length).Contains((byte)0)) return null;
            return bytes.AsMemory(0, length);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private readonly record struct Slot(int Start, int Length, JsonTokenType Token, bool IsEscaped);

    [InlineArray(NativeKeys.Count)]
    private struct Slots
    {
        private Slot _first;
    }
}
