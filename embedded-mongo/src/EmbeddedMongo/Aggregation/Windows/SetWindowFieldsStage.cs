using EmbeddedMongo.Aggregation.Stages;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Windows;

/// <summary>$setWindowFields: the documents come out by partition, and inside one by sortBy.</summary>
internal sealed class SetWindowFieldsStage(Expression? partitionBy, SortSpec? sortBy, (string[] Path, WindowFunction Function)[] fields)
    : Stage
{
    public override bool IsBlocking => true;

    public override IEnumerable<BsonDocument> Run(IEnumerable<BsonDocument> input, ExecutionContext context)
    {
        var bound = new MemoryBound("$setWindowFields", context.MemoryLimitBytes);
        foreach (var partition in Partitions(input, context, bound))
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

    private IEnumerable<Partition> Partitions(IEnumerable<BsonDocument> input, ExecutionContext context, MemoryBound bound)
    {
        var partitions = new Dictionary<BsonValue, List<BsonDocument>>(BsonOrder.EqualityComparer!);
        foreach (var document in input)
        {
            context.Tick();
            bound.Add(document);
            var key = Key(document, context);
            if (!partitions.TryGetValue(key, out var list))
                partitions[key] = list = [];
            list.Add(document);
        }
        foreach (var (_, documents) in partitions.OrderBy(p => p.Key, BsonOrder.Comparer!))
            yield return Sorted(documents);
    }

    private BsonValue Key(BsonDocument document, ExecutionContext context)
    {
        if (partitionBy is null)
            return BsonNull.Value;
        context.Evaluation.Bind(document);
        var key = partitionBy.Evaluate(context.Evaluation) ?? BsonNull.Value;
        return key is BsonArray
            ? throw MongoErrorException.TypeMismatch("An expression used to partition cannot evaluate to value of type array")
            : key;
    }

    private Partition Sorted(List<BsonDocument> documents)
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
