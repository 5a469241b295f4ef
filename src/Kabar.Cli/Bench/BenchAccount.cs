using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kabar.Cli.Bench;

/// <summary>Somebody who sends and receives. The fields of requests are kept as the bytes that are sent.</summary>
internal sealed class BenchAccount(string username, string password)
{
    // A login is slow on purpose (12 ms of CPU), so connections share accounts beyond this number; a session belongs to no connection.
    public const int Most = 100;

    public string Username { get; } = username;

    public string Password { get; } = password;

    /// <summary>Its session; null before the login.</summary>
    public string? Token { get; private set; }

    /// <summary><c>send TOKEN </c></summary>
    public byte[] SendHead { get; private set; } = [];

    /// <summary>A whole request for the inbox.</summary>
    public byte[] InboxRequest { get; private set; } = [];

    /// <summary>A whole request to enter a group. It ends in a line feed alone: so does then each text of the conversation.</summary>
    public byte[] GroupRequest(string group) => Encoding.ASCII.GetBytes($"group {Token} {group} origin\n");

    /// <summary>Accounts that exist nowhere yet, with passwords nobody else knows.</summary>
    public static IReadOnlyList<BenchAccount> Make(int count) =>
        [.. Enumerable.Range(1, count).Select(number => new BenchAccount($"bench{number:D3}", RandomNumberGenerator.GetHexString(24, lowercase: true)))];

    /// <summary>Writes them as <c>kabar user import</c> reads them.</summary>
    public static Task WriteAsync(string path, IEnumerable<BenchAccount> accounts, CancellationToken cancellationToken) =>
        File.WriteAllLinesAsync(path, accounts.Select(account => JsonSerializer.Serialize(
            new AccountLine(account.Username, account.Username, account.Password), AccountLines.Default.AccountLine)), cancellationToken);

    /// <summary>Reads accounts that a running server has.</summary>
    public static async Task<IReadOnlyList<BenchAccount>> ReadAsync(string path, int most, CancellationToken cancellationToken)
    {
        var accounts = new List<BenchAccount>();
        try
        {
            await foreach (var line in File.ReadLinesAsync(path, cancellationToken))
            {
                if (accounts.Count == most) break;
                if (string.IsNullOrWhiteSpace(line)) continue;
                var account = JsonSerializer.Deserialize(line, AccountLines.Default.AccountLine);
                if (account is not { Username.Length: > 0, Password.Length: > 0 })
                    throw new CommandFault($"{path}: a line names no username or no password.");
                accounts.Add(new BenchAccount(account.Username, account.Password));
            }
        }
        catch (JsonException)
        {
            throw new CommandFault($"{path}: line {accounts.Count + 1} is no JSON object.");
        }

        return accounts.Count >= 2 ? accounts : throw new CommandFault($"{path}: the load needs two accounts at least.");
    }

    /// <summary>Notes the session that its requests present.</summary>
    public void Use(string token)
    {
        Token = token;
        SendHead = Encoding.ASCII.GetBytes($"send {token} ");
        InboxRequest = Encoding.ASCII.GetBytes($"inbox {token}\r\n");
    }
}

/// <summary>An account's line in a file.</summary>
internal sealed record AccountLine(string? Username, string? Nama, string? Password);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AccountLine))]
internal sealed partial class AccountLines : JsonSerializerContext;
