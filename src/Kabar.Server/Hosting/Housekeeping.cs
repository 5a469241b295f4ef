using Kabar.Core;
using Kabar.Server.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Hosting;

/// <summary>What has to be done from time to time: close idle connections (each second), end idle sessions and forget old keys of clients (each hour).</summary>
internal sealed partial class Housekeeping(Realm realm, ConnectionRegistry registry, TimeProvider clock, ILogger<Housekeeping> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        const int SecondsAnHour = 3600;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        for (var second = 0; await timer.WaitForNextTickAsync(stoppingToken); second++)
        {
            if (registry.CloseIdle() is var closed && closed > 0) Log.ClosedIdle(logger, closed);
            if (second % SecondsAnHour == 0) await TidyStoreAsync(stoppingToken);
        }
    }

    private async Task TidyStoreAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await realm.EndIdleSessionsAsync(stoppingToken) is var ended && ended > 0) Log.EndedIdleSessions(logger, ended);
            await realm.ForgetKeysAsync();
        }
        catch (StoreException exception)
        {
            Log.TidyingFailed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1201, Level = LogLevel.Information, Message = "Closed {Count} connections that had been idle too long.")]
        public static partial void ClosedIdle(ILogger logger, int count);

        [LoggerMessage(EventId = 1202, Level = LogLevel.Information, Message = "Ended {Count} sessions that had been idle too long.")]
        public static partial void EndedIdleSessions(ILogger logger, int count);

        [LoggerMessage(EventId = 1203, Level = LogLevel.Error, Message = "The store could not end idle sessions or forget old keys; it is tried again in an hour.")]
        public static partial void TidyingFailed(ILogger logger, Exception exception);
    }
}
