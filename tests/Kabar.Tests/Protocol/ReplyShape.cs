using System.Text.Json;

namespace Kabar.Tests.Protocol;

/// <summary>What is true of every reply in the five dialects.</summary>
internal static class ReplyShape
{
    public static void Verify(ReadOnlySpan<byte> reply)
    {
        reply.ContainsAnyExceptInRange((byte)'\n', (byte)'~').ShouldBeFalse("it is pure ASCII");
        reply.EndsWith("\r\n\r\n"u8).ShouldBeTrue();
        var json = reply[..^4];
        json.ContainsAny("\r\n"u8).ShouldBeFalse("it is one line, and ends once");

        using var document = JsonDocument.Parse(json.ToArray());
        document.RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
        var status = document.RootElement.GetProperty("status").GetString();
        status.ShouldBeOneOf("OK", "ERROR");
        if (status == "ERROR") document.RootElement.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    /// <summary>Verifies what a connection has sent, reply by reply, and returns them.</summary>
    public static List<string> VerifyAll(ReadOnlySpan<byte> stream)
    {
        var replies = new List<string>();
        while (!stream.IsEmpty)
        {
            var end = stream.IndexOf("\r\n\r\n"u8);
            end.ShouldBeGreaterThan(0);
            Verify(stream[..(end + 4)]);
            replies.Add(System.Text.Encoding.ASCII.GetString(stream[..end]));
            stream = stream[(end + 4)..];
        }

        return replies;
    }
}
