using System.Globalization;
using Kabar.Core;
using Kabar.Storage.Sqlite;

namespace Kabar.Tests.Storage.Sqlite;

/// <summary>The contract, kept by the store in one SQLite file.</summary>
public sealed class SqliteStoreTests : StoreContract
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _files = [];

    public SqliteStoreTests() => _files.Add(_folder["kabar.db"]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    protected override ValueTask<IStore> OpenStoreAsync() => new(SqliteStore.Open(_files[^1], Samples.Pace, searchIndex: Samples.SearchIndexOf(_files[^1])));

    protected override ValueTask<IStore> OpenAfterKillAsync()
    {
        _files.Add(Crash.Copy(_files[^1], _folder[string.Create(CultureInfo.InvariantCulture, $"crash-{_files.Count}")]));
        return OpenStoreAsync();
    }

    protected override ValueTask VerifyAsync()
    {
        foreach (var file in _files.Where(File.Exists)) StoreCheck.Run(file).Problems.ShouldBeEmpty();
        return default;
    }
}
