using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Changes;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Todos;

/// <summary>Reads and writes single to-dos, and stores imported ones. See <see cref="TodoLists"/> for lists.</summary>
public sealed class TodoStore(IMongoDatabase database, TimeProvider time, IChangeSink changes) : IIndexedStore
{
    /// <summary>Prevents a row of an import from being stored twice.</summary>
    internal const string ImportIndex = "importId_1_importRow_1";

    private static readonly FindOneAndUpdateOptions<TodoDocument> After = new() { ReturnDocument = ReturnDocument.After };
    private static readonly UpdateDefinitionBuilder<TodoDocument> Update = Builders<TodoDocument>.Update;
    private readonly IMongoCollection<TodoDocument> _todos = database.GetCollection<TodoDocument>(TodoEntity.Collection);

    /// <inheritdoc/>
    public async Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        await indexes.AddAsync(
            _todos,
            [
                .. TodoLists.Indexes,
                new CreateIndexModel<TodoDocument>(
                    Builders<TodoDocument>.IndexKeys.Ascending(todo => todo.ImportId).Ascending(todo => todo.ImportRow),
                    new CreateIndexOptions
                    {
                        Name = ImportIndex,
                        Unique = true,
                        Sparse = true,
                    }
                ),
            ],
            cancellationToken
        );

    /// <summary>Returns a user's to-do, or null if it does not exist or belongs to another user.</summary>
    public async Task<TodoDocument?> GetAsync(ObjectId ownerId, ObjectId id, CancellationToken cancellationToken) =>
        await _todos.Find(TodoFields.Of(ownerId, id)).FirstOrDefaultAsync(cancellationToken);

    /// <summary>Creates a to-do. A retry with the same <paramref name="id"/> returns the existing to-do.</summary>
    public async Task<TodoDocument> CreateAsync(
        ObjectId ownerId,
        TodoContent content,
        CancellationToken cancellationToken,
        ObjectId? id = null
    )
    {
        var now = time.Now();
        var todo = new TodoDocument
        {
            Id = id ?? ObjectId.GenerateNewId(now.UtcDateTime),
            OwnerId = ownerId,
            Title = content.Title,
            Description = content.Description,
            DueDate = content.DueDate,
            Priority = content.Priority,
            Done = content.Done,
            CreatedAt = now,
            UpdatedAt = now,
        };
        todo = await _todos.InsertOrGetAsync(todo.Id, todo, cancellationToken);
        await PublishAsync(ChangeKind.Written, [todo.Id], ownerId);
        return todo;
    }

    /// <summary>Updates a to-do. A change without effect keeps its version.</summary>
    /// <param name="ownerId">The owner.</param>
    /// <param name="id">The to-do.</param>
    /// <param name="change">Creates the new content from the current one. Called again after a conflict with another write.</param>
    /// <param name="versions">The accepted stored versions; null accepts any.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    public async Task<WriteResult<TodoDocument>> ChangeAsync(
        ObjectId ownerId,
        ObjectId id,
        Func<TodoContent, TodoContent> change,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            if (await GetAsync(ownerId, id, cancellationToken) is not { } stored)
                return WriteStatus.NotFound;
            if (versions is not null && !versions.Contains(stored.Version))
                return WriteStatus.Stale;
            var current = TodoContent.Of(stored);
            var content = change(current);
            if (content == current)
                return stored;
            var written = await _todos.FindOneAndUpdateAsync(
                TodoFields.Of(ownerId, id).Add(TodoFields.Version, stored.Version),
                Set(content),
                After,
                cancellationToken
            );
            if (written is null)
                continue;
            await PublishAsync(ChangeKind.Written, [id], ownerId);
            return written;
        }
    }

    /// <summary>Deletes a to-do.</summary>
    public async Task<WriteStatus> DeleteAsync(
        ObjectId ownerId,
        ObjectId id,
        IReadOnlyCollection<long>? versions,
        CancellationToken cancellationToken
    )
    {
        var now = time.Now();
        var filter = TodoFields.Of(ownerId, id);
        filter.WithVersions(versions);
        var update = Update.Set(todo => todo.DeletedAt, now).Set(todo => todo.UpdatedAt, now).Inc(todo => todo.Version, 1);
        var result = await _todos.UpdateOneAsync(filter, update, cancellationToken: cancellationToken);
        if (result.MatchedCount > 0)
        {
            await PublishAsync(ChangeKind.Removed, [id], ownerId);
            return WriteStatus.Done;
        }
        return versions is not null && await GetAsync(ownerId, id, cancellationToken) is not null
            ? WriteStatus.Stale
            : WriteStatus.NotFound;
    }

    /// <summary>Restores a deleted to-do. Returns one that is not deleted unchanged, and NotFound if it no longer exists.</summary>
    public async Task<WriteResult<TodoDocument>> RestoreAsync(ObjectId ownerId, ObjectId id, CancellationToken cancellationToken)
    {
        var update = Update.Unset(todo => todo.DeletedAt).Set(todo => todo.UpdatedAt, time.Now()).Inc(todo => todo.Version, 1);
        var deleted = TodoFields.Deleted(ownerId).Add(TodoFields.Id, id);
        if (await _todos.FindOneAndUpdateAsync(deleted, update, After, cancellationToken) is { } restored)
        {
            await PublishAsync(ChangeKind.Written, [id], ownerId);
            return restored;
        }

        return await GetAsync(ownerId, id, cancellationToken) is { } stored ? stored : WriteStatus.NotFound;
    }

    /// <summary>Stores imported to-dos. To-dos whose row is already stored stay unchanged, including later edits.</summary>
    /// <param name="todos">The to-dos, with <see cref="TodoDocument.ImportId"/> and <see cref="TodoDocument.ImportRow"/>.</param>
    /// <param name="cancellationToken">Cancels the write. Stored to-dos are kept.</param>
    public async Task AddImportedAsync(IReadOnlyCollection<TodoDocument> todos, CancellationToken cancellationToken)
    {
        if (todos.Count == 0)
            return;
        try
        {
            await _todos.InsertManyAsync(todos, new InsertManyOptions { IsOrdered = false }, cancellationToken);
        }
        catch (MongoBulkWriteException e)
            when (e.WriteConcernError is null && e.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // An earlier attempt stored them and stopped before it could count them.
        }
        foreach (var owner in todos.Select(todo => todo.OwnerId).Distinct())
            await PublishAsync(ChangeKind.Written, [], owner);
    }

    private Task PublishAsync(ChangeKind kind, ObjectId[] ids, ObjectId ownerId) =>
        changes.PublishAsync(new Change(TodoEntity.Name, kind, ids) { Owners = [ownerId] });

    private UpdateDefinition<TodoDocument> Set(TodoContent content)
    {
        // Uses a document, so that the sort keys are computed in one place.
        var todo = new TodoDocument
        {
            OwnerId = default,
            Title = content.Title,
            Description = content.Description,
            DueDate = content.DueDate,
            Priority = content.Priority,
        };
        var update = Update
            .Set(stored => stored.Title, content.Title)
            .Set(stored => stored.Words, todo.Words)
            .Set(stored => stored.Priority, content.Priority)
            .Set(stored => stored.PriorityKey, todo.PriorityKey)
            .Set(stored => stored.DueKey, todo.DueKey)
            .Set(stored => stored.Done, content.Done)
            .Set(stored => stored.UpdatedAt, time.Now())
            .Inc(stored => stored.Version, 1);
        update = content.Description is null
            ? update.Unset(stored => stored.Description)
            : update.Set(stored => stored.Description, content.Description);
        return content.DueDate is null ? update.Unset(stored => stored.DueDate) : update.Set(stored => stored.DueDate, content.DueDate);
    }
}

/// <summary>The content of a to-do that its owner edits, validated against <see cref="TodoLimits"/>.</summary>
public sealed record TodoContent(string Title, string? Description, DateTimeOffset? DueDate, TodoPriority Priority, bool Done)
{
    internal static TodoContent Of(TodoDocument todo) => new(todo.Title, todo.Description, todo.DueDate, todo.Priority, todo.Done);
}
