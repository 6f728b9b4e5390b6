using EmbeddedMongo.Aggregation.Stages;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Windows;

/// <summary>$setWindowFields: yields the documents by partition, and within a partition in sortBy order.</summary>
internal sealed class SetWindowFieldsStage(Expression? partitionBy, SortSpec? sortBy, (string[] Path, WindowFunction Function)[] fields)
    : Stage
{
    public override bool IsBlocking => true;

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        var bound = new MemoryBound("$setWindowFields", context.MemoryLimitBytes);
        foreach (var partition in CreatePartitions(input, context, bound))
        {
            var values = Array.ConvertAll(fields, f => f.Function.Compute(partition, context, bound));
            for (var i = 0; i < partition.Documents.Count; i++)
            {
                context.Tick();
                var document = partition.Documents[i];
                for (var f = 0; f < fields.Length; f++)
                {
                    document = NestedField.With(document, fields[f].Path, values[f][i]);
                }
                yield return document;
            }
        }
    }

    public override bool CollectFields(FieldSet into)
    {
        partitionBy?.CollectFields(into);
        sortBy?.CollectFields(into);
        foreach (var (path, function) in fields)
        {
            function.CollectFields(into);
            if (path.Length > 1)
                into.Add(path[0]);
        }
        return false;
    }

    private IEnumerable<Partition> CreatePartitions(IEnumerable<BsonDocument> input, ExecutionContext context, MemoryBound bound)
    {
        var collation = context.Evaluation.Collation;
        var partitions = new Dictionary<BsonValue, List<BsonDocument>>(Collation.GetEqualityComparer(collation)!);
        foreach (var document in input)
        {
            context.Tick();
            bound.Add(document);
            var key = GetPartitionKey(document, context);
            if (!partitions.TryGetValue(key, out var list))
                partitions[key] = list = [];
            list.Add(document);
        }
        foreach (var (_, documents) in partitions.OrderBy(p => p.Key, Collation.GetComparer(collation)!))
            yield return SortPartition(documents);
    }

    private BsonValue GetPartitionKey(BsonDocument document, ExecutionContext context)
    {
        if (partitionBy is null)
            return BsonNull.Value;
        context.Evaluation.Bind(document);
        var key = partitionBy.Evaluate(context.Evaluation) ?? BsonNull.Value;
        return key is BsonArray
            ? throw MongoErrorException.TypeMismatch("An expression used to partition cannot evaluate to value of type array")
            : key;
    }

    private Partition SortPartition(List<BsonDocument> documents)
    {
        if (sortBy is null)
            return new Partition(documents, null);
        var keyed = documents.Select(d => (Key: sortBy.ExtractKey(d), Document: d)).ToList();
        var ordered = keyed
            .Order(Comparer<(BsonValue[] Key, BsonDocument Document)>.Create((a, b) => sortBy.CompareKeys(a.Key, b.Key)))
            .ToArray();
        return new Partition(Array.ConvertAll(ordered, o => o.Document), Array.ConvertAll(ordered, o => o.Key));
    }
}
