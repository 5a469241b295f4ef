namespace Kabar.Server.Control;

/// <summary>A row of the operator's commands.</summary>
/// <param name="Execute">What it does.</param>
/// <param name="OnlyReads">Whether nothing is changed by it.</param>
/// <param name="TakesRight">Whether the account it is done to can administer the realm no more.</param>
internal sealed record OperatorCommand(Func<ControlRequest, CancellationToken, ValueTask<ControlReply>> Execute, bool OnlyReads = false, bool TakesRight = false);
