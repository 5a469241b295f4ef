using System.Text;

namespace Kabar.Cli.Bench;

/// <summary>Who a message can go to.</summary>
/// <param name="account">The addressee.</param>
/// <param name="realm">His realm; null for the sender's own.</param>
internal sealed class Recipient(BenchAccount account, string? realm = null)
{
    public BenchAccount Account { get; } = account;

    /// <summary>Who reads his inbox while the load runs, if anybody does.</summary>
    public InboxReader? Reader { get; init; }

    /// <summary>Where messages to him are counted, apart from the others, if nobody can read them.</summary>
    public QueuedMessages? Queued { get; init; }

    /// <summary><c>USERNAME </c> or <c>USERNAME@REALM </c>, as requests name him.</summary>
    public byte[] NameField { get; } = Encoding.UTF8.GetBytes(realm is null ? $"{account.Username} " : $"{account.Username}@{realm} ");
}
