using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kabar.Cli.Accounts;

/// <summary>A login kept between commands: which server, how it is trusted, who, and the session's token.</summary>
internal sealed record StoredLogin(string Server, bool Tls, string? Pin, string Username, string Token);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StoredLogin))]
internal sealed partial class StoredLoginJson : JsonSerializerContext;

/// <summary>The file that keeps it, readable by its owner alone. It is replaced whole, so a reader never sees half of one.</summary>
internal sealed class StoredLoginFile(string directory)
{
    private readonly string _path = Path.Combine(directory, "login.json");

    public StoredLogin? Load()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_path), StoredLoginJson.Default.StoredLogin);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException)
        {
            throw new CommandFault($"{_path} is damaged; remove it and log in again.");
        }
    }

    public void Save(StoredLogin login)
    {
        var fresh = $"{_path}.{Environment.ProcessId}";
        using (var file = PrivateFiles.Open(fresh, FileMode.Create))
        {
            JsonSerializer.Serialize(file, login, StoredLoginJson.Default.StoredLogin);
        }

        File.Move(fresh, _path, overwrite: true);
    }

    public void Forget() => File.Delete(_path);
}
