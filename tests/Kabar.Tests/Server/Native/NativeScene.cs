using System.Text;
using Kabar.Core;
using Kabar.Server.Hosting;
using Kabar.Tests.Core;

namespace Kabar.Tests.Server.Native;

/// <summary>A server with some accounts, and their clients.</summary>
internal sealed class NativeScene(Limits? limits = null) : IAsyncDisposable
{
    public LineServer Server { get; } = new(limits ?? new Limits { RequestsPerSecond = 0 });

    public NativeClient Connect(long blocksAfter = 1024 * 1024) => new(Server.Connect("kabar", blocksAfter: blocksAfter));

    /// <summary>A client that is logged in.</summary>
    public async Task<NativeClient> EnterAsync(string username, long blocksAfter = 1024 * 1024)
    {
        var client = Connect(blocksAfter);
        await client.DoAsync($"resume {await Server.EnterAsync(username)}");
        return client;
    }

    /// <summary>A client that is logged in and listens from now on.</summary>
    public async Task<NativeClient> ListenAsync(string username, long blocksAfter = 1024 * 1024)
    {
        var client = await EnterAsync(username, blocksAfter);
        await client.DoAsync("listen");
        return client;
    }

    /// <summary>Says something without a connection.</summary>
    public async Task SayAsync(string from, string to, string text)
    {
        var account = await AccountAsync(from);
        ConversationAddress.TryParse(to, out var address).ShouldBeTrue();
        var posting = (await Server.Fixture.Realm.Conversations.BeginPostAsync(account, address, new Draft(new MessageText(Encoding.UTF8.GetBytes(text))), CancellationToken.None)).Value();
        (await posting.CommitAsync()).Value();
    }

    public async Task<Account> AccountAsync(string username) =>
        await Server.Fixture.Store.FindAccountAsync(Username.Parse(username), CancellationToken.None) ?? await Server.Fixture.AddAsync(username);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
