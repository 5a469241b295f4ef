using System.Reflection;

namespace Kabar.Server.Hosting;

/// <summary>The version of the program, as people are told it.</summary>
internal static class ProgramVersion
{
    /// <summary>Without what the build adds to it.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
