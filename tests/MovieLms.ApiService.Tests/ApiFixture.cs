using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Identity;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests;

/// <summary>
/// The API alone, on its own port and database, one per test class. Clients have real tokens of users that need not exist, because the
/// identity tests cover registration and sign-in.
/// </summary>
public class ApiFixture : IAsyncLifetime
{
    private ServiceHost? _host;

    public ServiceHost Host => _host ?? throw new InvalidOperationException("The fixture is not started.");

    public HttpClient Anonymous => Host.Client;

    /// <summary>The services that the host runs.</summary>
    protected virtual Services Services => Services.Api;

    public virtual async ValueTask InitializeAsync() =>
        _host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services,
                Settings = new Dictionary<string, string?> { ["RateLimits:RequestsPerSecond"] = "100000" },
            }
        );

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Host.DisposeAsync();
    }

    public HttpClient Student(ObjectId? id = null) => As(Roles.Student, id);

    public HttpClient Instructor() => As(Roles.Instructor);

    public HttpClient Admin() => As(Roles.Admin);

    public HttpClient As(string role, ObjectId? id = null) =>
        new(new TokenHandler(this, role, id ?? ObjectId.GenerateNewId())) { BaseAddress = Host.Address };

    /// <summary>Adds a movie as an instructor.</summary>
    public async Task<JsonElement> AddMovieAsync(object movie)
    {
        using var client = Instructor();
        using var response = await client.PostAsJsonAsync("/api/movies", movie);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Issues an access token like a sign-in.</summary>
    internal async Task<string> IssueTokenAsync(string role, ObjectId id)
    {
        // A stored user's token must have the current generation; tokens of earlier ones are revoked.
        var stored = await Host.App.Services.GetRequiredService<UserStore>().FindAsync(id, default);
        var user = stored is not null
            ? stored with
            {
                Role = role,
            }
            : new UserDocument
            {
                Id = id,
                Username = $"A {role}",
                Email = $"{id}@example.test",
                EmailNormalized = $"{id}@example.test",
                Role = role,
            };
        var issued = await Host.App.Services.GetRequiredService<AccessTokenIssuer>().IssueAsync(user, ObjectId.GenerateNewId(), default);
        return issued.Token;
    }

    private sealed class TokenHandler(ApiFixture api, string role, ObjectId id)
        : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        private string? _token;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", _token ??= await api.IssueTokenAsync(role, id));
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

/// <summary>Extensions that read responses.</summary>
public static class ResponseExtensions
{
    public static string Id(this JsonElement document) => document.GetProperty("id").GetString()!;

    public static Task<JsonElement> JsonAsync(this HttpResponseMessage response) => response.Content.ReadFromJsonAsync<JsonElement>();

    /// <summary>Asserts that the response is a problem with this status and an error for the field.</summary>
    public static async Task AssertProblemAsync(this HttpResponseMessage response, int status, string? field = null)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(text);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.RootElement.GetProperty("traceId").GetString()));
        if (field is not null)
        {
            Assert.True(
                problem.RootElement.TryGetProperty("errors", out var errors) && errors.TryGetProperty(field, out _),
                $"no error names {field}: {text}"
            );
        }
    }
}
