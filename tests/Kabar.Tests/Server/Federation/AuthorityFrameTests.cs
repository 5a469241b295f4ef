using System.Text.RegularExpressions;
using Kabar.Core;
using Kabar.Protocol.Links;
using Kabar.Tests.Core;
using Kabar.Tests.Protocol.Links;

namespace Kabar.Tests.Server.Federation;

/// <summary>What the peer dua may not say, frame by frame: what it hears, and that nothing else comes of it. See <see cref="AuthorityScene"/>.</summary>
public sealed partial class AuthorityFrameTests
{
    // Per line: what it tries; what it sends ({…} is filled in, {id} is a new one each time); what it hears.
    private const string Table =
        """
        a message to nobody                        | {"seq":1,"do":"message","id":"{id}","from":"james","name":"J","to":"tiadaorang","text":"hai","sent":"{now}"} | failed unknown_recipient
        a message to a user of a third realm       | {"seq":1,"do":"message","id":"{id}","from":"james","name":"J","to":"andi@tiga","text":"hai","sent":"{now}"} | bye malformed
        a message from a user of a third realm     | {"seq":1,"do":"message","id":"{id}","from":"andi@tiga","name":"A","to":"messi","text":"hai","sent":"{now}"} | bye malformed
        a message from a user here                 | {"seq":1,"do":"message","id":"{id}","from":"messi@satu","name":"M","to":"lineker","text":"hai","sent":"{now}"} | bye malformed
        a message with a text over the limit       | {"seq":1,"do":"message","id":"{id}","from":"james","name":"J","to":"messi","text":"{long}","sent":"{now}"} | failed text_too_long
        a message without a number                 | {"do":"message","id":"{id}","from":"james","name":"J","to":"messi","text":"hai","sent":"{now}"} | bye malformed
        a message with a number of 0               | {"seq":0,"do":"message","id":"{id}","from":"james","name":"J","to":"messi","text":"hai","sent":"{now}"} | bye malformed
        a message with a number beyond all numbers | {"seq":9007199254740993,"do":"message","id":"{id}","from":"james","name":"J","to":"messi","text":"hai","sent":"{now}"} | bye malformed
        an act for a user of a third realm         | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"say","from":"andi@tiga","name":"A","text":"hai","sent":"{now}"} | bye malformed
        an act for a namesake of the owner         | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"kick","from":"messi","name":"M","subject":"andi@tiga","sent":"{now}"} | failed not_a_member
        an act in a group without a member of it   | {"seq":1,"do":"act","id":"{id}","group":"{rahasia}","verb":"say","from":"james","name":"J","text":"hai","sent":"{now}"} | failed not_a_member
        an act in a group with its home elsewhere  | {"seq":1,"do":"act","id":"{id}","group":"{toba}","verb":"say","from":"andi","name":"A","text":"hai","sent":"{now}"} | failed home_elsewhere
        an act in a group that is none             | {"seq":1,"do":"act","id":"{id}","group":"{id}","verb":"say","from":"james","name":"J","text":"hai","sent":"{now}"} | failed unknown_group
        a join that is no question                 | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"join","from":"baru","name":"B","sent":"{now}"} | bye not_allowed
        a read, which is not done on the link      | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"read","from":"james","name":"J","sent":"{now}"} | bye malformed
        an edit of what somebody else said         | {"seq":1,"do":"revise","id":"{id}","kind":"edited","from":"james","name":"J","to":"messi","target":"{to dua}","text":"palsu","sent":"{now}"} | nothing
        a deletion of what somebody else said      | {"seq":1,"do":"revise","id":"{id}","kind":"deleted","from":"james","name":"J","to":"messi","target":"{to dua}","sent":"{now}"} | nothing
        a deletion by a namesake of the sender     | {"seq":1,"do":"revise","id":"{id}","kind":"deleted","from":"messi","name":"M","to":"messi","target":"{to dua}","sent":"{now}"} | nothing
        a reaction to a message to another user    | {"seq":1,"do":"revise","id":"{id}","kind":"reacted","from":"bisu","name":"B","to":"messi","target":"{to dua}","text":"x","sent":"{now}"} | nothing
        a reaction under another's conversation    | {"seq":1,"do":"revise","id":"{id}","kind":"reacted","from":"james","name":"J","to":"lineker","target":"{to dua}","text":"x","sent":"{now}"} | nothing
        a reaction to a message to another peer    | {"seq":1,"do":"revise","id":"{id}","kind":"reacted","from":"andi","name":"A","to":"messi","target":"{to tiga}","text":"x","sent":"{now}"} | nothing
        a reaction to what was said in a group     | {"seq":1,"do":"revise","id":"{id}","kind":"reacted","from":"james","name":"J","to":"messi","target":"{said}","text":"x","sent":"{now}"} | nothing
        a reaction to what was never said          | {"seq":1,"do":"revise","id":"{id}","kind":"reacted","from":"james","name":"J","to":"messi","target":"{id}","text":"x","sent":"{now}"} | nothing
        a reaction to nobody's message             | {"seq":1,"do":"revise","id":"{id}","kind":"reacted","from":"james","name":"J","to":"tiadaorang","target":"{to dua}","text":"x","sent":"{now}"} | nothing
        an edit for a user of a third realm        | {"seq":1,"do":"revise","id":"{id}","kind":"edited","from":"andi@tiga","name":"A","to":"messi","target":"{to tiga}","text":"palsu","sent":"{now}"} | bye malformed
        a revision that is none                    | {"seq":1,"do":"revise","id":"{id}","kind":"said","from":"james","name":"J","to":"messi","target":"{to dua}","text":"palsu","sent":"{now}"} | bye malformed
        a revision without a number                | {"do":"revise","id":"{id}","kind":"reacted","from":"james","name":"J","to":"messi","target":"{to dua}","text":"x","sent":"{now}"} | bye malformed
        a receipt of what was never sent           | {"seq":1,"do":"receipt","id":"{id}","from":"james","to":"messi","read":"{id}"} | nothing
        a receipt of a message to another user     | {"seq":1,"do":"receipt","id":"{id}","from":"bisu","to":"messi","delivered":"{to dua}","read":"{to dua}"} | nothing
        a receipt of a message to another peer     | {"seq":1,"do":"receipt","id":"{id}","from":"andi","to":"messi","read":"{to tiga}"} | nothing
        a receipt of another's message             | {"seq":1,"do":"receipt","id":"{id}","from":"james","to":"lineker","read":"{to dua}"} | nothing
        a receipt of what was said in a group      | {"seq":1,"do":"receipt","id":"{id}","from":"james","to":"messi","read":"{said}"} | nothing
        a receipt to nobody                        | {"seq":1,"do":"receipt","id":"{id}","from":"james","to":"tiadaorang","read":"{to dua}"} | nothing
        a receipt for a user of a third realm      | {"seq":1,"do":"receipt","id":"{id}","from":"andi@tiga","to":"messi","read":"{to tiga}"} | bye malformed
        a receipt of nothing                       | {"seq":1,"do":"receipt","id":"{id}","from":"james","to":"messi"} | bye malformed
        a receipt without a number                 | {"do":"receipt","id":"{id}","from":"james","to":"messi","read":"{to dua}"} | bye malformed
        an edit in a group of what another said    | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"edit","from":"james","name":"J","target":8,"text":"palsu","sent":"{now}"} | failed not_allowed
        a deletion of it by a plain member         | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"delete","from":"james","name":"J","target":8,"sent":"{now}"} | failed not_allowed
        an edit by who is no member                | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"edit","from":"asing","name":"A","target":8,"text":"palsu","sent":"{now}"} | failed not_a_member
        a reaction by who is no member             | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"react","from":"asing","name":"A","target":8,"text":"x","sent":"{now}"} | failed not_a_member
        a reaction by who is muted                 | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"react","from":"bisu","name":"B","target":8,"text":"x","sent":"{now}"} | failed muted
        a reaction in a group without a member     | {"seq":1,"do":"act","id":"{id}","group":"{rahasia}","verb":"react","from":"james","name":"J","target":1,"text":"x","sent":"{now}"} | failed not_a_member
        a reaction in a group with its home away   | {"seq":1,"do":"act","id":"{id}","group":"{toba}","verb":"react","from":"andi","name":"A","target":3,"text":"x","sent":"{now}"} | failed home_elsewhere
        a reaction to a position beyond the end    | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"react","from":"james","name":"J","target":9007199254740992,"text":"x","sent":"{now}"} | failed unknown_message
        a reaction to a join                       | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"react","from":"james","name":"J","target":1,"text":"x","sent":"{now}"} | failed unknown_message
        an answer to a position beyond the end     | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"say","from":"james","name":"J","target":99,"text":"ya","sent":"{now}"} | failed unknown_message
        a reaction to no position                  | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"react","from":"james","name":"J","target":0,"text":"x","sent":"{now}"} | bye malformed
        a deletion without a target                | {"seq":1,"do":"act","id":"{id}","group":"{batak}","verb":"delete","from":"james","name":"J","sent":"{now}"} | bye malformed
        an edit entry in a group at home here      | {"do":"entry","group":"{batak}","position":9,"id":"{id}","kind":"edited","from":"messi@satu","name":"M","target":8,"text":"palsu","sent":"{now}"} | nothing
        a deletion entry in a third realm's group  | {"do":"entry","group":"{toba}","position":3,"id":"{id}","kind":"deleted","from":"andi@tiga","name":"A","target":2,"text":"","sent":"{now}"} | nothing
        an entry that changes a later one          | {"do":"entry","group":"{toba}","position":3,"id":"{id}","kind":"deleted","from":"andi@tiga","name":"A","target":3,"text":"","sent":"{now}"} | bye malformed
        typing to nobody                           | {"do":"typing","from":"james","to":"tiadaorang"} | nothing
        typing in a group without a member of it   | {"do":"typing","from":"james","group":"{rahasia}"} | nothing
        typing by who is no member                 | {"do":"typing","from":"asing","group":"{batak}"} | nothing
        typing by who is muted                     | {"do":"typing","from":"bisu","group":"{batak}"} | nothing
        typing by a namesake of a member           | {"do":"typing","from":"messi","group":"{batak}"} | nothing
        typing in a third realm's group            | {"do":"typing","from":"andi","group":"{toba}"} | nothing
        typing in a group that is none             | {"do":"typing","from":"james","group":"{id}"} | nothing
        typing for a user of a third realm         | {"do":"typing","from":"andi@tiga","to":"messi"} | bye malformed
        typing to nobody in no group               | {"do":"typing","from":"james"} | bye malformed
        presence of a namesake of a user here      | {"do":"presence","user":"messi","presence":"online"} | nothing
        presence of a user of a third realm        | {"do":"presence","user":"andi@tiga","presence":"online"} | bye malformed
        presence of another kind                   | {"do":"presence","user":"james","presence":"busy"} | bye malformed
        a question for the presence of nobody      | {"do":"ask","id":"{id}","what":"presence","user":"tiadaorang"} | no unknown_recipient
        a question for presence at a third realm   | {"do":"ask","id":"{id}","what":"presence","user":"andi@tiga"} | bye malformed
        a failure of what was never sent           | {"seq":1,"do":"failed","id":"{id}","failed":"{id}","reason":"unknown_recipient","to":"messi","addressee":"james"} | nothing
        a failure of a message to another peer     | {"seq":1,"do":"failed","id":"{id}","failed":"{to tiga}","reason":"unknown_recipient","to":"messi","addressee":"andi"} | nothing
        a failure of another's message             | {"seq":1,"do":"failed","id":"{id}","failed":"{to dua}","reason":"unknown_recipient","to":"lineker","addressee":"james"} | nothing
        a failure of a message to another user     | {"seq":1,"do":"failed","id":"{id}","failed":"{to dua}","reason":"unknown_recipient","to":"messi","addressee":"bisu"} | nothing
        a failure in a group of another home       | {"seq":1,"do":"failed","id":"{id}","failed":"{pending}","reason":"muted","to":"messi","group":"{toba}"} | nothing
        a failure about neither user nor group     | {"seq":1,"do":"failed","id":"{id}","failed":"{to dua}","reason":"muted","to":"messi"} | bye malformed
        a question for a user that is none         | {"do":"ask","id":"{id}","what":"user","name":"tiadaorang"} | no unknown_recipient
        a question for a group that is none        | {"do":"ask","id":"{id}","what":"group","name":"tiadagrup"} | no unknown_group
        a question for a group of a third realm    | {"do":"ask","id":"{id}","what":"group","name":"toba"} | no unknown_group
        a join to a closed group                   | {"do":"ask","id":"{id}","what":"join","group":"{rahasia}","user":"james","name":"J","entry":"{id}"} | no invite_only
        a join for a namesake of who is invited    | {"do":"ask","id":"{id}","what":"join","group":"{rahasia}","user":"andi","name":"A","entry":"{id}"} | no invite_only
        a join of who is banned                    | {"do":"ask","id":"{id}","what":"join","group":"{batak}","user":"jahat","name":"J","entry":"{id}"} | no banned
        a join to a group with its home elsewhere  | {"do":"ask","id":"{id}","what":"join","group":"{toba}","user":"james","name":"J","entry":"{id}"} | no home_elsewhere
        a join to a group that is none             | {"do":"ask","id":"{id}","what":"join","group":"{id}","user":"james","name":"J","entry":"{id}"} | no unknown_group
        a join for a user of a third realm         | {"do":"ask","id":"{id}","what":"join","group":"{batak}","user":"andi@tiga","name":"A","entry":"{id}"} | bye malformed
        an offer of a group that is none           | {"do":"ask","id":"{id}","what":"host","group":"{id}","name":"baru"} | no unknown_group
        an offer of a group with its home here     | {"do":"ask","id":"{id}","what":"host","group":"{batak}","name":"batak"} | no unknown_group
        an offer of a third realm's group          | {"do":"ask","id":"{id}","what":"host","group":"{toba}","name":"toba"} | no unknown_group
        a question of another kind                 | {"do":"ask","id":"{id}","what":"passwords"} | no unknown_command
        an answer that nobody asked for            | {"do":"answer","id":"{id}","ok":true,"copies":[{"id":"{id}","from":"andi@tiga","name":"A","to":"messi@satu","text":"palsu","sent":"{now}"}]} | nothing
        a no without a reason                      | {"do":"answer","id":"{id}","ok":false} | bye malformed
        users of its own under others' names       | {"do":"users","all":true,"add":["andi","messi"]} | nothing
        users that are no names                    | {"do":"users","all":true,"add":["andi@tiga"]} | bye malformed
        users that are gone at another peer        | {"do":"users","all":false,"remove":["andi"]} | nothing
        an announcement of a group at home here    | {"do":"member","group":"{batak}","name":"batak"} | nothing
        an announcement of a third realm's group   | {"do":"member","group":"{toba}","name":"toba"} | nothing
        an announcement of a group nobody asked for | {"do":"member","group":"{id}","name":"baru"} | nothing
        following a group without a member of it   | {"do":"follow","group":"{rahasia}","after":0} | gone
        following a third realm's group            | {"do":"follow","group":"{toba}","after":0} | gone
        following a group that is none             | {"do":"follow","group":"{id}","after":0} | gone
        following from beyond the end              | {"do":"follow","group":"{batak}","after":9007199254740992,"last":"{id}"} | nothing
        following from another history             | {"do":"follow","group":"{batak}","after":1,"last":"{id}"} | nothing
        a state of a group at home here            | {"do":"state","group":"{batak}","name":"batak","topic":"palsu","open":true,"position":99,"after":98,"members":[{"who":"james@dua","name":"J","role":"owner","muted":false,"joined":1},{"who":"messi@satu","name":"M","role":"member","muted":false,"joined":2}]} | nothing
        a state of a third realm's group           | {"do":"state","group":"{toba}","name":"toba","topic":"palsu","open":true,"position":99,"after":98,"members":[{"who":"messi@satu","name":"M","role":"member","muted":false,"joined":2}]} | nothing
        a state of a group that nobody joined      | {"do":"state","group":"{id}","name":"batak","topic":"","open":true,"position":1,"after":0,"members":[{"who":"messi@satu","name":"M","role":"member","muted":false,"joined":1}]} | nothing
        a state of a group without members here    | {"do":"state","group":"{id}","name":"baru","topic":"","open":true,"position":1,"after":0,"members":[{"who":"james@dua","name":"J","role":"owner","muted":false,"joined":1}]} | nothing
        a state that begins beyond all positions   | {"do":"state","group":"{id}","name":"baru","topic":"","open":true,"position":1,"after":9007199254740991} | bye malformed
        an entry in a group at home here           | {"do":"entry","group":"{batak}","position":8,"id":"{id}","kind":"said","from":"messi@satu","name":"M","text":"palsu","sent":"{now}"} | nothing
        an entry in a third realm's group          | {"do":"entry","group":"{toba}","position":3,"id":"{id}","kind":"said","from":"andi@tiga","name":"A","text":"palsu","sent":"{now}"} | nothing
        an entry in a group that is none           | {"do":"entry","group":"{id}","position":1,"id":"{id}","kind":"said","from":"james@dua","name":"J","text":"palsu","sent":"{now}"} | nothing
        a move of a group at home here             | {"do":"entry","group":"{batak}","position":8,"id":"{id}","kind":"moved","from":"messi@satu","name":"M","text":"dua","sent":"{now}"} | nothing
        a move of a third realm's group            | {"do":"entry","group":"{toba}","position":3,"id":"{id}","kind":"moved","from":"andi@tiga","name":"A","text":"dua","sent":"{now}"} | nothing
        an entry of a kind that is of no group     | {"do":"entry","group":"{toba}","position":3,"id":"{id}","kind":"delivery_failed","from":"andi@tiga","name":"A","text":"palsu","sent":"{now}"} | bye malformed
        the end of a group at home here            | {"do":"gone","group":"{batak}"} | nothing
        the end of a third realm's group           | {"do":"gone","group":"{toba}"} | nothing
        fetching a group at home here              | {"do":"fetch","group":"{rahasia}","after":0} | nothing
        fetching a third realm's group             | {"do":"fetch","group":"{toba}","after":0} | nothing
        a fetched that nobody waits for            | {"do":"fetched","group":"{batak}","head":99} | nothing
        an acknowledgement of another epoch        | {"do":"ack","epoch":"{id}","through":1} | nothing
        an acknowledgement of what was never sent  | {"do":"ack","epoch":"{epoch}","through":9007199254740992} | nothing
        a second hello                             | {"do":"hello","kabar":1,"realm":"tiga","epoch":"{id}","last":0} | bye malformed
        a second welcome                           | {"do":"welcome","epoch":"{id}","last":0} | bye malformed
        a frame of a later version                 | {"do":"dance","with":"messi@satu"} | nothing
        a numbered frame of a later version        | {"do":"dance","seq":1} | bye malformed
        no JSON                                    | halo apa kabar | bye malformed
        half of JSON                               | {"do":"ping" | bye malformed
        two frames on a line                       | {"do":"ping"}{"do":"ping"} | bye malformed
        an empty line                              | {empty} | bye malformed
        a key that comes twice                     | {"do":"ping","do":"pong"} | bye malformed
        """;

    public static TheoryData<string> Tries => [.. Table.Split('\n').Select(line => line.Split('|')[0].Trim())];

    [Theory]
    [MemberData(nameof(Tries))]
    public async Task It_gets_nowhere_and_harms_nobody(string @try)
    {
        var cells = Table.Split('\n').Select(line => line.Split('|', 2)).Single(cells => cells[0].Trim() == @try)[1];
        var (line, heard) = (cells[..cells.LastIndexOf('|')].Trim(), cells[(cells.LastIndexOf('|') + 1)..].Trim());
        await using var scene = await AuthorityScene.OpenAsync();
        await scene.Satu.SendAsync("messi", "james@dua", "halo dua");
        var toDua = await scene.Dua.HearAsync<NumberedFrame>();
        await scene.Satu.SendAsync("messi", "andi@tiga", "untuk tiga");
        var toTiga = await scene.Tiga.HearAsync<NumberedFrame>();
        var said = (await scene.Satu.ActAsync("messi", scene.Batak, GroupVerb.Say, text: "horas")).Value().Entry.ShouldNotBeNull();
        await scene.Satu.ActAsync("messi", scene.Toba, GroupVerb.Say, text: "menunggu");
        var pending = (await scene.Satu.Realm.Groups.ListPendingAsync(await scene.Satu.GroupAsync(scene.Toba), CancellationToken.None)).Single();
        await scene.RememberAsync();
        using var messi = await scene.Satu.ListenAsync("messi");
        using var lineker = await scene.Satu.ListenAsync("lineker");

        line = Placeholder().Replace(line, match => match.Groups["name"].Value switch
        {
            "id" => Guid.CreateVersion7().ToString(),
            "now" => "2026-03-01T12:00:00.000Z",
            "long" => new string('x', scene.Satu.Realm.Options.TextBytes + 1),
            "empty" => "",
            "batak" => scene.Batak.ToString(),
            "rahasia" => scene.Rahasia.ToString(),
            "toba" => scene.Toba.ToString(),
            "to dua" => toDua.Dispatch.Id.ToString(),
            "to tiga" => toTiga.Dispatch.Id.ToString(),
            "said" => said.Id.ToString(),
            "pending" => pending.Entry.Id.ToString(),
            "epoch" => scene.Dua.Welcome.Sends.Epoch.ToString(),
            var other => throw new InvalidOperationException(other),
        });
        scene.Dua.PassedOver.Clear();
        await scene.Dua.SendAsync(line + "\n");
        var words = heard.Split(' ');
        switch (words[0])
        {
            case "bye":
                Word(new ByeFrame((await scene.Dua.EndAsync()).ShouldNotBeNull("the link has ended without a bye"))).ShouldBe(words[1]);
                break;
            case "failed":
                Word(await scene.Dua.HearAsync<NumberedFrame>()).ShouldBe(words[1]);
                break;
            case "no":
                Word(await scene.Dua.HearAsync<AnswerFrame>()).ShouldBe(words[1]);
                break;
            case "gone":
                await scene.Dua.HearAsync<GoneFrame>();
                break;
            default:
                await scene.Dua.PassAsync();
                scene.Dua.PassedOver.Where(frame => frame is not (AckFrame or UsersFrame)).ShouldBeEmpty();
                break;
        }

        await scene.ShouldBeUnharmedAsync();

        // Nobody here has heard of anything else.
        await messi.HearAsync<EntryEvent>(heard => heard.Entry.Text.Decode() == "horas");
        messi.PassedOver.ShouldAllBe(heard => heard is EntryEvent || (heard is ReceiptEvent && ((ReceiptEvent)heard).Marks.Delivered == 0)); // what is acknowledged is stored there
        await lineker.HearAsync<EntryEvent>(heard => heard.Entry.Text.Decode() == "masih di sini");
        lineker.PassedOver.ShouldBeEmpty();
    }

    [GeneratedRegex(@"\{(?<name>[a-z ]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Placeholder();

    // The reason that a frame gives.
    private static string Word(LinkFrame frame) => ReasonInFrame().Match(LinkFrameTests.Line(frame)).Groups["word"].Value;

    [GeneratedRegex("\"reason\":\"(?<word>[a-z_]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ReasonInFrame();
}
