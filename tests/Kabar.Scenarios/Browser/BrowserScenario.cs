using Kabar.Scenarios.Federation;

namespace Kabar.Scenarios.Browser;

/// <summary>
/// Realms of their own and people before browsers of their own. When it is over they are gone, and no page may have complained of anything, left the realm's address, or
/// run into the rules it was served with.
/// </summary>
public abstract class BrowserScenario(Chromium chromium) : IAsyncDisposable
{
    private readonly List<RealmProcess> _realms = [];
    private readonly List<Person> _people = [];

    /// <summary>A running realm with these users, whose names are those of the documents. Somebody written with a star is an administrator.</summary>
    private protected async Task<RealmProcess> RealmAsync(string name, IReadOnlyList<string> usernames, IReadOnlyDictionary<string, string>? settings = null)
    {
        // Those who use it come from one address here.
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        all.TryAdd("Limits__WrongPasswordsPerMinute", "0");
        all.TryAdd("Limits__RegistrationsPerHour", "0");
        var realm = await RealmProcess.CreateAsync(name, [], all, web: true);
        _realms.Add(realm);
        await realm.ImportAsync(string.Concat(usernames.Select(username => Account(username.TrimEnd('*'), isAdmin: username.EndsWith('*')))));
        await realm.StartAsync();
        return realm;
    }

    /// <summary>Somebody opens the page of a realm, in a browser that nobody has used before.</summary>
    private protected async Task<Person> VisitAsync(RealmProcess realm, Screen? screen = null, string locale = "en-US")
    {
        var browser = await chromium.BrowserAsync();
        var context = await browser.NewContextAsync((screen ?? Screen.Desktop).Options(locale));
        var person = new Person(realm, context);
        _people.Add(person);
        await person.OpenPageAsync();
        return person;
    }

    /// <summary>Somebody opens the page and logs in.</summary>
    private protected async Task<Person> EnterAsync(RealmProcess realm, string username, Screen? screen = null, string locale = "en-US", string heading = "Conversations")
    {
        var person = await VisitAsync(realm, screen, locale);
        await person.LogInAsync(username, heading: heading);
        return person;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            foreach (var (person, number) in _people.Select((person, number) => (person, number))) await person.PhotographAsync($"{TestContext.Current.Test?.TestDisplayName}-{number}");
        }

        foreach (var person in _people) await person.DisposeAsync();
        foreach (var realm in _realms) await realm.DisposeAsync();
        _people.SelectMany(person => person.Faults).ShouldBeEmpty();
    }

    private static string Account(string username, bool isAdmin) => new System.Text.Json.Nodes.JsonObject
    {
        ["username"] = username,
        ["nama"] = Transcripts.SampleAccounts.All.FirstOrDefault(account => account.Username == username)?.DisplayName ?? username,
        ["password"] = RealmProcess.PasswordOf(username),
        ["admin"] = isAdmin,
    }.ToJsonString(System.Text.Json.JsonSerializerOptions.Default) + "\n";
}
