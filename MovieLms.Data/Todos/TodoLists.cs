using System.Text.RegularExpressions;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Movies;
using MovieLms.Data.Paging;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Todos;

/// <summary>The criteria of a list of to-dos; null omits a criterion.</summary>
/// <param name="Done">True for only finished to-dos, false for only open ones.</param>
/// <param name="Priority">Only this priority.</param>
/// <param name="DueFrom">Inclusive; excludes to-dos without a due date.</param>
/// <param name="DueTo">Inclusive; excludes to-dos without a due date.</param>
/// <param name="Deleted">Only deleted to-dos instead of only the others.</param>
/// <param name="Search">Each word must be a prefix of a word of the title or the description.</param>
public sealed record TodoFilter(
    bool? Done = null,
    TodoPriority? Priority = null,
    DateTimeOffset? DueFrom = null,
    DateTimeOffset? DueTo = null,
    bool Deleted = false,
    string? Search = null
);

/// <summary>Pages of a user's to-dos.</summary>
public sealed class TodoLists(IMongoDatabase database)
{
    internal static readonly CreateIndexModel<TodoDocument>[] Indexes =
    [
        // Each index starts with the owner, so that a list scans only the user's entries. The ID makes the order total.
        Storage.Indexes.On<TodoDocument>("ownerId_1__id_-1", TodoFields.OwnerId, "-_id"),
        Storage.Indexes.On<TodoDocument>("ownerId_dueKey_id", TodoFields.OwnerId, TodoFields.DueKey, TodoFields.Id),
        Storage.Indexes.On<TodoDocument>("ownerId_done_dueKey_id", TodoFields.OwnerId, TodoFields.Done, TodoFields.DueKey, TodoFields.Id),
        Storage.Indexes.On<TodoDocument>("ownerId_priorityKey_id", TodoFields.OwnerId, TodoFields.PriorityKey, TodoFields.Id),
        new(
            new BsonDocument { { TodoFields.OwnerId, 1 }, { TodoFields.Id, -1 } },
            new CreateIndexOptions<TodoDocument>
            {
                Name = "ownerId_id_deleted",
                PartialFilterExpression = new BsonDocument(Lifecycle.DeletedAt, new BsonDocument("$exists", true)),
            }
        ),
    ];

    private readonly IMongoCollection<TodoDocument> _todos = database.GetCollection<TodoDocument>(TodoEntity.Collection);

    /// <summary>Returns one page. The cursor must have been created for the same sort order; null returns the first page.</summary>
    public async Task<Page<TodoDocument>> ListAsync(
        ObjectId ownerId,
        TodoFilter filter,
        TodoSort sort,
        PageCursor? cursor,
        PageLimit limit,
        CancellationToken cancellationToken
    )
    {
        var query = Filter(ownerId, filter);
        if (!AddWords(query, filter.Search))
            return Page<TodoDocument>.Empty(limit);
        var total = await _todos.CountTotalAsync(query, limit, cancellationToken);
        Keyset.After(query, cursor, sort.Field, sort.IsDescending);
        var todos = await _todos
            .Find(query)
            .Sort(Keyset.Sort(sort.Field, sort.IsDescending))
            .Limit(limit.Items + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(todos, limit, sort.Name, todo => (sort.KeyOf(todo), todo.Id), total);
    }

    /// <summary>
    /// Counts a user's open to-dos that are due before a time, or all of them if it is null. Uses the index
    /// <c>ownerId_done_dueKey_id</c>.
    /// </summary>
    public Task<long> CountOpenAsync(ObjectId ownerId, DateTimeOffset? dueBefore, CancellationToken cancellationToken)
    {
        var query = TodoFields.Of(ownerId).Add(TodoFields.Done, false);
        if (dueBefore is { } limit)
            query.Add(TodoFields.DueKey, new BsonDocument("$lt", new BsonDateTime(limit.UtcDateTime)));
        return _todos.CountDocumentsAsync(query, cancellationToken: cancellationToken);
    }

    /// <summary>Adds the words of a search. Returns false when nothing can match because the text contains no words.</summary>
    private static bool AddWords(BsonDocument query, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return true;
        var prefixes = SearchWords.Of(text).Select(word => new BsonRegularExpression("^" + Regex.Escape(word))).ToArray();
        if (prefixes.Length == 0)
            return false;
        query.Add("$and", new BsonArray(prefixes.Select(prefix => new BsonDocument(TodoFields.Words, prefix))));
        return true;
    }

    private static BsonDocument Filter(ObjectId ownerId, TodoFilter filter)
    {
        var query = filter.Deleted ? TodoFields.Deleted(ownerId) : TodoFields.Of(ownerId);
        if (filter.Done is { } done)
            query.Add(TodoFields.Done, done);
        // A range instead of a value, so that paging by priority can add its own bounds.
        if (filter.Priority is { } priority)
            query.Add(TodoFields.PriorityKey, new BsonDocument { { "$gte", (int)priority }, { "$lte", (int)priority } });
        if (filter.DueFrom is null && filter.DueTo is null)
            return query;
        var range = new BsonDocument();
        if (filter.DueFrom is { } from)
            range.Add("$gte", new BsonDateTime(from.UtcDateTime));
        range.Add("$lte", new BsonDateTime((filter.DueTo ?? TodoLimits.LatestDueDate).UtcDateTime));
        return query.Add(TodoFields.DueKey, range);
    }
}
