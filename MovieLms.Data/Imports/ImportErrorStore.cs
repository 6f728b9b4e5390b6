using System.Runtime.CompilerServices;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Imports;

/// <summary>The errors of imported rows that were not stored.</summary>
public sealed class ImportErrorStore(IMongoDatabase database) : IIndexedStore
{
    /// <summary>Allows one entry per row, even if the row is retried.</summary>
    internal const string RowIndex = "importId_1_row_1";

    private static readonly BsonDocument[] CountsByColumn = PipelineText.Parse(
        """
        [
          { $unwind: "$problems" },
          { $group: { _id: "$problems.column", count: { $sum: 1 } } },
          { $sort: { count: -1, _id: 1 } }
        ]
        """
    );

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

    /// <summary>Stores the errors of rows. Existing entries stay unchanged.</summary>
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
            // An earlier worker stored them and stopped before it could count them.
        }
    }

    /// <summary>Reads an import's errors in the order of the file.</summary>
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

    /// <summary>Returns the columns with the most problems, most problems first.</summary>
    public async Task<IReadOnlyList<ColumnErrors>> CountByColumnAsync(ObjectId importId, int most, CancellationToken cancellationToken)
    {
        BsonDocument[] stages = [new("$match", new BsonDocument("importId", importId)), .. CountsByColumn, new("$limit", most)];
        using var cursor = await _errors.AggregateAsync<BsonDocument>(stages, cancellationToken: cancellationToken);
        var counts = await cursor.ToListAsync(cancellationToken);
        return [.. counts.Select(group => new ColumnErrors(group["_id"].AsString, group["count"].ToInt64()))];
    }
}

/// <summary>The errors of a row that was not stored.</summary>
/// <param name="Id">The ID of the entry.</param>
/// <param name="ImportId">The import.</param>
/// <param name="Row">The number of the row, starting at 1.</param>
/// <param name="Line">The line of the file on which the row starts, starting at 1.</param>
/// <param name="Problems">The problems; at least one.</param>
public sealed record ImportErrorDocument(ObjectId Id, ObjectId ImportId, long Row, long Line, IReadOnlyList<ImportProblem> Problems);

/// <summary>A problem with one value.</summary>
/// <param name="Column">The canonical name of the column; empty for a problem of the whole row.</param>
/// <param name="Value">The value in the file, shortened to a readable length.</param>
/// <param name="Message">What is allowed.</param>
public sealed record ImportProblem(string Column, string Value, string Message);

/// <summary>The number of problems in a column.</summary>
/// <param name="Column">The canonical name of the column; empty for problems of whole rows.</param>
/// <param name="Count">The number of problems.</param>
public sealed record ColumnErrors(string Column, long Count);
