using Kabar.Client;

namespace Kabar.Cli.Chat;

/// <summary>
/// What the person has before him: his conversations, the one that is open, what is to be shown. Events and answers go in; lines, prompt, notes and ticks come out. Does no I/O, and is its
/// owner's alone.
/// </summary>
internal sealed partial class ChatState(ChatWords words, ChatGlyphs glyphs, TimeProvider clock)
{
    private static readonly TimeSpan TypingHolds = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan LossPace = TimeSpan.FromMinutes(1);

    private readonly List<ChatConversation> _conversations = [];
    private readonly List<ChatMessage> _waiting = [];
    private readonly ChatEntries _entries = new(words, glyphs, clock);
    private readonly List<ChatLine> _lines = [];
    private readonly List<(ChatPlace Place, ChatSpan Tick)> _ticks = [];
    private readonly HashSet<string> _users = new(StringComparer.Ordinal);
    private bool _isLost;
    private bool _lossIsTold;
    private DateTimeOffset _lossTold;
    private ChatConversation? _previous;
    private ChatNames? _names; // null when there are others

    /// <summary>Who sits here.</summary>
    public string Self { get; private set; } = "";

    /// <summary>The conversations in the order of their numbers, which are theirs for as long as the program runs.</summary>
    public IReadOnlyList<ChatConversation> Conversations => _conversations;

    /// <summary>The one that is open; null before the first.</summary>
    public ChatConversation? Current { get; private set; }

    /// <summary>Messages that have no place yet.</summary>
    public IReadOnlyList<ChatMessage> Waiting => _waiting;

    public bool IsConnected => !_isLost;

    /// <summary>What is said elsewhere is shown too, with where: for who cannot look there.</summary>
    public bool ShowsAll { get; init; }

    /// <summary>The conversations, and everybody whose name was seen: for completion.</summary>
    public ChatNames Names => _names ??= new(
        [.. _conversations.Select(known => known.Name)], [.. _users.Concat(_conversations.Where(known => !known.IsGroup).Select(known => known.Name)).Distinct()]);

    public ChatEntries Entries => _entries;

    public void Begin(KabarUser user, IReadOnlyList<KabarConversation> conversations, IReadOnlyList<KabarGroup> groups)
    {
        Self = user.Username;
        foreach (var listed in conversations)
        {
            var conversation = Conversation(listed.Name);
            (conversation.Head, conversation.Read, conversation.Unread) = (Math.Max(conversation.Head, listed.Last.Position), listed.Read, listed.Unread);
        }

        foreach (var group in groups) Conversation(group.Name).Topic = group.Topic;
        Say(ChatLine.Of(words.Welcome(user.Username, user.Realm), Tone.Strong));
        Say(ChatLine.Of(words.Hint, Tone.Dim));
        if (_conversations.Any(known => known.Unread > 0)) Say([.. ListLines()]);
    }

    /// <summary>The conversation of that name; it is a new one if there was none.</summary>
    public ChatConversation Conversation(string name)
    {
        if (_conversations.Find(known => known.Name == name) is { } found) return found;
        var added = new ChatConversation(name);
        _conversations.Add(added);
        _names = null;
        return added;
    }

    public void Say(params IReadOnlyList<ChatLine> lines) => _lines.AddRange(lines);

    public void Say(string text, Tone tone = Tone.Dim) => _lines.Add(ChatLine.Of(text, tone));

    public void Met(IEnumerable<string> users)
    {
        foreach (var user in users) Met(user);
    }

    /// <summary>What is to be printed, once.</summary>
    public IReadOnlyList<ChatLine> TakeLines() => Taken(_lines);

    /// <summary>The ticks that have changed of what was printed, once.</summary>
    public IReadOnlyList<(ChatPlace Place, ChatSpan Tick)> TakeTicks() => Taken(_ticks);

    /// <summary>The open one, and with what the others have unread.</summary>
    public string Prompt
    {
        get
        {
            var others = _conversations.Where(other => other != Current && other.Unread > 0).ToList();
            List<string> parts = [Current?.Name ?? "kabar", .. others.Take(3).Select(other => $"{other.Name} {other.Unread}{(other.Unread >= 100 ? "+" : "")}")];
            if (others.Count > 3) parts.Add($"+{others.Count - 3}");
            return $"[{string.Join(glyphs.Dot, parts)}] ";
        }
    }

    /// <summary>What stands above the line, and comes and goes: messages that wait, who is typing, that the connection is lost.</summary>
    public IReadOnlyList<ChatLine> Notes()
    {
        const int Most = 3;
        List<ChatLine> notes = [];
        foreach (var message in _waiting.Take(Most))
        {
            var where = message.To == Current?.Name ? "" : message.To + ": ";
            notes.Add(new([glyphs.Of(Tick.Queued), new($" {where}{Terminal.Printable.Line(message.Text)}", Tone.Dim)]));
        }

        if (_waiting.Count > Most) notes.Add(ChatLine.Of("   " + words.MoreWaiting(_waiting.Count - Most), Tone.Dim));
        var now = clock.GetUtcNow();
        if (Current?.Typing.Where(typing => typing.Value > now).Select(typing => typing.Key).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } who)
            notes.Add(ChatLine.Of("   " + words.TypingNow(who) + glyphs.More, Tone.Dim));
        if (_isLost) notes.Add(ChatLine.Of("   " + words.NotConnected, Tone.Dim));
        return notes;
    }

    /// <summary>When the notes are other ones without anything having happened; null for never.</summary>
    public DateTimeOffset? NotesChange
    {
        get
        {
            var now = clock.GetUtcNow();
            return Current?.Typing.Values.Where(until => until > now).Select(until => (DateTimeOffset?)until).Min();
        }
    }

    /// <summary>A message was written, and goes to the realm.</summary>
    public ChatMessage Write(string to, string text)
    {
        var message = new ChatMessage(to, text);
        _waiting.Add(message);
        return message;
    }

    /// <summary>The realm has it. Its entry, which comes by itself, takes it out of what waits.</summary>
    public void Posted(ChatMessage message, KabarPosted posted)
    {
        message.Id = posted.Id;
        if (posted.Position is { } position && Conversation(message.To).Head >= position) _waiting.Remove(message);
    }

    public void Refused(ChatMessage message, string reason)
    {
        _waiting.Remove(message);
        Say(new ChatLine([glyphs.Of(Tick.Failed), new($" {words.NotSent(reason)} ", Tone.Alarm), new(glyphs.Quote(message.Text), Tone.Dim)]));
    }

    /// <summary>The connection is lost, or stands again.</summary>
    public void Connected(bool isConnected)
    {
        if (isConnected != _isLost) return;
        _isLost = !isConnected;
        foreach (var conversation in _conversations) conversation.Typing.Clear();
        if (isConnected)
        {
            if (_lossIsTold) Say(words.ConnectedAgain);
            _lossIsTold = false;
            return;
        }

        // A connection that comes and goes would fill the screen; the note above the line tells how it is.
        _lossIsTold = clock.GetUtcNow() - _lossTold >= LossPace;
        if (!_lossIsTold) return;
        _lossTold = clock.GetUtcNow();
        Say(words.ConnectionLost);
    }

    /// <summary>A conversation cannot be: there is nobody of that name.</summary>
    public void Abandon(ChatConversation conversation)
    {
        if (conversation.Head == 0 && _conversations.Remove(conversation)) _names = null;
        if (conversation != Current) return;
        (Current, _isOpening) = (null, false);
        if (_previous is not null && _conversations.Contains(_previous)) (Current, _shownTo, _firstShown) = (_previous, _previous.Head, _previous.Head + 1);
    }

    /// <summary>The numbered list.</summary>
    public IEnumerable<ChatLine> ListLines() => _conversations.Select((conversation, index) => (conversation, index)).Where(one => !one.conversation.IsHidden).Select(one =>
    {
        var conversation = one.conversation;
        var about = conversation.IsGroup ? conversation.Topic : conversation.Presence is { } presence ? words.PresenceOf(presence.State) : "";
        return new ChatLine(
        [
            new($"{one.index + 1,3} ", Tone.Dim), new(conversation.Name, conversation == Current ? Tone.Strong : Tone.Plain),
            new(conversation.Unread > 0 ? $"  {words.Fresh(conversation.Unread)}" : "", Tone.Read), new(about.Length > 0 ? $"  {about}" : "", Tone.Dim),
        ]);
    });

    /// <summary>The next or the previous conversation that is listed, round and round; with something unread, if only those count.</summary>
    public ChatConversation? Neighbour(int step, bool unreadOnly)
    {
        var count = _conversations.Count;
        var from = Current is null ? step > 0 ? -1 : count : _conversations.IndexOf(Current);
        for (var far = 1; far <= count; far++)
        {
            var candidate = _conversations[(((from + (step * far)) % count) + count) % count];
            if (candidate != Current && !candidate.IsHidden && (!unreadOnly || candidate.Unread > 0)) return candidate;
        }

        return null;
    }

    /// <summary>The user's last message here that can still be edited.</summary>
    public KabarEntry? LastOwn() => Current?.Entries.LastOrDefault(entry => entry is { Kind: "message", IsDeleted: false } && entry.From == Self);

    private void Met(string user)
    {
        if (_users.Add(user)) _names = null;
    }

    private static IReadOnlyList<T> Taken<T>(List<T> list)
    {
        T[] taken = [.. list];
        list.Clear();
        return taken;
    }
}
