namespace Kabar.Cli.Bench;

/// <summary>A new folder that only its owner can look into, gone with what is in it at the end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder(string? parent)
    {
        Path = System.IO.Path.GetFullPath(System.IO.Path.Combine(
            parent ?? System.IO.Path.GetTempPath(), "kabar-bench-" + System.IO.Path.GetRandomFileName()));
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path);
        else Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{Path} could not be removed: {exception.Message}");
        }
    }
}
