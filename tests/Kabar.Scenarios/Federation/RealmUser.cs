using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation;

/// <summary>Somebody logged in at his realm, on a connection of his own.</summary>
internal sealed class RealmUser(RealmProcess realm, LineClient client, string token, string username) : IAsyncDisposable
{
    private readonly List<InboxEntry> _inbox = [];

    public RealmProcess Realm => realm;

    public string Username => username;

    public string Token => token;

    /// <summary>Everything read from the inbox so far.</summary>
    public IReadOnlyList<InboxEntry> Inbox => _inbox;

    /// <summary>What came back to him: the entries under the key of his own realm.</summary>
    public IEnumerable<string> Notices => _inbox.Where(entry => entry.Sender == $"@{realm.Name}").Select(entry => entry.Text);

    public Task<string> SendAsync(string to, string text) => client.AskAsync($"send {token} {to} {text}");

    public async Task SendsAsync(string to, string text) => (await SendAsync(to, text)).ShouldBe(LineClient.Sent);

    /// <summary>Reads until this many entries have come, however they are spread over replies, and says what there is then.</summary>
    public async Task<IReadOnlyList<InboxEntry>> InboxOfAsync(int count, string what)
    {
        await ReadUntilAsync(() => _inbox.Count >= count, what);
        return _inbox;
    }

    public Task NoticeAsync(string quoted, string what) => ReadUntilAsync(() => Notices.Any(notice => notice.Contains(quoted, StringComparison.Ordinal)), what);

    public Task<GroupConversation> EnterAsync(string group) => GroupConversation.EnterAsync(realm.ConnectAsync, token, group);

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private Task ReadUntilAsync(Func<bool> condition, string what) => Eventually.BecomesTrueAsync(
        async () =>
        {
            _inbox.AddRange(await client.WholeInboxAsync(token));
            return condition();
        },
        what);
}
