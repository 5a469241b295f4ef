using System.CommandLine;
using System.Text;
using Kabar.Cli.Operator;
using Kabar.Core;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kabar.Cli.Commands;

/// <summary>`kabar demo`: a realm with the documents' users, in a folder that goes when it stops, and what to type next.</summary>
internal static class DemoCommand
{
    public static Command Create() => Create(Surroundings.OfProcess);

    internal static Command Create(Surroundings around)
    {
        var command = new Command("demo", "Runs a realm on 127.0.0.1:8889 with the sample users of the protocol's documents, and says what to type. Ctrl-C ends it; nothing is kept.");
        var listen = new Option<string>("--listen") { Description = "Where to.", HelpName = "HOST:PORT[,dialect=NAME]", DefaultValueFactory = _ => "127.0.0.1:8889" };
        command.Options.Add(listen);
        command.SetAction((result, cancellationToken) => Execution.RunAsync(around, async () =>
        {
            var data = Directory.CreateTempSubdirectory("kabar-demo-").FullName;
            try
            {
                await RunAsync(around, data, result.GetRequiredValue(listen), cancellationToken);
            }
            finally
            {
                Directory.Delete(data, recursive: true);
            }
        }));
        return command;
    }

    private static async Task RunAsync(Surroundings around, string data, string listen, CancellationToken cancellationToken)
    {
        var options = new KabarOptions { Data = data, Realm = "satu", Listen = [listen] };
        options.Validate();
        var quiet = new ConfigurationBuilder().AddInMemoryCollection([new("Logging:LogLevel:Default", "Warning")]).Build();
        await using var host = await KabarHost.StartAsync(options, quiet, TimeProvider.System, cancellationToken);
        await Task.WhenAll(SampleUsers.All.Select(user => AddAsync(host.Realm, user, cancellationToken)));
        await around.Output.WriteLineAsync(WhatToType(host.LineEndPoints.First().ToString()));
        await around.Output.FlushAsync(cancellationToken);
        await host.WaitForStopAsync(cancellationToken);
    }

    private static async Task AddAsync(Realm realm, SampleUser user, CancellationToken cancellationToken)
    {
        var added = await realm.Accounts.AddAsync(
            user.Username, user.DisplayName, [new(user.Attribute, user.Value)], new Password(Encoding.UTF8.GetBytes(user.Password)), isAdmin: false, cancellationToken);
        if (!added.TryGet(out _, out var refusal)) throw new CommandFault($"The demo's user {user.Username} was refused: {refusal}.");
    }

    private static string WhatToType(string address)
    {
        var (host, port) = (address[..address.LastIndexOf(':')], address[(address.LastIndexOf(':') + 1)..]);
        var kabar = Path.GetRelativePath(Environment.CurrentDirectory, Environment.ProcessPath ?? "kabar");
        var users = string.Join('\n', SampleUsers.All.Select(user => $"  {user.Username,-10} {user.Password,-10} {user.DisplayName}"));
        return $$"""
            Kabar is listening on {{address}}. Its users and their passwords:

            {{users}}

            Talk to it yourself, in another terminal:

              nc {{host}} {{port}}
              auth messi surabaya
                  {"status": "OK", "tokenid": "TOKEN"}
              send TOKEN lineker halo lineker, ini messi
                  {"status": "OK", "message": "Message Sent"}

            Then read it as lineker, in the terminal client:

              {{kabar}} shell --server {{address}} --dialect message-service
              auth lineker surabaya
              inbox

            Every listener speaks all five dialects; 'dialect chat', 'dialect thread-chat', 'dialect layanan-chat',
            'dialect message-service' or 'dialect realm-chat' switches. Ctrl-C ends the demo; nothing is kept.
            """;
    }
}
