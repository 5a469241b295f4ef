namespace Kabar.Scenarios.Running;

/// <summary>What a scenario cannot do without. Missing, it skips the test on a developer's machine and fails it in CI.</summary>
internal static class Requires
{
    public static void That(bool present, string whatIsMissing)
    {
        if (present) return;
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail($"CI must have it: {whatIsMissing}");
        Assert.Skip(whatIsMissing);
    }

    public static void Root() => That(Environment.IsPrivilegedProcess, "needs root");

    /// <returns>The full path of a program.</returns>
    public static string Program(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var path = folders.Append("/usr/sbin").Append("/sbin").Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        That(path is not null, $"needs the program {name}");
        return path ?? name;
    }
}
