using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.ApiService.Identity.Tokens;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class SigningKeyTests
{
    [Fact]
    public async Task After_a_rotation_tokens_of_the_old_key_stay_valid_while_it_is_configured()
    {
        using var old = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = BackingServices.CreateName();
        await using var before = await StartAsync(name, old.ExportPkcs8PrivateKeyPem());
        var user = await before.SignInStudentAsync();
        await using var during = await StartAsync(name, next.ExportPkcs8PrivateKeyPem(), old.ExportSubjectPublicKeyInfoPem());
        Assert.Equal(HttpStatusCode.OK, await MeAsync(during, user.AccessToken));
        Assert.Equal(2, (await during.Client.GetFromJsonAsync<JsonElement>("/.well-known/jwks.json")).GetProperty("keys").GetArrayLength());
        var newer = await during.LogInAsync(user.Email, user.Password);
        await using var after = await StartAsync(name, next.ExportPkcs8PrivateKeyPem());
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(after, user.AccessToken));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(after, newer.AccessToken));
        await after.Database.Client.DropDatabaseAsync(name);
    }

    [Fact]
    public async Task Replicas_that_start_together_create_one_key_and_store_it_encrypted()
    {
        var name = BackingServices.CreateName();
        await using var one = await StartAsync(name);
        await using var other = await StartAsync(name);
        var keys = await Task.WhenAll(
            new[] { one, other, one, other }.Select(host =>
                host.App.Services.GetRequiredService<SigningKeys>().GetCurrentAsync(default).AsTask()
            )
        );
        Assert.Single(keys.Select(key => key.Id).Distinct());
        var stored = await one.Database.GetCollection<BsonDocument>(CollectionNames.SigningKeys).Find(new BsonDocument()).SingleAsync();
        Assert.DoesNotContain(Convert.ToBase64String(keys[0].Key.ExportPkcs8PrivateKey())[..40], stored.ToString());
        var user = await one.SignInStudentAsync();
        Assert.Equal(HttpStatusCode.OK, await MeAsync(other, user.AccessToken));
        await one.Database.Client.DropDatabaseAsync(name);
    }

    [Fact]
    public async Task An_expired_key_is_replaced_by_one_that_is_published_before_it_signs()
    {
        var name = BackingServices.CreateName();
        await using var host = await StartAsync(name);
        var user = await host.SignInStudentAsync();
        var longAgo = new BsonDateTime(TimeProvider.System.GetUtcNow().AddDays(-91).UtcDateTime);
        await host
            .Database.GetCollection<BsonDocument>(CollectionNames.SigningKeys)
            .UpdateOneAsync(
                new BsonDocument(),
                new BsonDocument("$set", new BsonDocument { { "createdAt", longAgo }, { "activeFrom", longAgo } })
            );
        await using var restarted = await StartAsync(name);
        Assert.Equal(
            2,
            (await restarted.Client.GetFromJsonAsync<JsonElement>("/.well-known/jwks.json")).GetProperty("keys").GetArrayLength()
        );
        Assert.Equal(HttpStatusCode.OK, await MeAsync(restarted, user.AccessToken));
        var newer = await restarted.LogInAsync(user.Email, user.Password);
        Assert.Equal(user.AccessToken.Split('.')[0], newer.AccessToken.Split('.')[0]);
        await host.Database.Client.DropDatabaseAsync(name);
    }

    private static Task<ServiceHost> StartAsync(string name, params string[] keys) =>
        ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Name = name,
                Services = Services.Api,
                Settings = keys.Select((key, index) => (key, index))
                    .ToDictionary(pair => $"Auth:SigningKeys:{pair.index}", string? (pair) => pair.key),
            }
        );

    private static async Task<HttpStatusCode> MeAsync(ServiceHost host, string token)
    {
        using var client = host.CreateClient(token);
        return (await client.GetAsync("/api/auth/me")).StatusCode;
    }
}
