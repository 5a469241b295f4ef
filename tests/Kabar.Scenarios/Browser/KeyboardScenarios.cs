using Kabar.Scenarios.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>Everything can be done without a mouse, and one sees at each moment where one is.</summary>
public sealed class KeyboardScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    [Fact]
    public async Task Somebody_without_a_mouse_logs_in_talks_makes_a_group_and_leaves()
    {
        var realm = await RealmAsync("satu", ["messi", "lineker"]);
        var lineker = await EnterAsync(realm, "lineker");
        var messi = await VisitAsync(realm);
        var keys = new Keys(messi);

        // 1. In: the first field has the focus already.
        await Expect(messi.Page.GetByLabel("Username")).ToBeFocusedAsync();
        await keys.TypeAsync("messi");
        await keys.PressAsync("Tab");
        await keys.TypeAsync(Federation.RealmProcess.PasswordOf("messi"));
        await messi.Page.Keyboard.PressAsync("Enter");
        await Expect(messi.Page.GetByRole(AriaRole.Heading, new() { Name = "Conversations" })).ToBeVisibleAsync();

        // 2. He finds somebody and writes.
        await keys.ReachAsync(AriaRole.Button, "New conversation or group");
        await keys.PressAsync("Enter");
        await keys.PressAsync("Enter");
        await Expect(messi.Page.GetByRole(AriaRole.Dialog).GetByLabel("Username")).ToBeFocusedAsync();
        await keys.TypeAsync("lineker");
        await keys.PressAsync("Enter");
        await Expect(messi.Composer).ToBeFocusedAsync();
        await keys.TypeAsync("halo dari papan ketik");
        await keys.PressAsync("Enter");
        await lineker.Row("Lionel Messi").ClickAsync();
        await lineker.SayAsync("jawab aku");
        await messi.SeesAsync("jawab aku");

        // 3. He answers, reacts, and writes his last one anew.
        await keys.PressAsync("Shift+Tab");
        await keys.ReachAsync(AriaRole.Article, ": ", "Shift+Tab");
        await keys.ReachAsync(AriaRole.Article, ": jawab aku", "ArrowDown");
        await keys.PressAsync("r");
        await Expect(messi.Composer).ToBeFocusedAsync();
        await keys.TypeAsync("ini jawabnya");
        await keys.PressAsync("Enter");
        await Expect(lineker.Message("ini jawabnya").GetByRole(AriaRole.Button, new() { Name = "jawab aku" })).ToBeVisibleAsync();
        await keys.PressAsync("ArrowUp");
        await Expect(messi.Composer).ToHaveValueAsync("ini jawabnya");
        await keys.TypeAsync("!");
        await keys.PressAsync("Enter");
        await lineker.SeesAsync("ini jawabnya!, edited");
        await keys.ReachAsync(AriaRole.Article, ": ", "Shift+Tab");
        await keys.ReachAsync(AriaRole.Article, ": jawab aku", "ArrowUp");
        await keys.PressAsync("+");
        await Expect(messi.Page.GetByRole(AriaRole.Dialog, new() { Name = "Choose an emoji" })).ToBeVisibleAsync();
        await keys.PressAsync("Enter");
        await Expect(lineker.Message("jawab aku").GetByRole(AriaRole.Group, new() { Name = "Reactions" })).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(messi.Composer).ToBeFocusedAsync();

        // 4. A group, from the list and back by its keys.
        await keys.ReachAsync(AriaRole.Button, "New conversation or group", "Shift+Tab");
        await keys.PressAsync("Enter");
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("Enter");
        await keys.TypeAsync("batak");
        await keys.PressAsync("Enter");
        await Expect(messi.Page.GetByRole(AriaRole.Heading, new() { Name = "#batak" })).ToBeVisibleAsync();
        await Expect(messi.Composer).ToBeFocusedAsync();
        await keys.TypeAsync("horas");
        await keys.PressAsync("Enter");
        await messi.SeesAsync("horas");
        await keys.PressAsync("Alt+ArrowDown");
        await Expect(messi.Page.GetByRole(AriaRole.Heading, new() { Name = "Gary Lineker" })).ToBeVisibleAsync();
        await keys.PressAsync("Control+k");
        await keys.TypeAsync("bat");
        await keys.PressAsync("Enter");
        await Expect(messi.Page.GetByRole(AriaRole.Heading, new() { Name = "#batak" })).ToBeVisibleAsync();

        // 5. Search, the keys themselves, the settings, and out.
        await keys.PressAsync("Control+Shift+f");
        await keys.TypeAsync("horas");
        await Expect(messi.Page.GetByRole(AriaRole.List, new() { Name = "Messages found" }).GetByRole(AriaRole.Link)).ToHaveCountAsync(1);
        await keys.PressAsync("Escape");
        await keys.PressAsync("Escape");
        await keys.ReachAsync(AriaRole.Button, "Settings and more");
        await keys.PressAsync("Enter");
        await keys.PressAsync("Enter");
        await Expect(messi.Page.GetByRole(AriaRole.Heading, new() { Name = "Settings", Exact = true })).ToBeFocusedAsync();
        await keys.ReachAsync(AriaRole.Button, "Log out");
        await messi.Page.Keyboard.PressAsync("Enter");
        await Expect(messi.Page.GetByRole(AriaRole.Heading, new() { Name = "Log in to Kabar" })).ToBeVisibleAsync();
        await Expect(messi.Page.GetByLabel("Username")).ToBeFocusedAsync();
    }

    /// <summary>Somebody's keyboard. After each key something has the focus, is in the page, and shows it.</summary>
    private sealed class Keys(Person person)
    {
        public Task TypeAsync(string text) => person.Page.Keyboard.TypeAsync(text);

        public async Task PressAsync(string key)
        {
            await person.Page.Keyboard.PressAsync(key);
            await Eventually.BecomesTrueAsync(
                async () => await person.Page.EvaluateAsync<bool>("document.activeElement !== null && document.activeElement !== document.body"), $"something has the focus after {key}");
            (await person.Page.EvaluateAsync<string?>(
                """
                () => {
                  const one = document.activeElement;
                  const box = one.getBoundingClientRect();
                  if (box.width === 0 || box.height === 0) return `${one.outerHTML.slice(0, 200)} is not seen`;
                  const isMarked = each => each && (getComputedStyle(each).outlineStyle !== 'none' || getComputedStyle(each).boxShadow !== 'none');
                  const isShown = !one.matches(':focus-visible') || isMarked(one) || isMarked(one.parentElement) || [...one.children].some(isMarked)
                    || one.matches('h1, h2, main, [role=log], input, textarea');
                  return isShown ? null : `${one.outerHTML.slice(0, 200)} does not show that it has the focus`;
                }
                """)).ShouldBeNull(key);
        }

        /// <summary>Goes on until this has the focus.</summary>
        public async Task ReachAsync(AriaRole role, string name, string key = "Tab")
        {
            var wanted = person.Page.GetByRole(role, new() { Name = name });
            for (var steps = 0; steps < 60; steps++)
            {
                if (await wanted.EvaluateAllAsync<bool>("all => all.includes(document.activeElement)")) return;
                await PressAsync(key);
            }

            Assert.Fail($"{key} does not lead to {role} {name}");
        }
    }
}
