using Kabar.Cli.Bench;

namespace Kabar.Tests.Cli.Bench;

public sealed class FederatedLoadTests : IDisposable
{
    private const int Messages = 500;

    private static readonly BenchOptions Options = new()
    {
        Connections = 8,
        Depth = 4,
        Count = Messages,
        Warmup = TimeSpan.FromMilliseconds(50),
        Duration = Deadline.Span,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("kabar-federated-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_arrives_in_the_other_realm_after_its_acknowledgement_is_waited_for()
    {
        var stopping = TestContext.Current.CancellationToken;
        var post = new StubPost { IsSlow = true };
        await using var satu = new StubServer { Post = post };
        await using var dua = new StubServer { Post = post, Realm = "@dua" };
        await using var from = await AttachAsync(satu);
        await using var to = await AttachAsync(dua);

        var result = await FederatedLoad.MeasureAsync(
            from.Result(Workload.Federated), new Side(from, from.Accounts), new Side(to, to.Accounts, "dua"), servers: null, Options, stopping).BeforeDeadline();

        result.Failures.ShouldBeEmpty();
        result.IsSound.ShouldBeTrue();
        result.Delivery!.Received.ShouldBeGreaterThanOrEqualTo(Messages);
        result.Load!.Answered.ShouldBe(result.Delivery.Received);
    }

    [Fact]
    public async Task Within_one_realm_the_same_load_is_measured_alike()
    {
        await using var server = new StubServer();
        await using var target = await AttachAsync(server);

        var result = await FederatedLoad.MeasureAsync(
            target.Result(Workload.Federated), new Side(target, [.. target.Accounts.Take(4)]), new Side(target, [.. target.Accounts.Skip(4)]), servers: null,
            Options, TestContext.Current.CancellationToken).BeforeDeadline();

        result.IsSound.ShouldBeTrue();
        result.Load!.Answered.ShouldBe(result.Delivery!.Acknowledged);
    }

    private async Task<Target> AttachAsync(StubServer server)
    {
        var users = Path.Combine(_folder, "users.jsonl");
        await BenchAccount.WriteAsync(users, BenchAccount.Make(8), TestContext.Current.CancellationToken);
        return await Target.AttachAsync(Options, server.EndPoint, users, 8, TestContext.Current.CancellationToken);
    }
}
