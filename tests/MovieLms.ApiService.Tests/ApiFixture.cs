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
/// The API alone on a port and a database of its own, one a test class. Callers have real tokens of users who need not
/// exist: how one registers and signs in is the identity tests' subject.
/// </summary>
public class ApiFixture : IAsyncLifetime
{
    private ServiceHost? _host;

    public ServiceHost Host => _host ?? throw new InvalidOperationException("The fixture is not started.");

    public HttpClient Anonymous => Host.Client;

    /// <summary>What runs beside the API.</summary>
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

    /// <summary>Adds a film as an instructor.</summary>
    public async Task<JsonElement> AddMovieAsync(object movie)
    {
        using var client = Instructor();
        using var answer = await client.PostAsJsonAsync("/api/movies", movie);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>An access token such as a sign-in would give.</summary>
    internal async Task<string> TokenAsync(string role, ObjectId id)
    {
        // Of a stored user, the current generation: a token of an earlier one is revoked.
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
            request.Headers.Authorization = new("Bearer", _token ??= await api.TokenAsync(role, id));
            return await base.SendAsync(request, cancellationToken);
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
        {
            Assert.True(
                problem.RootElement.TryGetProperty("errors", out var errors) && errors.TryGetProperty(field, out _),
                $"no error names {field}: {text}"
            );
        }
    }
}
