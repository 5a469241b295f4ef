using System.Net;
using System.Text;
using Kabar.Core;
using Kabar.Server.Connections;
using Kabar.Server.Federation;
using Kabar.Server.Hosting;
using Kabar.Server.Lines;
using Kabar.Server.Native;
using Kabar.Tests.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kabar.Tests.Server;

/// <summary>The front ends over a real realm and pipes in memory, with a clock that a test moves.</summary>
internal sealed class LineServer : IAsyncDisposable
{
    private readonly ConnectionDoor _door;
    private readonly LegacyPeers _legacy;
    private readonly List<LinePipe> _pipes = [];

    public LineServer(Limits? limits = null, params string[] legacy)
    {
        Limits = limits ?? new Limits();
        Fixture = new RealmFixture(Limits.ForRealm());
        Registry = new ConnectionRegistry(Limits, Fixture.Clock);
        Metrics = new KabarMetrics(Registry);
        _legacy = new LegacyPeers([.. legacy.Select(peer => PeerSetting.Parse(peer.Split('=')[0], peer.Split('=')[1])).Select(peer => new LegacyPeer(peer.Realm, peer.EndPoint, Fixture.Clock))]);
        var sessions = new SessionWatches(Fixture.Realm);
        var lines = new LineFrontEnd(Fixture.Realm, NoPeers.Instance, _legacy, sessions, Limits, Registry, Metrics, Fixture.Clock, NullLogger<LineFrontEnd>.Instance);
        var native = new NativeFrontEnd(Fixture.Realm, NoPeers.Instance, sessions, new KabarOptions { Limits = Limits, Language = "en" }, Metrics, Fixture.Clock, NullLogger<NativeFrontEnd>.Instance);
        _door = new ConnectionDoor(lines, native, Registry, Limits, Metrics, Fixture.Clock, NullLogger<ConnectionDoor>.Instance);
    }

    public Limits Limits { get; }

    public RealmFixture Fixture { get; }

    public ConnectionRegistry Registry { get; }

    public KabarMetrics Metrics { get; }

    public FakeClock Clock => Fixture.Clock;

    /// <summary>Opens a connection. One that does not take what it is sent blocks the flush after so many bytes.</summary>
    public LinePipe Connect(string dialect = "realm-chat", string origin = "192.0.2.1", long blocksAfter = 1024 * 1024)
    {
        var pipe = new LinePipe(blocksAfter);
        pipe.Serving = ServeAsync();
        _pipes.Add(pipe);
        return pipe;

        async Task ServeAsync()
        {
            var spoken = Speech.Find(dialect).ShouldNotBeNull();
            await _door.ServeAsync(pipe.Server, spoken, new IPEndPoint(IPAddress.Parse(origin), 1), pipe.Break);
            await pipe.Server.Output.CompleteAsync();
            await pipe.Server.Input.CompleteAsync();
        }
    }

    /// <summary>An account and the text of a token that acts for it.</summary>
    public async Task<string> EnterAsync(string username)
    {
        var account = await Fixture.Store.FindAccountAsync(Username.Parse(username), CancellationToken.None) ?? await Fixture.AddAsync(username);
        var text = new byte[SessionToken.TextLength];
        (await Fixture.EnterAsync(account)).Write(text);
        return Encoding.ASCII.GetString(text);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pipe in _pipes) pipe.Break();
        foreach (var pipe in _pipes)
        {
            await pipe.Serving.BeforeDeadline();
            pipe.Dispose();
        }

        _legacy.Dispose();
        Metrics.Dispose();
        await Fixture.DisposeAsync();
    }
}
