using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Kabar.Core;

namespace Kabar.Protocol.Links;

/// <summary>
/// The keys of one JSON object of a frame, found in one pass without making anything, and then read one by one as what they must be. The
/// first that is not is kept as <see cref="Problem"/>, and what is read afterwards does not matter. Keys that no frame has are ignored; one that comes twice is a problem.
/// </summary>
internal ref struct FrameFields
{
    private const int LongestKey = 16;

    // What every JSON reader can hold exactly.
    private const long LargestNumber = 1L << 53;

    private static readonly SearchValues<char> HexadecimalDigits = SearchValues.Create("0123456789abcdef");

    private readonly ReadOnlySpan<byte> _json;
    private Slots _slots;

    private FrameFields(ReadOnlySpan<byte> json) => _json = json;

    /// <summary>What is wrong, without content; null when nothing is.</summary>
    public string? Problem { get; private set; }

    public readonly bool Has(FrameKey key) => _slots[(int)key].Token is not (JsonTokenType.None or JsonTokenType.Null);

    /// <summary>Finds the keys of the object at which the reader stands, and moves the reader behind it.</summary>
    /// <param name="reader">Reads <paramref name="json"/>.</param>
    /// <param name="json">What the reader reads from its beginning.</param>
    public static FrameFields Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var fields = new FrameFields(json);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            fields.Problem = "not a JSON object";
            return fields;
        }

        Span<char> name = stackalloc char[LongestKey];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = FrameKey.None;
            if (!reader.ValueIsEscaped && reader.ValueSpan.Length <= LongestKey) key = FrameKeys.Find(name[..reader.CopyString(name)]);
            reader.Read();
            var (start, token, isEscaped) = ((int)reader.TokenStartIndex, reader.TokenType, false);
            var length = reader.ValueSpan.Length;
            if (token is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                reader.Skip();
                length = (int)reader.BytesConsumed - start;
            }
            else if (token == JsonTokenType.String)
            {
                (start, isEscaped) = (start + 1, reader.ValueIsEscaped);
            }

            if (key == FrameKey.None) continue;
            ref var slot = ref fields._slots[(int)key];
            if (slot.Token != JsonTokenType.None) fields.Fail(key, "comes twice");
            slot = new Slot(start, length, token, isEscaped);
        }

        return fields;
    }

    public void Fail(FrameKey key, string what) => Problem ??= $"\"{FrameKeys.Word(key)}\" {what}";

    public long Number(FrameKey key, long least, long most = LargestNumber)
    {
        var slot = _slots[(int)key];
        if (slot.Token == JsonTokenType.Number
            && Utf8Parser.TryParse(_json.Slice(slot.Start, slot.Length), out long number, out var used) && used == slot.Length
            && number >= least && number <= most) return number;
        Fail(key, "is no number that fits");
        return least;
    }

    public bool Bool(FrameKey key)
    {
        var token = _slots[(int)key].Token;
        if (token is not (JsonTokenType.True or JsonTokenType.False)) Fail(key, "is neither true nor false");
        return token == JsonTokenType.True;
    }

    /// <summary>False where there is none.</summary>
    public bool Flag(FrameKey key) => Has(key) && Bool(key);

    public Guid Id(FrameKey key)
    {
        var slot = _slots[(int)key];
        if (slot is { Token: JsonTokenType.String, IsEscaped: false, Length: 36 }
            && Utf8Parser.TryParse(_json.Slice(slot.Start, slot.Length), out Guid id, out var used, 'D') && used == slot.Length && id != Guid.Empty) return id;
        Fail(key, "is no UUID");
        return default;
    }

    public long? OptionalNumber(FrameKey key, long least) => Has(key) ? Number(key, least) : null;

    public Guid? OptionalId(FrameKey key) => Has(key) ? Id(key) : null;

    public DateTimeOffset Time(FrameKey key)
    {
        var slot = _slots[(int)key];
        if (slot is { Token: JsonTokenType.String, IsEscaped: false } && FrameTime.TryRead(_json.Slice(slot.Start, slot.Length), out var time)) return time;
        Fail(key, "is no time");
        return default;
    }

    public DateTimeOffset? OptionalTime(FrameKey key) => Has(key) ? Time(key) : null;

    public string String(FrameKey key, int mostCharacters)
    {
        var slot = _slots[(int)key];
        if (slot.Token != JsonTokenType.String)
        {
            Fail(key, "is no string");
            return "";
        }

        // A character takes no more than six bytes (\u0041), so what is longer need not be looked at.
        var text = slot.Length <= 6 * mostCharacters ? Decode(slot) : null;
        if (text is not null && text.Length <= mostCharacters) return text;
        Fail(key, "is too long");
        return "";
    }

    /// <summary>A word of a table.</summary>
    public T Word<T>(FrameKey key, WordTable<T> table)
        where T : struct, Enum
    {
        var slot = _slots[(int)key];
        Span<char> word = stackalloc char[WordTable<T>.Longest];
        if (slot is { Token: JsonTokenType.String, IsEscaped: false } && slot.Length <= word.Length
            && table.Find(word[..Encoding.UTF8.GetChars(_json.Slice(slot.Start, slot.Length), word)]) is { } value) return value;
        Fail(key, "is no known word");
        return default;
    }

    public Username Username(FrameKey key)
    {
        if (!Core.Username.TryParse(String(key, Core.Username.MaxLength), out var name)) Fail(key, "is no username");
        return name;
    }

    public Username? OptionalUsername(FrameKey key) => Has(key) ? Username(key) : null;

    public GroupName GroupName(FrameKey key)
    {
        if (!Core.GroupName.TryParse(String(key, Core.Username.MaxLength), out var name)) Fail(key, "is no group name");
        return name;
    }

    public RealmName Realm(FrameKey key)
    {
        if (!RealmName.TryParse(String(key, 253), out var name)) Fail(key, "is no realm name");
        return name;
    }

    /// <summary>An address that names a realm.</summary>
    public Address Address(FrameKey key)
    {
        if (Core.Address.TryParse(String(key, 300), out var address) && address.Realm is not null) return address;
        Fail(key, "is no address");
        return default;
    }

    public Address? OptionalAddress(FrameKey key) => Has(key) ? Address(key) : null;

    public string DisplayName(FrameKey key)
    {
        var name = String(key, Account.MaxNameLength);
        if (name.Length == 0 || name.AsSpan().ContainsAnyInRange('\0', '\u001F')) Fail(key, "is no display name");
        return name;
    }

    /// <summary>A SHA-256 in lower-case hexadecimal.</summary>
    public string Hash(FrameKey key)
    {
        var text = String(key, 64);
        if (text.Length != 64 || text.AsSpan().ContainsAnyExcept(HexadecimalDigits)) Fail(key, "is no SHA-256");
        return text;
    }

    public string? OptionalHash(FrameKey key) => Has(key) ? Hash(key) : null;

    public ReadOnlyMemory<byte> Base64(FrameKey key, int mostBytes)
    {
        var slot = _slots[(int)key];
        if (slot is { Token: JsonTokenType.String, Length: > 0 } && slot.Length <= System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(mostBytes) * 2)
        {
            // '/' may come escaped: other writers of JSON do that.
            var text = slot.IsEscaped ? Encoding.ASCII.GetBytes(Decode(slot)) : _json.Slice(slot.Start, slot.Length);
            var bytes = new byte[mostBytes];
            if (System.Buffers.Text.Base64.DecodeFromUtf8(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done && written > 0)
                return bytes.AsMemory(0, written);
        }

        Fail(key, "is not base64 of the right length");
        return default;
    }

    /// <summary>A text; empty where there is none.</summary>
    public MessageText Text(FrameKey key)
    {
        var slot = _slots[(int)key];
        if (slot.Token is JsonTokenType.None or JsonTokenType.Null) return new MessageText(ReadOnlyMemory<byte>.Empty);
        if (slot.Token != JsonTokenType.String)
        {
            Fail(key, "is no string");
            return default;
        }

        // A NUL can only come escaped: bare control characters are no JSON.
        if (!slot.IsEscaped) return new MessageText(_json.Slice(slot.Start, slot.Length).ToArray());
        var reader = Reader(slot);
        var text = new byte[slot.Length];
        var written = reader.CopyString(text);
        if (text.AsSpan(0, written).Contains((byte)0)) Fail(key, "holds a NUL");
        return new MessageText(text.AsMemory(0, written));
    }

    public FrameFields Object(FrameKey key)
    {
        var slot = _slots[(int)key];
        if (slot.Token != JsonTokenType.StartObject)
        {
            Fail(key, "is no object");
            return default;
        }

        var json = _json.Slice(slot.Start, slot.Length);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Read(ref reader, json);
    }

    /// <summary>Reads each object of a list; no list is an empty one.</summary>
    public ImmutableArray<T> Objects<T>(FrameKey key, int most, ObjectReader<T> read)
    {
        if (!Has(key)) return [];
        var slot = _slots[(int)key];
        if (slot.Token != JsonTokenType.StartArray)
        {
            Fail(key, "is no list");
            return [];
        }

        var json = _json.Slice(slot.Start, slot.Length);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var items = ImmutableArray.CreateBuilder<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray && Problem is null)
        {
            if (items.Count == most)
            {
                Fail(key, "is too long a list");
                break;
            }

            var fields = Read(ref reader, json);
            items.Add(read(ref fields));
            Problem ??= fields.Problem;
        }

        return items.DrainToImmutable();
    }

    /// <summary>Reads each string of a list; no list is an empty one.</summary>
    public ImmutableArray<T> Strings<T>(FrameKey key, int longest, StringReader<T> read)
    {
        if (!Has(key)) return [];
        var slot = _slots[(int)key];
        if (slot.Token != JsonTokenType.StartArray)
        {
            Fail(key, "is no list");
            return [];
        }

        var reader = new Utf8JsonReader(_json.Slice(slot.Start, slot.Length));
        reader.Read();
        var items = ImmutableArray.CreateBuilder<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > longest || !read(reader.GetString()!, out var item)) // a string has one
            {
                Fail(key, "holds what does not belong there");
                break;
            }

            items.Add(item);
        }

        return items.DrainToImmutable();
    }

    private readonly string Decode(Slot slot) =>
        slot.IsEscaped ? Reader(slot).GetString()! : Encoding.UTF8.GetString(_json.Slice(slot.Start, slot.Length)); // a string has one

    // With its quotes, so that the reader undoes the escapes.
    private readonly Utf8JsonReader Reader(Slot slot)
    {
        var reader = new Utf8JsonReader(_json.Slice(slot.Start - 1, slot.Length + 2));
        reader.Read();
        return reader;
    }

    private readonly record struct Slot(int Start, int Length, JsonTokenType Token, bool IsEscaped);

    [InlineArray((int)FrameKey.Count)]
    private struct Slots
    {
        private Slot _first;
    }
}

/// <summary>Reads one object of a list.</summary>
internal delegate T ObjectReader<T>(ref FrameFields fields);

/// <summary>Reads one string of a list.</summary>
internal delegate bool StringReader<T>(string text, out T item);
