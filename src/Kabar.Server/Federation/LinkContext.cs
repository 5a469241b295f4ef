using Kabar.Core;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Kabar.Server.Federation;

/// <summary>What every link of a realm works with.</summary>
internal sealed record LinkContext(
    Realm Realm,
    IPeerStore Store,
    KabarOptions Options,
    LinkIdentity Identity,
    UserDirectory Directory,
    Func<Group, CancellationToken, ValueTask> HomeMoved,
    TimeProvider Clock,
    ILogger Logger)
{
    public Limits Limits => Options.Limits;
}
