using System.Globalization;
using Kabar.Core;

namespace Kabar.Tests.Storage;

public abstract partial class StoreContract
{
    private const int Plenty = 100;

    /// <summary>Waits until a search finds just this, newest first: what was said is found a moment later.</summary>
    protected static async Task FindsAsync(IStore store, Account reader, string words, params string[] expected)
    {
        using var deadline = new CancellationTokenSource(Deadline.Span);
        while (true)
        {
            var found = await SearchAsync(store, reader, words);
            if (deadline.IsCancellationRequested) found.ShouldBe(expected, $"searching \"{words}\"");
            if (found.SequenceEqual(expected)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(10), None);
        }
    }

    protected static async Task<string[]> SearchAsync(IStore store, Account reader, string words, ConversationId? within = null, long? before = null, int most = Plenty) =>
        [.. (await store.SearchAsync(reader.Id, words, within, before, most, None)).Select(message => message.Text.Decode())];

    [Fact]
    public async Task What_was_said_is_found_by_its_words_by_those_who_were_told_it_and_by_nobody_else()
    {
        var store = await OpenAsync();
        var (messi, lineker, pele) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"), await AddAsync(store, "pele"));
        await AppendAsync(store, messi, lineker, "besok kita main bola di lapangan");
        await AppendAsync(store, lineker, messi, "Bola saya bocor.");
        await AppendAsync(store, pele, messi, "bola baru, dari toko");
        await AppendAsync(store, messi, messi, "beli bola");
        await AppendAsync(store, pele, pele, "tanda selesai");
        await FindsAsync(store, pele, "selesai", "tanda selesai");

        foreach (var killed in new[] { false, true })
        {
            if (killed) store = await KillAndOpenAsync(store);
            await FindsAsync(store, messi, "bola", "beli bola", "bola baru, dari toko", "Bola saya bocor.", "besok kita main bola di lapangan");
            await FindsAsync(store, lineker, "bola", "Bola saya bocor.", "besok kita main bola di lapangan");
            await FindsAsync(store, pele, "bola", "bola baru, dari toko");
            await FindsAsync(store, messi, "LAPANGAN main", "besok kita main bola di lapangan");
            await FindsAsync(store, messi, "lapangan bocor");
            await FindsAsync(store, messi, "bol");
            await FindsAsync(store, messi, "selesai");
        }
    }

    [Fact]
    public async Task A_last_word_may_be_the_beginning_of_one_and_accents_and_case_make_no_difference()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        foreach (var text in new[] { "mengirim surat", "Mengirimkan uang", "kirim lagi", "Crème brûlée", "Čeština", "данные" }) await AppendAsync(store, messi, lineker, text);

        await FindsAsync(store, lineker, "данные", "данные");
        await FindsAsync(store, lineker, "mengirim*", "Mengirimkan uang", "mengirim surat");
        await FindsAsync(store, lineker, "me*", "Mengirimkan uang", "mengirim surat");
        await FindsAsync(store, lineker, "meng*", "Mengirimkan uang", "mengirim surat");
        await FindsAsync(store, lineker, "uang mengirimk*", "Mengirimkan uang");
        await FindsAsync(store, lineker, "mengirim* uang");
        await FindsAsync(store, lineker, "creme BRULEE", "Crème brûlée");
        await FindsAsync(store, lineker, "ces*", "Čeština");
        await FindsAsync(store, lineker, "ДАННЫЕ", "данные");
        await FindsAsync(store, lineker, "m*");
        await FindsAsync(store, lineker, "*");
    }

    [Fact]
    public async Task A_search_goes_on_before_what_it_has_found_and_keeps_to_one_conversation()
    {
        var store = await OpenAsync();
        var (messi, lineker, pele) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"), await AddAsync(store, "pele"));
        var told = await AppendAllAsync(store, Enumerable.Range(0, 600).Select(i => Message(messi, i % 3 == 0 ? pele : lineker, string.Create(CultureInfo.InvariantCulture, $"kata {i}"))));
        await FindsAsync(store, messi, "kata 599", "kata 599");

        var found = new List<Message>();
        while (await store.SearchAsync(messi.Id, "kata", null, found is [.., var last] ? last.Arrival : null, 70, None) is { IsEmpty: false } page) found.AddRange(page);
        found.Select(message => message.Id).ShouldBe(told.Reverse().Select(message => message.Id));

        var (withPele, withLineker) = (told[0].Conversation, told[1].Conversation);
        (await SearchAsync(store, messi, "kata", withPele, most: 2)).ShouldBe(["kata 597", "kata 594"]);
        (await SearchAsync(store, messi, "kata", withPele, told[594].Arrival, most: 2)).ShouldBe(["kata 591", "kata 588"]);
        (await SearchAsync(store, pele, "kata", withPele, most: 1)).ShouldBe(["kata 597"]);
        (await SearchAsync(store, pele, "kata", withLineker)).ShouldBeEmpty();
        (await SearchAsync(store, messi, "kata", new ConversationId(99))).ShouldBeEmpty();
        (await SearchAsync(store, messi, "kata", most: 0)).ShouldBeEmpty();
        (await SearchAsync(store, messi, "kata", before: 0)).ShouldBeEmpty();
        var first = (await store.SearchAsync(pele.Id, "kata 0", null, null, 1, None)).ShouldHaveSingleItem();
        (first.Id, first.Position, first.Arrival, first.From, first.FromName, first.Sent)
            .ShouldBe((told[0].Id, 1, told[0].Arrival, new Address(messi.Username), "Display messi", told[0].Sent));
    }

    [Fact]
    public async Task In_groups_a_member_finds_what_he_may_read_and_only_as_long_as_he_is_one()
    {
        var store = await OpenAsync();
        var (messi, lineker, pele) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"), await AddAsync(store, "pele"));
        var open = await AddGroupAsync(store, "open", "messi");
        var closed = await AddGroupAsync(store, "closed", "messi", "lineker");
        await ChangeAsync(store, closed.Id, Entry(EntryKind.Closed, "messi"));
        await ChangeAsync(store, open.Id, Entry(EntryKind.Said, "messi", "rahasia satu"));
        await ChangeAsync(store, closed.Id, Entry(EntryKind.Said, "messi", "rahasia dua"));
        await ChangeAsync(store, closed.Id, Entry(EntryKind.Said, "messi", "rahasia tiga"));
        await AppendAsync(store, messi, pele, "rahasia empat");
        await FindsAsync(store, messi, "rahasia", "rahasia empat", "rahasia tiga", "rahasia dua", "rahasia satu");
        (await SearchAsync(store, lineker, "rahasia")).ShouldBe(["rahasia tiga", "rahasia dua"]);
        (await SearchAsync(store, pele, "rahasia")).ShouldBe(["rahasia empat"]);
        (await SearchAsync(store, pele, "rahasia", closed.Conversation)).ShouldBeEmpty();

        // Who joins an open group reads all of it, and of another one what is said from then on.
        await ChangeAsync(store, open.Id, Entry(EntryKind.Joined, "pele"));
        await ChangeAsync(store, closed.Id, Entry(EntryKind.Joined, "pele"));
        await ChangeAsync(store, closed.Id, Entry(EntryKind.Said, "lineker", "rahasia lima"));
        await FindsAsync(store, pele, "rahasia", "rahasia lima", "rahasia empat", "rahasia satu");
        (await SearchAsync(store, pele, "rahasia", most: 2)).ShouldBe(["rahasia lima", "rahasia empat"]);
        (await SearchAsync(store, pele, "rahasia", closed.Conversation)).ShouldBe(["rahasia lima"]);
        (await SearchAsync(store, pele, "rahasia", open.Conversation)).ShouldBe(["rahasia satu"]);

        await ChangeAsync(store, closed.Id, Entry(EntryKind.Kicked, "messi", subject: "lineker"));
        (await SearchAsync(store, lineker, "rahasia")).ShouldBeEmpty();
        (await store.RemoveGroupAsync(open.Id)).ShouldBeTrue();
        (await SearchAsync(store, pele, "rahasia")).ShouldBe(["rahasia lima", "rahasia empat"]);
        (await SearchAsync(store, messi, "rahasia", open.Conversation)).ShouldBeEmpty();
        store = await KillAndOpenAsync(store);
        await FindsAsync(store, messi, "rahasia", "rahasia lima", "rahasia empat", "rahasia tiga", "rahasia dua");
    }

    [Fact]
    public async Task What_was_edited_is_found_as_it_reads_and_what_was_deleted_is_not()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        foreach (var text in new[] { "salah ketik", "rahasia kecil", "tetap di sini" }) await AppendAsync(store, messi, lineker, text);
        var group = await AddGroupAsync(store, "batak", "messi", "lineker");
        var said = await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "horas smua"));
        await AppendAllAsync(store, Enumerable.Range(0, 3_000).Select(_ => Message(lineker, messi, "jeda")));
        await FindsAsync(store, lineker, "smua", "horas smua");

        await ReviseAsync(store, messi, "lineker", 1, EntryKind.Edited, "salah tulis");
        await ReviseAsync(store, messi, "lineker", 1, EntryKind.Edited, "benar tulis");
        await ReviseAsync(store, messi, "lineker", 2, EntryKind.Edited, "rahasia besar");
        await ReviseAsync(store, messi, "lineker", 2, EntryKind.Deleted);
        await ReviseAsync(store, lineker, "messi", 3, EntryKind.Reacted, "tetap");
        await ChangeAsync(store, group, EntryKind.Edited, "messi", said.Position, "horas semua");
        var last = await AppendAsync(store, messi, lineker, "dan ini salah");
        await ReviseAsync(store, messi, "lineker", last.Position, EntryKind.Edited, "dan ini betul");

        for (var round = 0; round < 3; round++)
        {
            await FindsAsync(store, lineker, "betul", "dan ini betul");
            await FindsAsync(store, lineker, "tulis", "benar tulis");
            await FindsAsync(store, lineker, "salah");
            await FindsAsync(store, messi, "rahasia");
            await FindsAsync(store, messi, "semua", "horas semua");
            await FindsAsync(store, messi, "smua");
            await FindsAsync(store, messi, "tetap", "tetap di sini");
            store = round == 0 ? await KillAndOpenAsync(store) : await ReopenAsync(store);
        }
    }

    [Fact]
    public async Task Only_what_was_said_is_found()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        var group = await AddGroupAsync(store, "batak", "messi");
        await ChangeAsync(store, group.Id, Entry(EntryKind.TopicChanged, "messi", "horas semua"));
        await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", "horas"));

        await FindsAsync(store, messi, "horas", "horas");
        (await SearchAsync(store, messi, "semua")).ShouldBeEmpty();
        (await SearchAsync(store, messi, "messi")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_later_account_of_the_same_name_finds_nothing()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        await AppendAsync(store, lineker, messi, "hanya untukmu");
        await FindsAsync(store, lineker, "untukmu", "hanya untukmu");

        await store.RemoveAccountAsync(messi.Id, Noon, None);
        var later = await AddAsync(store, "messi");
        await AppendAsync(store, lineker, later, "halo messi baru");

        await FindsAsync(store, later, "halo", "halo messi baru");
        (await SearchAsync(store, later, "untukmu")).ShouldBeEmpty();
        (await SearchAsync(store, lineker, "untukmu")).ShouldBe(["hanya untukmu"]);
    }

    [Fact]
    public async Task Whatever_is_looked_for_is_words_and_never_a_language()
    {
        var store = await OpenAsync();
        var (messi, lineker) = (await AddAsync(store, "messi"), await AddAsync(store, "lineker"));
        await AppendAsync(store, messi, lineker, "halo dunia: a-b \"kutip\" 👍 text near or and not");
        await AppendAsync(store, messi, lineker, "di file://tmp/x_y.txt, 10.000 rupiah");
        const string First = "halo dunia: a-b \"kutip\" 👍 text near or and not", Second = "di file://tmp/x_y.txt, 10.000 rupiah";
        await FindsAsync(store, messi, "rupiah", Second);

        foreach (var (words, expected) in new (string, string?)[]
        {
            ("halo OR rupiah", null), ("NOT halo", First), ("halo AND dunia", First), ("NEAR(halo dunia)", null), ("text : halo", First), ("place : halo", null), ("\"halo", First),
            ("\"kutip\"", First), ("\"\"", null), ("\"", null), ("'", null), ("^halo", First), ("+halo", First), ("-halo", First), ("(halo", First), ("halo)", First), ("{text}: halo", First),
            ("a-b", First), ("b-a", null), ("halo 👍", First), ("👍", null), ("!!! ???", null), ("halo !!!", First), ("halo*dunia", First), ("dun**", First), ("* dun*", First), ("hal\0o", null), ("halo\0", First),
            ("10.000", Second), ("x_y.txt", Second), ("file://tmp/x_y.txt", Second), ("tmp/x_*", Second), ("   ", null), ("", null), ("\u00a0halo\u2003dunia\t", First), ("\ud800", null), ("halo \udc00", First),
            (new string('a', 10_240), null), (new string('"', 10_240), null), (string.Join(' ', Enumerable.Repeat("halo", 2_000)), First), (string.Concat(Enumerable.Repeat("(", 9_000)) + "halo", First),
            (string.Join(' ', Enumerable.Range(0, 3_000)), null), (string.Concat(Enumerable.Repeat("a-", 5_000)), null), ("\U000F0001", null), ("\U000F0001 OR halo", null),
        })
        {
            (await SearchAsync(store, messi, words)).ShouldBe(expected is null ? [] : [expected], $"searching \"{(words.Length > 40 ? words[..40] : words)}\"");
        }
    }

    [Fact]
    public async Task Who_is_in_very_many_groups_searches_them_all()
    {
        var store = await OpenAsync();
        var messi = await AddAsync(store, "messi");
        const int Many = 600;
        for (var i = 0; i < Many; i++)
        {
            var group = await AddGroupAsync(store, string.Create(CultureInfo.InvariantCulture, $"group-{i}"), "messi");
            if (i % 100 == 0) await ChangeAsync(store, group.Id, Entry(EntryKind.Said, "messi", string.Create(CultureInfo.InvariantCulture, $"horas {i}")));
        }

        await FindsAsync(store, messi, "horas", "horas 500", "horas 400", "horas 300", "horas 200", "horas 100", "horas 0");
    }
}
