using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Todos;

/// <summary>Personal to-dos.</summary>
public sealed class TodoStore(IMongoDatabase database) : IIndexedStore
{
    /// <summary>Serves a user's list, newest first.</summary>
    internal const string OwnerIndex = "ownerId_1__id_-1";

    /// <summary>Keeps a row of an import from being stored twice.</summary>
    internal const string ImportIndex = "importId_1_importRow_1";

    private readonly IMongoCollection<TodoDocument> _todos = database.GetCollection<TodoDocument>(CollectionNames.Todos);

    /// <inheritdoc/>
    public async Task EnsureIndexesAsync(CancellationToken cancellationToken) =>
        await _todos.Indexes.CreateManyAsync(
            [
                Indexes.On<TodoDocument>(OwnerIndex, "ownerId", "-_id"),
                new CreateIndexModel<TodoDocument>(
                    Builders<TodoDocument>.IndexKeys.Ascending(todo => todo.ImportId).Ascending(todo => todo.ImportRow),
                    new CreateIndexOptions { Name = ImportIndex, Unique = true, Sparse = true }),
            ],
            cancellationToken);

    /// <summary>Stores imported to-dos; those whose row is stored already stay as they are, edits since then included.</summary>
    /// <param name="todos">With <see cref="TodoDocument.ImportId"/> and <see cref="TodoDocument.ImportRow"/>.</param>
    /// <param name="cancellationToken">Stops; what was stored stays.</param>
    public async Task AddImportedAsync(IReadOnlyCollection<TodoDocument> todos, CancellationToken cancellationToken)
    {
        if (todos.Count == 0) return;
        try
        {
            await _todos.InsertManyAsync(todos, new InsertManyOptions { IsOrdered = false }, cancellationToken);
        }
        catch (MongoBulkWriteException e) when (e.WriteConcernError is null
            && e.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // An attempt before this one stored them and ended before it could count them.
        }
    }
}
