using Kabar.Client;

namespace Kabar.Cli.Chat;

// What happens, and what the open conversation shows of it.
internal sealed partial class ChatState
{
    private long _shownTo; // of the open conversation: everything up to there was printed, or lies before what was
    private long _firstShown; // the oldest that was printed of it
    private (long First, long Last)? _page; // the page of the past that was printed last; null at its end
    private DateOnly? _day;
    private bool _isOpening;

    public void Apply(KabarEvent happened)
    {
        switch (happened)
        {
            case KabarEntry entry: ApplyEntry(entry); break;
            case KabarReceipt receipt: ApplyReceipt(receipt); break;
            case KabarTyping typing when typing.Who != Self: Conversation(typing.Conversation).Typing[typing.Who] = clock.GetUtcNow() + TypingHolds; break;
            case KabarPresence presence: ApplyPresence(presence); break;
        }
    }

    /// <summary>Opens a conversation: what it holds is asked for, and comes with <see cref="Show"/>.</summary>
    public ChatConversation Open(string name)
    {
        var conversation = Conversation(name);
        conversation.IsHidden = false;
        if (conversation != Current) _previous = Current;
        (Current, _isOpening, _shownTo, _firstShown, _page, _day) = (conversation, true, 0, 0, null, null);
        conversation.Ticks.Clear();
        return conversation;
    }

    /// <summary>The end of a conversation that was opened has come, or nothing has (null), because nothing was ever said there.</summary>
    public void Show(ChatConversation conversation, KabarHistory? history)
    {
        if (history is not null) Know(conversation, history);
        if (conversation != Current || !_isOpening) return;
        _isOpening = false;
        Say(ChatLine.Rule(Heading(conversation)));
        var shown = conversation.Entries.Where(entry => history is null || entry.Position >= history.First).ToList();
        var unread = shown.Where(entry => entry.Position > conversation.Read && Counts(entry)).ToList();
        foreach (var entry in shown)
        {
            var isFresh = unread.Count > 0 && entry == unread[0];
            Print(conversation, entry, _entries.Past(conversation, entry, Self), isFresh ? ChatLine.Rule(words.Fresh(Math.Max(unread.Count, conversation.Unread))) : null);
        }

        _firstShown = history?.First ?? 1;
        _shownTo = conversation.Head;
        conversation.Unread = 0;
    }

    /// <summary>How far the open conversation has been shown, where the realm does not know yet that this was read.</summary>
    public (string Conversation, long Position)? TakeRead()
    {
        if (Current is null || _isOpening || _shownTo <= Current.Read) return null;
        Current.Read = _shownTo;
        return (Current.Name, _shownTo);
    }

    /// <summary>Before what an older page is to be asked for.</summary>
    public long? OlderBefore => Current is null || _isOpening ? null : _page?.First ?? _firstShown;

    /// <summary>After what a newer page is to be asked for; null at the end.</summary>
    public long? NewerAfter => _page?.Last;

    /// <summary>A page of the past.</summary>
    public void ShowPage(ChatConversation conversation, KabarHistory history)
    {
        Know(conversation, history);
        if (conversation != Current) return;
        if (history.Entries.Count == 0)
        {
            Say(words.NothingOlder);
            return;
        }

        Say(ChatLine.Rule(words.Older(history.First, history.Last)));
        _day = null;
        foreach (var entry in history.Entries) Print(conversation, entry, _entries.Past(conversation, conversation.Find(entry.Position) ?? entry, Self));
        _page = history.Last >= _shownTo ? null : (history.First, history.Last);
        if (_page is null) Say(ChatLine.Rule(words.Now));
    }

    private void ApplyEntry(KabarEntry entry)
    {
        var conversation = Conversation(entry.Conversation);
        var isNew = entry.Position > conversation.Head;
        conversation.Take(entry);
        conversation.Head = Math.Max(conversation.Head, entry.Position);
        conversation.Typing.Remove(entry.From);
        _waiting.RemoveAll(message => message.Id == entry.Id);
        Met(entry.From);
        if (entry.Kind == "topic") conversation.Topic = entry.Text;
        if (!isNew) return;

        conversation.IsHidden = false;
        if (entry.Undelivered is { } lost) Fail(lost, entry);
        if (conversation == Current && !_isOpening)
        {
            Print(conversation, entry, _entries.Live(conversation, entry, Self));
            _shownTo = entry.Position;
        }
        else
        {
            if (entry.Kind == "failed") Say(_entries.Failure(entry)); // wherever he is: it is about something that he takes for said
            else if (ShowsAll && _entries.Live(conversation, entry, Self) is { } line) Say(line with { Spans = [new($"[{conversation.Name}] ", Tone.Dim), .. line.Spans] });
            if (Counts(entry)) conversation.Unread++;
        }
    }

    private bool Counts(KabarEntry entry) => entry.Kind == "failed" || (entry is { Kind: "message", IsDeleted: false } && entry.From != Self);

    private void Fail(KabarUndelivered lost, KabarEntry failure)
    {
        var conversation = Conversation(lost.To);
        if (conversation.Entries.FirstOrDefault(entry => entry.Id == lost.Id) is not { } message) return;
        conversation.Take(message with { Failure = failure.Failure ?? "" });
        TellTicks(conversation);
    }

    private void ApplyReceipt(KabarReceipt receipt)
    {
        var conversation = Conversation(receipt.Conversation);
        if (receipt.Who == Self)
        {
            conversation.Read = Math.Max(conversation.Read, receipt.Read);
            if (conversation.Read >= conversation.Head) conversation.Unread = 0;
            return;
        }

        conversation.TakeReceipt(receipt);
        TellTicks(conversation);
    }

    private void TellTicks(ChatConversation conversation)
    {
        if (conversation != Current) return;
        foreach (var (position, shown) in conversation.Ticks.ToList())
        {
            if (conversation.Find(position) is not { } entry || conversation.TickOf(entry, Self) is var tick && tick == shown) continue;
            conversation.Ticks[position] = tick;
            _ticks.Add((new ChatPlace(conversation.Name, position), glyphs.Of(tick)));
        }
    }

    private void ApplyPresence(KabarPresence presence)
    {
        Met(presence.Who);
        if (_conversations.Find(known => known.Name == presence.Who) is not { } conversation || presence.Who == Self) return;
        var before = conversation.Presence?.State;
        conversation.Presence = presence;
        if (presence.State != "online") conversation.Typing.Clear();
        if (conversation == Current && before is not null && before != presence.State) Say("   " + words.Is(presence.Who, presence.State));
    }

    private void Know(ChatConversation conversation, KabarHistory history)
    {
        foreach (var entry in history.Entries)
        {
            conversation.Keep(entry);
            Met(entry.From);
        }

        foreach (var receipt in history.Receipts) conversation.TakeReceipt(receipt);
        conversation.Head = Math.Max(conversation.Head, history.Head);
        conversation.Read = Math.Max(conversation.Read, history.Read);
    }

    private string Heading(ChatConversation conversation)
    {
        List<string> parts = [conversation.Name];
        if (conversation.Presence is { } presence)
        {
            if (!string.IsNullOrEmpty(presence.Name)) parts.Add(presence.Name);
            parts.Add(presence.Seen is { } seen && presence.State == "offline" ? words.Seen(_entries.Local(seen)) : words.PresenceOf(presence.State));
        }

        if (conversation.Topic.Length > 0) parts.Add(conversation.Topic);
        return string.Join(glyphs.Dot, parts);
    }

    private void Print(ChatConversation conversation, KabarEntry entry, ChatLine? line, ChatLine? above = null)
    {
        if (line is null) return;
        var day = DateOnly.FromDateTime(_entries.Local(entry.Sent).DateTime);
        if (day != _day) Say(ChatLine.Rule(words.Date(_entries.Local(entry.Sent))));
        _day = day;
        if (above is not null) Say(above);
        Say(line);
        if (line.Place is { } place) conversation.Ticks[place.Position] = conversation.TickOf(entry, Self);
    }
}
