using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>The rows of imports that were not stored, and why.</summary>
public sealed class ImportErrorStore(IMongoDatabase database) : IIndexedStore
{
    /// <summary>One entry a row, however often the row is tried.</summary>
    internal const string RowIndex = "importId_1_row_1";

    private readonly IMongoCollection<ImportErrorDocument> _errors = database.GetCollection<ImportErrorDocument>(
        CollectionNames.ImportErrors
    );

    /// <inheritdoc/>
    public async Task EnsureIndexesAsync(IndexBuilder indexes, CancellationToken cancellationToken) =>
        await indexes.AddAsync(
            _errors,
            [
                new CreateIndexModel<ImportErrorDocument>(
                    Builders<ImportErrorDocument>.IndexKeys.Ascending(error => error.ImportId).Ascending(error => error.Row),
                    new CreateIndexOptions { Name = RowIndex, Unique = true }
                ),
            ],
            cancellationToken
        );

    /// <summary>Keeps the errors of some rows; rows that are there already stay as they are.</summary>
    public async Task AddAsync(IReadOnlyCollection<ImportErrorDocument> errors, CancellationToken cancellationToken)
    {
        if (errors.Count == 0)
            return;
        try
        {
            await _errors.InsertManyAsync(errors, new InsertManyOptions { IsOrdered = false }, cancellationToken);
        }
        catch (MongoBulkWriteException e) when (e.WriteErrors.All(error => error.Category == ServerErrorCategory.DuplicateKey))
        {
            // A worker before this one stored them and stopped before it could count them.
        }
    }

    /// <summary>An import's errors in the file's order.</summary>
    public async IAsyncEnumerable<ImportErrorDocument> ReadAsync(
        ObjectId importId,
        int? limit = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using var cursor = await _errors
            .Find(error => error.ImportId == importId)
            .SortBy(error => error.Row)
            .Limit(limit)
            .ToCursorAsync(cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var error in cursor.Current)
                yield return error;
        }
    }

    /// <summary>The columns with most problems, most first.</summary>
    public async Task<IReadOnlyList<ColumnErrors>> ByColumnAsync(ObjectId importId, int most, CancellationToken cancellationToken)
    {
        var counts = await _errors
            .Aggregate()
            .Match(error => error.ImportId == importId)
            .AppendStage<BsonDocument>(new BsonDocument("$unwind", "$problems"))
            .AppendStage<BsonDocument>(
                new BsonDocument("$group", new BsonDocument { { "_id", "$problems.column" }, { "count", new BsonDocument("$sum", 1) } })
            )
            .AppendStage<BsonDocument>(new BsonDocument("$sort", new BsonDocument { { "count", -1 }, { "_id", 1 } }))
            .AppendStage<BsonDocument>(new BsonDocument("$limit", most))
            .ToListAsync(cancellationToken);
        return [.. counts.Select(group => new ColumnErrors(group["_id"].AsString, group["count"].ToInt64()))];
    }
}

/// <summary>A row that was not stored.</summary>
/// <param name="Id">Of the entry.</param>
/// <param name="ImportId">Whose row it is.</param>
/// <param name="Row">Its number among the rows, from 1.</param>
/// <param name="Line">The line of the file on which it begins, from 1.</param>
/// <param name="Problems">At least one.</param>
public sealed record ImportErrorDocument(ObjectId Id, ObjectId ImportId, long Row, long Line, IReadOnlyList<ImportProblem> Problems);

/// <summary>What is wrong with one value.</summary>
/// <param name="Column">The column as the product calls it; empty when it is the row as a whole.</param>
/// <param name="Value">As it stands in the file, cut to a readable length.</param>
/// <param name="Message">What would be right.</param>
public sealed record ImportProblem(string Column, string Value, string Message);

/// <summary>How many problems a column has.</summary>
/// <param name="Column">As the product calls it; empty for rows as a whole.</param>
/// <param name="Count">Problems.</param>
public sealed record ColumnErrors(string Column, long Count);
