using Kabar.Cli.Commands;

namespace Kabar.Tests.Cli.Commands;

public class BenchCommandTests
{
    [Theory]
    [InlineData("--workload inbox --dead-peer", "--dead-peer and --indexed belong to the workload send.")]
    [InlineData("--workload federated --server 127.0.0.1:1 --users u.jsonl", "federated, search, sockets, --dead-peer and --indexed have servers or data of their own: they go without --server.")]
    [InlineData("--dead-peer --server 127.0.0.1:1 --users u.jsonl", "federated, search, sockets, --dead-peer and --indexed have servers or data of their own: they go without --server.")]
    [InlineData("--workload group --members 4 --depth 5", "--depth 5: a member of a group says one text at a time, and it has 4 (--members).")]
    [InlineData("--workload group --groups 1000 --members 61", "--groups times --members is 60000 at most.")]
    public void What_does_not_go_together_is_refused_in_a_sentence(string arguments, string sentence) =>
        BenchCommand.Create().Parse(arguments).Errors.ShouldHaveSingleItem().Message.ShouldBe(sentence);

    [Theory]
    [InlineData("--workload all --server 127.0.0.1:1 --users u.jsonl")]
    [InlineData("--workload all --dead-peer")]
    [InlineData("--dead-peer")]
    [InlineData("--workload group --members 5 --depth 5")]
    [InlineData("--workload send --depth 64")]
    public void What_goes_together_is_taken(string arguments) => BenchCommand.Create().Parse(arguments).Errors.ShouldBeEmpty();
}
