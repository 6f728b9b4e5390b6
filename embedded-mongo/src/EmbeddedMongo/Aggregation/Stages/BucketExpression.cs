using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>The group key of $bucket: the largest boundary that is not above the value. The last boundary is exclusive.</summary>
internal sealed class BucketExpression(Expression groupBy, BsonValue[] boundaries, BsonValue? fallback) : ControlExpression(groupBy)
{
    public override BsonValue Evaluate(EvaluationContext context)
    {
        var at = Array.BinarySearch(boundaries, groupBy.Evaluate(context), BsonOrder.Comparer);
        var bucket = at < 0 ? ~at - 1 : at;
        if (bucket >= 0 && bucket < boundaries.Length - 1)
            return boundaries[bucket];
        return fallback
            ?? throw MongoErrorException.Location(
                40066,
                "$switch could not find a matching branch for an input, and no default was specified."
            );
    }
}
