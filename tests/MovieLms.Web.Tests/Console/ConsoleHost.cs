using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MovieLms.Web.Session;
using MovieLms.Web.Tests.Gateway;

namespace MovieLms.Web.Tests.Console;

/// <summary>The pages, with an API that responds as a test says.</summary>
public sealed partial class ConsoleHost : IAsyncDisposable
{
    internal const string Token = "token-of-the-visitor";
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _responses;
    private readonly ConcurrentDictionary<string, string> _bodies;

    private ConsoleHost(
        GatewayHost gateway,
        Backend api,
        ConcurrentDictionary<string, Func<HttpContext, Task>> responses,
        ConcurrentDictionary<string, string> bodies
    ) => (Gateway, Api, _responses, _bodies) = (gateway, api, responses, bodies);

    internal GatewayHost Gateway { get; }

    /// <summary>The API.</summary>
    internal Backend Api { get; }

    /// <summary>Starts the pages for a visitor with a role, or one who is not signed in.</summary>
    internal static async Task<ConsoleHost> StartAsync(string? role = null, ILoggerProvider? log = null)
    {
        ConcurrentDictionary<string, Func<HttpContext, Task>> responses = [];
        ConcurrentDictionary<string, string> bodies = [];
        var api = await Backend.StartAsync(async http =>
        {
            var name = $"{http.Request.Method} {http.Request.Path}";
            using (var reader = new StreamReader(http.Request.Body))
                bodies[name] = await reader.ReadToEndAsync();
            await (
                responses.TryGetValue(name, out var respond)
                    ? respond(http)
                    : WriteProblemAsync(http, StatusCodes.Status404NotFound, "Not Found")
            );
        });
        var gateway = await GatewayHost.StartAsync(
            [("apiservice", api.Address)],
            logging: logging =>
            {
                if (log is not null)
                    logging.AddProvider(log);
            },
            first: app => SignIn(app, role)
        );
        return new ConsoleHost(gateway, api, responses, bodies);
    }

    /// <summary>Sets the API's response to a request such as "GET /api/movies".</summary>
    internal void Respond<T>(string request, T body, int status = StatusCodes.Status200OK) =>
        _responses[request] = http =>
        {
            http.Response.StatusCode = status;
            return status == StatusCodes.Status204NoContent
                ? Task.CompletedTask
                : http.Response.WriteAsJsonAsync(body, JsonSerializerOptions.Web);
        };

    /// <summary>Sets the API's response to a request for a text.</summary>
    internal void RespondText(string request, string contentType, string text) =>
        _responses[request] = http =>
        {
            http.Response.ContentType = contentType;
            return http.Response.WriteAsync(text);
        };

    /// <summary>Lets the API refuse a request.</summary>
    internal void Refuse(string request, int status, string title, params (string Field, string Message)[] errors) =>
        _responses[request] = http => WriteProblemAsync(http, status, title, errors);

    /// <summary>Returns the body of the API's last request such as "POST /api/movies".</summary>
    internal string GetBody(string request) => _bodies[request];

    /// <summary>Returns a page as a browser gets it.</summary>
    internal async Task<(HttpResponseMessage Response, string Html)> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } };
        var response = await Gateway.Client.SendAsync(request);
        return (response, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sends a form of a page, with the hidden fields that the page has.</summary>
    internal async Task<(HttpResponseMessage Response, string Html)> PostAsync(
        string path,
        string form,
        params (string Name, string Value)[] fields
    )
    {
        var (_, html) = await GetAsync(path);
        Assert.Contains($"name=\"_handler\" value=\"{form}\"", html);
        var all = fields
            .Append(("_handler", form))
            .Append(("__RequestVerificationToken", FormToken().Match(html).Groups["token"].Value))
            .Select(field => KeyValuePair.Create(field.Item1, field.Item2));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(all) };
        request.Headers.Add("Accept", "text/html");
        var response = await Gateway.Client.SendAsync(request);
        return (response, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Api.DisposeAsync();
    }

    private static void SignIn(WebApplication app, string? role)
    {
        if (role is null)
            return;
        app.Use(
            (http, next) =>
            {
                Claim[] claims = [new("sub", new string('a', 24)), new("name", "Agnes <Varda>"), new("role", role)];
                http.User = new ClaimsPrincipal(new ClaimsIdentity(claims, "session"));
                http.Features.Set<IVisitorSession>(new FakeSession());
                return next(http);
            }
        );
    }

    private static Task WriteProblemAsync(HttpContext http, int status, string title, params (string Field, string Message)[] errors)
    {
        http.Response.StatusCode = status;
        var problem = new Dictionary<string, object?> { ["title"] = title, ["status"] = status };
        if (errors.Length > 0)
            problem["errors"] = errors.ToDictionary(error => error.Field, error => new[] { error.Message });
        return http.Response.WriteAsJsonAsync(problem, JsonSerializerOptions.Web, "application/problem+json");
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex FormToken();

    private sealed class FakeSession : IVisitorSession
    {
        public string AccessToken => Token;
    }
}
