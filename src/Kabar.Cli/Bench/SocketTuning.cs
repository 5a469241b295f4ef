using System.Globalization;

namespace Kabar.Cli.Bench;

/// <summary>
/// How this process's sockets are polled: by few threads that run the loops themselves. The loops are short and never block, and
/// handing each answer to the thread pool would cost more than the answer, on the cores that the server needs.
/// </summary>
internal static class SocketTuning
{
    private static readonly KeyValuePair<string, string>[] Variables =
    [
        new("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1"),
        new("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", Math.Max(1, Environment.ProcessorCount / 4).ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>Sets it. The runtime reads these variables when the first socket waits, so before that.</summary>
    public static void Apply()
    {
        foreach (var (name, value) in Variables) Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>A server runs as it would without us.</summary>
    public static void RemoveFrom(IDictionary<string, string?> environment)
    {
        foreach (var (name, _) in Variables) environment.Remove(name);
    }
}
