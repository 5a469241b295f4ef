using System.Globalization;
using System.Text.Json;

namespace Kabar.Client;

/// <summary>Reads the keys of a JSON object. What is missing or null is null; what is something else than it must be is an <see cref="IOException"/>.</summary>
internal static class Fields
{
    public static string? Text(this JsonElement element, ReadOnlySpan<byte> name)
    {
        if (!element.TryFind(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String) throw Garbled();
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            throw Garbled(); // half a surrogate pair
        }
    }

    public static string TextOrThrow(this JsonElement element, ReadOnlySpan<byte> name) => element.Text(name) ?? throw Garbled();

    public static long? Number(this JsonElement element, ReadOnlySpan<byte> name)
    {
        if (!element.TryFind(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw Garbled();
    }

    public static long NumberOrThrow(this JsonElement element, ReadOnlySpan<byte> name) => element.Number(name) ?? throw Garbled();

    public static bool Flag(this JsonElement element, ReadOnlySpan<byte> name)
    {
        if (!element.TryFind(name, out var value)) return false;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Garbled(),
        };
    }

    public static DateTimeOffset? Time(this JsonElement element, ReadOnlySpan<byte> name)
    {
        if (element.Text(name) is not { Length: > 0 } text) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw Garbled();
    }

    /// <summary>The members of an array, read one by one; none when it is missing.</summary>
    public static IReadOnlyList<T> List<T>(this JsonElement element, ReadOnlySpan<byte> name, Func<JsonElement, T> read)
    {
        if (!element.TryFind(name, out var value)) return [];
        if (value.ValueKind != JsonValueKind.Array) throw Garbled();
        var list = new List<T>(value.GetArrayLength());
        foreach (var member in value.EnumerateArray()) list.Add(read(member));
        return list;
    }

    public static JsonElement ObjectOrThrow(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryFind(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : throw Garbled();

    /// <summary>What the realm said is of no use. What it was is not told: it may be anything.</summary>
    public static IOException Garbled() => new("What was received is not of the native protocol.");

    private static bool TryFind(this JsonElement element, ReadOnlySpan<byte> name, out JsonElement value)
    {
        if (element.ValueKind != JsonValueKind.Object) throw Garbled();
        return element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }
}
