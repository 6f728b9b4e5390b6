using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using EmbeddedMongo.Expressions;
using EmbeddedMongo.Expressions.Numerics;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Aggregation.Windows;

/// <summary>$locf: replaces null and missing values with the last value before them.</summary>
internal sealed class CarryForwardFunction(Expression input) : WindowFunction
{
    public override BsonValue?[] Compute(Partition partition, ExecutionContext context, MemoryBound bound)
    {
        var values = new BsonValue?[partition.Documents.Count];
        BsonValue last = BsonNull.Value;
        for (var i = 0; i < values.Length; i++)
        {
            context.Evaluation.Bind(partition.Documents[i]);
            if (input.Evaluate(context.Evaluation) is { } value && !value.IsNullish())
                last = value;
            values[i] = last;
        }
        return values;
    }

    public override void CollectFields(FieldSet into) => input.CollectFields(into);
}

/// <summary>$expMovingAvg: weights each value by alpha and the previous average by 1 - alpha. Ignores non-numeric values.</summary>
internal sealed class MovingAverageFunction(Expression input, BsonValue alpha) : WindowFunction
{
    public override BsonValue?[] Compute(Partition partition, ExecutionContext context, MemoryBound bound)
    {
        var values = new BsonValue?[partition.Documents.Count];
        BsonValue? average = null;
        for (var i = 0; i < values.Length; i++)
        {
            context.Evaluation.Bind(partition.Documents[i]);
            if (input.Evaluate(context.Evaluation) is { } value && Numbers.IsNumeric(value))
            {
                average = average is null
                    ? value
                    : Numbers.Add(Numbers.Multiply(value, alpha), Numbers.Multiply(average, Numbers.Subtract(1, alpha)));
            }
            values[i] = average ?? BsonNull.Value;
        }
        return values;
    }

    public override void CollectFields(FieldSet into) => input.CollectFields(into);
}

/// <summary>$linearFill: interpolates null and missing values between two known ones linearly by the sort key.</summary>
internal sealed class LinearFillFunction(Expression input) : WindowFunction
{
    public override BsonValue?[] Compute(Partition partition, ExecutionContext context, MemoryBound bound)
    {
        var count = partition.Documents.Count;
        var values = new BsonValue?[count];
        for (var i = 0; i < count; i++)
        {
            context.Evaluation.Bind(partition.Documents[i]);
            var value = input.Evaluate(context.Evaluation);
            values[i] =
                value.IsNullish() ? BsonNull.Value
                : Numbers.IsNumeric(value) ? value
                : throw MongoErrorException.Location(
                    6050201,
                    $"Value to be filled must be numeric or nullish, but was {TypeNames.Of(value)}"
                );
        }
        var left = -1;
        for (var right = 0; right < count; right++)
        {
            if (values[right] is BsonNull)
                continue;
            for (var i = left + 1; left >= 0 && i < right; i++)
                values[i] = Interpolate(partition, left, i, right, values[left]!, values[right]!);
            left = right;
        }
        return values;
    }

    public override void CollectFields(FieldSet into) => input.CollectFields(into);

    private static BsonDouble Interpolate(Partition partition, int left, int at, int right, BsonValue from, BsonValue to)
    {
        var (x0, x, x1) = (GetPosition(partition, left), GetPosition(partition, at), GetPosition(partition, right));
        if (x0 == x1)
            throw MongoErrorException.Location(6050106, "There can be no repeated values in the sort field");
        var (y0, y1) = (BsonNumbers.ToDouble(from), BsonNumbers.ToDouble(to));
        return new BsonDouble(y0 + (x - x0) * ((y1 - y0) / (x1 - x0)));
    }

    private static double GetPosition(Partition partition, int at) =>
        partition.SortKeys![at][0] switch
        {
            BsonDateTime date => date.MillisecondsSinceEpoch,
            var key when Numbers.IsNumeric(key) => BsonNumbers.ToDouble(key),
            var key => throw MongoErrorException.TypeMismatch(
                $"$linearFill's sortBy field must be numeric or a date, but was {TypeNames.Of(key)}"
            ),
        };
}
