using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using MovieLms.Application.Access;
using MovieLms.ServiceDefaults.Access;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Two hosts share a database: tokens that one revokes are rejected by the other, which has no private key.</summary>
public sealed class RevocationTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_revocation_reaches_other_services_with_and_without_Redis(bool hasRedis)
    {
        var name = BackingServices.CreateName();
        var redis = hasRedis ? (await BackingServices.GetAsync()).Redis : "127.0.0.1:1,abortConnect=false,connectTimeout=200";
        await using var api = await StartAsync(name, Services.Api, redis, null);
        await using var other = await StartAsync(name, Services.Realtime, redis, api.Address);
        var admin = await api.SignInAdminAsync();

        foreach (var revoke in Events(api, admin))
        {
            var user = await api.SignInStudentAsync();
            using var there = other.CreateClient(user.AccessToken);
            Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/who")).StatusCode);
            (await revoke(user)).EnsureSuccessStatusCode();
            Assert.Equal(HttpStatusCode.Unauthorized, (await user.Client.GetAsync("/api/auth/me")).StatusCode);
            await AssertRejectedSoonAsync(there);
        }
        await api.Database.Client.DropDatabaseAsync(name);
    }

    [Fact]
    public async Task A_service_applies_revocations_made_before_it_started()
    {
        var name = BackingServices.CreateName();
        var redis = (await BackingServices.GetAsync()).Redis;
        await using var api = await StartAsync(name, Services.Api, redis, null);
        var user = await api.SignInStudentAsync();
        (await user.Client.PostAsync("/api/auth/logout", null)).EnsureSuccessStatusCode();
        await using var other = await StartAsync(name, Services.Realtime, redis, api.Address);
        using var there = other.CreateClient(user.AccessToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.GetAsync("/who")).StatusCode);
        await api.Database.Client.DropDatabaseAsync(name);
    }

    private static IEnumerable<Func<TestUser, Task<HttpResponseMessage>>> Events(ServiceHost api, TestUser admin)
    {
        yield return user => user.Client.PostAsync("/api/auth/logout", null);
        yield return user =>
            user.Client.PostAsJsonAsync(
                "/api/auth/change-password",
                new { currentPassword = user.Password, newPassword = "match-cut-to-the-bone-5" }
            );
        yield return user => admin.Client.PatchAsJsonAsync($"/api/users/{user.Id}/role", new { role = "instructor" });
        yield return user => admin.Client.PostAsync($"/api/users/{user.Id}/archive", null);
        yield return async user =>
        {
            var elsewhere = await api.LogInAsync(user.Email, user.Password);
            return await elsewhere.Client.DeleteAsync("/api/auth/sessions");
        };
    }

    private static async Task AssertRejectedSoonAsync(HttpClient client)
    {
        var started = Stopwatch.GetTimestamp();
        while ((await client.GetAsync("/who")).StatusCode != HttpStatusCode.Unauthorized)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Timeout, "The token is still accepted.");
            await Task.Delay(50);
        }
    }

    private static Task<ServiceHost> StartAsync(string name, Services services, string redis, Uri? issuer) =>
        ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Name = name,
                Services = services,
                Settings = new Dictionary<string, string?>
                {
                    ["ConnectionStrings:redis"] = redis,
                    // Service discovery: the address of the host that publishes the keys.
                    ["Services:apiservice:http:0"] = issuer?.ToString(),
                },
                Map = app => app.MapGet("/who", (HttpContext http) => http.User.Id()).RequirePermission(Permissions.SignedIn),
            }
        );
}
