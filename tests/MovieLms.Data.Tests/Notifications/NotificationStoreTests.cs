using MongoDB.Bson;
using MovieLms.Data.Notifications;
using MovieLms.Data.Paging;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Notifications;

public sealed class NotificationStoreTests(DataFixture data) : IClassFixture<DataFixture>
{
    private NotificationStore Store => data.Get<NotificationStore>();

    [Fact]
    public async Task A_user_is_notified_once_per_key_and_other_users_of_the_call_are_notified()
    {
        var (notified, other) = (ObjectId.GenerateNewId(), ObjectId.GenerateNewId());
        Assert.Single(await AddAsync([notified], "grade:1"));
        var stored = await AddAsync([notified, other], "grade:1");
        Assert.Equal(other, Assert.Single(stored).UserId);
        Assert.False(
            await Store.AddAsync(
                new NotificationDocument
                {
                    UserId = other,
                    Kind = "grade",
                    Title = "t",
                    Text = "x",
                    Key = "grade:1",
                },
                default
            )
        );
        Assert.Equal(2, (await AddAsync([notified, notified], null)).Count);
    }

    [Fact]
    public async Task Pages_contain_each_notification_once_newest_first()
    {
        var user = ObjectId.GenerateNewId();
        for (var i = 0; i < 5; i++)
            await AddAsync([user, ObjectId.GenerateNewId()], $"k{i}");
        var seen = new List<string?>();
        string? next = null;
        do
        {
            var cursor =
                next is null ? null
                : PageCursor.TryDecode(next, NotificationStore.Sort, out var read) ? read
                : throw new InvalidOperationException(next);
            var page = await Store.ListAsync(user, onlyUnread: false, cursor, 2, default);
            seen.AddRange(page.Items.Select(item => item.Key));
            next = page.NextCursor;
        } while (next is not null);
        Assert.Equal(["k4", "k3", "k2", "k1", "k0"], seen);
    }

    [Fact]
    public async Task Only_the_recipient_can_mark_a_notification_as_read_and_the_first_time_is_kept()
    {
        var user = ObjectId.GenerateNewId();
        var id = Assert.Single(await AddAsync([user], null)).Id;
        Assert.Null(await Store.MarkReadAsync(ObjectId.GenerateNewId(), id, default));
        Assert.Equal(1, await Store.CountUnreadAsync(user, 10, default));
        var first = await Store.MarkReadAsync(user, id, default);
        Assert.NotNull(first?.ReadAt);
        Assert.Equal(first.ReadAt, (await Store.MarkReadAsync(user, id, default))?.ReadAt);
        Assert.Empty((await Store.ListAsync(user, onlyUnread: true, null, 10, default)).Items);
    }

    private Task<IReadOnlyList<(ObjectId Id, ObjectId UserId, DateTimeOffset CreatedAt)>> AddAsync(ObjectId[] users, string? key) =>
        Store.AddAllAsync(users, "grade", "Graded", "You got 90.", null, key, default);
}
