using Kabar.Scenarios.Running;
using Kabar.Transcripts;

namespace Kabar.Scenarios.Federation;

/// <summary>
/// The document's two realms with the document's users and passwords, each in its process, joined over the document's own link or the native
/// one. Everything is on 127.0.0.1, so on the legacy link each takes every line between realms from there for its peer's.
/// </summary>
internal sealed class DocumentRealms : IAsyncDisposable
{
    private const string Listener = "realm-chat";
    private static readonly string[] OfSatu = ["messi", "henderson", "lineker"];
    private static readonly string[] OfDua = ["james", "jantuar", "taeno"];
    private readonly List<DataDirectory> _data = [];
    private readonly List<KabarProcess> _servers = [];

    private DocumentRealms()
    {
    }

    public KabarProcess Satu => _servers[0];

    public KabarProcess Dua => _servers[1];

    /// <param name="link"><c>legacy</c> or <c>native</c>.</param>
    public static async Task<DocumentRealms> StartAsync(string link)
    {
        var realms = new DocumentRealms();
        try
        {
            await realms.JoinAsync(link);
            return realms;
        }
        catch
        {
            await realms.DisposeAsync();
            throw;
        }
    }

    public ValueTask<Stream> ConnectToSatuAsync(string dialect, CancellationToken cancellationToken) => ConnectAsync(Satu, dialect, cancellationToken);

    public ValueTask<Stream> ConnectToDuaAsync(string dialect, CancellationToken cancellationToken) => ConnectAsync(Dua, dialect, cancellationToken);

    public async Task StopAsync()
    {
        foreach (var server in _servers) await server.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        foreach (var data in _data) data.Dispose();
    }

    private static ValueTask<Stream> ConnectAsync(KabarProcess server, string dialect, CancellationToken cancellationToken)
    {
        dialect.ShouldBeOneOf([Listener, Plays.Native], "two realms speak the dialect that knows of realms, or the native protocol");
        return server.ConnectAsync(dialect, cancellationToken);
    }

    private async Task JoinAsync(string link)
    {
        var (port, other) = (FreePorts.Take(), FreePorts.Take());
        await StartAsync("satu", port, OfSatu, Arguments("dua", other));
        await StartAsync("dua", other, OfDua, Arguments("satu", port));
        if (link == "legacy") return;

        var code = (await KabarCommand.RunAsync("peer", "invite", "--data", _data[0].Location)).ShouldHaveDone().Output.Trim();
        (await KabarCommand.RunAsync("peer", "accept", code, "--data", _data[1].Location)).ShouldHaveDone();
        foreach (var data in _data) await Eventually.BecomesTrueAsync(async () => (await PeersAsync(data)) is [{ IsIdle: true }], "the link stands");

        string[] Arguments(string peer, int at) => link == "legacy" ? ["--peer", FormattableString.Invariant($"{peer}=legacy://127.0.0.1:{at}")] : ["--link", "127.0.0.1:0"];
    }

    private async Task StartAsync(string name, int port, string[] usernames, string[] arguments)
    {
        var data = await DataDirectory.OfAsync(usernames);
        _data.Add(data);
        var listen = FormattableString.Invariant($"127.0.0.1:{port},dialect={Listener}");
        string[] listeners = ["--listen", listen, "--listen", $"127.0.0.1:0,dialect={Plays.Native}"];
        _servers.Add(await KabarProcess.StartAsync(data, ["--realm", name, .. listeners, .. arguments], arguments[0] == "--link" ? 3 : 2));
    }

    private static async Task<IReadOnlyList<PeerState>> PeersAsync(DataDirectory data) =>
        PeerState.Read((await KabarCommand.RunAsync("peer", "list", "--json", "--data", data.Location)).ShouldHaveDone().Output);
}
