using System.Text;
using Kabar.Core;
using Kabar.Protocol.Native;

namespace Kabar.Tests.Protocol.Native;

public sealed class NativeReaderTests
{
    private const string T = "0f8fad5b-d9cb-469f-a165-70867728950e";

    /// <summary>A request in both forms, and what it is.</summary>
    public static TheoryData<string, string, string> Requests => new()
    {
        { "auth messi surabaya", """{"do":"auth","username":"messi","password":"surabaya"}""", "Auth messi surabaya" },
        { $"resume {T}", $$"""{"do":"resume","token":"{{T}}"}""", "Resume token" },
        { "resume 7", """{"do":"resume","token":"7"}""", "Resume nothing" },
        { "register budi rahasia", """{"do":"register","username":"budi","password":"rahasia"}""", "Register budi rahasia - -" },
        { "register budi rahasia AB-CD", """{"do":"register","username":"budi","password":"rahasia","code":"AB-CD"}""", "Register budi rahasia AB-CD -" },
        { "passwd lama baru", """{"do":"passwd","old":"lama","new":"baru"}""", "Passwd lama baru" },
        { "logout", """{"do":"logout"}""", "Logout" },
        { "sessions", """{"do":"sessions"}""", "Sessions -" },
        { $"sessions end {T}", $$"""{"do":"sessions end","session":"{{T}}"}""", $"Sessions {T}" },
        { "send lineker halo,  apa kabar? 🐐 ", """{"do":"send","to":"lineker","text":"halo,  apa kabar? \ud83d\udc10"}""", "Send lineker halo,  apa kabar? 🐐 - -" },
        { "send james@dua hai", """{"do":"send","to":"james@dua","text":"hai"}""", "Send james@dua hai - -" },
        { "send #batak@satu {\"a\":1}", """{"do":"send","to":"#batak@satu","text":"{\"a\":1}"}""", "Send #batak@satu {\"a\":1} - -" },
        { "edit lineker 7 maaf, halo", """{"do":"edit","to":"lineker","position":7,"text":"maaf, halo"}""", "Edit lineker 7 maaf, halo" },
        { "delete #batak 7", """{"do":"delete","to":"#batak","position":7}""", "Delete #batak 7" },
        { "react lineker 7 👍", """{"do":"react","to":"lineker","position":7,"emoji":"👍"}""", "React lineker 7 👍" },
        { "react lineker 7", """{"do":"react","to":"lineker","position":7,"emoji":""}""", "React lineker 7 " },
        { "typing lineker", """{"do":"typing","to":"lineker"}""", "Typing lineker" },
        { "read lineker", """{"do":"read","to":"lineker"}""", "Read lineker -" },
        { "read lineker 12", """{"do":"read","to":"lineker","position":12}""", "Read lineker 12" },
        { "inbox", """{"do":"inbox"}""", "Inbox" },
        { "history lineker", """{"do":"history","to":"lineker"}""", "History lineker - - -" },
        { "history lineker 20", """{"do":"history","to":"lineker","limit":20}""", "History lineker - - 20" },
        { "history #batak before 9 20", """{"do":"history","to":"#batak","before":9,"limit":20}""", "History #batak 9 - 20" },
        { "history #batak after 0", """{"do":"history","to":"#batak","after":0}""", "History #batak - 0 -" },
        { "history #batak before 9 after 3 5", """{"do":"history","to":"#batak","before":9,"after":3,"limit":5}""", "History #batak 9 3 5" },
        { "search kopi panas*", """{"do":"search","words":"kopi panas*"}""", "Search kopi panas* - - -" },
        { "conversations", """{"do":"conversations"}""", "Conversations - -" },
        { "who", """{"do":"who"}""", "Who" },
        { "status", """{"do":"status"}""", "Status -" },
        { "status james@dua", """{"do":"status","user":"james@dua"}""", "Status james@dua" },
        { "status set away", """{"do":"status set","presence":"away"}""", "SetStatus True" },
        { "status set online", """{"do":"status set","presence":"online"}""", "SetStatus False" },
        { "group create batak", """{"do":"group create","group":"batak"}""", "CreateGroup batak True" },
        { "group create #batak closed", """{"do":"group create","group":"#batak","open":false}""", "CreateGroup batak False" },
        { "group join batak@satu", """{"do":"group join","group":"batak@satu"}""", "JoinGroup #batak@satu" },
        { "group leave #batak", """{"do":"group leave","group":"#batak"}""", "ActInGroup #batak Leave - " },
        { "group invite batak james@dua", """{"do":"group invite","group":"batak","user":"james@dua"}""", "ActInGroup #batak Invite james@dua " },
        { "group kick batak james", """{"do":"group kick","group":"batak","user":"james"}""", "ActInGroup #batak Kick james " },
        { "group ban batak james", """{"do":"group ban","group":"batak","user":"james"}""", "ActInGroup #batak Ban james " },
        { "group unban batak james", """{"do":"group unban","group":"batak","user":"james"}""", "ActInGroup #batak Unban james " },
        { "group mute batak james", """{"do":"group mute","group":"batak","user":"james"}""", "ActInGroup #batak Mute james " },
        { "group unmute batak james", """{"do":"group unmute","group":"batak","user":"james"}""", "ActInGroup #batak Unmute james " },
        { "group role batak james moderator", """{"do":"group role","group":"batak","user":"james","role":"moderator"}""", "ActInGroup #batak Role james moderator" },
        { "group topic batak horas  semua", """{"do":"group topic","group":"batak","text":"horas  semua"}""", "ActInGroup #batak Topic - horas  semua" },
        { "group open batak", """{"do":"group open","group":"batak"}""", "ActInGroup #batak Open - " },
        { "group close batak", """{"do":"group close","group":"batak"}""", "ActInGroup #batak Close - " },
        { "group move batak Dua", """{"do":"group move","group":"batak","realm":"Dua"}""", "ActInGroup #batak Move - dua" },
        { "group list", """{"do":"group list"}""", "ListGroups False" },
        { "group list all", """{"do":"group list","all":true}""", "ListGroups True" },
        { "group members batak", """{"do":"group members","group":"batak"}""", "Members #batak" },
        { "peers", """{"do":"peers"}""", "Peers" },
        { "listen", """{"do":"listen"}""", "Listen -" },
        { "listen 1201", """{"do":"listen","from":"1201"}""", "Listen 1201" },
        { "unlisten", """{"do":"unlisten"}""", "Unlisten" },
        { "language en", """{"do":"language","language":"en"}""", "Language English" },
        { "language id", """{"do":"language","language":"id"}""", "Language Indonesian" },
        { "dialect realm-chat", """{"do":"dialect","dialect":"realm-chat"}""", "Switch realm-chat" },
        { "dialect kabar", """{"do":"dialect","dialect":"kabar"}""", "Switch kabar" },
        { "help", """{"do":"help"}""", "Help -" },
        { "help group join", """{"do":"help","verb":"group join"}""", "Help group join" },
        { "help group", """{"do":"help","verb":"group"}""", "Help group" },
        { "ping", """{"do":"ping"}""", "Ping" },
        { "quit", """{"do":"quit"}""", "Quit" },
    };

    /// <summary>What only the JSON form can say, and what both let pass.</summary>
    public static TheoryData<string, string> Further => new()
    {
        { """{"do":"register","username":"budi","password":"dua kata","name":"Budi \"B\" 雪"}""", "Register budi dua kata - Budi \"B\" 雪" },
        { """{"do":"send","to":"lineker","text":"a\nb","key":"k 1","reply":3}""", "Send lineker a\nb k 1 3" },
        { """{"do":"send","to":"lineker","text":""}""", "Send lineker  - -" },
        { """{"do":"send","to":"lineker","text":"halo","key":null,"reply":null}""", "Send lineker halo - -" },
        { """{"do":"react","to":"lineker","position":7}""", "React lineker 7 " },
        { """{"do":"search","words":"kopi","in":"#batak","before":"1201","limit":5}""", "Search kopi #batak 1201 5" },
        { """{"do":"conversations","before":"1201","limit":99999999999}""", "Conversations 1201 2147483647" },
        { """{"do":"group topic","group":"batak","text":""}""", "ActInGroup #batak Topic - " },
        { """  {"unknown":{"to":[1,{"do":"x"}]}, "do" : "ping", "Do":"quit","to":7 }  """, "Ping" },
        { "  ping  and more", "Ping" },
        { "group  join   batak   now", "JoinGroup #batak" },
        { "auth {messi} surabaya", "Auth {messi} surabaya" },
    };

    /// <summary>What means nothing, and what is said of it.</summary>
    public static TheoryData<string, Refusal, string?> Refused => new()
    {
        { "", Refusal.UnknownCommand, null },
        { "   ", Refusal.UnknownCommand, null },
        { "Ping", Refusal.UnknownCommand, null },
        { "group", Refusal.UnknownCommand, null },
        { "group dance batak", Refusal.UnknownCommand, null },
        { new string('x', 10_000), Refusal.UnknownCommand, null },
        { """{"do":"group"}""", Refusal.UnknownCommand, null },
        { """{"do":"dance"}""", Refusal.UnknownCommand, null },
        { """{"do":"group  join","group":"batak"}""", Refusal.UnknownCommand, null },

        { "pi\0ng", Refusal.MalformedLine, null },
        { "{", Refusal.MalformedLine, null },
        { "{}{}", Refusal.MalformedLine, null },
        { """{"do":"ping"} ping""", Refusal.MalformedLine, null },
        { """{"do":"ping",}""", Refusal.MalformedLine, null },
        { """{'do':'ping'}""", Refusal.MalformedLine, null },
        { """{"do":"ping","x":[[[[[[[[[]]]]]]]]]}""", Refusal.MalformedLine, null },
        { """{"do":"ping","id":true}""", Refusal.MalformedLine, null },
        { """{"do":"ping","id":[1]}""", Refusal.MalformedLine, null },
        { """{"do":"ping","id":{}}""", Refusal.MalformedLine, null },
        { """{"do":"ping","id":1,"id":1}""", Refusal.MalformedLine, null },
        { $$"""{"do":"ping","id":"{{new string('i', 65)}}"}""", Refusal.MalformedLine, null },
        { $$"""{"do":"ping","id":{{new string('1', 65)}}}""", Refusal.MalformedLine, null },

        { "{}", Refusal.MissingParameter, "do" },
        { """{"do":null}""", Refusal.MissingParameter, "do" },
        { """{"do":7}""", Refusal.InvalidParameter, "do" },
        { """{"do":"ping","do":"quit"}""", Refusal.InvalidParameter, "do" },
        { """{"do":"send","to":"lineker","to":"messi","text":"x"}""", Refusal.InvalidParameter, "to" },

        { "auth", Refusal.MissingParameter, "username" },
        { "auth messi", Refusal.MissingParameter, "password" },
        { "send", Refusal.MissingParameter, "to" },
        { "send lineker", Refusal.MissingParameter, "text" },
        { "send lineker  ", Refusal.MissingParameter, "text" },
        { "send lin/eker halo", Refusal.InvalidParameter, "to" },
        { "send # halo", Refusal.InvalidParameter, "to" },
        { "send james@ halo", Refusal.InvalidParameter, "to" },
        { "edit lineker tujuh x", Refusal.InvalidParameter, "position" },
        { "edit lineker +7 x", Refusal.InvalidParameter, "position" },
        { "edit lineker 7", Refusal.MissingParameter, "text" },
        { "delete lineker 0", Refusal.InvalidParameter, "position" },
        { "read lineker -1", Refusal.InvalidParameter, "position" },
        { "history lineker before", Refusal.MissingParameter, "before" },
        { "history lineker before x", Refusal.InvalidParameter, "before" },
        { "history lineker sekarang", Refusal.InvalidParameter, "limit" },
        { "history lineker 0", Refusal.InvalidParameter, "limit" },
        { "search", Refusal.MissingParameter, "words" },
        { "status set", Refusal.MissingParameter, "presence" },
        { "status set busy", Refusal.InvalidParameter, "presence" },
        { "status a/b", Refusal.InvalidParameter, "user" },
        { "sessions end 7", Refusal.InvalidParameter, "session" },
        { "group create", Refusal.MissingParameter, "group" },
        { "group create ba/tak", Refusal.InvalidParameter, "group" },
        { "group create batak shut", Refusal.InvalidParameter, "open" },
        { "group kick batak", Refusal.MissingParameter, "user" },
        { "group role batak james king", Refusal.InvalidParameter, "role" },
        { "group move batak -", Refusal.InvalidParameter, "realm" },
        { "group list everything", Refusal.InvalidParameter, "all" },
        { "listen x", Refusal.InvalidParameter, "from" },
        { "listen 99999999999999999999", Refusal.InvalidParameter, "from" },
        { "language de", Refusal.InvalidParameter, "language" },
        { "dialect klingon", Refusal.InvalidParameter, "dialect" },
        { "help dance", Refusal.InvalidParameter, "verb" },
        { "help gro", Refusal.InvalidParameter, "verb" },

        { """{"do":"send","text":"x"}""", Refusal.MissingParameter, "to" },
        { """{"do":"send","to":7,"text":"x"}""", Refusal.InvalidParameter, "to" },
        { """{"do":"send","to":"lineker","text":["x"]}""", Refusal.InvalidParameter, "text" },
        { """{"do":"send","to":"lineker","text":"a\u0000b"}""", Refusal.InvalidParameter, "text" },
        { """{"do":"send","to":"lineker","text":"\ud83d"}""", Refusal.InvalidParameter, "text" },
        { """{"do":"send","to":"\ud83d","text":"x"}""", Refusal.InvalidParameter, "to" },
        { """{"do":"send","to":"lineker","text":"x","key":""}""", Refusal.InvalidParameter, "key" },
        { $$"""{"do":"send","to":"lineker","text":"x","key":"{{new string('k', 65)}}"}""", Refusal.InvalidParameter, "key" },
        { """{"do":"send","to":"lineker","text":"x","key":7}""", Refusal.InvalidParameter, "key" },
        { """{"do":"send","to":"lineker","text":"x","reply":"3"}""", Refusal.InvalidParameter, "reply" },
        { """{"do":"send","to":"lineker","text":"x","reply":3.0}""", Refusal.InvalidParameter, "reply" },
        { """{"do":"delete","to":"lineker","position":1e3}""", Refusal.InvalidParameter, "position" },
        { """{"do":"delete","to":"lineker","position":99999999999999999999}""", Refusal.InvalidParameter, "position" },
        { """{"do":"group create","group":"batak","open":"yes"}""", Refusal.InvalidParameter, "open" },
        { """{"do":"group list","all":1}""", Refusal.InvalidParameter, "all" },
        { """{"do":"listen","from":1201}""", Refusal.InvalidParameter, "from" },
        { """{"do":"listen","from":""}""", Refusal.InvalidParameter, "from" },
    };

    /// <summary>Ids as they come and are echoed.</summary>
    public static TheoryData<string> Ids => ["7", "-1.5e+10", "\"\"", "\"a b\"", "\"\\u0041\\\"\"", "\"雪\"", "12345678901234567890", $"\"{new string('i', 64)}\""];

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_is_the_same_in_both_forms(string text, string json, string shown)
    {
        Show(text).ShouldBe(shown);
        Show(json).ShouldBe(shown);
    }

    [Theory]
    [MemberData(nameof(Further))]
    public void A_request_is_what_it_says(string line, string shown) => Show(line).ShouldBe(shown);

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_means_nothing_is_refused_with_the_parameter_that_is_wrong(string line, Refusal refusal, string? parameter) =>
        NativeReader.Read(Encoding.UTF8.GetBytes(line)).Request.ShouldBe(new RefusedRequest(refusal, parameter));

    [Theory]
    [MemberData(nameof(Ids))]
    public void An_id_is_kept_as_it_came_also_for_what_is_refused(string id)
    {
        foreach (var rest in (string[])["\"do\":\"ping\"", "\"do\":\"dance\"", "\"do\":\"send\"", "\"do\":\"send\",\"to\":\"a\",\"to\":\"b\""])
            Encoding.UTF8.GetString(NativeReader.Read(Encoding.UTF8.GetBytes($$"""{{{rest}},"id": {{id}} }""")).Id.Span).ShouldBe(id);
    }

    [Fact]
    public void What_is_no_UTF8_is_malformed() => NativeReader.Read([(byte)'p', 0xC3]).Request.ShouldBe(new RefusedRequest(Refusal.MalformedLine, null));

    [Fact]
    public void Every_verb_is_read_in_both_forms_by_these_tests() => Requests.Select(row => row.Data.Item2)
        .Select(json => System.Text.Json.JsonDocument.Parse(json).RootElement.GetProperty("do").GetString())
        .Distinct()
        .ShouldBe(NativeVerbs.Help(null, Language.English).Verbs.Select(verb => NameIn(verb.Form)), ignoreOrder: true);

    [Fact]
    public void Help_finds_a_verb_or_all_that_begin_with_a_word_in_either_language()
    {
        NativeVerbs.Help("ping", Language.English).Verbs.ShouldBe([("ping", "are you there?")]);
        NativeVerbs.Help("ping", Language.Indonesian).Verbs.ShouldBe([("ping", "memeriksa sambungan")]);
        NativeVerbs.Help("status", Language.English).Verbs.Select(verb => verb.Form).ShouldBe(["status [USER]", "status set away|online"]);
        NativeVerbs.Help("group", Language.Indonesian).Verbs.Length.ShouldBe(16);
        foreach (var language in Enum.GetValues<Language>()) NativeVerbs.Help(null, language).Verbs.ShouldAllBe(verb => verb.Does.Length > 0);
    }

    /// <summary>The verb at the beginning of a form: its words in lower case.</summary>
    internal static string NameIn(string form) => string.Join(' ', form.Split(' ').TakeWhile(word => word.All(char.IsAsciiLetterLower) && word is not ("away" or "id")));

    private static string Show(string line)
    {
        var read = NativeReader.Read(Encoding.UTF8.GetBytes(line));
        read.Id.IsEmpty.ShouldBeTrue();
        var values = read.Request.GetType().GetProperties().Where(property => property.Name != "EqualityContract").Select(property => property.GetValue(read.Request) switch
        {
            null => "-",
            MessageText text => text.Decode(),
            Password password => Encoding.UTF8.GetString(password.Utf8.Span),
            SessionToken token => token == default ? "nothing" : "token",
            SessionId session => session.Value.ToString(),
            var value => value.ToString(),
        });
        return string.Join(' ', values.Prepend(read.Request.GetType().Name.Replace("Request", "", StringComparison.Ordinal)));
    }
}
