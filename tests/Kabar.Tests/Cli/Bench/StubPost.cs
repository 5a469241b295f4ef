namespace Kabar.Tests.Cli.Bench;

/// <summary>Inboxes that several servers share: with one, a message can go from one realm to another.</summary>
internal sealed class StubPost
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Queue<string> Here, Queue<string> OnTheWay)> _inboxes = [];

    /// <summary>Whether a message is shown only to the poll after the next.</summary>
    public bool IsSlow { get; init; }

    public void Put(string address, string text)
    {
        lock (_gate) (IsSlow ? Of(address).OnTheWay : Of(address).Here).Enqueue(text);
    }

    /// <summary>The reply to an inbox request.</summary>
    public string Take(string address)
    {
        lock (_gate)
        {
            var (here, onTheWay) = Of(address);
            var texts = string.Join(", ", here.Select(text => $$"""{"msg_from": "A", "msg_to": "B", "msg": "{{text}}"}"""));
            here.Clear();
            while (onTheWay.TryDequeue(out var text)) here.Enqueue(text);
            return texts.Length == 0 ? """{"status": "OK", "messages": {}}""" : $$$"""{"status": "OK", "messages": {"a": [{{{texts}}}]}}""";
        }
    }

    private (Queue<string> Here, Queue<string> OnTheWay) Of(string address)
    {
        if (!_inboxes.TryGetValue(address, out var inbox)) _inboxes[address] = inbox = (new Queue<string>(), new Queue<string>());
        return inbox;
    }
}
