// Says again what it is told with "!gema", and misses nothing: neither while it is away nor when the network breaks.
using Kabar.Client;

var place = args is [_, var file] ? file : "bot.place"; // up to where it has seen everything
await using var client = new KabarClient(new KabarClientOptions { Server = new Uri(args[0]) });
var self = await client.LogInAsync(Variable("BOT_USER"), Variable("BOT_PASSWORD"));
Console.WriteLine($"{self.Name} listens at {self.Realm}.");

await foreach (var happened in client.ListenAsync(File.Exists(place) ? await File.ReadAllTextAsync(place) : null))
{
    // The key makes sure that nobody hears it twice, should the bot be killed before it has written down its place.
    if (happened is KabarEntry { Kind: "message" } said && said.From != self.Username && said.Text.StartsWith("!gema ", StringComparison.Ordinal))
        await client.SendAsync(said.Conversation, said.Text["!gema ".Length..], replyTo: said.Position, key: "gema-" + said.Id);
    if (happened.At is not { } at) continue;
    await File.WriteAllTextAsync(place + ".new", at);
    File.Move(place + ".new", place, overwrite: true);
}

static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
