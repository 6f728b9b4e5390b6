using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions.Numerics;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>$count: yields one document with the number of input documents, or none for empty input.</summary>
internal sealed class CountStage(string field) : BlockingStage
{
    public static IEnumerable<Stage> Parse(BsonValue spec, PipelineContext context)
    {
        if (spec is not BsonString text)
            throw MongoErrorException.Location(40156, "the count field must be a non-empty string");
        var name = text.Value;
        if (name.Length == 0)
            throw MongoErrorException.Location(40157, "the count field must be a non-empty string");
        if (name[0] == '$')
            throw MongoErrorException.Location(40158, "the count field cannot be a $-prefixed path");
        if (name.Contains('\0', StringComparison.Ordinal))
            throw MongoErrorException.Location(40159, "the count field cannot contain a null byte");
        return name.Contains('.', StringComparison.Ordinal)
            ? throw MongoErrorException.Location(40160, "the count field cannot contain '.'")
            : [new CountStage(name)];
    }

    public override DocumentCollector CreateCollector(ExecutionContext context) => new Counter(field);

    public override bool CollectFields(FieldSet into) => true;

    private sealed class Counter(string field) : DocumentCollector
    {
        private long _count;

        public override void Add(IDocumentRow row) => _count++;

        public override IEnumerable<BsonDocument> Complete() => _count > 0 ? [new BsonDocument(field, Numbers.Int(_count))] : [];
    }
}
