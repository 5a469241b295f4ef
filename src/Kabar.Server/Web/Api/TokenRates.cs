using Kabar.Core;
using Kabar.Server.Connections;
using Kabar.Server.Hosting;

namespace Kabar.Server.Web.Api;

/// <summary>How much each token asks: as much as a connection of the native protocol may, however many connections its program uses.</summary>
internal sealed class TokenRates(Limits limits, TimeProvider clock)
{
    /// <summary>How many tokens are counted at once: a bound, not a tuning. When it is passed counting starts again.</summary>
    public const int Most = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<AccessTokenId, RequestRate> _rates = [];

    /// <summary>Counts a request; false when it is one too many.</summary>
    public bool TryTake(AccessTokenId token)
    {
        lock (_gate)
        {
            if (_rates.Count >= Most) _rates.Clear();
            if (!_rates.TryGetValue(token, out var rate)) _rates.Add(token, rate = new RequestRate(limits.RequestsPerSecond, limits.RequestBurst, clock));
            return rate.TryTake();
        }
    }
}
