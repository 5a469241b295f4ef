using System.Text.Json.Nodes;
using Kabar.Scenarios.Running;

namespace Kabar.Scenarios.Federation.Chaos;

/// <summary>Sends numbered private messages to others, one at a time, and goes on with the next number whatever happens.</summary>
internal sealed class PrivateSender(ChaosUser user, IReadOnlyList<ChaosUser> others, Ledger ledger, ChaosPace pace, int seed, Random random) : IAsyncDisposable
{
    private LineClient? _client;

    public async Task SendAsync(int count, CancellationToken cancellationToken)
    {
        for (var number = 1; number <= count; number++)
        {
            await pace.ReachAsync(number, cancellationToken);
            var token = await user.TokenAsync();
            _client ??= await user.ConnectAsync();
            await SendAsync(_client, token, new Stamp(seed, user.Realm.Name, user.Name, IsSaid: false, number), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
    }

    private async Task SendAsync(LineClient client, string token, Stamp stamp, CancellationToken cancellationToken)
    {
        var to = others[random.Next(others.Count)];

        // With the realm it is taken unasked; without, the realm has to know who is where.
        var name = to.Realm == user.Realm || random.Next(2) == 0 ? to.Name : to.Address;
        ledger.Begin(stamp, to.Address);
        string? reply = null;
        try
        {
            await client.RequestAsync($"send {token} {name} {stamp}");
            reply = await ReplyAsync(client, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // It broke before the answer, as it does under a killed server.
        }

        if (reply is null)
        {
            ledger.Answer(stamp, Outcome.Unknown);
            await client.DisposeAsync();
            _client = null;
            return;
        }

        if (reply == LineClient.Sent)
        {
            ledger.Answer(stamp, Outcome.Acknowledged);
            return;
        }

        var said = JsonNode.Parse(reply);
        said?["status"]?.GetValue<string>().ShouldBe("ERROR", reply);
        ledger.Answer(stamp, Outcome.Refused, said?["message"]?.GetValue<string>());
        if (said?["message"]?.GetValue<string>() == "Session Tidak Ditemukan") user.Forget(token);
    }

    /// <summary>A server that stands still is waited for; whoever gives up on it would not know what became of his message.</summary>
    private static async Task<string?> ReplyAsync(LineClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await client.ReplyOrEndAsync();
            }
            catch (TimeoutException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }
}
