using System.Net.WebSockets;
using Kabar.Scenarios.Federation;
using Kabar.Scenarios.Running;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Kabar.Scenarios.Browser;

/// <summary>A log-in belongs to its browser, and to nobody else's page.</summary>
public sealed class SessionScenarios(Chromium chromium) : BrowserScenario(chromium)
{
    [Fact]
    public async Task Logging_out_in_one_tab_ends_the_others()
    {
        var realm = await RealmAsync("satu", ["messi"]);
        var messi = await EnterAsync(realm, "messi");
        var other = await messi.OpenTabAsync();
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Conversations" })).ToBeVisibleAsync();
        await messi.LogOutAsync();
        await Expect(other.GetByRole(AriaRole.Heading, new() { Name = "Log in to Kabar" })).ToBeVisibleAsync();
        await Expect(other.GetByRole(AriaRole.Status)).ToContainTextAsync("You are logged out.");
        (await messi.StorageAsync()).ShouldNotContain("messi");
    }

    [Fact]
    public async Task A_session_is_ended_from_another_browser_and_a_new_password_ends_the_rest()
    {
        var realm = await RealmAsync("satu", ["messi"]);
        var home = await EnterAsync(realm, "messi");
        var office = await EnterAsync(realm, "messi");
        var phone = await EnterAsync(realm, "messi", Screen.Phone);

        // 1. Of two sessions that are not his own he ends one.
        await home.GoAsync("#/settings");
        var sessions = home.Page.GetByRole(AriaRole.Region, new() { Name = "Sessions" });
        await Expect(sessions.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
        await Expect(sessions.GetByText("This browser")).ToHaveCountAsync(1);
        await sessions.GetByRole(AriaRole.Button, new() { Name = "End the session" }).First.ClickAsync();
        await home.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "End" }).ClickAsync();
        await Expect(sessions.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        Person[] others = [office, phone];
        await Eventually.BecomesTrueAsync(async () => await CountLoggedOutAsync(others) == 1, "one of the two is logged out");

        // 2. A new password; the other one goes too, and the old one opens nothing any more.
        var password = home.Page.GetByRole(AriaRole.Region, new() { Name = "Password" });
        await password.GetByLabel("Password until now").FillAsync("salah");
        await password.GetByLabel("New password").FillAsync("baru-sekali");
        await password.GetByRole(AriaRole.Button, new() { Name = "Change the password" }).ClickAsync();
        await Expect(password.GetByLabel("Password until now")).ToHaveAttributeAsync("aria-invalid", "true");
        await password.GetByLabel("Password until now").FillAsync(RealmProcess.PasswordOf("messi"));
        await password.GetByRole(AriaRole.Button, new() { Name = "Change the password" }).ClickAsync();
        await Expect(home.Page.GetByText("The password was changed")).ToBeVisibleAsync();
        await Eventually.BecomesTrueAsync(async () => await CountLoggedOutAsync(others) == 2, "both are logged out");
        await office.LogInAsync("messi", "baru-sekali");
    }

    [Fact]
    public async Task The_page_keeps_to_what_it_was_served_with()
    {
        var realm = await RealmAsync("satu", ["messi"]);
        var messi = await EnterAsync(realm, "messi");
        messi.Expect("Content Security Policy");
        messi.Expect("This document requires");

        (await messi.Page.EvaluateAsync<string>("document.cookie")).ShouldBeEmpty();
        await messi.Page.EvaluateAsync(
            """
            () => {
              const script = document.createElement('script');
              try { script.textContent = 'window.wasRun = true'; } catch { }
              document.body.append(script);
              try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.wasRun = true">'); } catch { }
              try { setTimeout('window.wasRun = true'); } catch { }
            }
            """);
        (await messi.Page.EvaluateAsync<bool>("() => new Promise(done => setTimeout(() => done(window.wasRun === true), 50))")).ShouldBeFalse();
        (await messi.Page.EvaluateAsync<string>("() => fetch('http://127.0.0.1:1/').then(() => 'asked', error => error.name)")).ShouldBe("TypeError");
    }

    [Fact]
    public async Task A_page_of_another_site_opens_no_connection_and_changes_nothing()
    {
        var realm = await RealmAsync("satu", ["messi"]);
        var messi = await EnterAsync(realm, "messi");
        var cookie = (await messi.Context.CookiesAsync()).ShouldHaveSingleItem();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "http://jahat.example");
        socket.Options.SetRequestHeader("Cookie", $"{cookie.Name}={cookie.Value}");
        await Should.ThrowAsync<WebSocketException>(() => socket.ConnectAsync(new UriBuilder(realm.Web) { Scheme = "ws", Path = "/ws" }.Uri, TestContext.Current.CancellationToken));

        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(realm.Web, "/api/session"));
        request.Headers.Add("Origin", "http://jahat.example");
        request.Headers.Add("Cookie", $"{cookie.Name}={cookie.Value}");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.Forbidden);
        await messi.Page.ReloadAsync();
        await Expect(messi.Page.GetByRole(AriaRole.Heading, new() { Name = "Conversations" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Light_and_dark_follow_the_system_until_something_is_chosen()
    {
        var realm = await RealmAsync("satu", ["messi"]);
        var messi = await EnterAsync(realm, "messi", Screen.DesktopDark);
        const string Background = "getComputedStyle(document.body).backgroundColor";
        var dark = await messi.Page.EvaluateAsync<string>(Background);
        await messi.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        var light = await messi.Page.EvaluateAsync<string>(Background);
        light.ShouldNotBe(dark);
        await messi.GoAsync("#/settings");
        await messi.Page.GetByText("Dark", new() { Exact = true }).ClickAsync();
        (await messi.Page.EvaluateAsync<string>(Background)).ShouldBe(dark);
        await messi.Page.ReloadAsync();
        (await messi.Page.EvaluateAsync<string>(Background)).ShouldBe(dark);
    }

    private static async Task<int> CountLoggedOutAsync(IEnumerable<Person> people)
    {
        var count = 0;
        foreach (var person in people) count += await person.Page.GetByRole(AriaRole.Heading, new() { Name = "Log in to Kabar" }).CountAsync();
        return count;
    }
}
