using EmbeddedMongo.Errors;
using EmbeddedMongo.Query;
using EmbeddedMongo.Values;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions.Operators;

/// <summary>$sortArray: {input, sortBy}. sortBy lists fields of the elements, or is 1 or -1 to sort the elements themselves.</summary>
internal static class SortArrayOperator
{
    private static readonly NamedArguments SortArguments = new("$sortArray", ["input", "sortBy"], 2, 2942500, 2942501, 2942502, 2942503);

    public static void AddTo(OperatorTable table) =>
        table.Custom(
            "$sortArray",
            (_, argument, scope) =>
            {
                var raw = SortArguments.ReadUnparsed(argument);
                var input = ExpressionParser.Parse(raw[0]!, scope);
                if (raw[1] is BsonDocument fields)
                {
                    if (fields.ElementCount == 0)
                        throw MongoErrorException.BadValue("The $sort pattern is empty when it should be a set of fields.");
                    var sort = SortSpec.Parse(fields, scope.Context.Collation);
                    return new UnaryExpression(input, v => Sorted(v, list => SortByFields(list, sort)));
                }
                if (!BsonNumbers.TryToInt64(raw[1], out var direction) || direction is not (1 or -1))
                {
                    throw MongoErrorException.BadValue(
                        "The $sort element value must be either 1 or -1, or a document {field: 1/-1} to sort by fields of the elements"
                    );
                }

                var comparer = Collation.GetComparer(scope.Context.Collation);
                return new UnaryExpression(
                    input,
                    v => Sorted(v, list => [.. direction > 0 ? list.Order(comparer) : list.OrderDescending(comparer)])
                );
            }
        );

    private static BsonValue Sorted(BsonValue? value, Func<BsonArray, IEnumerable<BsonValue?>> sort)
    {
        if (value.IsNullish())
            return BsonNull.Value;
        return value is BsonArray array
            ? new BsonArray(sort(array))
            : throw MongoErrorException.Location(
                2942504,
                $"The input argument to $sortArray must be an array, but was of type: {TypeNames.Of(value)}"
            );
    }

    /// <summary>Sorts by fields. Elements that are not documents sort like documents without the fields.</summary>
    private static IEnumerable<BsonValue> SortByFields(BsonArray list, SortSpec sort)
    {
        var none = sort.ExtractKey([]);
        return list.Select(item => (Item: item, Key: item is BsonDocument document ? sort.ExtractKey(document) : none))
            .Order(Comparer<(BsonValue Item, BsonValue[] Key)>.Create((a, b) => sort.CompareKeys(a.Key, b.Key)))
            .Select(pair => pair.Item);
    }
}
