using EmbeddedMongo.Aggregation;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Commands.Writes;
using EmbeddedMongo.Cursors;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Indexes;
using EmbeddedMongo.Query;
using EmbeddedMongo.Query.Matching;
using EmbeddedMongo.Storage;
using EmbeddedMongo.Update;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Outputs;

/// <summary>
/// $merge: finds the target document of each result by a unique index, and updates or inserts it. Each batch is one write unit, and stays
/// written if a later document fails, as in MongoDB.
/// </summary>
internal sealed class MergeOutput : PipelineOutput
{
    private const int BatchDocuments = 1_000;
    private const long BatchBytes = 4 * 1024 * 1024;

    private readonly MergeSpec _spec;
    private readonly (string Database, string Name) _target;
    private readonly EvaluationContext _evaluation;
    private readonly (int Slot, Expression Value)[] _variables;
    private readonly PipelineProgram? _pipeline;

    private MergeOutput(MergeSpec spec, (string Database, string Name) target, MatchContext context)
    {
        _spec = spec;
        _target = target;
        _evaluation = context.Variables.Context;
        var scope = context.Variables.CreateChild();
        var values = spec.Let.Select(variable => ExpressionParser.Parse(variable.Value, context.Variables)).ToList();
        _variables = [.. spec.Let.Names.Zip(values, (name, value) => (scope.Declare(name), value))];
        _pipeline = spec.Pipeline is { } stages ? new PipelineProgram(UpdatePipeline.Parse(stages, scope)) : null;
    }

    public static MergeOutput Parse(string database, BsonValue value, MatchContext context)
    {
        var spec = MergeSpec.Parse(value);
        return new MergeOutput(spec, RequireTarget("$merge", spec.Database ?? database, spec.Collection), context);
    }

    public override void Write(OperationContext operation, RowStream rows)
    {
        if (!_spec.On.SequenceEqual(["_id"]))
            FindIndex(operation.Server.Catalog.Find(_target.Database, _target.Name)?.State);

        var batch = new List<BsonDocument>();
        var size = 0L;
        while (rows.MoveNext())
        {
            batch.Add(BsonDecoder.Decode(rows.Current));
            size += rows.Current.Length;
            if (batch.Count == BatchDocuments || size >= BatchBytes)
            {
                Write(operation, batch);
                batch.Clear();
                size = 0;
            }
        }

        if (batch.Count > 0)
            Write(operation, batch);
    }

    private void Write(OperationContext operation, List<BsonDocument> batch)
    {
        var exists = WriteBatches.RunLocked(
            operation.Server.Catalog,
            _target.Database,
            _target.Name,
            create: _spec.WhenNotMatched == "insert",
            collection =>
            {
                var index = FindIndex(collection.State);
                using var unit = new WriteUnit(collection);
                try
                {
                    foreach (var document in batch)
                    {
                        operation.CheckInterrupted();
                        Write(collection, index, unit, document);
                    }
                }
                finally
                {
                    unit.Commit();
                }
            }
        );
        if (!exists && _spec.WhenNotMatched == "fail")
            throw CreateNoMatchError();
    }

    private void Write(Collection collection, IndexSpec index, WriteUnit unit, BsonDocument document)
    {
        if (index == collection.State.IdIndex && !document.Contains("_id"))
            document.InsertAt(0, new BsonElement("_id", ObjectId.GenerateNewId()));

        using var key = EncodeKey(index, document);
        if (unit.IsPending(KeySpace.IndexKey(index.Id, key.WrittenSpan, null)))
            unit.Commit();

        using var stored = new PooledBuffer();
        if (
            _spec.WhenMatched != "fail"
            && collection.FindUnique(index, key.WrittenSpan) is { } record
            && collection.TryGetDocument(record, stored)
        )
        {
            if (_spec.WhenMatched == "keepExisting")
                return;

            using var updater = new DocumentUpdater(CreateUpdate(document), AlwaysTrueExpression.Instance);
            updater.Update(unit, record, stored.WrittenSpan, out _);
        }
        else if (_spec.WhenNotMatched == "insert")
        {
            // With whenMatched "fail", a document that exists is a duplicate key.
            Insert(unit, document);
        }
        else if (_spec.WhenNotMatched == "fail")
        {
            throw CreateNoMatchError();
        }
    }

    private static void Insert(WriteUnit unit, BsonDocument document)
    {
        using var encoded = new PooledBuffer();
        using var prepared = new PooledBuffer();
        BsonEncoder.WriteDocument(encoded, document);
        DocumentPreparation.Prepare(encoded.WrittenSpan, prepared);
        unit.Insert(prepared.WrittenSpan);
    }

    private UpdateProgram CreateUpdate(BsonDocument document)
    {
        if (_pipeline is null)
            return _spec.WhenMatched == "replace" ? new ReplacementProgram(document) : new MergeProgram(document);

        _evaluation.Bind(document);
        var values = Array.ConvertAll(_variables, variable => variable.Value.Evaluate(_evaluation));
        for (var i = 0; i < values.Length; i++)
            _evaluation[_variables[i].Slot] = values[i];

        return _pipeline;
    }

    private static PooledBuffer EncodeKey(IndexSpec index, BsonDocument document)
    {
        var key = new PooledBuffer(64);
        for (var i = 0; i < index.Paths.Count; i++)
        {
            if (index.Paths[i].GetField(document) is not { BsonType: not (BsonType.Null or BsonType.Undefined or BsonType.Array) } value)
            {
                key.Dispose();
                throw MongoErrorException.Location(
                    51132,
                    $"$merge write error: 'on' field '{index.Paths[i].Path}' cannot be missing, null, undefined or an array"
                );
            }

            KeyEncoder.Append(key, index.Collation?.GetSortKey(value) ?? value, index.Descending[i]);
        }

        return key;
    }

    /// <summary>Returns the unique index with exactly the <c>on</c> fields and, except for _id, the collation of the pipeline.</summary>
    private IndexSpec FindIndex(CollectionState? state) =>
        state?.Indexes.FirstOrDefault(index =>
            index is { Unique: true, PartialFilter: null }
            && index.KeyPattern.Names.Order().SequenceEqual(_spec.On.Order())
            && (index.IsIdIndex || index.Collation == _evaluation.Collation)
        )
        ?? throw MongoErrorException.Location(51190, "Cannot find index to verify that join fields will be unique");

    private static MongoErrorException CreateNoMatchError() =>
        new(
            13113,
            "MergeStageNoMatchingDocument",
            "$merge could not find a matching document in the target collection for at least one document in the source collection"
        );
}
