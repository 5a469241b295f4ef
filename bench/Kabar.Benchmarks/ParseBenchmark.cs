using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Kabar.Protocol;
using Kabar.Protocol.Dialects;

namespace Kabar.Benchmarks;

/// <summary>A line found in what was received, and read.</summary>
[MemoryDiagnoser]
public class ParseBenchmark
{
    private const string T = "0f8fad5b-d9cb-469f-a165-70867728950e";

    private byte[] _received = [];

    public static IEnumerable<string> Requests =>
    [
        "auth messi surabaya", $"send {T} lineker halo lineker, ini messi", $"inbox {T}", $"actives {T}", $"listuser {T}", "online", $"user_on {T}", $"logout {T}",
        "dialect chat", "nonsense",
    ];

    [ParamsSource(nameof(Requests))]
    public string Request { get; set; } = "";

    [GlobalSetup]
    public void Receive() => _received = Encoding.UTF8.GetBytes(Request + " \r\n");

    [Benchmark]
    public Request Parse()
    {
        var buffer = new ReadOnlySequence<byte>(_received);
        LineReader.TryRead(ref buffer, 16 * 1024, out var line);
        return DialectCatalog.Read(line.FirstSpan, DialectCatalog.Default);
    }
}
