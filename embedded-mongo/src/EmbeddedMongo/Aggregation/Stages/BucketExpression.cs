using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Stages;

/// <summary>The group key of $bucket: the largest boundary that is not above the value. The last boundary is exclusive.</summary>
internal sealed class BucketExpression(Expression groupBy, BsonValue[] boundaries, BsonValue? fallback, IComparer<BsonValue?> comparer)
    : ControlExpression(groupBy)
{
    // Doubles compare much faster with doubles. All int32 values are exact as doubles.
    private readonly double[]? _doubles = Array.TrueForAll(boundaries, boundary => boundary is BsonInt32 or BsonDouble)
        ? Array.ConvertAll(boundaries, boundary => boundary.ToDouble())
        : null;

    public override BsonValue Evaluate(EvaluationContext context)
    {
        var value = groupBy.Evaluate(context);
        var at =
            _doubles is not null && value is BsonDouble number
                ? _doubles.AsSpan().BinarySearch(number.Value)
                : Array.BinarySearch(boundaries, value, comparer);
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
