using Kabar.Client;

namespace Kabar.Cli.Chat;

/// <summary>What is known here of one conversation. The realm has the rest.</summary>
internal sealed class ChatConversation(string name)
{
    private const int EntriesKept = 500;

    private readonly SortedList<long, KabarEntry> _entries = [];

    public string Name => name;

    public bool IsGroup => name.StartsWith('#');

    /// <summary>With somebody of another realm: what is said there waits until that realm has it.</summary>
    public bool IsRemote => !IsGroup && name.Contains('@', StringComparison.Ordinal);

    /// <summary>Its last position that is known.</summary>
    public long Head { get; set; }

    /// <summary>How far the user has read.</summary>
    public long Read { get; set; }

    public int Unread { get; set; }

    /// <summary>Taken out of the list, until something is said there.</summary>
    public bool IsHidden { get; set; }

    /// <summary>What a group is about, in one line.</summary>
    public string Topic { get; set => field = Terminal.Printable.Line(value); } = "";

    /// <summary>How the other one is; null while that is unknown.</summary>
    public KabarPresence? Presence { get; set; }

    /// <summary>How far the others have come.</summary>
    public Dictionary<string, KabarReceipt> Receipts { get; } = new(StringComparer.Ordinal);

    /// <summary>Who is typing, and until when that holds.</summary>
    public Dictionary<string, DateTimeOffset> Typing { get; } = new(StringComparer.Ordinal);

    /// <summary>What is shown of own messages, to know what has changed.</summary>
    public Dictionary<long, Tick> Ticks { get; } = [];

    /// <summary>The entries that are known, in order.</summary>
    public IList<KabarEntry> Entries => _entries.Values;

    public KabarEntry? Find(long position) => _entries.GetValueOrDefault(position);

    /// <summary>Keeps an entry, and lets the one that it concerns be as it now is.</summary>
    public void Take(KabarEntry entry)
    {
        Keep(entry);
        if (entry.Kind is "edited" or "deleted" or "reacted" && entry.Target is { } target && Find(target) is { } concerned)
            _entries[target] = Revised(concerned, entry);
    }

    /// <summary>Keeps an entry of the past, which is as it now is: what it changed has been changed, and perhaps again since.</summary>
    public void Keep(KabarEntry entry)
    {
        _entries[entry.Position] = entry;
        if (_entries.Count > EntriesKept) _entries.RemoveAt(0);
    }

    public void TakeReceipt(KabarReceipt receipt)
    {
        var before = Receipts.GetValueOrDefault(receipt.Who) ?? receipt;
        Receipts[receipt.Who] = receipt with
        {
            Stored = Math.Max(before.Stored, receipt.Stored),
            Delivered = Math.Max(before.Delivered, receipt.Delivered),
            Read = Math.Max(before.Read, receipt.Read),
        };
    }

    /// <summary>How far an own message has come; in a group, with whoever is furthest.</summary>
    public Tick TickOf(KabarEntry entry, string self)
    {
        if (entry.Failure is not null) return Tick.Failed;
        var others = Receipts.Values.Where(receipt => receipt.Who != self).ToList();
        if (others.Exists(receipt => receipt.Read >= entry.Position)) return Tick.Read;
        if (others.Exists(receipt => receipt.Delivered >= entry.Position)) return Tick.Delivered;
        return !IsRemote || others.Exists(receipt => receipt.Stored >= entry.Position) ? Tick.Stored : Tick.Queued;
    }

    private static KabarEntry Revised(KabarEntry entry, KabarEntry by) => by.Kind switch
    {
        "edited" => entry with { Text = by.Text, Edited = by.Sent },
        "deleted" => entry with { Text = "", IsDeleted = true, Reactions = [] },
        _ => entry with
        {
            Reactions =
            [
                .. entry.Reactions.Where(reaction => reaction.Who != by.From),
                .. string.IsNullOrEmpty(by.Emoji) ? (KabarReaction[])[] : [new KabarReaction(by.Emoji, by.From)],
            ],
        },
    };
}
