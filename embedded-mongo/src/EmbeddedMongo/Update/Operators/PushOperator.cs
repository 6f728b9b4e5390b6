using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Update.Operators;

/// <summary>
/// <c>$push</c> with <c>$each</c>, <c>$position</c>, <c>$sort</c> and <c>$slice</c>, applied in that order regardless of the order given.
/// </summary>
internal sealed class PushOperator : UpdateOperator
{
    private readonly BsonArray _values;
    private readonly long? _position;
    private readonly long? _slice;
    private readonly Comparison<BsonValue>? _sort;

    private PushOperator(BsonArray values, long? position, long? slice, Comparison<BsonValue>? sort)
    {
        _values = values;
        _position = position;
        _slice = slice;
        _sort = sort;
    }

    public static PushOperator Parse(BsonValue value, Collation? collation)
    {
        if (value is not BsonDocument document || !document.Contains("$each"))
            return new PushOperator([value], null, null, null);

        BsonArray? values = null;
        long? position = null,
            slice = null;
        Comparison<BsonValue>? sort = null;
        foreach (var element in document)
        {
            switch (element.Name)
            {
                case "$each":
                    values =
                        element.Value as BsonArray
                        ?? throw MongoErrorException.BadValue(
                            $"The argument to $each in $push must be an array but it was of type: {TypeOperand.AliasOf(element.Value.BsonType)}"
                        );
                    break;
                case "$position":
                    position = ParseInteger(element);
                    break;
                case "$slice":
                    slice = ParseInteger(element);
                    break;
                case "$sort":
                    sort = ParseSort(element.Value, collation);
                    break;
                default:
                    throw MongoErrorException.BadValue($"Unrecognized clause in $push: {element.Name}");
            }
        }

        return new PushOperator(values!, position, slice, sort);
    }

    public override BsonValue? Apply(BsonValue? current, UpdateContext context)
    {
        if (current is not (null or BsonArray))
        {
            throw MongoErrorException.BadValue(
                $"The field '{context.Path}' must be an array but is of type {TypeOperand.AliasOf(current.BsonType)} in document {context.Id}"
            );
        }

        var array = current as BsonArray;
        var items = new List<BsonValue>((array?.Count ?? 0) + _values.Count);
        items.AddRange(array ?? []);
        var at = _position switch
        {
            null => items.Count,
            < 0 => (int)Math.Max(items.Count + _position.Value, 0),
            _ => (int)Math.Min(_position.Value, items.Count),
        };
        items.InsertRange(at, _values);
        if (_sort is not null)
            Sort(items, _sort);

        if (_slice is { } slice)
        {
            var keep = (int)Math.Min(slice == long.MinValue ? long.MaxValue : Math.Abs(slice), items.Count);
            items = slice < 0 ? items.GetRange(items.Count - keep, keep) : items.GetRange(0, keep);
        }

        var result = new BsonArray(items);
        return BsonIdentity.AreIdentical(result, current) ? current : result;
    }

    // List.Sort is unstable, but equal elements must keep their order.
    private static void Sort(List<BsonValue> items, Comparison<BsonValue> comparison)
    {
        var sorted = items.Order(Comparer<BsonValue>.Create(comparison)).ToArray();
        items.Clear();
        items.AddRange(sorted);
    }

    private static long ParseInteger(BsonElement element) =>
        BsonNumbers.TryToInt64(element.Value, out var value)
            ? value
            : throw MongoErrorException.BadValue(
                $"The value for {element.Name} must be an integer value but was given type: {TypeOperand.AliasOf(element.Value.BsonType)}"
            );

    private static Comparison<BsonValue> ParseSort(BsonValue value, Collation? collation)
    {
        if (BsonNumbers.IsNumber(value))
        {
            return BsonNumbers.TryToInt64(value, out var direction) && direction is 1 or -1
                ? direction == 1
                    ? (a, b) => Collation.Compare(collation, a, b)
                    : (a, b) => Collation.Compare(collation, b, a)
                : throw MongoErrorException.BadValue("The $sort element value must be either 1 or -1");
        }

        if (value is not BsonDocument { ElementCount: > 0 } pattern)
        {
            throw MongoErrorException.BadValue(
                value is BsonDocument
                    ? "The $sort pattern is empty when it should be a set of fields."
                    : "The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields"
            );
        }

        var keys = new List<(BsonPath Path, int Direction)>();
        foreach (var element in pattern)
        {
            if (!BsonNumbers.TryToInt64(element.Value, out var direction) || direction is not (1 or -1))
                throw MongoErrorException.BadValue("The $sort element value must be either 1 or -1");

            if (element.Name.Length == 0 || element.Name.Split('.').Contains(""))
            {
                throw MongoErrorException.BadValue(
                    element.Name.Length == 0
                        ? "The $sort field cannot be empty"
                        : $"The $sort field is a dotted field but has an empty part: {element.Name}"
                );
            }

            keys.Add((new BsonPath(element.Name), (int)direction));
        }

        return (a, b) =>
        {
            foreach (var (path, direction) in keys)
            {
                var order = Collation.Compare(collation, KeyOf(a, path), KeyOf(b, path));
                if (order != 0)
                    return order * direction;
            }

            return 0;
        };

        static BsonValue KeyOf(BsonValue item, BsonPath path) =>
            (item is BsonDocument document ? path.GetField(document) : null) ?? BsonNull.Value;
    }
}
