using Kabar.Client;

namespace Kabar.Cli.Chat;

// What is done with groups: with the one that is named first, or the one that is open.
internal static partial class ChatDeeds
{
    public static async Task JoinAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var group = await chat.Client.Groups.JoinAsync(request.Words[0], cancellationToken);
        await OpenAsync(chat, group, cancellationToken);
    }

    public static async Task LeaveAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken) =>
        await chat.Client.Groups.LeaveAsync(Group(chat, request, out _), cancellationToken);

    public static async Task CreateAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        if (request.Word(1) is not (null or "closed")) throw new CommandFault(chat.Words.Usage(request.Verb.Form));
        var group = await chat.Client.Groups.CreateAsync(request.Words[0], isOpen: request.Word(1) is null, cancellationToken);
        await OpenAsync(chat, group, cancellationToken);
    }

    public static async Task GroupsAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var groups = await chat.Client.Groups.ListAsync(request.Word(0) == "all", cancellationToken);
        chat.Change(state => state.Say([.. groups.Select(Line)]));
        if (groups.Count == 0) chat.Say(chat.Words.Say("None.", "Tidak ada."));

        ChatLine Line(KabarGroup group) => new(
        [
            new(group.Name, Tone.Strong), new($"  {chat.Words.Members(group.Members)}", Tone.Dim), new(group.Role is null ? "" : $"  {group.Role}"),
            new(group.IsOpen ? "" : $"  {chat.Words.Say("closed", "tertutup")}", Tone.Dim), new(group.Topic.Length > 0 ? $"  {Terminal.Printable.Line(group.Topic)}" : ""),
        ])
        { Indent = 2 };
    }

    public static async Task MembersAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var members = await chat.Client.Groups.MembersAsync(Group(chat, request, out _), cancellationToken);
        chat.Change(state =>
        {
            state.Met(members.Select(member => member.User));
            state.Say([.. members.Select(member => new ChatLine(
            [
                new(member.User, Tone.Person), new(member.Name.Length > 0 && member.Name != member.User ? $" ({member.Name})" : ""),
                new(member.Role == "member" ? "" : $"  {member.Role}", Tone.Dim), new(member.IsMuted ? $"  {chat.Words.Say("muted", "dibisukan")}" : "", Tone.Dim),
            ]))]);
        });
    }

    public static Task TopicAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken) =>
        chat.Client.Groups.SetTopicAsync(Group(chat, request, out var words), request.After(words), cancellationToken);

    public static Task ActAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var group = Group(chat, request, out var words);
        return chat.Client.Groups.ActAsync(group, request.Verb.Name, Word(chat, request, words), cancellationToken);
    }

    public static Task RoleAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken)
    {
        var group = Group(chat, request, out var words);
        return chat.Client.Groups.SetRoleAsync(group, Word(chat, request, words), Word(chat, request, words + 1), cancellationToken);
    }

    public static Task OpenAsync(ChatClient chat, ChatRequest request, CancellationToken cancellationToken) =>
        chat.Client.Groups.SetOpenAsync(Group(chat, request, out _), request.Verb.Name == "open", cancellationToken);

    private static Task OpenAsync(ChatClient chat, KabarGroup group, CancellationToken cancellationToken)
    {
        chat.Change(state => state.Conversation(group.Name).Topic = group.Topic);
        return chat.OpenAsync(group.Name, cancellationToken);
    }

    private static string Group(ChatClient chat, ChatRequest request, out int words)
    {
        words = 0;
        if (request.Word(0) is ['#', ..] named)
        {
            words = 1;
            return named;
        }

        return chat.Look(state => state.Current is { IsGroup: true } open ? open.Name : null) ?? throw new CommandFault(chat.Words.NotAGroup);
    }

    private static string Word(ChatClient chat, ChatRequest request, int index) => request.Word(index) ?? throw new CommandFault(chat.Words.Usage(request.Verb.Form));
}
