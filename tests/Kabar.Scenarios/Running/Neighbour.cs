using System.Globalization;

namespace Kabar.Scenarios.Running;

/// <summary>Somebody at another address whom nothing that happens beside him may disturb.</summary>
internal sealed class Neighbour : IAsyncDisposable
{
    private readonly LineClient _client;
    private readonly string _token;
    private int _said;

    private Neighbour(LineClient client, string token)
    {
        _client = client;
        _token = token;
    }

    public static async Task<Neighbour> AtAsync(KabarProcess server)
    {
        var client = await server.ClientAsync("realm-chat", from: "127.0.0.2");
        return new Neighbour(client, await client.LogInAsync("taeno", "tokyo"));
    }

    /// <summary>A message there and back.</summary>
    public async Task GoesOnAsync()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"apa kabar {_said++}?");
        (await _client.AskAsync($"send {_token} taeno {text}")).ShouldBe(LineClient.Sent);
        (await _client.InboxAsync(_token)).ShouldBe([new InboxEntry("taeno", text)]);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
