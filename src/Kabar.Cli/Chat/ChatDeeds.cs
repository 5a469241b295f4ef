using System.Globalization;

namespace Kabar.Cli.Chat;

/// <summary>What the commands of <see cref="ChatVerbs"/> do.</summary>
internal static partial class ChatDeeds
{
    public static async Task MessageAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var (to, text) = (request.Words[0], request.After(1));
        if (text.Length == 0 || chat.Look(state => state.Current?.Name) != to) await chat.OpenAsync(to, cancellationToken);
        if (text.Length > 0 && chat.Look(state => state.Current?.Name) == to) chat.Send(to, text);
    }

    public static Task ListAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        chat.Change(state => state.Say([.. state.ListLines()]));
        return Task.CompletedTask;
    }

    public static async Task HideAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        string? next = null;
        chat.Change(state =>
        {
            var hidden = request.Word(0) is { } name ? state.Conversations.FirstOrDefault(known => known.Name == name) : state.Current;
            if (hidden is null) return;
            hidden.IsHidden = true;
            if (hidden == state.Current) next = state.Neighbour(+1, unreadOnly: false)?.Name;
        });
        if (next is not null) await chat.OpenAsync(next, cancellationToken);
    }

    public static Task ReplyAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        chat.Send(Current(chat), request.After(1), Position(chat, request));
        return Task.CompletedTask;
    }

    public static async Task EditAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        if (request.Words.Count == 0)
        {
            chat.EditLast();
            return;
        }

        var position = Position(chat, request);
        if (request.Words.Count > 1)
        {
            await chat.Client.EditAsync(Current(chat), position, request.After(1).TrimEnd('\n'), cancellationToken);
            return;
        }

        var text = chat.Look(state => state.Current?.Find(position)?.Text) ?? throw new CommandFault(chat.Words.NoSuch(position));
        chat.Prefill($"/edit {position} {text}");
    }

    public static Task DeleteAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken) =>
        chat.Client.DeleteAsync(Current(chat), Position(chat, request), cancellationToken);

    public static Task ReactAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken) =>
        chat.Client.ReactAsync(Current(chat), Position(chat, request), request.Word(1) is { } emoji ? EmojiNames.Of(emoji) : null, cancellationToken);

    public static Task HistoryAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var count = int.TryParse(request.Word(0), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : ChatClient.Page;
        return chat.OlderAsync(count, cancellationToken);
    }

    public static async Task SearchAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var found = await chat.Client.SearchAsync(request.Line.Trim(), limit: ChatClient.Page, cancellationToken: cancellationToken);
        if (found.Entries.Count == 0) chat.Say(chat.Words.NobodyFound);
        else chat.Change(state => state.Say([.. found.Entries.Reverse().Select(state.Entries.Found)])); // the newest next to the line
    }

    public static async Task ReadAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        foreach (var name in chat.Look(state => state.Conversations.Where(known => known.Unread > 0).Select(known => known.Name).ToList()))
        {
            var position = await chat.Client.ReadAsync(name, cancellationToken: cancellationToken);
            chat.Change(state =>
            {
                var conversation = state.Conversation(name);
                (conversation.Read, conversation.Unread) = (Math.Max(conversation.Read, position), 0);
            });
        }

        chat.Say(chat.Words.AllRead);
    }

    public static async Task WhoAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var users = await chat.Client.WhoAsync(cancellationToken);
        chat.Change(state =>
        {
            state.Met(users.Select(user => user.Who));
            state.Say([.. users.Select(user => Person(chat, user.Who, user.Name, user.State))]);
        });
    }

    public static async Task StatusAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var presence = await chat.Client.StatusAsync(request.Words[0], cancellationToken);
        chat.Change(state =>
        {
            state.Apply(presence);
            var seen = presence.Seen is { } time ? ", " + chat.Words.Seen(state.Entries.Local(time)) : "";
            state.Say(Person(chat, presence.Who, presence.Name, presence.State, seen));
        });
    }

    public static async Task AwayAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var isAway = request.Verb.Name == "away";
        await chat.Client.SetAwayAsync(isAway, cancellationToken);
        chat.Say(chat.Words.PresenceOf(isAway ? "away" : "online"));
    }

    public static async Task SessionsAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        if (request.Word(0) is "end" && request.Word(1) is { } session)
        {
            await chat.Client.EndSessionAsync(session, cancellationToken);
            chat.Say(chat.Words.Done);
            return;
        }

        if (request.Words.Count > 0) throw new CommandFault(chat.Words.Usage(request.Verb.Form));
        var sessions = await chat.Client.SessionsAsync(cancellationToken);
        chat.Change(state => state.Say(
        [
            .. sessions.Select(one => new ChatLine(
            [
                new(one.Id + "  ", one.IsCurrent ? Tone.Strong : Tone.Plain),
                new($"{chat.Words.ShortDate(state.Entries.Local(one.Created))} – {chat.Words.ShortDate(state.Entries.Local(one.LastUsed))}", Tone.Dim),
                new(one.IsCurrent ? $"  {chat.Words.Say("this one", "yang ini")}" : ""),
            ])),
        ]));
    }

    public static async Task PasswordAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        if (!chat.IsTerminal) throw new CommandFault(chat.Words.Say("That is asked for at a terminal only.", "Itu hanya ditanyakan di terminal."));
        if (await chat.AskAsync(chat.Words.OldPassword, chat.Words.NewPassword, chat.Words.Repeat) is not [var old, var next, var repeated]) return;
        if (repeated != next) throw new CommandFault(chat.Words.NotTheSame);
        await chat.Client.ChangePasswordAsync(old, next, cancellationToken);
        chat.Say(chat.Words.PasswordChanged);
    }

    public static async Task PeersAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var peers = await chat.Client.PeersAsync(cancellationToken);
        chat.Change(state => state.Say(
        [
            .. peers.Select(peer => new ChatLine(
            [
                new(peer.Realm, Tone.Strong),
                new(peer.IsConnected ? $"  {chat.Words.Say("connected", "terhubung")}" : $"  {chat.Words.Say("not reached", "tidak terjangkau")}", peer.IsConnected ? Tone.Dim : Tone.Alarm),
            ])),
        ]));
        if (peers.Count == 0) chat.Say(chat.Words.Say("None.", "Tidak ada."));
    }

    public static Task HelpAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var name = request.Word(0)?.TrimStart('/');
        var verbs = ChatVerbs.All.Where(verb => name is null || verb.Name == name).ToList();
        if (verbs.Count == 0) throw new CommandFault(chat.Words.NoCommand(name ?? ""));
        chat.Change(state =>
        {
            state.Say([.. verbs.Select(verb => new ChatLine([new(ChatVerbs.Help(verb, chat.Words))]) { Indent = 25 })]);
            if (name is null) state.Say(chat.Words.Keys);
        });
        return Task.CompletedTask;
    }

    public static Task QuitAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        chat.Leave();
        return Task.CompletedTask;
    }

    private static ChatLine Person(ChatClient chat, string who, string? name, string state, string more = "") =>
        new([new(who, Tone.Person), new(string.IsNullOrEmpty(name) ? "" : $" ({name})"), new($"  {chat.Words.PresenceOf(state)}{more}", Tone.Dim)]);

    private static string Current(ChatClient chat) => chat.Look(state => state.Current?.Name) ?? throw new CommandFault(chat.Words.NoConversation);

    private static long Position(ChatClient chat, ChatRequest request) =>
        long.TryParse(request.Words[0].TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw new CommandFault(chat.Words.NotANumber(request.Words[0]));
}
