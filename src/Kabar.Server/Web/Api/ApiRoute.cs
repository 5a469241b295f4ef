using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Kabar.Server.Web.Api;

/// <summary>A route of the HTTP API with what a program's author has to know of it: from here it is mapped, and from here the OpenAPI document tells of it.</summary>
internal sealed record ApiRoute(string Method, string Path, string Summary)
{
    /// <summary>Under what it stands in the document.</summary>
    public required string Subject { get; init; }

    /// <summary>More about it, where there is more.</summary>
    public string? About { get; init; }

    /// <summary>Who may ask: a name of <see cref="ApiDocument"/>'s schemes; null for everybody.</summary>
    public string? Scheme { get; init; }

    /// <summary>The parameters in the address.</summary>
    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>What the body is; null where there is none.</summary>
    public Type? Body { get; init; }

    /// <summary>Whether the body may be plain text in place of JSON.</summary>
    public bool TakesText { get; init; }

    /// <summary>What a good answer is; null where it is empty.</summary>
    public Type? Answer { get; init; }

    /// <summary>The statuses of the others.</summary>
    public IReadOnlyList<int> Errors { get; init; } = [];
}

/// <summary>A parameter in the address.</summary>
internal sealed record ApiParameter(string Name, string About)
{
    public bool IsRequired { get; init; }

    public bool IsNumber { get; init; }
}

/// <summary>Maps routes with what is told of them.</summary>
internal static class ApiRouteMapping
{
    /// <summary>Lets every body come as far as the route, which says what is wrong with it: the framework would answer with a bare 415. It is not told of.</summary>
    public const string AnyType = "*/*";

    public static void Map(this IEndpointRouteBuilder routes, ApiRoute route, RequestDelegate serve)
    {
        var mapped = routes.MapMethods(route.Path, [route.Method], serve);

        // The method is what makes the document look at a route at all.
        mapped.WithMetadata(route, serve.Method, Response(route.Answer is null ? StatusCodes.Status204NoContent : StatusCodes.Status200OK, route.Answer));
        mapped.WithTags(route.Subject).WithSummary(route.Summary);
        if (route.About is { } about) mapped.WithDescription(about);
        if (route.Body is { } body) mapped.WithMetadata(new AcceptsMetadata(route.TakesText ? ["application/json", "text/plain", AnyType] : ["application/json", AnyType], body));
        foreach (var status in route.Errors) mapped.WithMetadata(Response(status, typeof(WebError)));
    }

    private static ProducesResponseTypeMetadata Response(int status, Type? type) => type is null ? new(status, typeof(void)) : new(status, type, ["application/json"]);
}
