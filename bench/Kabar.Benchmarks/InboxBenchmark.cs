using BenchmarkDotNet.Attributes;
using Kabar.Core;

namespace Kabar.Benchmarks;

/// <summary>An inbox with a hundred unread messages, read: the newest lie in memory, older ones on disk.</summary>
[MemoryDiagnoser]
public class InboxBenchmark
{
    private const int Unread = 100;

    // More than a store keeps in memory.
    private const int Newer = 10_000;

    private static readonly MessageText Text = MessageText.From("halo lineker, ini messi");

    private StoreInFolder? _data;

    [Params("memory", "disk")]
    public string From { get; set; } = "memory";

    [GlobalSetup]
    public async Task FillAsync()
    {
        _data = await StoreInFolder.MakeAsync();
        await _data.AppendAsync(Text, Unread);
        if (From == "memory") return;

        // Messages of the reader's own are not unread, and push the others out.
        for (var i = 0; i < Newer; i += Unread)
            await Task.WhenAll(Enumerable.Range(0, Unread).Select(_ =>
                _data.Store.AppendAsync(new NewMessage(Guid.NewGuid(), _data.Reader, _data.Sender, Text, DateTimeOffset.UnixEpoch)).AsTask()));
    }

    [GlobalCleanup]
    public ValueTask CloseAsync() => _data?.DisposeAsync() ?? default;

    [Benchmark]
    public async Task<int> ReadAsync()
    {
        var page = await _data!.Store.ReadInboxAsync(_data.Reader.Id, _ => true, CancellationToken.None); // opened by the setup
        return page.Messages.Length == Unread ? Unread : throw new InvalidOperationException($"{page.Messages.Length} messages were read.");
    }
}
