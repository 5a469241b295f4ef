namespace Kabar.Scenarios.Federation;

public sealed class RealmExportScenarios
{
    private const string Lines = """
        {"type":"account","username":"messi","nama":"Lionel Messi"}
        {"type":"conversation","id":1,"kind":"direct","members":["messi","james@dua"]}
        {"type":"conversation","id":2,"kind":"group","uuid":"0198","name":"batak","home":"satu","members":[{"address":"messi","role":"owner"},"james@dua"]}
        {"type":"message","id":"a","conversation":2,"position":2,"arrival":9,"from":"james@dua","kind":"said","text":"halo"}
        {"type":"message","id":"b","conversation":1,"position":1,"arrival":3,"from":"messi","text":"hai"}
        {"type":"message","id":"c","conversation":2,"position":1,"arrival":4,"from":"messi","kind":"joined","text":null}
        {"type":"something new","of":"a later version"}
        """;

    [Fact]
    public void It_tells_groups_from_direct_conversations_and_names_every_realm()
    {
        var export = RealmExport.Read("satu", Lines);

        export.Direct.Select(message => (message.From, message.Text)).ShouldBe([("messi@satu", "hai")]);
        export.History("Batak").Select(message => message.Shared)
            .ShouldBe([(1L, "c", "messi@satu", "joined", ""), (2L, "a", "james@dua", "said", "halo")]);
        export.Groups("batak").ShouldHaveSingleItem().Members.ShouldBe(["messi", "james@dua"]);
        export.History("lain").ShouldBeEmpty();
    }

    [Fact]
    public void A_list_of_peers_is_read()
    {
        var peers = PeerState.Read("""
            {"realm":"dua","kind":"native","state":"connected","queue":0,"queue_bytes":0,"oldest_seconds":null,"last_contact":"2026-01-02T03:04:05Z"}
            {"realm":"tiga","kind":"legacy","state":"down","queue":3,"queue_bytes":512,"oldest_seconds":61.5,"last_contact":null}
            """);

        peers.ShouldBe([
            new PeerState("dua", "native", "connected", 0, 0, null, "2026-01-02T03:04:05Z"),
            new PeerState("tiga", "legacy", "down", 3, 512, 61.5, null),
        ]);
        peers.Select(peer => peer.IsIdle).ShouldBe([true, false]);
    }
}
