using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kabar.Tests.Cli.Bench;

/// <summary>As much of a server as the load generator asks: logins, messages, and groups whose texts end in a line feed.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<NetworkStream>> _groups = [];
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;

    public StubServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>The lines that the member of this number, in the order of entering, gets for a text.</summary>
    public Func<int, string, IEnumerable<string>> Deliver { get; init; } = (_, text) => [text];

    /// <summary>Where messages go.</summary>
    public StubPost Post { get; init; } = new();

    /// <summary>What its users' names end with in the post: <c>@dua</c>.</summary>
    public string Realm { get; init; } = "";

    /// <summary>What those are told who want to enter a group.</summary>
    public string? Refusal { get; init; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stopping.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                using var reader = new StreamReader(stream);
                var (username, group) = ("", (string?)null);
                while (await reader.ReadLineAsync(_stopping.Token) is { } line)
                {
                    if (group is not null)
                    {
                        Say(group, $"{username}: {line}");
                        continue;
                    }

                    var fields = line.Split(' ');
                    switch (fields[0])
                    {
                        case "auth":
                            Write(stream, $$"""{"status": "OK", "tokenid": "{{fields[1]}}"}""" + "\r\n\r\n");
                            break;
                        case "inbox":
                            Write(stream, Post.Take(fields[1] + Realm) + "\r\n\r\n");
                            break;
                        case "send":
                            Post.Put(fields[2], string.Join(' ', fields[3..]));
                            Write(stream, """{"status": "OK", "message": "Message Sent"}""" + "\r\n\r\n");
                            break;
                        case "group" when Refusal is not null:
                            Write(stream, $$"""{"status": "ERROR", "message": "{{Refusal}}"}""" + "\r\n\r\n");
                            break;
                        case "group":
                            (username, group) = (fields[1], fields[2]);
                            Enter(group, username, stream);
                            break;
                    }
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // The load has left, or the test has ended.
            }
        }
    }

    private void Enter(string group, string username, NetworkStream stream)
    {
        lock (_gate)
        {
            if (!_groups.TryGetValue(group, out var members)) _groups[group] = members = [];
            members.Add(stream);
            foreach (var member in members) Write(member, $"{username} telah bergabung\n");
        }
    }

    private void Say(string group, string text)
    {
        lock (_gate)
        {
            foreach (var (number, member) in _groups[group].Index())
                foreach (var line in Deliver(number, text)) Write(member, line + "\n");
        }
    }

    private static void Write(NetworkStream stream, string text)
    {
        try
        {
            stream.Write(Encoding.ASCII.GetBytes(text));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Who has left hears nothing.
        }
    }
}
