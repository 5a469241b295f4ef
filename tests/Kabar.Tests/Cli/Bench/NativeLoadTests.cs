using System.Text;
using Kabar.Cli;
using Kabar.Cli.Bench;
using Kabar.Core;
using Kabar.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kabar.Tests.Cli.Bench;

/// <summary>The workloads of the native protocol, on a real server.</summary>
public sealed class NativeLoadTests : IAsyncLifetime
{
    private const int Accounts = 5;
    private const int Messages = 40;

    private static readonly BenchOptions Options = new()
    {
        Count = Messages,
        Warmup = TimeSpan.Zero,
        Duration = Deadline.Span,
        Listeners = Accounts - 1,
        FanoutMembers = Accounts,
        FanoutDepth = 3,
        Connections = 6,
    };

    private readonly TemporaryFolder _folder = new();
    private KabarHost _host = null!; // both are set before each test
    private Target _target = null!;

    public async ValueTask InitializeAsync()
    {
        var stopping = TestContext.Current.CancellationToken;
        _host = await KabarHost.StartAsync(new KabarOptions { Data = _folder["data"], Listen = ["127.0.0.1:0"] }, new ConfigurationBuilder().Build(), TimeProvider.System, stopping);
        var accounts = BenchAccount.Make(Accounts);
        foreach (var account in accounts)
            (await _host.Realm.Accounts.AddAsync(account.Username, account.Username, [], new Password(Encoding.UTF8.GetBytes(account.Password)), isAdmin: false, stopping)).IsOk.ShouldBeTrue();
        await BenchAccount.WriteAsync(_folder["users.jsonl"], accounts, stopping);
        _target = await Target.AttachAsync(Options, _host.LineEndPoints.Single(), _folder["users.jsonl"], Accounts, stopping);
    }

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_push_is_heard_by_the_one_it_is_for()
    {
        var result = await PushLoad.MeasureAsync(_target, Options, TestContext.Current.CancellationToken).BeforeDeadline();

        result.Failures.ShouldBeEmpty();
        result.IsSound.ShouldBeTrue();
        result.Load!.Answered.ShouldBe(Messages);
        result.Delivery!.Received.ShouldBeGreaterThanOrEqualTo(Messages);
    }

    [Fact]
    public async Task All_of_a_group_hear_each_text_once_and_in_one_order()
    {
        for (var run = 0; run < 2; run++)
        {
            var result = await FanoutLoad.RunAsync(_target, Options, TestContext.Current.CancellationToken).BeforeDeadline();

            result.Failures.ShouldBeEmpty();
            result.IsSound.ShouldBeTrue();
            result.Load!.Answered.ShouldBe(Messages * Accounts);
            result.Delivery!.Received.ShouldBeGreaterThanOrEqualTo(Messages * Accounts);
        }
    }

    [Fact]
    public async Task Sends_in_the_native_protocol_are_read_in_the_inboxes()
    {
        var result = await SendLoad.RunAsync(_target, Options with { IsNative = true, Depth = 4, Verify = true, Words = true }, TestContext.Current.CancellationToken).BeforeDeadline();

        result.Failures.ShouldBeEmpty();
        result.IsSound.ShouldBeTrue();
        result.Load!.Answered.ShouldBe(Messages);
    }

    [Fact]
    public async Task Too_few_accounts_are_a_fault()
    {
        var many = Options with { Listeners = Accounts, FanoutMembers = Accounts + 1 };
        (await Should.ThrowAsync<CommandFault>(() => PushLoad.MeasureAsync(_target, many, CancellationToken.None))).Message.ShouldBe("One writes to 5 others: that needs 6 accounts; there are 5.");
        (await Should.ThrowAsync<CommandFault>(() => FanoutLoad.RunAsync(_target, many, CancellationToken.None))).Message.ShouldBe("A group of 6 members needs as many accounts; there are 5.");
    }
}
