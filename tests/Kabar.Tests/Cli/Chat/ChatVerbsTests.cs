using Kabar.Cli.Chat;

namespace Kabar.Tests.Cli.Chat;

public sealed class ChatVerbsTests
{
    private readonly ChatState _state = new(new ChatWords(isIndonesian: false), ChatGlyphs.Unicode, TimeProvider.System);

    public ChatVerbsTests()
    {
        foreach (var name in (string[])["lineker", "james@dua", "#batak", "#bola"]) _state.Conversation(name);
        _state.Met(["lina", "messi"]);
    }

    [Fact]
    public void Each_command_has_a_name_of_its_own_and_a_line_in_both_languages()
    {
        ChatVerbs.All.Select(verb => verb.Name).ShouldBeUnique();
        foreach (var verb in ChatVerbs.All)
        {
            ChatVerbs.Help(verb, new ChatWords(isIndonesian: false)).ShouldStartWith("/" + verb.Name);
            (verb.English.Length > 0 && verb.Indonesian.Length > 0 && verb.English != verb.Indonesian).ShouldBeTrue(verb.Name);
        }
    }

    [Theory]
    [InlineData("/me", "/members")]
    [InlineData("/un", "/unban /unmute")]
    [InlineData("/msg li", "lina lineker")]
    [InlineData("/msg ja", "james@dua")]
    [InlineData("/msg #", "#batak #bola")]
    [InlineData("/join #ba", "#batak")]
    [InlineData("/kick li", "lina lineker")]
    [InlineData("/kick #batak li", "lina lineker")]
    [InlineData("/role lina mod", "moderator")]
    [InlineData("/react 17 thumbs", "thumbsdown thumbsup")]
    [InlineData("/help re", "react read reply")]
    [InlineData("/list ", "")]
    [InlineData("/tidakada x", "")]
    [InlineData("//me", "")]
    [InlineData("halo lin", "lina lineker")]
    [InlineData("ke #bo", "#bola")]
    [InlineData("halo ", "")]
    [InlineData("", "")]
    public void Tab_offers_what_the_word_may_become(string line, string offered) => string.Join(' ', ChatVerbs.Complete(line, _state.Names)).ShouldBe(offered);

    [Theory]
    [InlineData("17  satu  dua\ntiga ", 1, "satu  dua\ntiga ")]
    [InlineData("17", 1, "")]
    [InlineData(" #batak topik baru", 1, "topik baru")]
    [InlineData("a b c", 0, "a b c")]
    public void What_follows_some_words_is_as_it_was_typed(string line, int words, string rest) =>
        new ChatRequest(ChatVerbs.All[0], line).After(words).ShouldBe(rest);

    [Theory]
    [InlineData("thumbsup", "👍")]
    [InlineData(":Heart:", "❤️")]
    [InlineData("🍚", "🍚")]
    [InlineData("sip", "sip")]
    public void An_emoji_may_be_named(string word, string emoji) => EmojiNames.Of(word).ShouldBe(emoji);

    [Theory]
    [InlineData("id_ID.UTF-8", "daring")]
    [InlineData("en_US.UTF-8", "online")]
    [InlineData(null, "online")]
    public void The_locale_says_the_language(string? locale, string online) => ChatWords.For(name => name == "LANG" ? locale : null).PresenceOf("online").ShouldBe(online);

    [Fact]
    public void Days_have_their_names_in_both_languages()
    {
        var day = new DateTimeOffset(2026, 8, 17, 0, 0, 0, TimeSpan.Zero);
        new ChatWords(isIndonesian: true).Date(day).ShouldBe("Senin, 17 Agustus 2026");
        new ChatWords(isIndonesian: false).Date(day).ShouldBe("Monday, 17 August 2026");
    }
}
