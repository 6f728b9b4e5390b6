using System.Globalization;
using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Identity;
using MovieLms.Data.Notifications;
using MovieLms.Data.Storage;
using MovieLms.Data.Todos;

namespace MovieLms.Data.Digests;

/// <summary>What the weekly digest tells, and whom.</summary>
public sealed class DigestStore(IMongoDatabase database) : IIndexedStore
{
    /// <summary>Serves the users who want digests, in the order of their ids.</summary>
    internal const string ReadersIndex = "mailPreferences.digests_1__id_1";

    private const int MaxNews = 200;
    private readonly IMongoCollection<UserDocument> _users = database.GetCollection<UserDocument>(CollectionNames.Users);
    private readonly IMongoCollection<TodoDocument> _todos = database.GetCollection<TodoDocument>(CollectionNames.Todos);
    private readonly IMongoCollection<NotificationDocument> _notifications = database.GetCollection<NotificationDocument>(
        CollectionNames.Notifications
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
    /// Everybody who wants digests and whose address is known to be theirs, in the order of their ids. Uses the index <see
    /// cref="ReadersIndex"/>.
    /// </summary>
    public async IAsyncEnumerable<DigestReader> ReadersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var cursor = await _users
            .Find(user => user.ArchivedAt == null && user.EmailVerifiedAt != null && user.MailPreferences.Digests)
            .SortBy(user => user.Id)
            .Project(user => new DigestReader(user.Id, user.Username, user.Email))
            .ToCursorAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var reader in cursor.Current)
                yield return reader;
        }
    }

    /// <summary>What a reader's digest holds. Uses the to-dos' index of open ones by day, and the notifications' by user.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="since">News from then on.</param>
    /// <param name="dueBefore">To-dos that are due by then, overdue ones too.</param>
    /// <param name="most">Of each kind; one more is given when there are more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<DigestContent> ReadAsync(
        ObjectId userId,
        DateTimeOffset since,
        DateTimeOffset dueBefore,
        int most,
        CancellationToken cancellationToken
    )
    {
        var due = await _todos
            .Find(todo => todo.OwnerId == userId && todo.Done == false && todo.DueKey < dueBefore && todo.DeletedAt == null)
            .SortBy(todo => todo.DueKey)
            .Limit(most + 1)
            .ToListAsync(cancellationToken);
        // An id begins with the second in which it was made: the index on it serves the time too.
        var first = new ObjectId(string.Create(CultureInfo.InvariantCulture, $"{since.ToUnixTimeSeconds():x8}{0:x16}"));
        var news = await _notifications
            .Find(notification => notification.UserId == userId && notification.Id >= first)
            .SortByDescending(notification => notification.Id)
            .Limit(MaxNews)
            .ToListAsync(cancellationToken);
        return new DigestContent(due, Of(DigestKinds.Grades), Of(DigestKinds.News));

        IReadOnlyList<NotificationDocument> Of(IReadOnlyCollection<string> kinds) =>
            [.. news.Where(item => kinds.Contains(item.Kind)).Take(most + 1)];
    }

    /// <summary>Sends a user no more digests; again is no error.</summary>
    /// <returns>False when there is no such user.</returns>
    public async Task<bool> UnsubscribeAsync(ObjectId userId, CancellationToken cancellationToken) =>
        (
            await _users.UpdateOneAsync(
                user => user.Id == userId,
                Builders<UserDocument>.Update.Set(user => user.MailPreferences.Digests, false),
                cancellationToken: cancellationToken
            )
        ).MatchedCount == 1;
}
