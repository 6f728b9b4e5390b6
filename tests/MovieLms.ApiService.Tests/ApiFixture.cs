using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests;

/// <summary>
/// The API alone on a port and a database of its own, one a test class. Callers are named by a header: how tokens come about
/// is the identity tests' subject.
/// </summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private ServiceHost? _host;

    public ServiceHost Host => _host ?? throw new InvalidOperationException("The fixture is not started.");

    public HttpClient Anonymous => Host.Client;

    public async ValueTask InitializeAsync() =>
        _host = await ServiceHost.StartAsync(new ServiceHostOptions
        {
            Services = Services.Api,
            Settings = new Dictionary<string, string?> { ["RateLimits:RequestsPerSecond"] = "100000" },
            Configure = services => services
                .AddAuthentication(HeaderAuthentication.Scheme)
                .AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(HeaderAuthentication.Scheme, null),
        });

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    public HttpClient Student(ObjectId? id = null) => As(Roles.Student, id);

    public HttpClient Instructor() => As(Roles.Instructor, null);

    public HttpClient Admin() => As(Roles.Admin, null);

    public HttpClient As(string role, ObjectId? id)
    {
        var client = Host.NewClient();
        client.DefaultRequestHeaders.Add(HeaderAuthentication.Header, $"{id ?? ObjectId.GenerateNewId()} {role}");
        return client;
    }

    /// <summary>Adds a film as an instructor.</summary>
    public async Task<JsonElement> AddMovieAsync(object movie)
    {
        using var client = Instructor();
        using var answer = await client.PostAsJsonAsync("/api/movies", movie);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        internal new const string Scheme = "Test";
        internal const string Header = "X-Test-Caller";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers[Header].ToString().Split(' ') is not [var id, var role]) return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity([new Claim(CurrentUser.IdClaim, id), new Claim(CurrentUser.RoleClaim, role)], Scheme);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme)));
        }
    }
}

/// <summary>Short forms for reading answers.</summary>
public static class Answers
{
    public static string Id(this JsonElement document) => document.GetProperty("id").GetString()!;

    public static Task<JsonElement> JsonAsync(this HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>Asserts a problem of this status that names the field.</summary>
    public static async Task AssertProblemAsync(this HttpResponseMessage answer, int status, string? field = null)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(text);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.RootElement.GetProperty("traceId").GetString()));
        if (field is not null)
            Assert.True(problem.RootElement.TryGetProperty("errors", out var errors) && errors.TryGetProperty(field, out _), $"no error names {field}: {text}");
    }
}
