using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

public sealed class RehashTests
{
    [Fact]
    public async Task A_hash_with_a_lower_cost_is_replaced_at_the_next_sign_in_and_one_with_a_higher_cost_is_kept()
    {
        var name = BackingServices.CreateName();
        TestUser user;
        await using (var before = await StartAsync(name, "4"))
            user = await before.SignInStudentAsync();
        string renewed;
        await using (var after = await StartAsync(name, "6"))
        {
            Assert.Equal("04", GetCost(await HashAsync(after, user)));
            await after.LogInAsync(user.Email, user.Password);
            renewed = await HashAsync(after, user);
            Assert.Equal("06", GetCost(renewed));
            var again = await after.LogInAsync(user.Email, user.Password);
            Assert.Equal(renewed, await HashAsync(after, user));
            // A new hash of the same password signs no one out.
            (await again.Client.GetAsync("/api/auth/me")).EnsureSuccessStatusCode();
        }
        await using var cheaper = await StartAsync(name, "5");
        await cheaper.LogInAsync(user.Email, user.Password);
        Assert.Equal(renewed, await HashAsync(cheaper, user));
        await cheaper.Database.Client.DropDatabaseAsync(name);
    }

    private static Task<ServiceHost> StartAsync(string name, string cost) =>
        ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Name = name,
                Services = Services.Api,
                Settings = new Dictionary<string, string?> { ["Auth:BcryptCost"] = cost },
            }
        );

    private static async Task<string> HashAsync(ServiceHost host, TestUser user)
    {
        var stored = await host
            .Database.GetCollection<BsonDocument>(CollectionNames.Users)
            .Find(new BsonDocument("email", user.Email))
            .SingleAsync();
        return stored["passwordHash"].AsString;
    }

    /// <summary>Returns the cost, the second field of the modular crypt format: $2a$06$….</summary>
    private static string GetCost(string hash) => hash.Split('$')[2];
}
