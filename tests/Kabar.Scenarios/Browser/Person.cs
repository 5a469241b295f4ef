using System.Collections.Concurrent;
using Kabar.Scenarios.Federation;
using Kabar.Scenarios.Running;
using Microsoft.Playwright;

namespace Kabar.Scenarios.Browser;

/// <summary>Somebody before a browser of his own, and what he does on the page of a realm.</summary>
internal sealed class Person : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly List<string> _expected = [];
    private IPage? _page;

    public Person(RealmProcess realm, IBrowserContext context)
    {
        (Realm, Context) = (realm, context);
        context.SetDefaultTimeout((float)Chromium.Patience.TotalMilliseconds);
        context.Page += (_, page) => Watch(page);
        context.Request += (_, request) =>
        {
            if (new Uri(request.Url).Host != "127.0.0.1" && !request.Url.StartsWith("data:", StringComparison.Ordinal)) _faults.Enqueue($"asked elsewhere: {request.Url}");
        };
    }

    public RealmProcess Realm { get; }

    public IBrowserContext Context { get; }

    public IPage Page => _page ?? throw new InvalidOperationException("The page is not open yet.");

    /// <summary>What the pages have complained of and was not expected.</summary>
    public IEnumerable<string> Faults => _faults.Where(fault => !_expected.Exists(part => fault.Contains(part, StringComparison.Ordinal)));

    /// <summary>The conversations, beside the messages, or on a phone in their place.</summary>
    public ILocator List => Page.GetByRole(AriaRole.Navigation, new() { Name = "Conversations" }).Or(Page.GetByRole(AriaRole.Main, new() { Name = "Conversations" }));

    /// <summary>Where one writes.</summary>
    public ILocator Composer => Page.GetByRole(AriaRole.Textbox, new() { Name = "Message to" });

    /// <summary>What was said and happened in the conversation that is open.</summary>
    public ILocator Timeline => Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Log);

    /// <summary>All messages that are drawn.</summary>
    public ILocator Messages => Page.GetByRole(AriaRole.Article);

    /// <summary>What a page may complain of in this scenario: a realm that is away, say.</summary>
    public void Expect(string part) => _expected.Add(part);

    /// <summary>The realm goes away while the page is open: the browser says so itself.</summary>
    public void ExpectBrokenConnection()
    {
        Expect("WebSocket connection to");
        Expect("net::ERR_");
    }

    /// <summary>One more tab of this browser.</summary>
    public async Task<IPage> OpenTabAsync(string hash = "")
    {
        var page = await Context.NewPageAsync();
        await page.GotoAsync(Realm.Web + hash);
        return page;
    }

    public async Task OpenPageAsync(string hash = "") => _page = await OpenTabAsync(hash);

    /// <summary>Logs in, and waits for the conversations.</summary>
    public async Task LogInAsync(string username, string? password = null, string heading = "Conversations")
    {
        await Page.Locator("input[name=username]").FillAsync(username);
        await Page.Locator("input[name=password]").FillAsync(password ?? RealmProcess.PasswordOf(username));
        await Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Name = heading })).ToBeVisibleAsync();
    }

    /// <summary>Makes an open group, which is open then.</summary>
    public async Task MakeGroupAsync(string name)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "New conversation or group" }).ClickAsync();
        await Page.GetByRole(AriaRole.Menuitem, new() { Name = "New group" }).ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).GetByLabel("Name of the group").FillAsync(name);
        await Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Create the group" }).ClickAsync();
        await Assertions.Expect(Composer).ToBeVisibleAsync();
    }

    /// <summary>Opens what there is to know about the conversation.</summary>
    public Task OpenDetailsAsync() => Page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Details", Exact = true }).ClickAsync();

    /// <summary>Does something to a member of the group whose details are open.</summary>
    public async Task DoToAsync(string name, string action)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = $"What to do with {name}" }).ClickAsync();
        await Page.GetByRole(AriaRole.Menuitem, new() { Name = action, Exact = true }).ClickAsync();
    }

    /// <summary>Waits until the messages tell of something that happened.</summary>
    public Task HappensAsync(string sentence) => Eventually.BecomesTrueAsync(
        async () => WithoutMarks(string.Concat(await Timeline.AllInnerTextsAsync())).Contains(sentence, StringComparison.Ordinal), $"it is told that {sentence}");

    /// <summary>Makes an account.</summary>
    public async Task RegisterAsync(string username, string? code = null)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Create an account" }).ClickAsync();
        await Page.GetByLabel("Username").FillAsync(username);
        await Page.GetByLabel("Password", new() { Exact = true }).FillAsync(RealmProcess.PasswordOf(username));
        if (code is not null) await Page.GetByLabel("Invitation code").FillAsync(code);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Create an account" }).ClickAsync();
    }

    /// <summary>Chooses something in the menu at the foot of the list.</summary>
    public async Task ChooseAsync(string item)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Settings and more" }).ClickAsync();
        await Page.GetByRole(AriaRole.Menuitem, new() { Name = item }).ClickAsync();
    }

    /// <summary>Logs out, and waits for the way back in.</summary>
    public async Task LogOutAsync()
    {
        await ChooseAsync("Log out");
        await Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Name = "Log in to Kabar" })).ToBeVisibleAsync();
    }

    /// <summary>All that this browser keeps for the page beside the cookie.</summary>
    public Task<string> StorageAsync() => Page.EvaluateAsync<string>("JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage })");

    /// <summary>Goes to a place in the page.</summary>
    public Task GoAsync(string hash) => Page.EvaluateAsync("hash => { location.hash = hash; }", hash);

    /// <summary>Opens a conversation by its place in the address of the page.</summary>
    public async Task TurnToAsync(string address)
    {
        await GoAsync($"#/c/{Uri.EscapeDataString(address)}");
        await Assertions.Expect(Composer).ToBeVisibleAsync();
    }

    /// <summary>The row of a conversation in the list.</summary>
    public ILocator Row(string title) => List.GetByRole(AriaRole.Link).Filter(new() { HasText = title });

    /// <summary>The message that reads so, as one hears it who does not see it: behind who has said it, and when.</summary>
    public ILocator Message(string text) => Page.GetByRole(AriaRole.Article, new() { Name = ": " + text });

    /// <summary>Writes a message and sends it.</summary>
    public async Task SayAsync(string text)
    {
        await Composer.FillAsync(text);
        await Composer.PressAsync("Enter");
        await Assertions.Expect(Composer).ToHaveValueAsync("");
    }

    /// <summary>Waits until a message is there, once.</summary>
    public Task SeesAsync(string text) => Assertions.Expect(Message(text)).ToHaveCountAsync(1);

    /// <summary>Waits until a message of his own is shown to have come so far: <c>sent</c>, <c>delivered</c>, <c>read</c>.</summary>
    public Task IsAsync(string text, string status) => Assertions.Expect(Message(text).GetByRole(AriaRole.Img, new() { Name = status, Exact = true })).ToBeVisibleAsync();

    /// <summary>The texts of the messages that are drawn, from above.</summary>
    public async Task<IReadOnlyList<string>> TextsAsync() =>
        await Messages.EvaluateAllAsync<string[]>(
            """
            all => all.map(one => {
              const text = one.querySelector('.message-text').cloneNode(true);
              text.querySelectorAll('.message-meta').forEach(meta => meta.remove());
              return text.textContent;
            })
            """);

    /// <summary>How many of his messages are still on their way.</summary>
    public Task<int> UnsentAsync() => Messages.GetByRole(AriaRole.Img, new() { Name = "waits to be sent" }).CountAsync();

    /// <summary>Does something with a message, by the bar beside it.</summary>
    public async Task ActAsync(string text, string action)
    {
        await Message(text).HoverAsync();
        await Message(text).GetByRole(AriaRole.Toolbar).GetByRole(AriaRole.Button, new() { Name = action, Exact = true }).ClickAsync();
    }

    /// <summary>Goes to the newest message, if it is not in view.</summary>
    public async Task ToEndAsync()
    {
        await Assertions.Expect(Messages.First).ToBeVisibleAsync();
        var button = Page.GetByRole(AriaRole.Button, new() { Name = "To the newest" }).Or(Page.GetByRole(AriaRole.Button, new() { Name = "new message" }));
        if (await button.CountAsync() > 0) await button.ClickAsync();
    }

    /// <summary>From the next load on the page thinks that it may show notifications once it has asked, and those are written down.</summary>
    public Task StubNotificationsAsync() => Context.AddInitScriptAsync(
        """
        window.notified = [];
        window.Notification = class {
          static permission = sessionStorage.getItem('test.permission') ?? 'default';
          static async requestPermission() { sessionStorage.setItem('test.permission', 'granted'); return this.permission = 'granted'; }
          constructor(title, { body }) { window.notified.push(`${title}: ${body}`); }
          close() {}
        };
        """);

    /// <summary>What the page has told outside of itself.</summary>
    public async Task<IReadOnlyList<string>> NotificationsAsync() => await Page.EvaluateAsync<string[]>("window.notified");

    /// <summary>A picture of the page beside the reports of the tests.</summary>
    public async Task PhotographAsync(string name)
    {
        if (_page is null) return;
        var folder = Directory.CreateDirectory(Path.Combine(Artifacts.Folder, "tests", "browser")).FullName;
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, string.Concat(name.Split(Path.GetInvalidFileNameChars())) + ".png") });
    }

    public async ValueTask DisposeAsync() => await Context.DisposeAsync();

    // Names stand in a sentence between marks that keep its direction.
    private static string WithoutMarks(string text) => string.Concat(text.Where(letter => letter is < '\u2066' or > '\u2069'));

    private void Watch(IPage page)
    {
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _faults.Enqueue($"console: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _faults.Enqueue($"error: {error}");
    }
}
