using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Paging;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Todos;

/// <summary>What a list of to-dos is narrowed to; null leaves a criterion out.</summary>
/// <param name="Done">Only finished ones, or only open ones.</param>
/// <param name="Priority">Only this priority.</param>
/// <param name="DueFrom">Inclusive; those without a due date are left out.</param>
/// <param name="DueTo">Inclusive; those without a due date are left out.</param>
public sealed record TodoFilter(
    bool? Done = null,
    TodoPriority? Priority = null,
    DateTimeOffset? DueFrom = null,
    DateTimeOffset? DueTo = null
);

/// <summary>Pages of a user's to-dos.</summary>
public sealed class TodoLists(IMongoDatabase database)
{
    internal static readonly CreateIndexModel<TodoDocument>[] Indexes =
    [
        // Each begins with the owner: a user's list never touches another's. The id makes the order total.
        Storage.Indexes.On<TodoDocument>("ownerId_1__id_-1", TodoFields.OwnerId, "-_id"),
        Storage.Indexes.On<TodoDocument>("ownerId_dueKey_id", TodoFields.OwnerId, TodoFields.DueKey, TodoFields.Id),
        Storage.Indexes.On<TodoDocument>("ownerId_done_dueKey_id", TodoFields.OwnerId, TodoFields.Done, TodoFields.DueKey, TodoFields.Id),
        Storage.Indexes.On<TodoDocument>("ownerId_priorityKey_id", TodoFields.OwnerId, TodoFields.PriorityKey, TodoFields.Id),
    ];

    private readonly IMongoCollection<TodoDocument> _todos = database.GetCollection<TodoDocument>(CollectionNames.Todos);

    /// <summary>One page.</summary>
    /// <param name="ownerId">Whose.</param>
    /// <param name="filter">What to narrow to.</param>
    /// <param name="sort">One of <see cref="TodoSort.All"/>.</param>
    /// <param name="cursor">Where the page begins, made for the same sort; null for the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<Page<TodoDocument>> ListAsync(
        ObjectId ownerId,
        TodoFilter filter,
        TodoSort sort,
        PageCursor? cursor,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var query = Filter(ownerId, filter);
        Keyset.After(query, cursor, sort.Field, sort.IsDescending);
        var todos = await _todos
            .Find(query)
            .Sort(Keyset.Sort(sort.Field, sort.IsDescending))
            .Limit(limit + 1)
            .ToListAsync(cancellationToken);
        return Keyset.Page(todos, limit, sort.Name, todo => (sort.KeyOf(todo), todo.Id));
    }

    /// <summary>How many open to-dos a user has. Uses the index <c>ownerId_done_dueKey_id</c>.</summary>
    /// <param name="ownerId">Whose.</param>
    /// <param name="dueBefore">Only those that are due before; null for all.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public Task<long> CountOpenAsync(ObjectId ownerId, DateTimeOffset? dueBefore, CancellationToken cancellationToken)
    {
        var query = TodoFields.Of(ownerId).Add(TodoFields.Done, false);
        if (dueBefore is { } moment)
            query.Add(TodoFields.DueKey, new BsonDocument("$lt", new BsonDateTime(moment.UtcDateTime)));
        return _todos.CountDocumentsAsync(query, cancellationToken: cancellationToken);
    }

    private static BsonDocument Filter(ObjectId ownerId, TodoFilter filter)
    {
        var query = TodoFields.Of(ownerId);
        if (filter.Done is { } done)
            query.Add(TodoFields.Done, done);
        // A range rather than a value, so that a page by priority can add its own bounds.
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
