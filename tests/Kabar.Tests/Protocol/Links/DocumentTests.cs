using System.Text;
using Kabar.Protocol.Links;

namespace Kabar.Tests.Protocol.Links;

/// <summary>The examples of the protocol's page are frames as they are written.</summary>
public sealed class DocumentTests
{
    private static readonly string[] Lines =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "protocol", "native-link.md"))
            .Select(line => line.StartsWith("listener: ", StringComparison.Ordinal) || line.StartsWith("dialer: ", StringComparison.Ordinal) ? line[line.IndexOf('{', StringComparison.Ordinal)..] : line)
            .Where(line => line.StartsWith("{\"", StringComparison.Ordinal)),
    ];

    public static TheoryData<string> Examples => [.. Lines];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_a_frame_as_it_is_written(string line) =>
        LinkFrameTests.Line(LinkFrameReader.Read(Encoding.UTF8.GetBytes(line))).ShouldBe(line + "\n");

    [Fact]
    public void Every_kind_of_frame_has_an_example()
    {
        static string KindOf(string line) => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("do").GetString()!; // each has one
        SampleFrames.All.Select(sample => KindOf(sample.Line)).Distinct().ShouldBe(Lines.Select(KindOf).Distinct(), ignoreOrder: true);
    }
}
