using System.Text.Json;
using System.Text.Json.Nodes;
using Kabar.Server.Web.Api;
using Kabar.Tests.Core;

namespace Kabar.Tests.Server.Web.Api;

public sealed class ApiDocumentTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private static readonly JsonSerializerOptions Strict = new(ApiJson.Default.Options)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = false,
    };

    private ApiScene _scene = null!; // both are set before each test
    private JsonElement _document;

    public async ValueTask InitializeAsync()
    {
        _scene = await ApiScene.OpenAsync();
        using var anybody = _scene.Bot(null);
        _document = JsonDocument.Parse(await anybody.GetStringAsync("/api/openapi.json")).RootElement;
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public void It_is_a_document_whose_references_all_lead_somewhere()
    {
        _document.GetProperty("openapi").GetString().ShouldStartWith("3.1");
        _document.GetProperty("info").GetProperty("title").GetString().ShouldBe("Kabar");
        var references = new List<string>();
        Collect(_document);
        references.ShouldNotBeEmpty();
        foreach (var reference in references)
        {
            var at = _document;
            foreach (var part in reference.Split('/')[1..]) at = at.TryGetProperty(part, out var next) ? next : throw new InvalidOperationException($"{reference} leads nowhere.");
        }

        void Collect(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray()) Collect(item);
            }
            else if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                {
                    if (property is { Name: "$ref", Value.ValueKind: JsonValueKind.String }) references.Add(property.Value.GetString()!); // a string
                    Collect(property.Value);
                }
            }
        }
    }

    [Fact]
    public void Every_route_of_programs_tokens_webhooks_and_sessions_is_in_it_with_what_comes_of_it()
    {
        string[] described = ["/api/v1", "/api/tokens", "/api/hooks", "/api/session"];
        var mapped = _scene.Web.Host.Routes.Where(route => described.Any(path => route.Path.StartsWith(path, StringComparison.Ordinal))).ToArray();
        mapped.Length.ShouldBe(16);
        _document.GetProperty("paths").EnumerateObject().ShouldAllBe(path => described.Any(beginning => path.Name.StartsWith(beginning, StringComparison.Ordinal)));
        foreach (var (method, path) in mapped)
        {
            var operation = _document.GetProperty("paths").GetProperty(path).GetProperty(method.ToLowerInvariant());
            operation.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty(path);
            var responses = operation.GetProperty("responses").EnumerateObject().ToArray();
            responses.ShouldContain(response => response.Name == "200" || response.Name == "204", path);
            responses.Length.ShouldBeGreaterThan(1, path);
            foreach (var response in responses)
            {
                response.Value.GetProperty("description").GetString().ShouldNotBeNullOrEmpty($"{path} {response.Name}");
                if (response.Name != "204") response.Value.GetProperty("content").GetProperty("application/json").GetProperty("schema").ValueKind.ShouldBe(JsonValueKind.Object);
            }

            operation.TryGetProperty("requestBody", out _).ShouldBe(method == "POST", path);
            var parameters = operation.TryGetProperty("parameters", out var told) ? told.EnumerateArray().ToArray() : [];
            foreach (var part in path.Split('/').Where(part => part.StartsWith('{')))
                parameters.ShouldContain(parameter => $"{{{parameter.GetProperty("name").GetString()}}}" == part && parameter.GetProperty("required").GetBoolean());
            operation.TryGetProperty("security", out _).ShouldBe(!path.StartsWith("/api/v1/hooks", StringComparison.Ordinal) && !path.StartsWith("/api/session", StringComparison.Ordinal), path);
        }
    }

    [Theory]
    [InlineData("/api/v1/messages")]
    [InlineData("/api/v1/hooks/{token}")]
    public void A_key_may_stand_in_the_address(string path)
    {
        var parameters = _document.GetProperty("paths").GetProperty(path).GetProperty("post").GetProperty("parameters").EnumerateArray();
        var key = parameters.Single(parameter => parameter.GetProperty("name").GetString() == "key");
        key.GetProperty("in").GetString().ShouldBe("query");
        key.TryGetProperty("required", out _).ShouldBeFalse();
    }

    [Fact]
    public void What_must_be_there_is_required_and_what_need_not_is_not()
    {
        var schemas = _document.GetProperty("components").GetProperty("schemas");
        Required("MessageBody").ShouldBe(["text", "to"]);
        Required("HookBody").ShouldBe(["text"]);
        Required("TokenBody").ShouldBe(["may", "name"]);
        Required("WebError").ShouldBe(["code", "message", "status"]);
        Required("PostedAnswer").ShouldBe(["mid", "state", "status"]);
        Required("EntryLine").ShouldBe(["at", "event", "from", "mid", "name", "position", "sent", "to"]);
        schemas.GetProperty("MessageBody").GetProperty("properties").GetProperty("reply").GetProperty("type").GetString().ShouldBe("integer");

        IEnumerable<string?> Required(string schema) => schemas.GetProperty(schema).GetProperty("required").EnumerateArray().Select(name => name.GetString()).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_answers_are_as_it_describes_them()
    {
        await _scene.SayAsync(_scene.Lineker, "messi", "halo");
        (await _scene.Realm.Conversations.ReactAsync(_scene.Messi, RealmFixture.To("lineker"), 1, "👍", None)).Value();
        await _scene.SayAsync(_scene.Messi, "#batak", "horas");
        using var bot = await _scene.BotAsync();

        Check<HistoryAnswer>(await bot.GetStringAsync("/api/v1/messages?in=lineker"));
        Check<HistoryAnswer>(await bot.GetStringAsync("/api/v1/messages?in=%23batak"));
        Check<ConversationsAnswer>(await bot.GetStringAsync("/api/v1/conversations"));
        Check<MeAnswer>(await bot.GetStringAsync("/api/v1/me"));
        Check<PostedAnswer>((await bot.PostJsonAsync("/api/v1/messages", """{"to":"lineker","text":"ya?"}""").ShouldBeOkAsync()).GetRawText());
        Check<ReadAnswer>((await bot.PostJsonAsync("/api/v1/read", """{"in":"lineker"}""").ShouldBeOkAsync()).GetRawText());

        // Every key is known to the description, and nothing of it is lost.
        static void Check<T>(string json)
        {
            var type = Strict.GetTypeInfo(typeof(T));
            var again = JsonSerializer.Serialize(JsonSerializer.Deserialize(json, type), type);
            JsonNode.DeepEquals(JsonNode.Parse(again), JsonNode.Parse(json)).ShouldBeTrue($"{again}\nis not\n{json}");
        }
    }
}
