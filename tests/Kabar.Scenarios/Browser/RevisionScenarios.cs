using Kabar.Scenarios.Federation;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>What can be done with a message that was said: answer it, react, write it anew, take it back, find it.</summary>
public sealed class RevisionScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    [Fact]
    public async Task A_message_is_edited_reacted_to_and_deleted_before_the_eyes_of_both()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        var messi = await EnterAsync(realm, "messi");
        var lineker = await EnterAsync(realm, "lineker");
        await messi.TurnToAsync("lineker");
        await lineker.TurnToAsync("messi");
        await messi.SayAsync("rapat jam 9");
        await messi.SayAsync("jangan terlambat");
        await lineker.SeesAsync("jangan terlambat");

        // 1. He writes it anew.
        await messi.ActAsync("rapat jam 9", "Edit");
        await Expect(messi.Composer).ToHaveValueAsync("rapat jam 9");
        await messi.SayAsync("rapat jam 10");
        foreach (var one in (Person[])[messi, lineker])
        {
            await one.SeesAsync("rapat jam 10, edited");
            await Expect(one.Message("rapat jam 9")).ToHaveCountAsync(0);
        }

        // 2. The other one reacts; pressing it again takes it back.
        await lineker.ActAsync("rapat jam 10", "React");
        await lineker.Page.GetByRole(AriaRole.Dialog, new() { Name = "Choose an emoji" }).GetByRole(AriaRole.Button, new() { Name = "👍", Exact = true }).First.ClickAsync();
        var reaction = messi.Message("rapat jam 10").GetByRole(AriaRole.Button, new() { Name = "👍 1: Gary Lineker" });
        await Expect(reaction).ToBeVisibleAsync();
        await reaction.ClickAsync();
        await Expect(lineker.Message("rapat jam 10").GetByRole(AriaRole.Button, new() { Name = "👍 2" })).ToBeVisibleAsync();
        await messi.Message("rapat jam 10").GetByRole(AriaRole.Button, new() { Name = "👍 2" }).ClickAsync();
        await Expect(lineker.Message("rapat jam 10").GetByRole(AriaRole.Button, new() { Name = "👍 1" })).ToHaveAttributeAsync("aria-pressed", "true");

        // 3. Nobody edits or deletes what another one has said.
        await lineker.Message("jangan terlambat").HoverAsync();
        await Expect(lineker.Message("jangan terlambat").GetByRole(AriaRole.Button, new() { Name = "Reply" })).ToBeVisibleAsync();
        await Expect(lineker.Message("jangan terlambat").GetByRole(AriaRole.Button, new() { Name = "Edit" })).ToHaveCountAsync(0);
        await Expect(lineker.Message("jangan terlambat").GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToHaveCountAsync(0);

        // 4. Its author takes it back: the text is gone for both.
        await messi.ActAsync("jangan terlambat", "Delete");
        await messi.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        foreach (var one in (Person[])[messi, lineker])
        {
            await one.SeesAsync("Message deleted");
            await Expect(one.Timeline.GetByText("jangan terlambat")).ToHaveCountAsync(0);
        }

        await Expect(lineker.Row("Lionel Messi")).ToContainTextAsync("Message deleted");
    }

    [Fact]
    public async Task An_answer_shows_what_it_answers_and_leads_to_it_however_far_away()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        await using var far = await NativeUser.ConnectAsync(realm, "messi");
        await far.SendAsync("lineker", "pertanyaan yang lama sekali");
        await Task.WhenAll(Enumerable.Range(1, 400).Select(number => far.SendAsync("lineker", $"sela {number}")));
        await far.SendAsync("lineker", "dan jawabannya", reply: 1);
        var lineker = await EnterAsync(realm, "lineker");
        await lineker.TurnToAsync("messi");
        await lineker.ToEndAsync();

        var quote = lineker.Message("dan jawabannya").GetByRole(AriaRole.Button, new() { Name = "pertanyaan yang lama sekali" });
        await Expect(quote).ToBeInViewportAsync();
        await quote.ClickAsync();
        await Expect(lineker.Message("pertanyaan yang lama sekali")).ToBeInViewportAsync();
        await Expect(lineker.Message("pertanyaan yang lama sekali")).ToBeFocusedAsync();
        await lineker.Page.GetByRole(AriaRole.Button, new() { Name = "Back", Exact = true }).ClickAsync();
        await Expect(lineker.Message("dan jawabannya")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Search_finds_what_was_said_and_leads_to_it()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker", "henderson"]);
        await using (var far = await NativeUser.ConnectAsync(realm, "henderson"))
        {
            await far.SendAsync("messi", "Kuncinya ada di bawah pot bunga");
            await Task.WhenAll(Enumerable.Range(1, 300).Select(number => far.SendAsync("messi", $"sela {number}")));
        }

        await using (var far = await NativeUser.ConnectAsync(realm, "lineker")) await far.SendAsync("messi", "bunga untuk ibu");
        var messi = await EnterAsync(realm, "messi");

        // 1. In all conversations, newest first.
        await messi.Page.GetByRole(AriaRole.Button, new() { Name = "Search messages" }).ClickAsync();
        var field = messi.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search messages" });
        await Expect(field).ToBeFocusedAsync();
        var results = messi.Page.GetByRole(AriaRole.List, new() { Name = "Messages found" }).GetByRole(AriaRole.Link);
        await field.FillAsync("bung");
        await Expect(results).ToHaveCountAsync(2);
        await Expect(results.First).ToContainTextAsync("bunga untuk ibu");
        await Expect(results.Last.GetByText("bunga", new() { Exact = true })).ToBeVisibleAsync();

        // 2. It leads to its place among three hundred others.
        await results.Last.ClickAsync();
        await Expect(messi.Message("Kuncinya ada di bawah pot bunga")).ToBeInViewportAsync();
        await Expect(messi.Message("sela 300")).ToHaveCountAsync(0);

        // 3. In this one only; what is nowhere is said to be nowhere; and back to the list.
        await messi.Page.GetByRole(AriaRole.Button, new() { Name = "Search in this conversation" }).ClickAsync();
        await field.FillAsync("bunga");
        await Expect(results).ToHaveCountAsync(1);
        await field.FillAsync("tidakada");
        await Expect(messi.Page.GetByText("Nothing was found.")).ToBeVisibleAsync();
        await messi.Page.GetByRole(AriaRole.Button, new() { Name = "Back to the conversations" }).ClickAsync();
        await Expect(messi.Row("Jordan Henderson")).ToBeVisibleAsync();
    }
}
