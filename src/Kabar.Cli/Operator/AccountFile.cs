using System.Text.Json;
using Kabar.Server.Control;

namespace Kabar.Cli.Operator;

/// <summary>
/// The JSON Lines of <c>kabar user import</c>: <c>username</c>, <c>nama</c>, a <c>password</c> or <c>password_hash</c>, <c>admin</c>,
/// <c>disabled</c>; every other string is an attribute. An export can be imported: lines of other types are skipped.
/// </summary>
internal static class AccountFile
{
    /// <summary>Reads one line; null when it is no account.</summary>
    /// <exception cref="CommandFault">It is not JSON, or lacks what an account needs.</exception>
    public static (ControlRequest Add, bool IsDisabled)? Read(string line, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new CommandFault($"Line {number} is not a JSON object.");
            if (Text(root, "type") is { } type && type != "account") return null;

            var request = new ControlRequest
            {
                Do = "user add",
                Username = Text(root, "username") ?? throw new CommandFault($"Line {number} has no \"username\"."),
                DisplayName = Text(root, "nama"),
                Password = Text(root, "password"),
                PasswordHash = Text(root, "password_hash"),
                IsAdmin = IsTrue(root, "admin"),
                Attributes = root.EnumerateObject()
                    .Where(property => property.Value.ValueKind == JsonValueKind.String && !Core.Accounts.IsReserved(property.Name))
                    .GroupBy(property => property.Name)
                    .ToDictionary(same => same.Key, same => same.Last().Value.GetString()),
            };
            if (request.Password is null && request.PasswordHash is null) throw new CommandFault($"Line {number} has no \"password\".");
            return (request, IsTrue(root, "disabled"));
        }
        catch (JsonException)
        {
            throw new CommandFault($"Line {number} is not JSON.");
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsTrue(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
