using Kabar.Cli.Chat;
using Kabar.Cli.Terminal;
using Kabar.Client;

namespace Kabar.Tests.Cli.Chat;

public sealed class ChatClientTests : IAsyncDisposable
{
    private readonly StringWriter _output = new();
    private readonly KabarClient _client = new(new KabarClientOptions { Server = new Uri("tcp://127.0.0.1:1") });
    private readonly ChatClient _chat;

    public ChatClientTests()
    {
        var words = new ChatWords(isIndonesian: false);
        var screen = new ChatScreen(new PlainLines(TextReader.Null, _output), new ChatPaint(hasColours: false, ChatGlyphs.Unicode));
        _chat = new ChatClient(_client, new ChatState(words, ChatGlyphs.Unicode, TimeProvider.System), screen, words, TimeProvider.System);
    }

    [Fact]
    public async Task Tab_does_not_wait_for_what_is_being_shown()
    {
        _chat.Change(state => state.Conversation("lineker"));
        using var ends = new ManualResetEventSlim();
        var changing = new TaskCompletionSource();
        var change = Task.Run(() => _chat.Change(_ =>
        {
            changing.SetResult();
            ends.Wait();
        }));
        await changing.Task;
        try
        {
            (await Task.Run(() => _chat.Complete("/msg li")).WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(["lineker"]);
        }
        finally
        {
            ends.Set();
            await change;
        }
    }

    [Fact]
    public void What_the_client_does_not_take_is_refused_and_the_next_message_has_its_turn()
    {
        _chat.Send("lineker", "satu"); // nobody is logged in
        _chat.Send("lineker", "dua");
        _chat.Look(state => state.Waiting.Count).ShouldBe(0);
        _output.ToString().ShouldContain("satu");
        _output.ToString().ShouldContain("dua");
    }

    public async ValueTask DisposeAsync()
    {
        await _chat.DisposeAsync();
        await _client.DisposeAsync();
    }
}
