using System.Text.Json.Serialization;

namespace Kabar.Server.Web;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebError))]
[JsonSerializable(typeof(LogInBody))]
[JsonSerializable(typeof(RegisterBody))]
[JsonSerializable(typeof(SessionAnswer))]
internal sealed partial class WebJson : JsonSerializerContext;
