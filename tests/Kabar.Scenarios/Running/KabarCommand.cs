using System.Diagnostics;

namespace Kabar.Scenarios.Running;

/// <summary>Runs a <c>kabar</c> command to its end.</summary>
internal static class KabarCommand
{
    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>The executable under test: <c>KABAR_EXE</c>, or what <c>test.sh</c> has published in this repository.</summary>
    public static string Executable
    {
        get
        {
            Requires.That(Found.Value is not null, "no executable: set KABAR_EXE, or publish src/Kabar.Cli to artifacts/kabar");
            return Found.Value ?? "";
        }
    }

    public static Task<CommandResult> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    public static async Task<CommandResult> RunWithInputAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The executable did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It may have ended without reading what it did not need.
        }

        try
        {
            await Eventually.CompletesAsync(process.WaitForExitAsync(), $"kabar {string.Join(' ', arguments)} ends");
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        return new CommandResult(string.Join(' ', arguments), process.ExitCode, await output, await error);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("KABAR_EXE") is { Length: > 0 } named) return named;

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var published = Path.Combine(folder.FullName, "artifacts", "kabar", "kabar");
            if (File.Exists(Path.Combine(folder.FullName, "Kabar.slnx"))) return File.Exists(published) ? published : null;
        }

        return null;
    }
}

internal sealed record CommandResult(string Command, int ExitCode, string Output, string Error)
{
    public CommandResult ShouldHaveDone()
    {
        ExitCode.ShouldBe(0, $"kabar {Command}\n{Output}{Error}");
        return this;
    }
}
