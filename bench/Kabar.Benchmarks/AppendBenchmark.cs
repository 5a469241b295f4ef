using BenchmarkDotNet.Attributes;
using Kabar.Core;

namespace Kabar.Benchmarks;

/// <summary>Messages to the disk, synced: alone, and with others that wait for the same sync.</summary>
[MemoryDiagnoser]
public class AppendBenchmark
{
    private static readonly MessageText Text = MessageText.From("halo lineker, ini messi");

    private StoreInFolder? _data;

    [Params(1, 64)]
    public int Waiting { get; set; }

    [GlobalSetup]
    public async Task OpenAsync() => _data = await StoreInFolder.MakeAsync();

    [GlobalCleanup]
    public ValueTask CloseAsync() => _data?.DisposeAsync() ?? default;

    [Benchmark]
    public Task AppendAndCommitAsync() => _data!.AppendAsync(Text, Waiting); // opened by the setup
}
