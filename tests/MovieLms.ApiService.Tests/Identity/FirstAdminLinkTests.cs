using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Identity.Accounts;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>The first administrator is created through a link that works once.</summary>
public sealed class FirstAdminLinkTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly List<ServiceHost> _hosts = [];
    private string _name = null!;
    private ServiceHost _host = null!;
    private string _token = null!;

    public async ValueTask InitializeAsync()
    {
        _name = BackingServices.CreateName();
        (_host, _token) = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.Database.Client.DropDatabaseAsync(_name);
        foreach (var host in _hosts)
            await host.DisposeAsync();
    }

    [Fact]
    public async Task The_link_creates_a_signed_in_administrator()
    {
        using var created = await CreateAsync(_token, "ada@example.test");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var response = await created.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("signedIn", response.GetProperty("status").GetString());
        using var client = _host.CreateClient(response.GetProperty("accessToken").GetString());
        var me = await client.GetFromJsonAsync<JsonElement>("/api/auth/me");
        Assert.Equal("admin", me.GetProperty("role").GetString());
        Assert.False(me.GetProperty("emailVerified").GetBoolean());
        var audit = await client.GetFromJsonAsync<JsonElement>("/api/audit?action=user.firstAdmin");
        Assert.Equal(
            me.GetProperty("id").GetString(),
            Assert.Single(audit.GetProperty("items").EnumerateArray()).GetProperty("userId").GetString()
        );
        await _host.App.Services.GetRequiredService<FirstAdmin>().LinkUsed.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_link_works_once()
    {
        using var first = await CreateAsync(_token, "ada@example.test");
        using var second = await CreateAsync(_token, "eve@example.test");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Conflict), (first.StatusCode, second.StatusCode));
        Assert.Equal(1, await CountAdminsAsync());
    }

    [Fact]
    public async Task Of_concurrent_requests_one_creates_an_administrator()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => CreateAsync(_token, $"admin{i}@example.test")));
        Assert.Single(responses, response => response.StatusCode == HttpStatusCode.Created);
        Assert.All(
            responses,
            response => Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.BadRequest or HttpStatusCode.Conflict)
        );
        Assert.Equal(1, await CountAdminsAsync());
    }

    [Fact]
    public async Task A_wrong_token_names_the_field()
    {
        await AssertInvalidTokenAsync("not-the-token");
        Assert.Equal(0, await CountAdminsAsync());
    }

    [Fact]
    public async Task The_link_expires_after_24_hours()
    {
        _clock.Advance(TimeSpan.FromHours(25));
        await AssertInvalidTokenAsync(_token);
    }

    [Fact]
    public async Task A_restart_replaces_the_link()
    {
        var (_, second) = await StartAsync();
        await AssertInvalidTokenAsync(_token);
        using var created = await CreateAsync(second, "ada@example.test");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var (_, third) = await StartAsync();
        Assert.Null(third);
    }

    [Fact]
    public async Task The_link_does_not_work_when_there_is_an_administrator()
    {
        await _host.CreateAndSignInAsync("admin");
        using var response = await CreateAsync(_token, "eve@example.test");
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal(1, await CountAdminsAsync());
    }

    [Fact]
    public async Task A_taken_address_or_a_weak_password_leaves_the_link_valid()
    {
        var student = await _host.SignInStudentAsync();
        using var taken = await CreateAsync(_token, student.Email);
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        using var weak = await CreateAsync(_token, "ada@example.test", "password123");
        Assert.Equal(HttpStatusCode.BadRequest, weak.StatusCode);
        Assert.True((await weak.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("password", out _));
        using var created = await CreateAsync(_token, "ada@example.test");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }

    [Fact]
    public async Task The_database_does_not_contain_the_token()
    {
        var codes = _host.Database.GetCollection<BsonDocument>(CollectionNames.OneTimeCodes);
        var stored = Assert.Single(await codes.Find(new BsonDocument("_id", "first-admin")).ToListAsync());
        Assert.DoesNotContain(_token, stored.ToJson(), StringComparison.Ordinal);
    }

    private async Task<(ServiceHost Host, string Token)> StartAsync()
    {
        var host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Name = _name,
                Settings = new Dictionary<string, string?>
                {
                    ["Admin:Email"] = "",
                    ["Admin:Password"] = "",
                    ["Admin:IssueLink"] = "true",
                    ["RateLimits:FirstAdmin:Permits"] = "100000",
                },
                Configure = services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_clock)),
            }
        );
        _hosts.Add(host);
        return (host, (await host.App.Services.GetRequiredService<FirstAdmin>().Ready)!);
    }

    private async Task AssertInvalidTokenAsync(string token)
    {
        using var response = await CreateAsync(token, "eve@example.test");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains("Restart MovieLms", problem.GetProperty("errors").GetProperty("token")[0].GetString(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> CreateAsync(string token, string email, string password = TestUsers.Password) =>
        _host.Client.PostAsJsonAsync(
            "/api/auth/first-admin",
            new
            {
                token,
                username = "Ada",
                email,
                password,
            }
        );

    private Task<long> CountAdminsAsync() =>
        _host.Database.GetCollection<BsonDocument>(CollectionNames.Users).CountDocumentsAsync(new BsonDocument("role", "admin"));
}
