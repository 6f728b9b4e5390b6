using System.Net.Http.Json;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Administrators who remove each other concurrently always leave at least one.</summary>
public sealed class LastAdminTests : IAsyncLifetime
{
    private ServiceHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Two_administrators_who_demote_or_archive_each_other_concurrently_leave_one()
    {
        await _host.SignInAdminAsync();
        for (var round = 0; round < 12; round++)
        {
            var admins = new[] { await _host.CreateAndSignInAsync("admin"), await _host.CreateAndSignInAsync("admin") };
            await LeaveOnlyAsync(admins);
            var responses = await Task.WhenAll(
                round % 3 == 0 ? ArchiveAsync(admins[0], admins[1]) : DemoteAsync(admins[0], admins[1]),
                round % 3 == 2 ? ArchiveAsync(admins[1], admins[0]) : DemoteAsync(admins[1], admins[0])
            );
            Assert.DoesNotContain(responses, response => (int)response.StatusCode >= 500);
            Assert.Equal(1, await CountAsync());
        }
    }

    [Fact]
    public async Task Administrators_who_all_demote_each_other_concurrently_leave_at_least_one()
    {
        await _host.SignInAdminAsync();
        for (var round = 0; round < 12; round++)
        {
            var admins = new[]
            {
                await _host.CreateAndSignInAsync("admin"),
                await _host.CreateAndSignInAsync("admin"),
                await _host.CreateAndSignInAsync("admin"),
            };
            await LeaveOnlyAsync(admins);
            await Task.WhenAll(admins.SelectMany(admin => admins.Select(other => DemoteAsync(admin, other))));
            Assert.True(await CountAsync() >= 1, $"No administrator is left after round {round}.");
        }
    }

    private async Task LeaveOnlyAsync(TestUser[] admins)
    {
        var others = Builders<BsonDocument>.Filter.Nin("_id", admins.Select(admin => ObjectId.Parse(admin.Id)));
        await Users.UpdateManyAsync(others, new BsonDocument("$set", new BsonDocument("role", "student")));
    }

    private Task<long> CountAsync() =>
        Users.CountDocumentsAsync(new BsonDocument { { "role", "admin" }, { "archivedAt", BsonNull.Value } });

    private IMongoCollection<BsonDocument> Users => _host.Database.GetCollection<BsonDocument>(CollectionNames.Users);

    private static Task<HttpResponseMessage> DemoteAsync(TestUser by, TestUser user) =>
        by.Client.PatchAsJsonAsync($"/api/users/{user.Id}/role", new { role = "student" });

    private static Task<HttpResponseMessage> ArchiveAsync(TestUser by, TestUser user) =>
        by.Client.PostAsync($"/api/users/{user.Id}/archive", null);
}
