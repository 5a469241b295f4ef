using Kabar.Core;

namespace Kabar.Protocol.Native;

/// <summary>Makes the request from its parameters; what it makes does not matter when one of them is a problem.</summary>
internal delegate NativeRequest NativeRequestReader(ref NativeFields fields);

/// <summary>A verb.</summary>
/// <param name="name">One word, or two.</param>
/// <param name="parameters">How a person writes its parameters.</param>
/// <param name="places">Where they stand in the text form.</param>
/// <param name="indonesian">What it does.</param>
/// <param name="english">The same.</param>
/// <param name="read">Makes the request.</param>
internal sealed class NativeVerb(string name, string parameters, NativePlace[] places, string indonesian, string english, NativeRequestReader read)
{
    public string Name => name;

    /// <summary>The text form.</summary>
    public string Form { get; } = $"{name} {parameters}".TrimEnd();

    public NativeRequestReader Read => read;

    public string Does(Language language) => language switch
    {
        Language.Indonesian => indonesian,
        Language.English => english,
    };

    /// <summary>Whether it is this verb, or one of several, that these words begin.</summary>
    public bool BeginsWith(string words) => name.StartsWith(words, StringComparison.Ordinal) && (name.Length == words.Length || name[words.Length] == ' ');

    /// <summary>Finds the parameters of the text form. What stands behind the last one is ignored, as a key that is not known.</summary>
    public void FindParameters(ref FieldReader line, ref NativeFields fields)
    {
        foreach (var place in places)
        {
            if (place.Kind == PlaceKind.Rest)
            {
                if (line.ReadText() is { IsEmpty: false } text) fields.Set(place.Key, text);
                return;
            }

            var behind = line;
            if (!behind.TryRead(out var field)) return;
            switch (place.Kind)
            {
                case PlaceKind.Field:
                    fields.Set(place.Key, field);
                    break;
                case PlaceKind.Named when !field.SequenceEqual(place.Word): continue;
                case PlaceKind.Named:
                    if (behind.TryRead(out var value)) fields.Set(place.Key, value);
                    else fields.Fail(place.Key, Refusal.MissingParameter);
                    break;
                case PlaceKind.Clears or PlaceKind.Sets when field.SequenceEqual(place.Word):
                    fields.Set(place.Key, place.Kind == PlaceKind.Sets);
                    break;
                default:
                    fields.Fail(place.Key);
                    return;
            }

            line = behind;
        }
    }
}

/// <summary>Where a parameter stands in the text form: by itself, unless it says otherwise.</summary>
internal sealed class NativePlace(NativeKey key, PlaceKind kind = PlaceKind.Field, string word = "")
{
    public NativeKey Key => key;

    public PlaceKind Kind => kind;

    public byte[] Word { get; } = System.Text.Encoding.ASCII.GetBytes(word);

    public static implicit operator NativePlace(NativeKey key) => new(key);
}

internal enum PlaceKind
{
    /// <summary>A field.</summary>
    Field,

    /// <summary>The rest of the line.</summary>
    Rest,

    /// <summary>A field behind a word that names it; both may be left out.</summary>
    Named,

    /// <summary>A word that makes it true, and may be left out.</summary>
    Sets,

    /// <summary>A word that makes it false, and may be left out.</summary>
    Clears,
}
