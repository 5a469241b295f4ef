using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kabar.Cli.Bench;

/// <summary>Opens a session for each account and empties its inbox: what lies there from before is not ours to count.</summary>
internal static class Login
{
    private const int MostPages = 100_000;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    public static async Task LogInAsync(IPEndPoint server, IReadOnlyList<BenchAccount> accounts, CancellationToken cancellationToken)
    {
        using var connection = new LoadConnection(server, 0);
        try
        {
            await connection.ConnectAsync().AsTask().WaitAsync(LongestAnswer, cancellationToken);
            foreach (var account in accounts)
            {
                account.Use(await LogInAsync(connection, account, cancellationToken));
                for (var page = 0; page < MostPages; page++)
                {
                    var reply = await connection.AskAsync(account.InboxRequest).WaitAsync(LongestAnswer, cancellationToken);
                    if (!WireReply.IsOk(reply.Span)) throw new CommandFault($"The inbox of {account.Username} cannot be read: {WireReply.MessageOf(reply.Span)}");
                    if (WireReply.ReadTexts(reply.Span, static _ => { }) == 0) break;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or TimeoutException)
        {
            throw new CommandFault($"The server at {server} cannot be spoken with: {exception.Message}");
        }
    }

    private static async Task<string> LogInAsync(LoadConnection connection, BenchAccount account, CancellationToken cancellationToken)
    {
        var request = Encoding.UTF8.GetBytes($"auth {account.Username} {account.Password}\r\n");
        var reply = await connection.AskAsync(request).WaitAsync(LongestAnswer, cancellationToken);
        if (!WireReply.IsOk(reply.Span)) throw new CommandFault($"{account.Username} cannot log in: {WireReply.MessageOf(reply.Span)}");
        return WireReply.TokenOf(reply.Span) ?? throw new CommandFault("The answer to a login holds no session.");
    }
}
