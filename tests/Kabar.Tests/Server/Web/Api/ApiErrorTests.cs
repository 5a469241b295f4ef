using System.Net;

namespace Kabar.Tests.Server.Web.Api;

public sealed class ApiErrorTests
{
    [Theory]
    [InlineData("GET", "/api", "404 unknown_command")]
    [InlineData("GET", "/api/", "404 unknown_command")]
    [InlineData("GET", "/api/v2/me", "404 unknown_command")]
    [InlineData("POST", "/api/v1/messages/7", "404 unknown_command")]
    [InlineData("DELETE", "/api/v1/messages", "405 unknown_command")]
    [InlineData("GET", "/api/v1/hooks/x", "405 unknown_command")]
    [InlineData("GET", "/api/admin/status", "405 unknown_command")]
    public async Task What_is_not_there_is_an_error_like_any_other(string method, string path, string expected)
    {
        await using var scene = await ApiScene.OpenAsync();
        using var anybody = scene.Bot(null);
        await anybody.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)).ShouldBeRefusedAsync(expected);
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones()
    {
        await using var scene = await ApiScene.OpenAsync();
        using var anybody = scene.Bot(null);
        using var answer = await anybody.DeleteAsync("/api/v1/messages");
        answer.Content.Headers.Allow.Order(StringComparer.Ordinal).ShouldBe(["GET", "POST"]);
        using var head = await anybody.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/v1/me"));
        (head.StatusCode, (await head.Content.ReadAsByteArrayAsync()).Length).ShouldBe((HttpStatusCode.MethodNotAllowed, 0));
        using var outside = await anybody.GetAsync("/api.html");
        (outside.StatusCode, outside.Content.Headers.ContentType).ShouldBe((HttpStatusCode.NotFound, null));
    }
}
