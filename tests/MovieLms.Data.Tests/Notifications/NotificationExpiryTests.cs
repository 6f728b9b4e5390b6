using Microsoft.Extensions.Configuration;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Notifications;
using MovieLms.Data.Storage;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Notifications;

public sealed class NotificationExpiryTests(DataFixture data) : IClassFixture<DataFixture>
{
    private const int SecondsPerDay = 86_400;

    private IMongoCollection<BsonDocument> Stored => data.Database.GetCollection<BsonDocument>(NotificationEntity.Collection);

    [Fact]
    public async Task Notifications_expire_after_180_days_whether_read_or_not()
    {
        var (store, user) = (data.Get<NotificationStore>(), ObjectId.GenerateNewId());
        foreach (var key in new[] { "old unread", "old read", "recent unread", "recent read" })
            await AddAsync(store, user, key);
        foreach (var age in new[] { "old", "recent" })
        {
            var createdAt = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(age == "old" ? -181 : -179);
            await Stored.UpdateManyAsync(
                new BsonDocument { { "userId", user }, { "key", new BsonRegularExpression("^" + age) } },
                new BsonDocument("$set", new BsonDocument("createdAt", createdAt))
            );
        }
        foreach (
            var notification in (await store.ListAsync(user, onlyUnread: false, null, 10, default)).Items.Where(item =>
                item.Key!.EndsWith(" read", StringComparison.Ordinal)
            )
        )
        {
            await store.MarkReadAsync(user, notification.Id, default);
        }

        // MongoDB removes expired documents once per minute.
        await Eventually.WaitUntilAsync(async () => (await KeysAsync(store, user, false)).Length == 2, "the old notifications expire", 150);
        Assert.Equal(["recent read", "recent unread"], await KeysAsync(store, user, false));
        Assert.Equal(["recent unread"], await KeysAsync(store, user, true));
        Assert.Equal(1, await store.CountUnreadAsync(user, 10, default));
    }

    [Fact]
    public async Task A_changed_retention_updates_the_index_and_keeps_the_documents()
    {
        var user = ObjectId.GenerateNewId();
        await AddAsync(data.Get<NotificationStore>(), user, "kept");
        Assert.Equal(180 * SecondsPerDay, await ExpiryAsync());
        await CreateAsync("30");
        Assert.Equal(30 * SecondsPerDay, await ExpiryAsync());
        await CreateAsync("30");
        await CreateAsync(null);
        Assert.Equal(180 * SecondsPerDay, await ExpiryAsync());
        Assert.Equal(["kept"], await KeysAsync(data.Get<NotificationStore>(), user, true));
    }

    [Fact]
    public async Task A_missing_index_is_created()
    {
        await Stored.Indexes.DropOneAsync(NotificationStore.ExpiryIndex);
        await CreateAsync(null);
        Assert.Equal(180 * SecondsPerDay, await ExpiryAsync());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("ten")]
    [InlineData("3651")]
    public void An_invalid_retention_is_rejected_with_the_name_of_the_setting(string days) =>
        Assert.Contains(
            "Notifications:RetentionDays",
            Assert.Throws<InvalidOperationException>(() => Options(days)).Message,
            StringComparison.Ordinal
        );

    private static NotificationOptions Options(string? days) =>
        NotificationOptions.From(
            new ConfigurationBuilder()
                .AddInMemoryCollection(new Dictionary<string, string?> { ["Notifications:RetentionDays"] = days })
                .Build()
        );

    private static Task AddAsync(NotificationStore store, ObjectId user, string key) =>
        store.AddAllAsync([user], "grade", "Graded", "You got 90.", null, key, default);

    private static async Task<string?[]> KeysAsync(NotificationStore store, ObjectId user, bool onlyUnread) =>
        [.. (await store.ListAsync(user, onlyUnread, null, 10, default)).Items.Select(item => item.Key).Order()];

    private Task CreateAsync(string? days) =>
        new NotificationStore(data.Database, TimeProvider.System, Options(days)).EnsureIndexesAsync(IndexBuilder.Creating, default);

    private async Task<int> ExpiryAsync()
    {
        using var cursor = await Stored.Indexes.ListAsync();
        return (await cursor.ToListAsync()).Single(index => index["name"] == NotificationStore.ExpiryIndex)["expireAfterSeconds"].ToInt32();
    }
}
