using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using MovieLms.ServiceDefaults.Errors;
using MovieLms.Testing;

namespace MovieLms.ServiceDefaults.Tests;

public sealed class ProblemTests
{
    public enum Color
    {
        DarkRed,
    }

    public sealed record Inner(string Name);

    public sealed record Body(int Count, Color Color, Inner? Inner);

    private static Task<ServiceHost> StartAsync() =>
        ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.None,
                Map = app =>
                {
                    app.MapPost("/t/body", (Body body) => body).AllowAnonymous();
                    app.MapGet("/t/query", (int limit) => limit).AllowAnonymous();
                    app.MapGet(
                            "/t/invalid",
                            () =>
                            {
                                throw new InvalidInputException("dueDate", "It is in the past.");
                            }
                        )
                        .AllowAnonymous();
                    app.MapGet(
                            "/t/bug",
                            () =>
                            {
                                throw new InvalidCastException("secret detail");
                            }
                        )
                        .AllowAnonymous();
                    app.MapGet("/t/unmarked", () => "open?");
                },
            }
        );

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("traceId").GetString()));
        Assert.Equal((int)expected, problem.GetProperty("status").GetInt32());
        return problem;
    }

    [Theory]
    [InlineData("""{"count":"five"}""", "count")]
    [InlineData("""{"count":1,"inner":{"name":{"$gt":""}}}""", "inner.name")]
    [InlineData("""{"count":1,"color":"mauve"}""", "color")]
    [InlineData("""{"count":1,"color":0}""", "color")]
    [InlineData("""{"count":99999999999999}""", "count")]
    [InlineData("""{"count":""", "body")]
    public async Task An_invalid_member_is_named(string json, string field)
    {
        await using var host = await StartAsync();
        var problem = await ProblemAsync(
            await host.Client.PostAsync("/t/body", new StringContent(json, null, "application/json")),
            HttpStatusCode.BadRequest
        );
        Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.DoesNotContain("System.", problem.ToString());
    }

    [Theory]
    [InlineData("/t/query?limit=abc")]
    [InlineData("/t/query")]
    public async Task An_invalid_or_missing_parameter_is_named(string path)
    {
        await using var host = await StartAsync();
        var problem = await ProblemAsync(await host.Client.GetAsync(path), HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty("limit", out _));
    }

    [Fact]
    public async Task An_InvalidInputException_names_its_field()
    {
        await using var host = await StartAsync();
        var problem = await ProblemAsync(await host.Client.GetAsync("/t/invalid"), HttpStatusCode.BadRequest);
        Assert.Equal("It is in the past.", problem.GetProperty("errors").GetProperty("dueDate")[0].GetString());
    }

    [Fact]
    public async Task An_unexpected_exception_returns_500_without_its_message()
    {
        await using var host = await StartAsync();
        var problem = await ProblemAsync(await host.Client.GetAsync("/t/bug"), HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("secret detail", problem.ToString());
    }

    [Fact]
    public async Task An_unknown_path_and_a_wrong_media_type_return_problems()
    {
        await using var host = await StartAsync();
        await ProblemAsync(await host.Client.GetAsync("/nowhere"), HttpStatusCode.NotFound);
        await ProblemAsync(
            await host.Client.PostAsync("/t/body", new StringContent("x", null, "text/plain")),
            HttpStatusCode.UnsupportedMediaType
        );
    }

    [Fact]
    public async Task An_endpoint_without_a_permission_requires_sign_in()
    {
        await using var host = await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/t/unmarked")).StatusCode);
    }
}
