using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Kabar.Server.Hosting;

/// <summary>What of the framework is never logged, however much the operator wants to see: it tells addresses, and that of a webhook is a secret.</summary>
internal static class QuietLogs
{
    private static readonly string[] Categories =
    [
        // With it goes the scope around every request, which has the address too.
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        "Microsoft.AspNetCore.Routing.Matching.DfaMatcher",
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
    ];

    /// <summary>Comes after the operator's rules, and names the provider, so that none of those is more exact.</summary>
    public static void Keep(LoggerFilterOptions filters)
    {
        foreach (var category in Categories)
            filters.Rules.Add(new LoggerFilterRule(typeof(ConsoleLoggerProvider).FullName, category, LogLevel.None, filter: null));
    }
}
