using System.Text;
using Kabar.Core;
using Kabar.Protocol.Links;
using static Kabar.Tests.Protocol.Links.SampleFrames;

namespace Kabar.Tests.Protocol.Links;

/// <summary>For each kind and each rule a frame that breaks it: a whole one with one piece replaced.</summary>
public sealed class MalformedFrameTests
{
    private const string Hello = $$"""{"do":"hello","kabar":1,"realm":"satu","epoch":"{{A}}","last":17,"received":{"epoch":"{{B}}","through":0},"users":"{{Hash}}","listens":"satu:8887","vouches":[{"old":"AQID","new":"{{Hash}}","signature":"CA=="}],"secret":"{{B}}"}""";
    private const string Welcome = $$"""{"do":"welcome","epoch":"{{A}}","last":3,"received":{"epoch":"{{B}}","through":4},"users":"{{Hash}}"}""";
    private const string Ack = $$"""{"do":"ack","epoch":"{{A}}","through":9}""";
    private const string Message = $$"""{"seq":17,"do":"message","id":"{{A}}","from":"messi","name":"Lionel","to":"lineker","text":"halo","sent":"{{Time}}"}""";
    private const string Act = $$"""{"seq":1,"do":"act","id":"{{A}}","group":"{{B}}","verb":"say","from":"messi","name":"Lionel","text":"horas","sent":"{{Time}}"}""";
    private const string Kick = $$"""{"seq":1,"do":"act","id":"{{A}}","group":"{{B}}","verb":"kick","from":"messi","name":"Lionel","subject":"james@dua","sent":"{{Time}}"}""";
    private const string Answered = $$"""{"seq":18,"do":"message","id":"{{A}}","from":"messi","name":"Lionel","to":"lineker","text":"halo","sent":"{{Time}}","answers":"{{B}}"}""";
    private const string Edit = $$"""{"seq":19,"do":"revise","id":"{{A}}","kind":"edited","from":"messi","name":"Lionel","to":"lineker","target":"{{B}}","text":"halo","sent":"{{Time}}"}""";
    private const string Delete = $$"""{"seq":20,"do":"revise","id":"{{A}}","kind":"deleted","from":"messi","name":"Lionel","to":"lineker","target":"{{B}}","sent":"{{Time}}"}""";
    private const string Reaction = $$"""{"seq":21,"do":"revise","id":"{{A}}","kind":"reacted","from":"messi","name":"Lionel","to":"lineker","target":"{{B}}","text":"halo","sent":"{{Time}}"}""";
    private const string Receipt = $$"""{"seq":22,"do":"receipt","id":"{{A}}","from":"messi","to":"lineker","delivered":"{{B}}","read":"{{A}}"}""";
    private const string EditAct = $$"""{"seq":1,"do":"act","id":"{{A}}","group":"{{B}}","verb":"edit","from":"messi","name":"Lionel","target":12,"text":"horas","sent":"{{Time}}"}""";
    private const string Typing = """{"do":"typing","from":"messi","to":"lineker"}""";
    private const string Presence = $$"""{"do":"presence","user":"messi","presence":"offline","seen":"{{Time}}"}""";
    private const string AskPresence = $$"""{"do":"ask","id":"{{A}}","what":"presence","user":"messi"}""";
    private const string PresenceAnswer = $$"""{"do":"answer","id":"{{A}}","ok":true,"presence":"offline","seen":"{{Time}}"}""";
    private const string RevisedCopy = $$"""{"do":"answer","id":"{{A}}","ok":true,"copies":[{"id":"{{B}}","from":"messi@satu","name":"L","to":"james@dua","text":"hai","sent":"{{Time}}","kind":"edited","target":"{{A}}"}]}""";
    private const string EditEntry = $$"""{"do":"entry","group":"{{B}}","position":13,"id":"{{A}}","kind":"edited","from":"messi@satu","name":"Lionel","target":12,"text":"horas","sent":"{{Time}}"}""";
    private const string Failed = $$"""{"seq":3,"do":"failed","id":"{{A}}","failed":"{{B}}","reason":"muted","to":"messi","addressee":"lineker"}""";
    private const string AskUser = $$"""{"do":"ask","id":"{{A}}","what":"user","name":"messi"}""";
    private const string AskGroup = $$"""{"do":"ask","id":"{{A}}","what":"group","name":"batak"}""";
    private const string AskJoin = $$"""{"do":"ask","id":"{{A}}","what":"join","group":"{{B}}","user":"messi","name":"Lionel","entry":"{{B}}"}""";
    private const string AskHost = $$"""{"do":"ask","id":"{{A}}","what":"host","group":"{{B}}","name":"batak"}""";
    private const string AskCopies = $$"""{"do":"ask","id":"{{A}}","what":"copies","since":"{{Time}}","after":"{{B}}"}""";
    private const string Refused = $$"""{"do":"answer","id":"{{A}}","ok":false,"reason":"muted"}""";
    private const string Answer = $$"""{"do":"answer","id":"{{A}}","ok":true,"group":{"id":"{{B}}","name":"batak","open":true},"copies":[{"id":"{{B}}","from":"messi@satu","name":"L","to":"james@dua","text":"hai","sent":"{{Time}}"}],"more":true}""";
    private const string Users = $$"""{"do":"users","all":true,"add":["messi"],"remove":["budi"],"hash":"{{Hash}}"}""";
    private const string Member = $$"""{"do":"member","group":"{{B}}","name":"batak"}""";
    private const string Follow = $$"""{"do":"follow","group":"{{B}}","after":12,"last":"{{A}}"}""";
    private const string State = $$"""{"do":"state","group":"{{B}}","name":"batak","topic":"horas","open":true,"position":12,"after":3,"members":[{"who":"messi@satu","name":"L","role":"owner","muted":false,"joined":1}],"banned":["budi@dua"],"invited":["ani@satu"],"more":true}""";
    private const string Entry = $$"""{"do":"entry","group":"{{B}}","position":13,"id":"{{A}}","kind":"said","from":"messi@satu","name":"Lionel","text":"horas","sent":"{{Time}}"}""";
    private const string Role = $$"""{"do":"entry","group":"{{B}}","position":13,"id":"{{A}}","kind":"role_changed","from":"messi@satu","name":"Lionel","subject":"james@dua","text":"owner","sent":"{{Time}}"}""";

    private static readonly string Long = new('x', 600);

    public static TheoryData<string, string, string> Broken => new()
    {
        // What is no frame at all.
        { Ack, Ack, "" },
        { Ack, Ack, "hello" },
        { Ack, Ack, "17" },
        { Ack, Ack, "[]" },
        { Ack, Ack, "null" },
        { Ack, "9}", "9" },
        { Ack, "9}", "9}}" },
        { Ack, "9}", "9}{}" },
        { Ack, "9}", "9,}" },
        { Ack, "9}", "9,\"x\":[[[[[[[[[[]]]]]]]]]]}" },
        { Ack, "\"do\":\"ack\",", "" },
        { Ack, "\"ack\"", "7" },
        { Ack, "\"ack\"", "\"" + new string('x', 40) + "\"" },
        { Ack, "\"through\":9", "\"through\":9,\"through\":9" },

        // hello
        { Hello, "\"kabar\":1,", "" },
        { Hello, "\"kabar\":1", "\"kabar\":-1" },
        { Hello, "\"kabar\":1", "\"kabar\":\"1\"" },
        { Hello, "\"realm\":\"satu\",", "" },
        { Hello, "\"satu\"", "\"sa tu\"" },
        { Hello, $"\"epoch\":\"{A}\",\"last\":17,", "\"last\":17," },
        { Hello, "\"last\":17,", "" },
        { Hello, "\"last\":17", "\"last\":-1" },
        { Hello, "\"through\":0", "\"through\":-1" },
        { Hello, "\"through\":0", "\"x\":0" },
        { Hello, $"{{\"epoch\":\"{B}\",\"through\":0}}", "[]" },
        { Hello, $"\"users\":\"{Hash}\"", "\"users\":\"9F86\"" },
        { Hello, $"\"users\":\"{Hash}\"", $"\"users\":\"{Hash.ToUpperInvariant()}\"" },
        { Hello, "satu:8887", "satu" },
        { Hello, "satu:8887", "satu:0" },
        { Hello, "satu:8887", "satu:70000" },
        { Hello, "satu:8887", "sa/tu:8887" },
        { Hello, "\"AQID\"", "\"A\"" },
        { Hello, "\"AQID\"", "\"\"" },
        { Hello, "\"old\":\"AQID\",", "" },
        { Hello, $"\"new\":\"{Hash}\",", "" },
        { Hello, "\"CA==\"", "7" },
        { Hello, "[{\"old\"", "[7,{\"old\"" },
        { Hello, $"\"secret\":\"{B}\"", "\"secret\":\"sesame\"" },

        // welcome, bye, ack
        { Welcome, $"\"epoch\":\"{A}\",", "" },
        { Welcome, "\"last\":3", "\"last\":3.5" },
        { Welcome, "\"through\":4", "\"through\":\"4\"" },
        { Welcome, Hash, "x" },
        { """{"do":"bye","reason":"stopping"}""", "\"stopping\"", "7" },
        { """{"do":"bye","reason":"stopping"}""", ",\"reason\":\"stopping\"", "" },
        { Ack, A, "0195d2c4" },
        { Ack, A, "00000000-0000-0000-0000-000000000000" },
        { Ack, "\"through\":9", "\"through\":1e3" },
        { Ack, "\"through\":9", "\"through\":9007199254740993" },
        { Ack, ",\"through\":9", "" },

        // message
        { Message, "\"seq\":17,", "" },
        { Message, "\"seq\":17", "\"seq\":0" },
        { Message, "\"seq\":17", "\"seq\":\"17\"" },
        { Message, $"\"id\":\"{A}\",", "" },
        { Message, A, A + "0" },
        { Message, "\"messi\"", "\"messi@satu\"" },
        { Message, "\"messi\"", "\"me ssi\"" },
        { Message, "\"messi\"", "null" },
        { Message, "\"Lionel\"", "\"\"" },
        { Message, "\"Lionel\"", "\"a\\nb\"" },
        { Message, "\"Lionel\"", "\"" + Long + "\"" },
        { Message, "\"lineker\"", "\"\"" },
        { Message, "\"lineker\"", "\"" + new string('x', 33) + "\"" },
        { Message, "\"halo\"", "\"\"" },
        { Message, "\"halo\"", "null" },
        { Message, "\"halo\"", "7" },
        { Message, "\"halo\"", "\"ha\\u0000lo\"" },
        { Message, "\"halo\"", "\"ha\\ud800lo\"" },
        { Message, "\"halo\"", "\"ha\tlo\"" },
        { Message, Time, "2026-03-01 12:00:00.123Z" },
        { Message, Time, "2026-02-30T12:00:00.123Z" },
        { Message, Time, "2026-03-01T24:00:00.123Z" },
        { Message, Time, "2026-03-01T12:00:00Z" },
        { Message, Time, "0000-03-01T12:00:00.123Z" },

        // act
        { Act, "\"seq\":1,", "" },
        { Act, $"\"id\":\"{A}\",", "" },
        { Act, $"\"group\":\"{B}\",", "" },
        { Act, "\"say\"", "\"shout\"" },
        { Act, "\"say\"", "\"Say\"" },
        { Act, "\"say\"", "\"read\"" },
        { Act.Replace("\"say\"", "\"move\"", StringComparison.Ordinal), "horas", "ho ras" },
        { Act, "\"messi\"", "\"\"" },
        { Act, "\"Lionel\"", "7" },
        { Act, "\"text\":\"horas\",", "" },
        { Act, "\"say\",", "\"role\",\"subject\":\"james@dua\"," },
        { Act, Time, "" },
        { Kick, "\"subject\":\"james@dua\",", "" },
        { Kick, "james@dua", "james" },
        { Kick, "james@dua", "james@" },
        { Kick, "\"kick\"", "\"move\"" },
        { Kick, "\"kick\"", "\"topic\",\"text\":\"" + Long + "\"" },

        { Act, "\"text\"", "\"target\":0,\"text\"" },
        { Act, "\"text\"", "\"target\":\"12\",\"text\"" },
        { Kick, "\"subject\"", "\"target\":12,\"subject\"" },
        { EditAct, "\"target\":12,", "" },
        { EditAct, "\"target\":12", "\"target\":-1" },
        { EditAct, "\"text\":\"horas\",", "" },
        { EditAct, "\"edit\"", "\"delete\"" },
        { EditAct.Replace("\"edit\"", "\"react\"", StringComparison.Ordinal), "horas", "ho ras" },
        { EditAct.Replace("\"edit\"", "\"react\"", StringComparison.Ordinal), "horas", new string('x', 65) },

        // answers, revise, receipt
        { Answered, $"\"answers\":\"{B}\"", "\"answers\":7" },
        { Answered, $"\"answers\":\"{B}\"", "\"answers\":\"x\"" },
        { Edit, "\"seq\":19,", "" },
        { Edit, $"\"id\":\"{A}\",", "" },
        { Edit, "\"kind\":\"edited\",", "" },
        { Edit, "\"edited\"", "\"said\"" },
        { Edit, "\"edited\"", "\"improved\"" },
        { Edit, "\"messi\"", "\"messi@satu\"" },
        { Edit, "\"Lionel\"", "\"\"" },
        { Edit, "\"lineker\"", "\"lineker@dua\"" },
        { Edit, $"\"target\":\"{B}\",", "" },
        { Edit, $"\"{B}\"", "12" },
        { Edit, "\"halo\"", "\"\"" },
        { Edit, "\"text\":\"halo\",", "" },
        { Edit, "\"halo\"", "\"" + new string('x', RealmOptions.MostLinkTextBytes + 1) + "\"" },
        { Edit, "\"halo\"", "\"ha\\u0000lo\"" },
        { Edit, Time, "x" },
        { Delete, "\"name\"", "\"text\":\"halo\",\"name\"" },
        { Delete, $"\"target\":\"{B}\",", "" },
        { Reaction, "\"halo\"", "\"ha lo\"" },
        { Reaction, "\"halo\"", "\"ha\\u0007lo\"" },
        { Reaction, "\"halo\"", "\"" + new string('x', 65) + "\"" },
        { Reaction, "\"halo\"", "7" },
        { Receipt, "\"seq\":22,", "" },
        { Receipt, $"\"id\":\"{A}\",", "" },
        { Receipt, "\"from\":\"messi\",", "" },
        { Receipt, "\"lineker\"", "\"lineker@dua\"" },
        { Receipt, $",\"delivered\":\"{B}\",\"read\":\"{A}\"", "" },
        { Receipt, $"\"read\":\"{A}\"", "\"read\":12" },
        { Receipt, $"\"delivered\":\"{B}\"", "\"delivered\":\"\"" },

        // typing, presence
        { Typing, ",\"to\":\"lineker\"", "" },
        { Typing, "\"to\":\"lineker\"", $"\"to\":\"lineker\",\"group\":\"{B}\"" },
        { Typing, "\"to\":\"lineker\"", "\"group\":\"batak\"" },
        { Typing, "\"messi\"", "\"messi@satu\"" },
        { Typing, "\"lineker\"", "\"lineker@dua\"" },
        { Typing, "\"from\":\"messi\",", "" },
        { Presence, "\"messi\"", "\"messi@satu\"" },
        { Presence, "\"offline\"", "\"busy\"" },
        { Presence, "\"presence\":\"offline\",", "" },
        { Presence, Time, "x" },
        { AskPresence, ",\"user\":\"messi\"", "" },
        { AskPresence, "\"messi\"", "\"messi@dua\"" },
        { PresenceAnswer, "\"offline\"", "\"busy\"" },
        { PresenceAnswer, "\"offline\"", "true" },
        { PresenceAnswer, Time, "kemarin" },
        { RevisedCopy, "\"edited\"", "\"said\"" },
        { RevisedCopy, "\"edited\"", "\"joined\"" },
        { RevisedCopy, "\"edited\"", "\"deleted\"" },
        { RevisedCopy, "\"hai\"", "\"\"" },
        { RevisedCopy, $",\"target\":\"{A}\"", "" },
        { RevisedCopy, $"\"target\":\"{A}\"", "\"target\":7" },

        // failed
        { Failed, "\"seq\":3,", "" },
        { Failed, $"\"id\":\"{A}\",", "" },
        { Failed, $"\"failed\":\"{B}\",", "" },
        { Failed, "\"muted\"", "\"angry\"" },
        { Failed, "\"to\":\"messi\",", "" },
        { Failed, ",\"addressee\":\"lineker\"", "" },
        { Failed, "\"addressee\":\"lineker\"", $"\"addressee\":\"lineker\",\"group\":\"{B}\"" },
        { Failed, "\"lineker\"", "\"lineker@dua\"" },
        { Failed, "\"addressee\":\"lineker\"", "\"group\":\"batak\"" },

        // ask, answer
        { AskUser, $"\"id\":\"{A}\",", "" },
        { AskUser, "\"what\":\"user\",", "" },
        { AskUser, "\"messi\"", "\"messi@dua\"" },
        { AskGroup, "\"batak\"", "\"#batak\"" },
        { AskJoin, $"\"group\":\"{B}\",", "" },
        { AskJoin, "\"user\":\"messi\",", "" },
        { AskJoin, "\"name\":\"Lionel\",", "" },
        { AskJoin, $",\"entry\":\"{B}\"", "" },
        { AskHost, $"\"group\":\"{B}\",", "" },
        { AskHost, "\"batak\"", "\"\"" },
        { AskCopies, Time, "kemarin" },
        { AskCopies, $"\"after\":\"{B}\"", "\"after\":7" },
        { Refused, $"\"id\":\"{A}\",", "" },
        { Refused, "\"ok\":false,", "" },
        { Refused, "\"ok\":false", "\"ok\":\"no\"" },
        { Refused, ",\"reason\":\"muted\"", "" },
        { Refused, "\"muted\"", "\"angry\"" },
        { Answer, $"{{\"id\":\"{B}\",\"name\":\"batak\",\"open\":true}}", "true" },
        { Answer, "\"batak\"", "\"ba tak\"" },
        { Answer, ",\"open\":true", "" },
        { Answer, "messi@satu", "messi" },
        { Answer, "james@dua", "james" },
        { Answer, "\"hai\"", "\"\"" },
        { Answer, Time, "x" },
        { Answer, "[{", "[\"x\",{" },
        { Answer, "\"more\":true", "\"more\":1" },

        // users
        { Users, "\"all\":true,", "" },
        { Users, "\"all\":true", "\"all\":1" },
        { Users, "[\"messi\"]", "\"messi\"" },
        { Users, "[\"messi\"]", "[\"me ssi\"]" },
        { Users, "[\"messi\"]", "[7]" },
        { Users, "[\"budi\"]", "[\"" + Long + "\"]" },
        { Users, Hash, "x" },

        // groups
        { Member, $"\"group\":\"{B}\",", "" },
        { Member, ",\"name\":\"batak\"", "" },
        { Follow, $"\"group\":\"{B}\",", "" },
        { Follow, "\"after\":12", "\"after\":-1" },
        { Follow, $"\"last\":\"{A}\"", "\"last\":12" },
        { State, $"\"group\":\"{B}\",", "" },
        { State, "\"batak\"", "\"\"" },
        { State, "\"topic\":\"horas\",", "" },
        { State, "\"horas\"", "\"" + Long + "\"" },
        { State, "\"horas\"", "\"a\\u0000\"" },
        { State, "\"open\":true,", "" },
        { State, "\"position\":12", "\"position\":-1" },
        { State, "\"after\":3,", "" },
        { State, "messi@satu", "messi" },
        { State, "\"name\":\"L\",", "" },
        { State, "\"owner\"", "\"king\"" },
        { State, "\"muted\":false,", "" },
        { State, "\"joined\":1", "\"joined\":-1" },
        { State, "budi@dua", "budi" },
        { State, "[\"ani@satu\"]", "{}" },
        { State, "\"more\":true", "\"more\":\"yes\"" },
        { Entry, $"\"group\":\"{B}\",", "" },
        { Entry, "\"position\":13", "\"position\":0" },
        { Entry, $"\"id\":\"{A}\",", "" },
        { Entry, "\"said\"", "\"sang\"" },
        { Entry, "\"said\"", "\"delivery_failed\"" },
        { Entry, "\"said\"", "\"kicked\"" },
        { Entry, "\"said\"", "\"role_changed\",\"subject\":\"james@dua\"" },
        { Entry, "messi@satu", "messi" },
        { Entry, "\"Lionel\"", "\"\"" },
        { Entry, "\"horas\"", "7" },
        { Entry, "\"text\"", "\"target\":13,\"text\"" },
        { Entry, "\"text\"", "\"target\":0,\"text\"" },
        { Entry.Replace("\"said\"", "\"joined\"", StringComparison.Ordinal), "\"text\"", "\"target\":12,\"text\"" },
        { EditEntry, "\"target\":12,", "" },
        { EditEntry, "\"target\":12", "\"target\":13" },
        { EditEntry, "\"target\":12", "\"target\":14" },
        { EditEntry, "\"target\":12", "\"target\":1.5" },
        { EditEntry, "\"edited\"", "\"deleted\"" },
        { EditEntry.Replace("\"edited\"", "\"reacted\"", StringComparison.Ordinal), "horas", "ho ras" },
        { Entry, Time, "now" },
        { Entry.Replace("\"said\"", "\"topic_changed\"", StringComparison.Ordinal), "horas", Long },
        { Entry.Replace("\"said\"", "\"moved\"", StringComparison.Ordinal), "horas", "ho ras" },
        { Role, "\"subject\":\"james@dua\",", "" },
        { """{"do":"gone","group":"x"}""", "", "" },
        { """{"do":"fetch","group":"0195d2c4-7a10-7000-8000-00000000000b"}""", "", "" },
        { """{"do":"fetched","group":"0195d2c4-7a10-7000-8000-00000000000b","head":null}""", "", "" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_frame_that_breaks_a_rule_is_malformed(string whole, string piece, string replacement)
    {
        if (piece.Length > 0)
        {
            LinkFrameReader.Read(Encoding.UTF8.GetBytes(whole)).ShouldNotBeOfType<MalformedFrame>("else the test shows nothing");
            whole.ShouldContain(piece);
        }

        var broken = piece.Length > 0 ? whole.Replace(piece, replacement, StringComparison.Ordinal) : whole;

        var reason = LinkFrameReader.Read(Encoding.UTF8.GetBytes(broken)).ShouldBeOfType<MalformedFrame>(broken).Reason;
        foreach (var content in new[] { "messi", "halo", "horas", "hai", "Lionel", "xxxx" }) reason.ShouldNotContain(content);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_malformed_also_where_nobody_reads_them()
    {
        var bytes = Encoding.UTF8.GetBytes(Message.Replace("}", ",\"x\":\"yy\"}", StringComparison.Ordinal));
        LinkFrameReader.Read(bytes).ShouldBeOfType<NumberedFrame>();
        bytes[bytes.AsSpan().IndexOf("yy"u8)] = 0xFF;
        LinkFrameReader.Read(bytes).ShouldBe(new MalformedFrame("not UTF-8"));
    }

    [Fact]
    public void More_vouches_than_are_kept_are_malformed()
    {
        static string Hello(int count) => $$"""{"do":"hello","kabar":1,"realm":"satu","vouches":[{{string.Join(',', Enumerable.Repeat($$"""{"old":"AQID","new":"{{Hash}}","signature":"CA=="}""", count))}}]}""";
        LinkFrameReader.Read(Encoding.UTF8.GetBytes(Hello(LinkFrame.MostVouches))).ShouldBeOfType<HelloFrame>().Vouches.Length.ShouldBe(LinkFrame.MostVouches);
        LinkFrameReader.Read(Encoding.UTF8.GetBytes(Hello(LinkFrame.MostVouches + 1))).ShouldBeOfType<MalformedFrame>();
    }
}
