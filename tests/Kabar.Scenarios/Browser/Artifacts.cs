namespace Kabar.Scenarios.Browser;

/// <summary>Where what scenarios make for people to look at is put.</summary>
internal static class Artifacts
{
    public static string Folder { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kabar.slnx"))) return Path.Combine(folder.FullName, "artifacts");
        }

        return Path.Combine(Path.GetTempPath(), "kabar-artifacts");
    }
}
