using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>One of those who talk, at his realm, with a session that he renews when it is gone, until the run is over.</summary>
internal sealed class ChaosUser(RealmProcess realm, string name, CancellationToken over)
{
    /// <summary>Longer than any fault lasts: a minute's freeze, and the time to start again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private volatile string? _token;

    public RealmProcess Realm => realm;

    public string Name => name;

    public string Address => $"{name}@{realm.Name}";

    /// <summary>The session he believes in. Two of his connections may each make one: either will do.</summary>
    public async Task<string> TokenAsync()
    {
        if (_token is { } known) return known;
        await using var client = await ConnectAsync();
        return _token = await client.LogInAsync(name, RealmProcess.PasswordOf(name));
    }

    /// <summary>The server does not know it, as after a restore to a time before it.</summary>
    public void Forget(string token) => Interlocked.CompareExchange(ref _token, null, token);

    /// <summary>As soon as his realm is there.</summary>
    public async Task<LineClient> ConnectAsync() => new(await ConnectRawAsync());

    public Task<Stream> ConnectRawAsync() => realm.ConnectEventuallyAsync(Patience, over);

    public async Task<IReadOnlyList<InboxEntry>> WholeInboxAsync()
    {
        await using var client = await ConnectAsync();
        return await client.WholeInboxAsync(await client.LogInAsync(name, RealmProcess.PasswordOf(name)));
    }
}
