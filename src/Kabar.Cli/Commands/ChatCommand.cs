using System.CommandLine;
using Kabar.Cli.Accounts;
using Kabar.Cli.Chat;
using Kabar.Cli.Terminal;
using Kabar.Client;

namespace Kabar.Cli.Commands;

/// <summary>`kabar chat`: conversations at a terminal, as they happen.</summary>
internal static class ChatCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("chat",
            "Chats: shows messages as they come, above the line you write in. Goes on with the session of `kabar login`, or asks who you are. "
            + "/help inside shows what can be done. From a pipe it reads plain lines and prints plain lines.");
        var server = new ServerOptions(command, takesUris: true);
        var user = new Option<string>("--user") { Description = "Who to be; asks for the password.", HelpName = "NAME" };
        var register = new Option<bool>("--register") { Description = "Make an account first, with the name and the password that are asked for." };
        command.Options.Add(user);
        command.Options.Add(register);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var words = ChatWords.For(around.Variable);
            var login = server.ReadLogin(result, around);
            var options = server.ReadUri(result) is { } uri
                ? new KabarClientOptions { Server = uri, Fingerprint = server.ReadPin(result), Language = words.Language }
                : await RealmClient.OptionsAsync(login.Endpoint, words.Language, cancellationToken);
            var asked = result.GetValue(user);
            var kept = server.ReadUri(result) is null && !result.GetValue(register) && login.HasToken && (asked is null || asked == login.Username) ? login.Token : null;
            await RunAsync(new Person(asked, kept, result.GetValue(register)), options, words, around, cancellationToken);
        }));
        return command;
    }

    private static async Task RunAsync(Person person, KabarClientOptions options, ChatWords words, Surroundings around, CancellationToken stopping)
    {
        await using var client = new KabarClient(options);
        var (user, isOwn) = await LogInAsync(client, person, around, stopping);
        try
        {
            await ServeAsync(client, user, words, around, stopping);
        }
        finally
        {
            if (isOwn) await LogOutAsync(client);
        }
    }

    // A session that was opened for this chat ends with it; if the realm is away, by its age.
    private static async Task LogOutAsync(KabarClient client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await client.LogOutAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task ServeAsync(KabarClient client, KabarUser user, ChatWords words, Surroundings around, CancellationToken stopping)
    {
        var isTerminal = around.Ask is not null && TerminalMode.IsAvailable;
        var hasColours = isTerminal && string.IsNullOrEmpty(around.Variable("NO_COLOR"));
        var glyphs = ChatGlyphs.For(around.Variable, hasColours);
        var paint = new ChatPaint(hasColours, glyphs);
        var state = new ChatState(words, glyphs, TimeProvider.System) { ShowsAll = !isTerminal };
        if (!isTerminal || !OperatingSystem.IsLinux())
        {
            var plain = new PlainLines(around.Input, around.Output);
            await using var piped = new ChatClient(client, state, new ChatScreen(plain, paint), words, TimeProvider.System);
            await piped.RunAsync(user, token => plain.ReadLinesAsync(token), stopping);
            return;
        }

        var editor = LineEditor.OfTerminal(paint.Prompt);
        editor.Pastes = new PasteNotes(words.Lines, words.PasteAdvice);
        await using var chat = new ChatClient(client, state, new ChatScreen(editor, paint), words, TimeProvider.System);
        (editor.Completion, editor.Shortcut) = (chat.Complete, chat.Press);
        editor.Edited += chat.Edited;
        // Not in a file: it would be a record of what was said.
        var history = History.InMemory();
        await chat.RunAsync(user, token => editor.ReadLinesAsync(history, token), stopping);
    }

    private static async Task<(KabarUser User, bool IsOwn)> LogInAsync(KabarClient client, Person person, Surroundings around, CancellationToken stopping)
    {
        if (person.Token is { } token)
        {
            try
            {
                return (await client.ResumeAsync(token, stopping), false);
            }
            catch (KabarException refused) when (refused.Code == "unknown_session")
            {
                await around.Error.WriteLineAsync(Printable.Line(refused.Message)); // and he is asked, as if there had been none
            }
            catch (KabarException refused)
            {
                throw new CommandFault(refused.Message);
            }
        }

        var name = person.Name ?? Ask(around, "Username: ", isSecret: false);
        var password = Ask(around, "Password: ", isSecret: true);
        try
        {
            return (person.Registers ? await client.RegisterAsync(name, password, cancellationToken: stopping) : await client.LogInAsync(name, password, stopping), true);
        }
        catch (KabarException refused)
        {
            throw new CommandFault(refused.Message);
        }
    }

    private static string Ask(Surroundings around, string question, bool isSecret) =>
        ((around.Ask is null ? around.Input.ReadLine() : around.Ask(question, isSecret)) is { Length: > 0 } answer ? answer : null)
        ?? throw new CommandFault("There was no answer; nothing was done.");

    /// <summary>Who is to chat: with a kept session, or by a name and a password.</summary>
    private sealed record Person(string? Name, string? Token, bool Registers);
}
