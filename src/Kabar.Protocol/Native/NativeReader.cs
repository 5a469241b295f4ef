using System.Text.Json;
using System.Text.Unicode;
using Kabar.Core;

namespace Kabar.Protocol.Native;

/// <summary>Reads lines of the native protocol, in the text form and in the JSON form. Protocol: native, "Requests".</summary>
public static class NativeReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 8 };

    private static NativeLine Malformed => new(default, new RefusedRequest(Refusal.MalformedLine, null));

    private static RefusedRequest Unknown => new(Refusal.UnknownCommand, null);

    /// <summary>Reads one line. Never throws: what means nothing is a <see cref="RefusedRequest"/>.</summary>
    /// <param name="line">The line without its end; not an empty one, which a connection skips.</param>
    public static NativeLine Read(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line) || line.Contains((byte)0)) return Malformed;
        return line.TrimStart(" \t"u8) is [(byte)'{', ..] ? ReadJson(line) : new NativeLine(default, ReadText(line));
    }

    private static NativeLine ReadJson(ReadOnlySpan<byte> line)
    {
        var fields = new NativeFields(line, isText: false);
        try
        {
            if (!fields.FindKeys(Options)) return Malformed;
        }
        catch (JsonException)
        {
            return Malformed;
        }

        // Which of two ids is meant nobody knows.
        if (fields.Twice == NativeKey.Id || fields.Id() is not { } id) return Malformed;
        if (fields.Twice is { } twice) fields.Fail(twice);
        var verb = fields.String(NativeKey.Do);
        return new NativeLine(id, fields.Problem ?? (NativeVerbs.Find(verb) is { } found ? Read(found, ref fields) : Unknown));
    }

    private static NativeRequest ReadText(ReadOnlySpan<byte> line)
    {
        var reader = new FieldReader(line);
        if (!reader.TryRead(out var word)) return Unknown;

        // Verbs of two words come first: "status set" is no question about a user called "set".
        var behind = reader;
        var verb = behind.TryRead(out var second) ? NativeVerbs.Find(word, second) : null;
        if (verb is not null) reader = behind;
        else verb = NativeVerbs.Find(word);
        if (verb is null) return Unknown;

        var fields = new NativeFields(line, isText: true);
        verb.FindParameters(ref reader, ref fields);
        return Read(verb, ref fields);
    }

    private static NativeRequest Read(NativeVerb verb, ref NativeFields fields)
    {
        var request = fields.Problem is null ? verb.Read(ref fields) : null;
        return fields.Problem ?? request!; // null only with a problem
    }
}
