using Kabar.Server.Connections;
using Kabar.Server.Native;

namespace Kabar.Server.Hosting;

/// <summary>What a server that runs knows of itself.</summary>
/// <param name="Started">When it started.</param>
/// <param name="Metrics">What it has counted since.</param>
/// <param name="Connections">Its connections.</param>
/// <param name="Native">Those of them that speak the native protocol.</param>
/// <param name="Listening">What it serves, as the operator reads it.</param>
internal sealed record RunningServer(DateTimeOffset Started, KabarMetrics Metrics, ConnectionRegistry Connections, NativeFrontEnd Native, Func<IReadOnlyList<string>> Listening);
