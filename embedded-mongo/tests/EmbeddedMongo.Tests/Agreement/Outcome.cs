using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>The result of a command on a server: values or an error code.</summary>
internal sealed record Outcome(IReadOnlyList<BsonValue> Values, int? ErrorCode, string? Error)
{
    public static Outcome Of(IEnumerable<BsonValue> values) => new([.. values], null, null);

    public static Outcome Failure(int code, string message) => new([], code, message);

    /// <summary>Returns whether two results are equal. The order of values is compared only if it is guaranteed.</summary>
    public static bool Agree(Outcome a, Outcome b, bool ordered)
    {
        if (a.ErrorCode is not null || b.ErrorCode is not null)
            return a.ErrorCode == b.ErrorCode;

        if (a.Values.Count != b.Values.Count)
            return false;

        var left = ordered ? a.Values : [.. a.Values.Order(BsonOrder.Comparer)];
        var right = ordered ? b.Values : [.. b.Values.Order(BsonOrder.Comparer)];
        for (var i = 0; i < left.Count; i++)
        {
            if (!Same(left[i], right[i]))
                return false;
        }

        return true;
    }

    public override string ToString() => ErrorCode is null ? new BsonArray(Values).ToJson() : $"error {ErrorCode}: {Error}";

    // Types, field order and all digits must be equal, except for the last digits of a double.
    private static bool Same(BsonValue a, BsonValue b)
    {
        switch (a, b)
        {
            case (BsonDocument x, BsonDocument y):
                return x.ElementCount == y.ElementCount
                    && Enumerable
                        .Range(0, x.ElementCount)
                        .All(i => x.GetElement(i).Name == y.GetElement(i).Name && Same(x.GetElement(i).Value, y.GetElement(i).Value));
            case (BsonArray x, BsonArray y):
                return x.Count == y.Count && Enumerable.Range(0, x.Count).All(i => Same(x[i], y[i]));
            case (BsonDouble x, BsonDouble y):
                return x.Value.Equals(y.Value) || Math.Abs(x.Value - y.Value) <= 1e-9 * Math.Max(Math.Abs(x.Value), Math.Abs(y.Value));
            default:
                return BsonIdentity.AreIdentical(a, b);
        }
    }
}
