using Kabar.Transcripts;

namespace Kabar.Scenarios.Running;

/// <summary>A realm's data of its own, gone after the test.</summary>
internal sealed class DataDirectory : IDisposable
{
    private static readonly SemaphoreSlim Gate = new(1);
    private static string? _template;
    private readonly string _root;

    private DataDirectory(string root)
    {
        _root = root;
        Location = Path.Combine(root, "data");
    }

    /// <summary>What <c>--data</c> is given.</summary>
    public string Location { get; }

    public static DataDirectory Empty()
    {
        _ = KabarCommand.Executable;
        return new DataDirectory(Directory.CreateTempSubdirectory("kabar-").FullName);
    }

    /// <summary>One with the sample accounts. They are imported once, by the executable, and copied.</summary>
    public static async Task<DataDirectory> WithSampleAccountsAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (_template is null)
            {
                var first = Empty();
                AppDomain.CurrentDomain.ProcessExit += (_, _) => first.Dispose();
                await first.ImportSampleAccountsAsync();
                _template = first.Location;
            }
        }
        finally
        {
            Gate.Release();
        }

        var copy = Empty();
        Directory.CreateDirectory(copy.Location, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(_template)) File.Copy(file, Path.Combine(copy.Location, Path.GetFileName(file)));
        return copy;
    }

    /// <summary>One with these of the sample accounts.</summary>
    public static async Task<DataDirectory> OfAsync(params string[] usernames)
    {
        var data = Empty();
        await data.ImportAsync(string.Concat(SampleAccounts.All.Where(account => usernames.Contains(account.Username)).Select(account => account.ToJson() + "\n")));
        return data;
    }

    public async Task ImportSampleAccountsAsync() => await ImportAsync(SampleAccounts.JsonLines);

    public async Task ImportAsync(string jsonLines)
    {
        var file = Path.Combine(_root, "accounts.jsonl");
        await File.WriteAllTextAsync(file, jsonLines);
        (await KabarCommand.RunAsync("user", "import", file, "--data", Location)).ShouldHaveDone();
    }

    /// <summary>A path beside the data, for backups and exports.</summary>
    public string Beside(string name) => Path.Combine(_root, name);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
