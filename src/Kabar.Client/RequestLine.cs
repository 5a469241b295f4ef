using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kabar.Client;

/// <summary>Writes requests. Protocol: native, "Requests".</summary>
internal static class RequestLine
{
    // A line is no web page: letters stay letters, and the 64 KiB that it may have hold as many of them as they can.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line without its end. Parameters that are null are left out.</summary>
    /// <exception cref="ArgumentException">A text is not valid UTF-16.</exception>
    public static byte[] Write(long id, string verb, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, id);
            json.WriteString("do"u8, verb);
            foreach (var (name, value) in parameters)
            {
                switch (value)
                {
                    case string text: json.WriteString(name, text); break;
                    case long number: json.WriteNumber(name, number); break;
                    case int number: json.WriteNumber(name, number); break;
                    case bool flag: json.WriteBoolean(name, flag); break;
                }
            }

            json.WriteEndObject();
        }

        return line.WrittenSpan.ToArray();
    }
}
