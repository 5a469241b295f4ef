using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Kabar.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Kabar.Server.Web.Api;

/// <summary>What the HTTP API tells of itself, at <c>/api/openapi.json</c>: made from the routes when it is first asked for.</summary>
internal sealed class ApiDocument([FromKeyedServices(ApiDocument.Name)] IOpenApiDocumentProvider provider)
{
    /// <summary>The scheme of programs: a token.</summary>
    public const string TokenScheme = "token";

    /// <summary>The scheme of browsers: the session's cookie.</summary>
    public const string SessionScheme = "session";

    private const string Name = "kabar";

    // It may be made twice by two who ask at once, and is the same.
    private volatile byte[]? _bytes;

    /// <summary>The services, and how what they find is told.</summary>
    public static void Add(IServiceCollection services, RealmName realm)
    {
        services.AddSingleton<ApiDocument>();
        services.Configure<JsonOptions>(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;

            // Numbers are not also strings.
            json.SerializerOptions.NumberHandling = default;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, WebJson.Default);
        });
        services.AddOpenApi(Name, options =>
        {
            options.ShouldInclude = found => found.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().Any();
            options.AddDocumentTransformer((document, _, _) =>
            {
                Introduce(document, realm);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer((operation, context, _) =>
            {
                if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().SingleOrDefault() is { } route) Describe(operation, route, context.Document);
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer((schema, context, _) =>
            {
                Describe(schema, context);
                return Task.CompletedTask;
            });
        });
    }

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/openapi.json", async context =>
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(_bytes ??= await MakeAsync(), context.RequestAborted);
    });

    private async Task<byte[]> MakeAsync()
    {
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        await using var bytes = new MemoryStream();
        await document.SerializeAsJsonAsync(bytes, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return bytes.ToArray();
    }

    private static void Introduce(OpenApiDocument document, RealmName realm)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Kabar",
            Version = "1",
            Description = "What programs and browsers ask a realm over HTTP. Errors have the codes of the native protocol.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [TokenScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token, `kabar_…`, made at `/api/tokens` or by the operator." },
            [SessionScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = $"kabar-session-{realm}",
                Description = "The session of a browser, begun at `/api/session`.",
            },
        };
    }

    private static void Describe(OpenApiOperation operation, ApiRoute route, OpenApiDocument? document)
    {
        if (route.Scheme is { } scheme) operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = [] }];
        operation.Parameters =
        [
            .. route.Parameters.Select(parameter => new OpenApiParameter
            {
                Name = parameter.Name,
                In = route.Path.Contains($"{{{parameter.Name}}}", StringComparison.Ordinal) ? ParameterLocation.Path : ParameterLocation.Query,
                Description = parameter.About,
                Required = parameter.IsRequired,
                Schema = parameter.IsNumber ? new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" } : new OpenApiSchema { Type = JsonSchemaType.String },
            }),
        ];
        operation.RequestBody?.Content?.Remove(ApiRouteMapping.AnyType);
        if (route.TakesText && operation.RequestBody?.Content?.TryGetValue("text/plain", out var text) == true) text.Schema = new OpenApiSchema { Type = JsonSchemaType.String };
        foreach (var (status, response) in operation.Responses ?? [])
            if (response is OpenApiResponse described) described.Description = Meaning(int.Parse(status, CultureInfo.InvariantCulture));
    }

    // What cannot be null is always there; and null is as good as not there, so it need not be told.
    private static void Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        if (schema.Properties is not { } properties) return;
        foreach (var property in context.JsonTypeInfo.Properties)
        {
            if (property.IsGetNullable && property.AttributeProvider?.IsDefined(typeof(RequiredAttribute), inherit: false) != true) schema.Required?.Remove(property.Name);
            else (schema.Required ??= new HashSet<string>()).Add(property.Name);
            if (properties.TryGetValue(property.Name, out var told) && told is OpenApiSchema { Type: { } type } concrete) concrete.Type = type & ~JsonSchemaType.Null;
        }
    }

    private static string Meaning(int status) => status switch
    {
        StatusCodes.Status200OK => "Done.",
        StatusCodes.Status204NoContent => "Done; there is nothing to tell.",
        StatusCodes.Status400BadRequest => "`malformed_request`, `missing_parameter`, `invalid_parameter`, `empty_text`, `message_too_long`, `invalid_name`.",
        StatusCodes.Status401Unauthorized => "`not_logged_in` without a token or session, `unknown_token` or `unknown_session` for one that has ended, `not_authenticated` for a name and password that open nothing.",
        StatusCodes.Status403Forbidden => "`not_allowed`: the token may not do it, or not there. In a group also `not_a_member`, `muted`; of who registers `registration_closed`, `wrong_code`. With `parameter` `origin`: a page of another site has asked.",
        StatusCodes.Status404NotFound => "`unknown_recipient`, `unknown_group`, `unknown_message`, `unknown_token`, `unknown_peer`.",
        StatusCodes.Status409Conflict => "`too_many`, `home_elsewhere`, `name_taken`.",
        StatusCodes.Status413PayloadTooLarge => "`request_too_large`: more than 64 KiB.",
        StatusCodes.Status429TooManyRequests => "`too_many_attempts`: try again after `Retry-After` seconds.",
        StatusCodes.Status503ServiceUnavailable => "`peer_unreachable`, `unreachable_recipient`, `peer_queue_full`, `recovering`: try again later.",
        _ => "`failed`: a fault of the realm. Whether it was carried out is not known.",
    };
}
