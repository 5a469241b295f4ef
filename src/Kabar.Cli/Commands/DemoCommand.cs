using System.CommandLine;
using Kabar.Cli.Operator;

namespace Kabar.Cli.Commands;

/// <summary>`kabar demo`: two joined realms with the documents' users, in a folder that goes when they stop, and what to type next.</summary>
internal static class DemoCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command(
            "demo",
            "Runs two joined realms, satu on 127.0.0.1:8889 and dua on 127.0.0.1:8899, with the sample users of the protocol's documents, and says what to type. Ctrl-C ends it; nothing is kept.");
        var listen = Listen("--listen", "Where satu listens.", "127.0.0.1:8889");
        var listen2 = Listen("--listen2", "Where dua listens.", "127.0.0.1:8899");
        var http = Listen("--http", "Where satu serves its page and WebSockets.", "127.0.0.1:8880");
        var http2 = Listen("--http2", "Where dua serves its page and WebSockets.", "127.0.0.1:8890");
        command.Options.Add(listen);
        command.Options.Add(listen2);
        command.Options.Add(http);
        command.Options.Add(http2);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var folder = Directory.CreateTempSubdirectory("kabar-demo-").FullName;
            try
            {
                var satu = (result.GetRequiredValue(listen), result.GetRequiredValue(http));
                await RunAsync(around, folder, satu, (result.GetRequiredValue(listen2), result.GetRequiredValue(http2)), cancellationToken);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }));
        return command;
    }

    private static Option<string> Listen(string name, string description, string address) =>
        new(name) { Description = description, HelpName = name.StartsWith("--listen", StringComparison.Ordinal) ? "HOST:PORT[,dialect=NAME]" : "HOST:PORT", DefaultValueFactory = _ => address };

    private static async Task RunAsync(Surroundings around, string folder, (string Listen, string Http) first, (string Listen, string Http) second, CancellationToken cancellationToken)
    {
        await using var satu = await DemoRealm.StartAsync("satu", Path.Combine(folder, "satu"), first.Listen, first.Http, SampleUsers.OfSatu, cancellationToken);
        await using var dua = await DemoRealm.StartAsync("dua", Path.Combine(folder, "dua"), second.Listen, second.Http, SampleUsers.OfDua, cancellationToken);
        await satu.JoinAsync(dua, cancellationToken);
        await around.Output.WriteLineAsync(WhatToType(satu, dua));
        await around.Output.FlushAsync(cancellationToken);
        await Task.WhenAny(satu.WaitForStopAsync(cancellationToken), dua.WaitForStopAsync(cancellationToken));
    }

    private static string WhatToType(DemoRealm satu, DemoRealm dua)
    {
        var kabar = Path.GetRelativePath(Environment.CurrentDirectory, Environment.ProcessPath ?? "kabar");
        return $$"""
            Two realms are running, joined with each other. Their users and passwords:

            {{Users(satu)}}
            {{Users(dua)}}

            In a browser, a window each; log in with a name and a password from above:

              messi  {{satu.Page}}
              james  {{dua.Page}}

            The steps below can be done there too: the pen begins a chat with james or henderson, a group is made or joined
            beside it. messi looks after satu: his page has its administration.

            Or open a terminal for messi, who lives on satu, and one for james, who lives on dua:

              messi  {{kabar}} shell --server {{satu.Address}}
              james  {{kabar}} shell --server {{dua.Address}}

            or, if you like it bare,

              messi  nc {{Words(satu)}}
              james  nc {{Words(dua)}}

            and type what stands in the first column in the shell, in the second in nc. TOKEN is the "tokenid" that auth
            has answered there; the shell keeps it for you.

            {{Step("a) Log in.", "messi: auth messi surabaya", "james: auth james medan")}}
            {{Step("b) Private chat: henderson finds it when he logs in.", "messi: send* henderson apa kabar disana?")}}
            {{Step("c) Group chat: who asks for a group that is nowhere makes it. 'exit' leaves.", "messi: group* batak", "messi: halo gaes", "messi: exit")}}
            {{Step("d) Private chat between realms: no more than the name is needed.", "messi: send* james Halo, apa kabar, James?")}}
            {{Step("e) Group chat between realms: batak lives on satu, and james finds it there.", "messi: group* batak", "james: group* batak", "messi: halo james, selamat datang!!!", "james: halo messi", "james: exit", "messi: exit")}}
            {{Step("f) Inbox: what has come in since it was last read.", "james: inbox*")}}
            How the realms see each other, in a third terminal:

              {{kabar}} peer list --data {{satu.Data}}
              {{kabar}} peer list --data {{dua.Data}}

            Kabar's own protocol, kabar, tells what happens as it happens. Typed, or from a program:

              satu   nc {{Words(satu)}}, then: dialect kabar, auth messi surabaya, listen, help    {{satu.WebSocket}}
              dua    nc {{Words(dua)}}, then: dialect kabar, auth james medan, listen, help       {{dua.WebSocket}}

            A chat on the whole screen of the terminal, in the same protocol:

              messi  {{kabar}} chat --server {{satu.Address}} --user messi

            Every listener speaks all five dialects; 'dialect chat', 'dialect thread-chat', 'dialect layanan-chat',
            'dialect message-service' or 'dialect realm-chat' switches. Ctrl-C ends the demo; nothing is kept.
            """;
    }

    private static string Users(DemoRealm realm)
    {
        const int PerLine = 4;
        var users = realm.Users.Select(user => $"{user.Username} {user.Password}").Chunk(PerLine).Select(line => string.Join(", ", line));
        return $"  {realm.Name,-5} {realm.Address,-16} {string.Join($",\n{"",25}", users)}";
    }

    private static string Words(DemoRealm realm) => $"{realm.Address[..realm.Address.LastIndexOf(':')]} {realm.Address[(realm.Address.LastIndexOf(':') + 1)..]}";

    // Each line is WHO: WHAT, with a star where a person with nc types the session.
    private static string Step(string title, params string[] lines)
    {
        var columns = lines.Select(line => line.Split(": ", 2)).Select(line =>
            $"  {line[0],-6} {line[1].Replace("*", "", StringComparison.Ordinal),-38} {line[1].Replace("*", " TOKEN", StringComparison.Ordinal)}");
        return $"{title}\n{string.Join('\n', columns)}\n";
    }
}
