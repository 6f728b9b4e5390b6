using System.Globalization;
using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Identity;
using MovieLms.Data.Notifications;
using MovieLms.Data.Storage;
using MovieLms.Data.Todos;

namespace MovieLms.Data.Digests;

/// <summary>Reads the recipients and the contents of the weekly digest.</summary>
public sealed class DigestStore(IMongoDatabase database) : IIndexedStore
{
    /// <summary>Name of the index of users who subscribe to digests, ordered by ID.</summary>
    internal const string ReadersIndex = "mailPreferences.digests_1__id_1";

    private const int MaxNews = 200;
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);
    private readonly IMongoCollection<TodoDocument> _todos = database.GetCollection<TodoDocument>(TodoEntity.Collection);
    private readonly IMongoCollection<NotificationDocument> _notifications = database.GetCollection<NotificationDocument>(
        NotificationEntity.Collection
    );

    /// <inheritdoc/>
    public async Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        await indexes.AddAsync(
            _users,
            [
                new CreateIndexModel<UserDocument>(
                    Builders<UserDocument>.IndexKeys.Ascending(user => user.MailPreferences.Digests).Ascending(user => user.Id),
                    new CreateIndexOptions { Name = ReadersIndex }
                ),
            ],
            cancellationToken
        );

    /// <summary>
    /// Returns the users who subscribe to digests and have verified their address, ordered by ID. Uses the index
    /// <see cref="ReadersIndex"/>.
    /// </summary>
    public async IAsyncEnumerable<DigestRecipient> ListRecipientsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var cursor = await _users
            .Find(user => user.ArchivedAt == null && user.EmailVerifiedAt != null && user.MailPreferences.Digests)
            .SortBy(user => user.Id)
            .Project(user => new DigestRecipient(user.Id, user.Username, user.Email))
            .ToCursorAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var reader in cursor.Current)
                yield return reader;
        }
    }

    /// <summary>
    /// Returns the contents of a user's digest: notifications since a time, and open to-dos that are due before another, even if overdue.
    /// Each list contains one item more than the limit when there are more. Uses the index of open to-dos by due date and the index of
    /// notifications by user.
    /// </summary>
    public async Task<DigestContent> ReadAsync(
        ObjectId userId,
        DateTimeOffset since,
        DateTimeOffset dueBefore,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var due = await _todos
            .Find(todo => todo.OwnerId == userId && todo.Done == false && todo.DueKey < dueBefore && todo.DeletedAt == null)
            .SortBy(todo => todo.DueKey)
            .Limit(limit + 1)
            .ToListAsync(cancellationToken);
        // An ID starts with its creation time in seconds, so its index also serves a range of time.
        var first = new ObjectId(string.Create(CultureInfo.InvariantCulture, $"{since.ToUnixTimeSeconds():x8}{0:x16}"));
        var news = await _notifications
            .Find(notification => notification.UserId == userId && notification.Id >= first)
            .SortByDescending(notification => notification.Id)
            .Limit(MaxNews)
            .ToListAsync(cancellationToken);
        return new DigestContent(due, OfKinds(DigestKinds.Grades), OfKinds(DigestKinds.News));

        IReadOnlyList<NotificationDocument> OfKinds(IReadOnlyCollection<string> kinds) =>
            [.. news.Where(item => kinds.Contains(item.Kind)).Take(limit + 1)];
    }

    /// <summary>Unsubscribes a user from digests. Succeeds if the user is already unsubscribed.</summary>
    /// <returns>False when the user does not exist.</returns>
    public async Task<bool> UnsubscribeAsync(ObjectId userId, CancellationToken cancellationToken) =>
        (
            await _users.UpdateOneAsync(
                user => user.Id == userId,
                Builders<UserDocument>.Update.Set(user => user.MailPreferences.Digests, false),
                cancellationToken: cancellationToken
            )
        ).MatchedCount == 1;
}
