using Kabar.Cli;
using Kabar.Cli.Bench;

namespace Kabar.Tests.Cli.Bench;

public sealed class GroupLoadTests : IDisposable
{
    private const int Texts = 60;

    private readonly string _folder = Directory.CreateTempSubdirectory("kabar-groups-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Each_text_is_counted_once_for_each_member(int depth)
    {
        await using var server = new StubServer();
        var result = await RunAsync(server, depth);

        result.Failures.ShouldBeEmpty();
        result.IsSound.ShouldBeTrue();
        result.Load!.Answered.ShouldBe(Texts * 4);
        result.Delivery!.Received.ShouldBeGreaterThanOrEqualTo(Texts * 4);
    }

    [Fact]
    public async Task A_server_that_delivers_twice_is_found_out()
    {
        await using var server = new StubServer { Deliver = (member, text) => member == 1 ? [text, text] : [text] };
        var result = await RunAsync(server, depth: 1);

        result.IsSound.ShouldBeFalse();
        result.Delivery!.Doubled.ShouldBe(result.Delivery.Acknowledged / 4);
        (result.Delivery.Lost, result.Delivery.OutOfOrder, result.Delivery.Strange).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task A_server_that_shows_one_member_another_order_is_found_out()
    {
        // The last member of each group gets a text after the next one, as long as several are in the air.
        var held = new Dictionary<string, string>();
        await using var server = new StubServer
        {
            Deliver = (member, text) =>
            {
                if (member != 3) return [text];
                var group = text.Split(' ')[1][..6];
                if (held.Remove(group, out var earlier)) return [text, earlier];
                if (!text.Contains("-0000000000 ", StringComparison.Ordinal) && !text.Contains("-0000000001 ", StringComparison.Ordinal)) return [text];
                held[group] = text;
                return [];
            },
        };
        var result = await RunAsync(server, depth: 2);

        result.IsSound.ShouldBeFalse();
        result.Delivery!.OutOfOrder.ShouldBe(2);
        (result.Delivery.Lost, result.Delivery.Doubled, result.Delivery.Strange).ShouldBe((0, 0, 0));
    }

    [Fact]
    public async Task A_refused_group_is_told_as_the_server_words_it()
    {
        await using var server = new StubServer { Refusal = "**Protocol Tidak Benar" };
        (await Should.ThrowAsync<CommandFault>(() => RunAsync(server, depth: 1))).Message.ShouldBe("A group cannot be entered: **Protocol Tidak Benar");
    }

    /// <summary>Two groups of four.</summary>
    private async Task<WorkloadResult> RunAsync(StubServer server, int depth)
    {
        var stopping = TestContext.Current.CancellationToken;
        var options = new BenchOptions
        {
            Groups = 2,
            Members = 4,
            Depth = depth,
            Count = Texts,
            Warmup = TimeSpan.Zero,
            Duration = Deadline.Span,
        };
        var users = Path.Combine(_folder, "users.jsonl");
        await BenchAccount.WriteAsync(users, BenchAccount.Make(GroupLoad.Accounts(options)), stopping);
        await using var target = await Target.AttachAsync(options, server.EndPoint, users, GroupLoad.Accounts(options), stopping);
        return await GroupLoad.RunAsync(target, options, stopping).BeforeDeadline();
    }
}
